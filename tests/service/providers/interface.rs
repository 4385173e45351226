//! The functions of the interface that the service does not call yet, through the real components: the changes of a
//! push, webhooks of accounts, and new branches, commits and pull requests.

use std::sync::Arc;

use palisade_capabilities::{Credential, Moment, SettingsText, Vault};
use palisade_catalog::Role;
use palisade_domain::{ChangeKind, Changes, FileEdit, HookPlace, NewCommit, NewPull};
use palisade_outbound::{Grant, MemoryGate, Networks, Options, Outbound, SignedToken};
use palisade_sandbox::{Call, Provider, Reach, Tenant};
use palisade_tests::forges::PROVIDERS;

use crate::site::{Member, Site};
use crate::world::{BAD, Kind, secrets};

const URL: &str = "https://palisade.example.com/hooks/account";

/// The adapter of a member, and the tenant that its service would call it with.
fn adapter<'a>(site: &'a Site, member: &Member) -> (&'a Provider, Tenant) {
    let body = member.forge.connection();
    let id = body["provider"].as_str().unwrap();
    let mut plugins = site.serving.service.catalog().plugins().iter();
    let (provider, info) = plugins
        .find_map(|it| match &it.role {
            Role::Provider { provider, info } if info.id == id => Some((provider, info)),
            _ => None,
        })
        .unwrap();
    let mut settings = body["settings"].clone();
    let urls: Vec<String> =
        info.hosts.iter().filter_map(|it| settings[it.as_str()].as_str().map(str::to_owned)).collect();
    settings["account"] = member.integration.account.clone().into();
    let all = secrets(&body);
    let (name, secret) = all.iter().find(|(name, _)| name != "webhook-secret").unwrap();
    let auth = if name == "private-key" {
        let issuer = settings["app_id"].as_str().unwrap();
        Credential::new(name.as_str(), Arc::new(SignedToken::new(issuer, 540, secret).unwrap()))
    } else {
        Credential::fixed(name.as_str(), secret.clone())
    };
    let outbound = Outbound::new(Options {
        roots: vec![member.forge.ca_pem().as_bytes().to_vec()],
        networks: Networks::parse(["127.0.0.0/8", "::1/128"]).unwrap(),
        ..Options::default()
    })
    .unwrap();
    let grant = Grant::new(urls.iter().map(String::as_str)).unwrap();
    let tenant = Tenant {
        settings: SettingsText(settings.to_string()),
        moment: Moment(u64::try_from(palisade_store::now_ms()).unwrap()),
        reach: Reach {
            http: Some(outbound.for_plugin(grant, Arc::new(MemoryGate::default()))),
            credentials: Some(Arc::new(Vault::new(vec![auth.clone()]))),
            memory: None,
        },
        auth,
        calls: Arc::new(tokio::sync::Semaphore::new(4)),
    };
    (provider, tenant)
}

fn good<T>(call: Call<Result<T, palisade_domain::CallError>>, what: &str) -> T {
    call.result.unwrap().unwrap_or_else(|error| panic!("{what}: {error}"))
}

fn shown(changes: &Changes) -> Vec<(String, ChangeKind)> {
    changes.page.items.iter().map(|it| (it.path.clone(), it.kind)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_adapters_have_the_whole_interface() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let name = member.connection.provider.as_str();
        let (provider, tenant) = adapter(&site, member);
        let repository = member.repository.as_str();

        // A webhook of the account: created once, and removed.
        let before = member.forge.hooks();
        let secret =
            Credential::fixed("webhook-secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".into());
        let mut counts = Vec::new();
        for _ in 0..2 {
            let call = provider.ensure_hook(&tenant, &HookPlace::Account, URL, &secret).await;
            assert_eq!(good(call, name), Vec::<String>::new(), "{name}");
            counts.push(member.forge.hooks().iter().filter(|it| it.url == URL).count());
        }
        assert!(counts[0] > 0 && counts[0] == counts[1], "{name}: {counts:?}");
        let call = provider.remove_hook(&tenant, &HookPlace::Account, URL).await;
        assert_eq!(good(call, name), Vec::<String>::new(), "{name}");
        assert_eq!(member.forge.hooks(), before, "{name}");

        // A branch, a commit and a pull request.
        let main = good(provider.branch(&tenant, repository, "main").await, name).unwrap();
        good(provider.create_branch(&tenant, repository, "fix", &main).await, name);
        let commit = NewCommit {
            branch: "fix".to_owned(),
            parent: main.clone(),
            message: "Fix the database".to_owned(),
            files: vec![
                FileEdit { path: "prod/orders.tf".to_owned(), content: Some(BAD.as_bytes().to_vec()) },
                FileEdit { path: "prod/keep.md".to_owned(), content: None },
            ],
        };
        let sha = good(provider.create_commit(&tenant, repository, &commit).await, name);
        assert_eq!(
            good(provider.branch(&tenant, repository, "fix").await, name).as_deref(),
            Some(sha.as_str())
        );
        let commit = NewCommit { message: "Fix it again".to_owned(), ..commit };
        let stale = provider.create_commit(&tenant, repository, &commit).await.result.unwrap();
        assert!(stale.is_err(), "{name}: the parent is not the head any more");
        let new = NewPull {
            head_ref: "fix".to_owned(),
            base_ref: "main".to_owned(),
            title: "Fix the database".to_owned(),
            body: "It is public.".to_owned(),
        };
        let pull = good(provider.create_pull(&tenant, repository, &new).await, name);
        assert_eq!((pull.head_sha.as_str(), pull.base_ref.as_str(), pull.open), (sha.as_str(), "main", true));

        // The changes of the push, also of a new branch.
        for base in [main.as_str(), ""] {
            let changes = good(provider.changes(&tenant, repository, base, &sha, None).await, name);
            let mut all = shown(&changes);
            all.sort_by(|one, other| one.0.cmp(&other.0));
            let expected = [
                ("prod/keep.md".to_owned(), ChangeKind::Removed),
                ("prod/orders.tf".to_owned(), ChangeKind::Added),
            ];
            assert_eq!(
                (all.as_slice(), changes.complete),
                (expected.as_slice(), true),
                "{name}, base `{base}`"
            );
        }
        println!("{name}: {} webhook(s) of the account, pull request {}", counts[0], pull.id);
        assert_eq!(member.forge.violations(), Vec::<String>::new());
    }
    site.end().await;
}
