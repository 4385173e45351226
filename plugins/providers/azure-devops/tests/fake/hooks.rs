//! Service hooks.

use palisade_fake_azure_devops::{FakeAzureDevOps, Fault, Rule, Subscription};
use palisade_provider_azure_devops::AzureDevOps;
use palisade_sdk::CallError;
use palisade_sdk::provider::{HookPlace, Provider};

use crate::{REPOSITORY, finish, host, with_pull};

const URL: &str = "https://palisade.example/hooks/1";

fn hooks(fake: &FakeAzureDevOps) -> Vec<Subscription> {
    fake.subscriptions()
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_are_created_repaired_and_removed() {
    let (fake, _, _) = with_pull().await;
    let host = host(&fake);
    let place = HookPlace::Repository(REPOSITORY.to_owned());
    let ensure = |place: &HookPlace, url: &str, secret: &str| {
        AzureDevOps.ensure_hook(&host, place, url, host.lend(secret)).unwrap()
    };
    let none = Vec::<String>::new();
    assert_eq!(ensure(&place, URL, "whsec_b25l"), none);
    assert_eq!(ensure(&place, "https://other.example/hooks/1", "whsec_b25l"), none);
    let first: Vec<Subscription> = hooks(&fake).into_iter().filter(|it| it.input("url") == URL).collect();
    let id = fake.repository(REPOSITORY).unwrap().id;
    assert_eq!(first.len(), 4);
    for it in &first {
        assert_eq!((it.filter("repository"), it.status), (id.as_str(), "enabled"), "{}", it.event);
        let user = (it.input("basicAuthUsername"), it.input("basicAuthPassword"));
        assert_eq!(user, ("palisade", "whsec_b25l"), "{}", it.event);
    }
    // Disabled, on probation, of another secret, doubled, deleted, and of an event that is not wanted.
    fake.change_subscription(&first[0].id, |it| it.status = "disabledBySystem").unwrap();
    fake.change_subscription(&first[1].id, |it| it.status = "onProbation").unwrap();
    fake.change_subscription(&first[2].id, |it| it.event.clone_from(&first[0].event)).unwrap();
    fake.change_subscription(&first[3].id, |it| it.event = "git.push".to_owned()).unwrap();
    let health = AzureDevOps.test_connection(&host).unwrap();
    assert_eq!((health.status.as_str(), health.warnings.len()), ("active", 2), "{health:?}");
    assert_eq!(ensure(&place, URL, "whsec_dHdv"), none);
    assert_eq!(ensure(&place, URL, "whsec_dHdv"), none);
    let all = hooks(&fake);
    let mut events: Vec<&str> =
        all.iter().filter(|it| it.input("url") == URL).map(|it| it.event.as_str()).collect();
    events.sort_unstable();
    assert_eq!(
        events,
        [
            "git.pullrequest.created",
            "git.pullrequest.merged",
            "git.pullrequest.updated",
            "ms.vss-code.git-pullrequest-comment-event",
        ]
    );
    for it in all.iter().filter(|it| it.input("url") == URL) {
        assert_eq!((it.status, it.input("basicAuthPassword")), ("enabled", "whsec_dHdv"), "{}", it.event);
    }
    // The organization.
    assert_eq!(ensure(&HookPlace::Account, URL, "whsec_dHdv"), none);
    assert_eq!(hooks(&fake).len(), 18);
    assert_eq!(hooks(&fake).iter().filter(|it| it.filter("projectId").is_empty()).count(), 10);
    let remove = |place: &HookPlace| AzureDevOps.remove_hook(&host, place, URL).unwrap();
    assert_eq!(remove(&place), none);
    assert_eq!(hooks(&fake).len(), 14);
    assert_eq!(remove(&place), none, "they are removed already");
    assert_eq!(remove(&HookPlace::Account), none);
    assert_eq!(hooks(&fake).len(), 4, "those of another URL remain");
    let connection = AzureDevOps.remove_hook(&host, &HookPlace::Connection, URL);
    assert!(matches!(connection, Err(CallError::InvalidInput(_))));
    finish(&fake);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_with_hooks_is_reported() {
    let (fake, _, _) = with_pull().await;
    let host = host(&fake);
    let place = HookPlace::Repository(REPOSITORY.to_owned());
    let ensure = |place: &HookPlace| AzureDevOps.ensure_hook(&host, place, URL, host.lend("whsec_b25l"));
    let only = |remarks: Vec<String>, words: &str| {
        assert!(remarks.len() == 1 && remarks[0].contains(words), "{words}: {remarks:?}");
    };
    fake.allow_hooks(0);
    only(ensure(&place).unwrap(), "*View subscriptions* and *Edit subscriptions*");
    fake.allow_hooks(1);
    only(ensure(&place).unwrap(), "was refused");
    fake.allow_hooks(7);
    only(ensure(&HookPlace::Repository("my project/absent".to_owned())).unwrap(), "was not found");
    assert_eq!(ensure(&place).unwrap(), Vec::<String>::new());
    // A repository that was deleted: its subscriptions remain until they are removed.
    let gone = HookPlace::Repository("my project/gone".to_owned());
    fake.add_repository("my project/gone", &[("a.tf", "")]).unwrap();
    assert_eq!(ensure(&gone).unwrap(), Vec::<String>::new());
    fake.delete_repository("my project/gone").unwrap();
    assert_eq!(hooks(&fake).len(), 8);
    assert_eq!(AzureDevOps.remove_hook(&host, &gone, URL).unwrap(), Vec::<String>::new());
    assert_eq!(hooks(&fake).len(), 4);
    // Deleted by hand during the removal.
    fake.fail(Rule::new("DELETE", "subscriptions", 1, Fault::status(404, "not found")));
    assert_eq!(AzureDevOps.remove_hook(&host, &place, URL).unwrap(), Vec::<String>::new());
    fake.fail(Rule::new("DELETE", "subscriptions", 1, Fault::status(403, "not allowed")));
    only(AzureDevOps.remove_hook(&host, &place, URL).unwrap(), "the removal of");
    finish(&fake);
}
