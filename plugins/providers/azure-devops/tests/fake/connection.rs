//! The status of the connection.

use palisade_fake_azure_devops::{Fault, Rule};
use palisade_provider_azure_devops::AzureDevOps;
use palisade_sdk::CallError;
use palisade_sdk::provider::{Health, Provider};

use crate::{REPOSITORY, finish, host, host_with, start};

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_connection() {
    let fake = start().await;
    fake.add_repository(REPOSITORY, &[("a.tf", "one\n")]).unwrap();
    let test = |token: &str, account: Option<&str>| -> Health {
        AzureDevOps.test_connection(&host_with(&fake, token, account)).unwrap()
    };
    let good = test(fake.token(), Some("acme"));
    assert_eq!((good.status.as_str(), good.missing, good.warnings), ("active", vec![], vec![]));
    assert_eq!(good.details[1], ("user".to_owned(), "palisade".to_owned()));
    for (what, token, account, words) in [
        ("unknown", "never".to_owned(), None, "sign-in page"),
        ("expired", fake.expired_token(), None, "The Personal Access Token used has expired"),
        ("of another organization", fake.foreign_token(), None, "create a token for the organization `acme`"),
        ("for another account", fake.token().to_owned(), Some("umbrella"), "organization `umbrella`, but"),
    ] {
        let health = test(&token, account);
        let is_error = health.status == "error" && health.reason.contains(words);
        assert!(is_error, "{what}: {health:?}");
    }
    for (scopes, missing) in [
        (&["vso.profile", "vso.code_write"][..], &[][..]),
        (&["vso.profile", "vso.code", "vso.code_status"], &["Code: Write"]),
        (&["vso.profile", "vso.code"], &["Code: Write", "Code: Status"]),
        (&["vso.profile", "vso.code_status"], &["Code: Read"]),
    ] {
        let health = test(&fake.narrow_token(scopes), Some("acme"));
        assert_eq!(health.missing, missing, "{scopes:?}");
        assert_eq!(health.status, if missing.is_empty() { "active" } else { "error" }, "{scopes:?}");
        for name in missing {
            assert!(health.reason.contains(name), "{}", health.reason);
        }
    }
    fake.allow_hooks(1);
    assert_eq!(test(fake.token(), None).missing, ["Service hooks: Edit subscriptions"]);
    fake.allow_hooks(0);
    let both = ["Service hooks: View subscriptions", "Service hooks: Edit subscriptions"];
    assert_eq!(test(fake.token(), None).missing, both);
    fake.fail(Rule::new("GET", "connectionData", 1, Fault::Html203));
    assert_eq!(test(fake.token(), None).status, "error");
    let html = || vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    for (status, headers, words) in [
        (302, Vec::new(), "sign-in page"),
        (401, html(), "does not accept the token"),
        (200, html(), "sign-in page"),
        (404, html(), "does not find the organization `acme`"),
    ] {
        let page = Fault::Status(status, headers, "<html></html>".to_owned());
        fake.fail(Rule::new("GET", "connectionData", 1, page));
        let health = test(fake.token(), None);
        assert!(health.status == "error" && health.reason.contains(words), "{status}: {health:?}");
    }
    fake.fail(Rule::new("GET", "connectionData", 1, Fault::retry_after(429, "7")));
    let limited = AzureDevOps.test_connection(&host(&fake));
    assert_eq!(limited.unwrap_err(), CallError::RateLimited(Some(7)));
    finish(&fake);
}
