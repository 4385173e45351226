//! A service that is connected with one or more providers, and what tests of all of them need.

use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_fake_host::{Branches, Certificate, Forge, Shown, Status};
use palisade_service::ServiceOptions;
use palisade_service::view::{Connection, Integration};
use palisade_store::repository::sources::SourceSettings;
use palisade_store::{Page, Store};
use palisade_tests::forges;
use tempfile::TempDir;

use crate::process::Program;
use crate::serving::Serving;
use crate::world::{self, Kind, README};

/// The time after which something that does not happen is an error.
const PATIENCE: Duration = Duration::from_mins(1);

/// A provider, and the service's connection with it.
pub(crate) struct Member {
    pub(crate) forge: Arc<dyn Forge>,
    /// The repository of the tests.
    pub(crate) repository: String,
    pub(crate) connection: Connection,
    pub(crate) integration: Integration,
    /// None after the service has stopped.
    store: Option<Store>,
}

/// A service that is connected with providers.
pub(crate) struct Site {
    pub(crate) serving: Serving,
    pub(crate) members: Vec<Member>,
    /// The certificate of the service.
    certificate: Certificate,
}

/// What outlives a process of the service.
pub(crate) struct Rest {
    pub(crate) members: Vec<Member>,
    pub(crate) data: TempDir,
    pub(crate) database: String,
    /// The program with the same address and certificate.
    pub(crate) program: Program,
    _folder: TempDir,
}

/// A source of a repository, for `main`.
pub(crate) fn settings(repository: &str) -> SourceSettings {
    SourceSettings { repository: repository.to_owned(), ..world::settings("Production", "/") }
}

impl Site {
    /// Starts providers with a repository each, and the service, and connects them. `None` if the database is not
    /// available on this machine.
    pub(crate) async fn start(kind: Kind, providers: &[&str]) -> Option<Site> {
        Site::start_with(kind, providers, |_| {}).await
    }

    /// The same, with changed options.
    pub(crate) async fn start_with(
        kind: Kind,
        providers: &[&str],
        change: impl FnOnce(&mut ServiceOptions),
    ) -> Option<Site> {
        let database = world::database(kind).await?;
        let mut all = Vec::new();
        for provider in providers {
            let forge = forges::start(provider).await.unwrap();
            if !forge.validates() {
                assert!(
                    std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(),
                    "the description of {provider} is required here"
                );
                println!("SKIPPED: the description of {provider} is not on this machine");
            }
            all.push(forge);
        }
        let authorities: Vec<&str> = all.iter().map(|it| it.ca_pem()).collect();
        // Some providers send to HTTPS only.
        let certificate = Certificate::create("Palisade").unwrap();
        let serving = Serving::start(database, &authorities, Some(&certificate), change).await;
        let mut site = Site { serving, members: Vec::new(), certificate };
        for forge in all {
            site.connect(forge).await;
        }
        Some(site)
    }

    /// Connects a provider and integrates its account.
    async fn connect(&mut self, forge: Arc<dyn Forge>) {
        let repository = forge.full_name("shop");
        forge.add_repository(&repository, &[("README.md", README), ("prod/keep.md", "kept\n")]).unwrap();
        let (service, store) = (&self.serving.service, self.serving.store.clone());
        let body = forge.connection();
        let provider = body["provider"].as_str().unwrap();
        let connections = service.connections();
        let connection =
            connections.connect(provider, provider, &body["settings"], world::secrets(&body)).await.unwrap();
        connections.ensure_hook(&connection.id).await.unwrap();
        forge.set_webhook(&connection.hook_url, Some(&self.certificate.authority));
        let integration = service.integrations().add(&connection.id, "Acme", forge.account()).await.unwrap();
        self.members.push(Member { forge, repository, connection, integration, store: Some(store) });
    }

    /// Adds a source for the whole repository of a member, and waits for its webhook and its first scan; returns its id.
    pub(crate) async fn source(&self, member: &Member) -> String {
        let service = &self.serving.service;
        let source =
            service.sources().add(&member.integration.id, &settings(&member.repository)).await.unwrap();
        let begin = Instant::now();
        loop {
            let scanned = service.sources().get(&source.id).await.unwrap().last_scanned_at.is_some();
            let integration = self.integration(member).await;
            let hooks = self.serving.store.hooks().of_integration(&member.integration.id).await.unwrap();
            let hooked = hooks.iter().all(|it| it.ensured_at > 0) && !member.forge.hooks().is_empty();
            if scanned && hooked && integration.last_scanned_at.is_some() {
                break;
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "no webhook or no first scan: {integration:#?}\nhooks: {:#?}\nviolations: {:#?}\nrequests: {:#?}",
                member.forge.hooks(),
                member.forge.violations(),
                member.requests()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        source.id
    }

    /// The current state of a member's integration.
    pub(crate) async fn integration(&self, member: &Member) -> Integration {
        self.serving.service.integrations().get(&member.integration.id).await.unwrap()
    }

    /// Compares a member's open pull requests with the provider, as the service does periodically.
    pub(crate) async fn reconcile(&self, member: &Member) {
        let job = palisade_store::job::Reconcile { integration: member.integration.id.clone() };
        self.serving.store.enqueue_alone(job, &member.integration.id).await.unwrap();
    }

    /// The certificate authority of the service, PEM.
    pub(crate) fn authority(&self) -> &str {
        &self.certificate.authority
    }

    /// A client that trusts the service.
    pub(crate) fn client(&self) -> reqwest::Client {
        let authority = reqwest::Certificate::from_pem(self.certificate.authority.as_bytes()).unwrap();
        reqwest::Client::builder().tls_certs_only([authority]).build().unwrap()
    }

    /// Stops the service, to be started as a process of its own.
    pub(crate) async fn stop(mut self) -> Rest {
        // The store owns the folder of the data.
        self.members.iter_mut().for_each(|it| it.store = None);
        let port = self.serving.url.rsplit(':').next().unwrap().parse().unwrap();
        let (data, database) = self.serving.stop().await;
        let folder = tempfile::tempdir().unwrap();
        let authorities: String = self.members.iter().map(|it| it.forge.ca_pem()).collect();
        let program = Program::new(folder.path(), data.path(), &database, port, &authorities);
        let program = program.with_tls(&self.certificate);
        Rest { members: self.members, data, database, program, _folder: folder }
    }

    /// Stops, and asserts that no request violated a description.
    pub(crate) async fn end(self) {
        for member in &self.members {
            assert_eq!(member.forge.violations(), Vec::<String>::new());
        }
        self.serving.stop().await;
    }
}

impl Member {
    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// Opens a pull request to `main`; returns its number and its head.
    pub(crate) fn pull(&self, branch: &str, files: &[(&str, Option<&str>)]) -> (u64, String) {
        let branches = Branches { head: branch, base: "main" };
        self.forge.open_pull(&self.repository, branches, &format!("Merge {branch}"), files).unwrap()
    }

    /// Pushes onto the head of a pull request; returns the new head.
    pub(crate) fn push(&self, number: u64, files: &[(&str, Option<&str>)]) -> String {
        self.forge.push(&self.repository, number, files).unwrap()
    }

    /// Waits for the completed check of a pull request at a commit, with all of its parts.
    pub(crate) async fn completed(&self, number: u64, sha: &str) -> Shown {
        self.shown(number, sha, "completed", |it| it.status != Status::Pending).await;
        wait("all of the check is published", async || {
            let checks = self.store().checks();
            let all = checks.of_commit(&self.integration.id, &self.repository, sha).await.unwrap();
            !all.is_empty() && all.iter().all(|it| it.published_seq >= it.seq)
        })
        .await;
        self.shown(number, sha, "completed", |it| it.status != Status::Pending).await
    }

    /// The numbers of changes of a pull request that were seen, and of those that were evaluated.
    pub(crate) async fn changes(&self, number: u64) -> (i64, i64) {
        let pulls = self.store().pulls();
        let pull =
            pulls.by_number(&self.integration.id, &self.repository, number.cast_signed()).await.unwrap();
        pull.map_or((0, 0), |it| (it.dirty_seq, it.done_seq))
    }

    /// Waits until no delivery is pending and all changes of a pull request are evaluated.
    pub(crate) async fn settled(&self, number: u64) {
        self.forge.settled().await;
        wait("all changes are evaluated", async || {
            let (seen, done) = self.changes(number).await;
            let list = async |page: Page| self.store().deliveries().list(&page).await;
            let all = Page::every(list, |it| &it.id).await.unwrap();
            done >= seen && all.iter().all(|it| it.finished_at.is_some())
        })
        .await;
    }

    /// Waits until a check is shown as expected.
    pub(crate) async fn shown(
        &self,
        number: u64,
        sha: &str,
        what: &str,
        is_expected: impl Fn(&Shown) -> bool,
    ) -> Shown {
        let begin = Instant::now();
        loop {
            let shown = self.forge.shown(&self.repository, number, sha);
            if let Some(shown) = shown.as_ref().filter(|it| is_expected(it)) {
                return shown.clone();
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "the check of {} #{number} is not {what}: {shown:#?}\nviolations: {:#?}\nrequests: {:#?}",
                self.repository,
                self.forge.violations(),
                self.requests()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The last requests to the provider: method, path and status.
    pub(crate) fn requests(&self) -> Vec<String> {
        let all = self.forge.host().ledger.requests();
        let skipped = all.len().saturating_sub(60);
        all.iter().skip(skipped).map(|it| format!("{} {} {}", it.method, it.path, it.status)).collect()
    }
}

/// Waits until a condition holds.
pub(crate) async fn wait(what: &str, holds: impl AsyncFn() -> bool) {
    let begin = Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
