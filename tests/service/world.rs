//! A service and a fake GitHub for a test.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_fake_github::{Check, FakeGitHub, Options as FakeOptions};
use palisade_service::ServiceOptions;
use palisade_store::Page;
use palisade_store::repository::sources::SourceSettings;
use palisade_store::testing::Postgres;
use secrecy::SecretString;
use tempfile::TempDir;

use crate::serving::Serving;

/// The repository of the tests.
pub(crate) const REPOSITORY: &str = "acme/shop";

/// A database with two violations, on known lines.
pub(crate) const BAD: &str = r#"resource "aws_db_instance" "orders" {
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  publicly_accessible = true
  storage_encrypted   = false
}
"#;

/// A Terraform file without violations.
pub(crate) const GOOD: &str = "variable \"region\" {\n  type = string\n}\n";

/// A file without violations.
pub(crate) const README: &str = "# shop\n";

/// The kind of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// The URL of a new database of a kind; `None` if it is not available on this machine.
pub(crate) async fn database(kind: Kind) -> Option<String> {
    match kind {
        Kind::Sqlite => Some("sqlite:".to_owned()),
        Kind::Postgres => {
            let Some(server) = Postgres::start().unwrap() else {
                println!("SKIPPED: there is no PostgreSQL on this machine");
                return None;
            };
            Some(server.database().await.unwrap())
        }
    }
}

/// A source of the repository, for `main`.
pub(crate) fn settings(name: &str, folder: &str) -> SourceSettings {
    SourceSettings {
        name: name.to_owned(),
        repository: REPOSITORY.to_owned(),
        folders: vec![folder.to_owned()],
        branch_pattern: "main".to_owned(),
        fail_on: "high".to_owned(),
        strict: false,
        allow_new_suppressions: false,
        every_hours: 24,
        paused: false,
        parameters: BTreeMap::default(),
    }
}

/// The secrets of a connection's body, by name.
pub(crate) fn secrets(connection: &serde_json::Value) -> Vec<(String, SecretString)> {
    let secrets = connection["secrets"].as_object().unwrap().iter();
    secrets.map(|(name, it)| (name.clone(), SecretString::from(it.as_str().unwrap()))).collect()
}

/// A service with its HTTP server, and a GitHub.
pub(crate) struct World {
    pub(crate) fake: Arc<FakeGitHub>,
    serving: Serving,
}

impl Deref for World {
    type Target = Serving;

    fn deref(&self) -> &Serving {
        &self.serving
    }
}

impl World {
    /// Starts both, and gives GitHub a repository with a `main` branch.
    pub(crate) async fn start(kind: Kind) -> Option<World> {
        World::start_with(kind, |_| {}).await
    }

    /// The same, with changed options.
    pub(crate) async fn start_with(kind: Kind, change: impl FnOnce(&mut ServiceOptions)) -> Option<World> {
        let database = database(kind).await?;
        let fake = Arc::new(FakeGitHub::start(FakeOptions::default()).await.unwrap());
        if !fake.validates() {
            assert!(
                std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(),
                "GitHub's description is required here"
            );
            println!(
                "SKIPPED: GitHub's description is not on this machine, so no request is held against it"
            );
        }
        let installation = fake.add_installation("acme");
        fake.add_repository(installation, REPOSITORY, &[("README.md", README), ("prod/keep.md", "kept\n")])
            .unwrap();
        let serving = Serving::start(database, &[fake.ca_pem()], None, change).await;
        Some(World { fake, serving })
    }

    /// The secrets of a connection with the App.
    pub(crate) fn secrets(&self) -> Vec<(String, SecretString)> {
        secrets(&self.fake.connection())
    }

    /// Connects, integrates, and sets the webhook; returns the id of the integration.
    pub(crate) async fn integrate(&self) -> String {
        let settings = &self.fake.connection()["settings"];
        let connection =
            self.service.connections().connect("github", "GitHub", settings, self.secrets()).await.unwrap();
        let hook = self.service.connections().ensure_hook(&connection.id).await.unwrap().hook_url;
        assert_eq!(hook, format!("{}/hooks/{}", self.url, connection.id));
        self.service.integrations().add(&connection.id, "Acme", "acme").await.unwrap().id
    }

    /// Integrates another organisation with a repository through the same connection; returns the id of the
    /// integration.
    pub(crate) async fn integrate_other(&self, login: &str, repository: &str) -> String {
        let installation = self.fake.add_installation(login);
        self.fake.add_repository(installation, repository, &[("README.md", README)]).unwrap();
        let connection = self.service.connections().list(&Page::first(1)).await.unwrap().items.remove(0);
        let integration = self.service.integrations().add(&connection.id, login, login).await.unwrap().id;
        let settings = SourceSettings { repository: repository.to_owned(), ..settings("All", "/") };
        self.service.sources().add(&integration, &settings).await.unwrap();
        integration
    }

    /// The same in any repository, within a given time.
    pub(crate) async fn completed_in(&self, repository: &str, sha: &str, most: Duration) -> Check {
        let begin = Instant::now();
        loop {
            let checks = self.fake.checks(repository, sha);
            if let [check] = &checks[..]
                && check.status == "completed"
            {
                return check.clone();
            }
            assert!(
                begin.elapsed() < most,
                "no completed check of {repository} after {most:?}: {checks:?}\nrequests: {:#?}",
                self.fake
                    .requests()
                    .iter()
                    .map(|it| format!("{} {} {}", it.method, it.path, it.status))
                    .collect::<Vec<_>>()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Adds a source over a folder of the repository, for `main`; returns its id.
    pub(crate) async fn source(&self, integration: &str, name: &str, folder: &str) -> String {
        self.source_with(integration, name, folder, false).await
    }

    /// The same with `strict`, which fails a pull request for unjudged files.
    pub(crate) async fn source_with(
        &self,
        integration: &str,
        name: &str,
        folder: &str,
        strict: bool,
    ) -> String {
        let settings = SourceSettings { strict, ..settings(name, folder) };
        self.service.sources().add(integration, &settings).await.unwrap().id
    }

    /// Opens a pull request that adds files; returns its number and its head.
    pub(crate) fn pull(&self, branch: &str, files: &[(&str, Option<&str>)]) -> (u64, String) {
        let sha = self.fake.commit(REPOSITORY, branch, files).unwrap();
        (self.fake.open_pull(REPOSITORY, branch, "main").unwrap(), sha)
    }

    /// Waits for the one completed check of a commit.
    pub(crate) async fn completed(&self, sha: &str) -> Check {
        self.completed_in(REPOSITORY, sha, Duration::from_mins(1)).await
    }

    /// Stops, and asserts that no request violated GitHub's description.
    pub(crate) async fn end(self) {
        assert_eq!(self.fake.violations(), Vec::<String>::new());
        self.stop().await;
    }

    /// The same, and `palisade doctor` finds no problem.
    pub(crate) async fn end_healthy(self) {
        self.recovered().await;
        self.end_seen("ok", "none failed").await;
    }

    /// The same, and `palisade doctor` reports this state of the work.
    pub(crate) async fn end_seen(self, state: &str, found: &str) {
        assert_eq!(self.fake.violations(), Vec::<String>::new());
        self.serving.end_seen(self.fake.ca_pem(), state, found).await;
    }

    /// Stops the service and returns what outlives it: the fake, the data, and the database.
    pub(crate) async fn stop(self) -> (Arc<FakeGitHub>, TempDir, String) {
        let (data, database) = self.serving.stop().await;
        (self.fake, data, database)
    }
}
