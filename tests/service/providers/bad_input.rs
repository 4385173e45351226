//! Bad input from each provider: a clear status and reason on the integration, never a green check, never a stuck one.

use std::time::Duration;

use palisade_fake_host::{BadToken, Fault, Rule, Status};
use palisade_service::Previous;
use palisade_service::view::Integration;
use palisade_store::Page;
use palisade_tests::forges::PROVIDERS;

use crate::site::{Member, Site, wait};
use crate::world::{BAD, GOOD, Kind, secrets};

/// The state of an integration after the provider was asked again.
async fn checked(site: &Site, member: &Member) -> Integration {
    // The error is the status of the integration.
    let _ = site.serving.service.integrations().check(&member.integration.id).await;
    site.integration(member).await
}

/// Replaces the credential of a member's connection.
async fn rotate(site: &Site, member: &Member, body: &serde_json::Value) {
    let all = secrets(body);
    let (name, secret) = all.iter().find(|(name, _)| name != "webhook-secret").unwrap();
    let connections = site.serving.service.connections();
    connections.rotate(&member.connection.id, name, secret, Previous::Revoked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_work_is_named() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let provider = member.connection.provider.as_str();
        let service = &site.serving.service;
        let known: Vec<String> = {
            let all = service.providers();
            let one = all.iter().find(|it| it.id == provider).unwrap();
            one.permissions.iter().map(|it| it.name.clone()).collect()
        };
        let tokens = member.forge.bad_tokens();
        assert!(!tokens.is_empty(), "{provider}");
        for (kind, body) in tokens {
            let connections = service.connections();
            let name = format!("{provider} {kind:?}");
            let refused = connections.connect(provider, &name, &body["settings"], secrets(&body)).await;
            let why = match refused {
                Ok(other) => {
                    // A token that works elsewhere is a connection of its own, but not of this account.
                    assert_eq!(kind, BadToken::Foreign, "{name} is accepted");
                    connections.disconnect(&other.id).await.unwrap();
                    "another account".to_owned()
                }
                Err(error) => error.to_string(),
            };
            println!("{name}: {why}");
            if kind == BadToken::MissingScope {
                assert!(
                    known.iter().any(|it| why.contains(it.as_str())),
                    "{name}: {why} names none of {known:?}"
                );
            }
            rotate(&site, member, &body).await;
            let integration = checked(&site, member).await;
            println!("  {}: {}", integration.status, integration.status_detail);
            assert!(
                integration.status != "Active" && !integration.status_detail.is_empty(),
                "{integration:#?}"
            );
            rotate(&site, member, &member.forge.connection()).await;
            let integration = checked(&site, member).await;
            assert_eq!(integration.status, "Active", "{name}: {}", integration.status_detail);
        }
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_instead_of_json_and_a_list_without_an_end_are_errors() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let provider = member.connection.provider.as_str();
        site.source(member).await;
        let faults = &member.forge.host().faults;
        faults.fail(Rule::new("", ".*", usize::MAX, Fault::Html203));
        let integration = checked(&site, member).await;
        println!("{provider}, a sign-in page: {}: {}", integration.status, integration.status_detail);
        assert_eq!(integration.status, "Error", "{integration:#?}");
        // A pull request of that time has no green check, and gets its check when the provider works again.
        let (number, sha) = member.pull("during", &[("prod/during.tf", Some(BAD))]);
        member.forge.settled().await;
        assert!(
            member
                .forge
                .shown(&member.repository, number, &sha)
                .is_none_or(|it| it.status != Status::Success)
        );
        faults.heal();
        let integration = checked(&site, member).await;
        assert_eq!(integration.status, "Active", "{}", integration.status_detail);
        assert_eq!(member.completed(number, &sha).await.status, Status::Failure);

        member.forge.never_end(true);
        let integration = checked(&site, member).await;
        println!("{provider}, a list without an end: {}: {}", integration.status, integration.status_detail);
        assert_eq!(integration.status, "Error", "{integration:#?}");
        assert!(integration.status_detail.contains("does not end"), "{}", integration.status_detail);
        member.forge.never_end(false);
        assert_eq!(checked(&site, member).await.status, "Active");
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_repaired() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let provider = member.connection.provider.as_str();
        site.source(member).await;
        let count = member.forge.hooks().len();
        let (number, sha) = member.pull("first", &[("prod/orders.tf", Some(BAD))]);
        member.completed(number, &sha).await;
        let mut note = 0;
        for what in ["deleted", "disabled", "another secret"] {
            match what {
                "deleted" => member.forge.delete_hooks(),
                "disabled" if !member.forge.disable_hooks() => continue,
                "disabled" => {}
                _ => member.forge.change_hook_secret(),
            }
            let connections = site.serving.service.connections();
            connections.ensure_hook(&member.connection.id).await.unwrap();
            member.forge.set_webhook(&member.connection.hook_url, Some(site.authority()));
            wait("the webhooks work again", async || {
                let hooks = member.forge.hooks();
                let known = site.serving.store.hooks().of_integration(&member.integration.id).await.unwrap();
                let ensured = known.iter().all(|it| it.ensured_at > 0 && it.problems.text() == "[]");
                ensured && hooks.len() == count && hooks.iter().all(|it| it.active)
            })
            .await;
            note += 1;
            let sha = member.push(number, &[("prod/orders.tf", Some(&format!("{BAD}# {note}\n")))]);
            assert_eq!(member.completed(number, &sha).await.status, Status::Failure, "{provider}: {what}");
            println!("{provider}: {what}: repaired, and the next push has its check");
        }
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_come_and_go() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let provider = member.connection.provider.as_str();
        site.source(member).await;
        // The account keeps a repository.
        let other = member.forge.full_name("other");
        member.forge.add_repository(&other, &[("README.md", "# other\n")]).unwrap();
        let renamed = member.forge.full_name("store");
        member.forge.rename_repository(&member.repository, &renamed).unwrap();
        wait("the source follows the new name", async || {
            checked(&site, member).await;
            let sources = site.serving.service.sources();
            let all = sources.list(Some(&member.integration.id), &Page::first(5)).await.unwrap();
            all.items.iter().all(|it| it.settings.repository == renamed)
        })
        .await;
        if member.forge.archive_repository(&renamed).unwrap() {
            let integration = checked(&site, member).await;
            println!("{provider}, archived: {:?}", integration.warnings);
            let is_named = |it: &String| it.contains("archived");
            assert!(integration.warnings.iter().any(is_named), "{integration:#?}");
        }
        member.forge.delete_repository(&renamed).unwrap();
        let integration = checked(&site, member).await;
        println!("{provider}, deleted: {:?}", integration.warnings);
        assert!(integration.warnings.iter().any(|it| it.contains("is not accessible")), "{integration:#?}");
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forks_and_other_targets() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let provider = member.connection.provider.as_str();
        site.source(member).await;
        // A target that no source matches, and back.
        let (number, sha) = member.pull("retargeted", &[("prod/orders.tf", Some(BAD))]);
        assert_eq!(member.completed(number, &sha).await.status, Status::Failure);
        let (other, other_sha) = member.pull("release", &[("README.md", Some("# shop, released\n"))]);
        assert_eq!(member.completed(other, &other_sha).await.status, Status::Success);
        member.forge.retarget(&member.repository, number, "release").unwrap();
        member.settled(number).await;
        member.forge.retarget(&member.repository, number, "main").unwrap();
        member.settled(number).await;
        assert_eq!(member.completed(number, &sha).await.status, Status::Failure, "{provider}: retargeted");

        let Ok((number, sha)) =
            member.forge.open_from_fork(&member.repository, "of-a-fork", &[("prod/fork.tf", Some(BAD))])
        else {
            println!("{provider}: the fake has no forks");
            continue;
        };
        let check = member.completed(number, &sha).await;
        assert_eq!(check.status, Status::Failure, "{provider}: {check:#?}");
        println!("{provider}, a fork: {:?}: {}", check.status, check.title);
        member.forge.delete_fork(&member.repository, number).unwrap();
        member.forge.comment(&member.repository, number, "/palisade recheck").unwrap();
        member.forge.settled().await;
        let after = async || member.forge.shown(&member.repository, number, &sha);
        // The status of a fork's commit may be gone with the fork.
        wait("the check is not open", async || after().await.is_none_or(|it| it.status != Status::Pending))
            .await;
        let after = after().await;
        println!(
            "{provider}, the fork is gone: {:?}",
            after.as_ref().map(|it| (it.status, it.title.clone()))
        );
        assert!(after.is_none_or(|it| it.status == Status::Failure), "{provider}");

        let (number, sha) = member.pull("good", &[("prod/good.tf", Some(GOOD))]);
        assert_eq!(member.completed(number, &sha).await.status, Status::Success);
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_renamed_during_the_evaluation() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let provider = member.connection.provider.as_str();
        site.source(member).await;
        let faults = &member.forge.host().faults;
        faults.fail(Rule::new("POST", "/git-upload-pack", 2, Fault::Slow(Duration::from_secs(1))));
        let (number, sha) = member.pull("before", &[("prod/orders.tf", Some(BAD))]);
        let shown = || member.forge.shown(&member.repository, number, &sha);
        wait("the evaluation runs", async || shown().is_some_and(|it| it.status == Status::Pending)).await;
        member.forge.rename_branch(&member.repository, "before", "after").unwrap();
        wait("the check is not open", async || shown().is_some_and(|it| it.status != Status::Pending)).await;
        let after = shown().unwrap();
        println!("{provider}, renamed during the evaluation: {:?}: {}", after.status, after.title);
        assert_ne!(after.status, Status::Success, "{provider}");
        faults.heal();
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_an_unknown_repository_changes_nothing() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let provider = member.connection.provider.as_str();
        let source = site.source(member).await;
        // Without a source, the repository is unknown; its webhook is still there.
        site.serving.store.sources().delete(&source).await.unwrap();
        let (number, sha) = member.pull("unknown", &[("prod/orders.tf", Some(BAD))]);
        member.forge.settled().await;
        let list = async |page: Page| site.serving.store.deliveries().list(&page).await;
        let of_member = async || {
            let mut all = Page::every(list, |it| &it.id).await.unwrap();
            all.retain(|it| it.connection_id == member.connection.id);
            all
        };
        wait("the deliveries are handled", async || {
            of_member().await.iter().all(|it| it.finished_at.is_some())
        })
        .await;
        let notes: Vec<String> = of_member().await.into_iter().map(|it| it.note).collect();
        println!("{provider}, without a source: {notes:?}");
        assert!(notes.iter().any(|it| it.contains("no source for")), "{provider}: {notes:?}");
        assert!(member.forge.shown(&member.repository, number, &sha).is_none(), "{provider}");
        assert_eq!(site.integration(member).await.status, "Active", "{provider}");
    }
    site.end().await;
}
