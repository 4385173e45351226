//! Webhooks: created, repaired and removed.

use palisade_fake_bitbucket::{Fault, Place, Role, Rule};
use palisade_sdk::CallError;
use palisade_sdk::provider::{HookPlace, Provider};

use crate::support::{ADAPTER, SHOP, Test, direct};

const URL: &str = "https://palisade.example/hooks/bitbucket/1";
const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn ensure(test: &Test, place: &HookPlace) -> Vec<String> {
    ADAPTER.ensure_hook(&test.host, place, URL, test.host.lend(SECRET)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_created_repaired_and_removed() {
    let test = Test::start().await;
    let repository = HookPlace::Repository(SHOP.to_owned());
    for (place, owner, event) in [
        (&repository, Place::Repository(SHOP.to_owned()), "pullrequest:created"),
        (&HookPlace::Account, Place::Workspace("acme".to_owned()), "repo:push"),
    ] {
        let all = || test.fake.subscriptions();
        assert_eq!(ensure(&test, place), Vec::<String>::new());
        assert_eq!(ensure(&test, place), Vec::<String>::new());
        let [hook] = &all()[..] else { panic!("{:?}", all()) };
        assert_eq!((&hook.place, hook.url.as_str(), hook.active), (&owner, URL, true));
        assert_eq!(hook.secret.as_deref(), Some(SECRET));
        assert!(hook.events.iter().any(|it| it == event), "{:?}", hook.events);
        // Changed by hand.
        test.fake.set_hook_active(&hook.uuid, false).unwrap();
        test.fake.set_hook_secret(&hook.uuid, None).unwrap();
        assert_eq!(ensure(&test, place), Vec::<String>::new());
        let [hook] = &all()[..] else { panic!("{:?}", all()) };
        assert!(hook.active && hook.secret.as_deref() == Some(SECRET));
        // Deleted by hand.
        test.fake.delete_hooks();
        assert_eq!(ensure(&test, place), Vec::<String>::new());
        assert_eq!(all().len(), 1);
        // Another program's remains.
        let other = "https://other.example/";
        let lent = test.host.lend("other");
        ADAPTER.ensure_hook(&test.host, place, other, lent).unwrap();
        for _ in 0..2 {
            assert_eq!(ADAPTER.remove_hook(&test.host, place, URL).unwrap(), Vec::<String>::new());
            assert_eq!(all().iter().map(|it| it.url.clone()).collect::<Vec<_>>(), [other]);
        }
        test.fake.delete_hooks();
    }
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_off_attempt_doubles_nothing() {
    let test = Test::start().await;
    let place = HookPlace::Repository(SHOP.to_owned());
    test.fake.fail(Rule::new("POST", "/hooks$", 1, Fault::ResetAfter));
    let secret = test.host.lend(SECRET);
    let cut = ADAPTER.ensure_hook(&test.host, &place, URL, secret);
    assert!(matches!(cut, Err(CallError::Unavailable(_))), "{cut:?}");
    assert_eq!(ensure(&test, &place), Vec::<String>::new());
    assert_eq!(test.fake.subscriptions().len(), 1);
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_repaired_is_returned_with_the_fix() {
    let test = Test::start().await;
    let place = HookPlace::Repository(SHOP.to_owned());
    let with = |scope: &str| direct(&test.fake, &test.fake.token_without(scope), "acme");
    let ensured = |host: &palisade_fake_host::Direct, place: &HookPlace| {
        ADAPTER.ensure_hook(host, place, URL, host.lend(SECRET)).unwrap().join(" ")
    };
    for scope in ["read:webhook:bitbucket", "write:webhook:bitbucket"] {
        let found = ensured(&with(scope), &place);
        assert!(found.contains(scope), "{found}");
    }
    ensure(&test, &place);
    let host = with("delete:webhook:bitbucket");
    let found = ADAPTER.remove_hook(&host, &place, URL).unwrap().join(" ");
    assert!(found.contains("delete:webhook:bitbucket") && found.contains("*Webhooks*"), "{found}");
    assert_eq!(test.fake.subscriptions().len(), 1);
    // A repository that does not exist has no webhook.
    let gone = HookPlace::Repository("acme/gone".to_owned());
    assert_eq!(ADAPTER.remove_hook(&test.host, &gone, URL).unwrap(), Vec::<String>::new());
    let found = ensured(&test.host, &gone);
    assert!(found.contains("does not find the webhook of `acme/gone`"), "{found}");
    // Without the right of an administrator.
    test.fake.set_role("palisade", "acme", Some(Role::Write)).unwrap();
    for (place, words) in
        [(&place, "an administrator of `acme/shop`"), (&HookPlace::Account, "the workspace `acme`")]
    {
        let found = ensured(&test.host, place);
        assert!(found.contains(words), "{found}");
    }
    let connection = ADAPTER.ensure_hook(&test.host, &HookPlace::Connection, URL, test.host.lend(SECRET));
    assert!(matches!(connection, Err(CallError::InvalidInput(_))));
    test.finish();
}
