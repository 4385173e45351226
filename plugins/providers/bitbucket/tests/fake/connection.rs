//! The status of the connection with tokens of all kinds.

use palisade_fake_bitbucket::{Fault, Rule, SCOPES};
use palisade_sdk::provider::{Health, Provider};

use crate::support::{ADAPTER, SHOP, Test, direct};

fn test(test: &Test, credentials: &palisade_fake_bitbucket::Credentials, account: &str) -> Health {
    ADAPTER.test_connection(&direct(&test.fake, credentials, account)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_token_has_a_status_and_a_reason() {
    let test_ = Test::start().await;
    let fake = &test_.fake;
    for (what, credentials, account, status, words) in [
        ("an API token", fake.credentials().clone(), "acme", "active", ""),
        ("no integration", fake.credentials().clone(), "", "active", ""),
        ("an access token", fake.access_token(), "acme", "active", ""),
        ("an expired token", fake.expired_token(), "acme", "error", "invalid, expired or revoked"),
        (
            "a token of others",
            fake.foreign_token(),
            "acme",
            "error",
            "no access to the workspace `acme`, but to only `umbrella`",
        ),
        (
            "another integration",
            fake.credentials().clone(),
            "umbrella",
            "error",
            "for the workspace `umbrella`, but the token is for `acme`",
        ),
        (
            "no scopes",
            fake.api_token("palisade", &[]),
            "acme",
            "error",
            "lacks the scopes `read:user:bitbucket`",
        ),
        (
            "an access token that reads",
            fake.access_token_with(&["repository"]),
            "acme",
            "error",
            "lacks the scopes `read:pullrequest:bitbucket`, `read:webhook:bitbucket`",
        ),
    ] {
        let health = test(&test_, &credentials, account);
        assert_eq!(health.status, status, "{what}: {health:?}");
        assert!(health.reason.contains(words), "{what}: {health:?}");
        assert_eq!(health.reason.is_empty(), status == "active", "{what}: {health:?}");
        assert!(status == "error" || health.missing.is_empty(), "{what}: {health:?}");
    }
    test_.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_missing_scope_is_named() {
    let test_ = Test::start().await;
    let declared = ADAPTER.describe().permissions;
    for scope in SCOPES.iter().filter(|it| **it != "read:project:bitbucket") {
        let permission = declared.iter().find(|it| it.name == *scope).unwrap_or_else(|| panic!("{scope}"));
        let health = test(&test_, &test_.fake.token_without(scope), "acme");
        assert_eq!(health.missing, [*scope], "{health:?}");
        assert_eq!(health.status, if permission.required { "error" } else { "active" }, "{scope}");
        let place = if permission.required { &health.reason } else { &health.warnings[0] };
        assert!(place.contains(scope), "{health:?}");
    }
    test_.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_for_people_is_not_data() {
    let test_ = Test::start().await;
    let elsewhere = Fault::RedirectTo("https://id.atlassian.example/login".to_owned());
    for (what, fault, words) in [
        ("a sign-in", Fault::Html203, "page for people (status 203)"),
        ("a redirection", elsewhere, "page for people (status 302)"),
    ] {
        test_.fake.fail(Rule::new("GET", "/user$", 1, fault));
        // The client of this host does not follow redirections to unknown hosts.
        match ADAPTER.test_connection(&test_.host) {
            Ok(health) => {
                assert_eq!(health.status, "error", "{what}");
                assert!(health.reason.contains(words), "{what}: {health:?}");
            }
            Err(error) => assert!(what == "a redirection", "{what}: {error:?}"),
        }
        test_.fake.heal();
    }
    test_.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_is_the_workspace() {
    let test_ = Test::start().await;
    let page = ADAPTER.accounts(&test_.host, None).unwrap();
    let [account] = &page.items[..] else { panic!("{page:?}") };
    assert_eq!(
        (account.id.as_str(), account.name.as_str(), account.status.as_str()),
        ("acme", "acme", "active")
    );
    assert_eq!(account.web_url, format!("{}/acme/workspace/settings", test_.fake.web_url()));
    let access = direct(&test_.fake, &test_.fake.access_token_with(&["repository"]), "");
    assert_eq!(ADAPTER.accounts(&access, None).unwrap().items.len(), 1);
    assert_eq!(ADAPTER.repositories(&access, None).unwrap().items[0].full_name, SHOP);
    test_.finish();
}
