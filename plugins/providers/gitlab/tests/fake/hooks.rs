//! Webhooks of projects and groups.

use palisade_fake_gitlab::{Fault, Options, Plan, Rule};
use palisade_provider_gitlab::GitLab;
use palisade_sdk::provider::{HookPlace, Provider as _};

use crate::support::{SHOP, World, hook_url};

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_created_repaired_and_removed() {
    for unsigned in [false, true] {
        let world = World::start(Options { unsigned, ..Options::default() }).await;
        let (fake, host) = (&world.fake, world.host());
        let place = HookPlace::Repository(SHOP.to_owned());
        let secret = || host.lend(fake.webhook_secret());
        let ensure = |secret| GitLab.ensure_hook(&host, &place, &hook_url(), secret).unwrap();
        let shown = || {
            let all = fake.all_hooks();
            let [hook] = &all[..] else { panic!("{} hooks", all.len()) };
            let events: Vec<&str> =
                hook.events.iter().filter(|(_, it)| **it).map(|(name, _)| name.as_str()).collect();
            assert_eq!(events, ["merge_requests_events", "note_events", "pipeline_events"]);
            let proof = if unsigned { &hook.token } else { &hook.signing_token };
            assert_eq!(unsigned, hook.signing_token.is_none());
            (hook.id, proof.clone().unwrap(), hook.alert_status())
        };
        assert_eq!(ensure(secret()), [""; 0]);
        let (first, proof, _) = shown();
        assert_eq!(proof, fake.webhook_secret());
        assert_eq!(ensure(secret()), [""; 0]);
        assert_eq!(shown().0, first, "it is not created again");

        // Others change its events and its secret.
        fake.change_hooks(|hook| {
            hook.events.insert("merge_requests_events".to_owned(), false);
            hook.events.insert("push_events".to_owned(), true);
            (hook.token, hook.signing_token) = (Some("x".to_owned()), None);
        });
        assert_eq!(ensure(secret()), [""; 0]);
        assert_eq!(shown().1, fake.webhook_secret());
        // The secret is rotated.
        let rotated = format!("whsec_{}=", "A".repeat(43));
        assert_eq!(ensure(host.lend(&rotated)), [""; 0]);
        assert_eq!(shown().1, rotated);
        // GitLab has disabled it.
        fake.disable_hooks();
        assert_eq!(ensure(secret()), [""; 0]);
        let (second, _, status) = shown();
        assert_eq!((second == first, status), (false, "executable"));
        // An attempt was interrupted after the hook was created.
        assert_eq!(GitLab.remove_hook(&host, &place, &hook_url()).unwrap(), [""; 0]);
        fake.fail(Rule::new("POST", "/hooks$", 1, Fault::ResetAfter));
        assert!(GitLab.ensure_hook(&host, &place, &hook_url(), secret()).is_err());
        assert_eq!(ensure(secret()), [""; 0]);
        shown();

        // Hooks of others remain.
        GitLab.ensure_hook(&host, &place, "https://other.example/hook", secret()).unwrap();
        assert_eq!(fake.all_hooks().len(), 2);
        assert_eq!(GitLab.remove_hook(&host, &place, &hook_url()).unwrap(), [""; 0]);
        assert_eq!(GitLab.remove_hook(&host, &place, &hook_url()).unwrap(), [""; 0]);
        assert_eq!(fake.all_hooks()[0].url, "https://other.example/hook");

        let developer = world.host_of(&fake.mallory_token(), None);
        let refused = GitLab.ensure_hook(&developer, &place, &hook_url(), developer.lend("x")).unwrap();
        assert!(refused[0].contains("give the token's user the role Maintainer"), "{refused:?}");
        let refused = GitLab.remove_hook(&developer, &place, &hook_url()).unwrap();
        assert!(refused[0].contains("delete that under Settings, Webhooks"), "{refused:?}");
        let nowhere = HookPlace::Repository("acme/nowhere".to_owned());
        assert_eq!(GitLab.remove_hook(&host, &nowhere, &hook_url()).unwrap(), [""; 0]);
        world.has_no_violations();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_of_groups_need_a_plan() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    let ensure = || {
        GitLab.ensure_hook(&host, &HookPlace::Account, &hook_url(), host.lend(fake.webhook_secret())).unwrap()
    };
    let refused = ensure();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].contains("group webhooks need the plan Premium"), "{refused:?}");
    fake.set_plan("acme", Plan::Premium);
    assert_eq!(ensure(), [""; 0]);
    assert_eq!(ensure(), [""; 0]);
    let all = fake.all_hooks();
    assert_eq!(all.len(), 1);
    for event in ["push_events", "member_events", "project_events", "tag_push_events"] {
        assert_eq!(all[0].events.get(event), Some(&true), "{event}");
    }
    assert_eq!(GitLab.remove_hook(&host, &HookPlace::Account, &hook_url()).unwrap(), [""; 0]);
    assert!(fake.all_hooks().is_empty());
    world.has_no_violations();
}
