//! What tests of bad input use.

use palisade_fake_github::{FakeGitHub, Options};
use palisade_fake_host::{BadToken, Forge};

/// The kinds of tokens that are not accepted, and what happens to repositories, forks and webhooks.
#[tokio::test(flavor = "multi_thread")]
async fn operations_of_bad_input() {
    let fake = FakeGitHub::start(Options::default()).await.unwrap();
    fake.add_installation("acme");
    let forge: &dyn Forge = &fake;
    let files = [("a.tf", "a\n")];
    for name in ["shop", "old", "lab"] {
        forge.add_repository(&forge.full_name(name), &files).unwrap();
    }
    let shop = forge.full_name("shop");
    let good = forge.connection();
    let kinds: Vec<BadToken> = forge.bad_tokens().iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [BadToken::Foreign]);
    for (kind, connection) in forge.bad_tokens() {
        assert_ne!(connection["secrets"], good["secrets"], "{kind:?}");
        assert_eq!(connection["provider"], good["provider"]);
    }
    assert_eq!(forge.archive_repository(&forge.full_name("lab")).unwrap(), true);
    forge.rename_repository(&forge.full_name("old"), &forge.full_name("new")).unwrap();
    forge.delete_repository(&forge.full_name("new")).unwrap();
    assert!(forge.delete_repository(&forge.full_name("old")).is_err());
    let from_fork = forge.open_from_fork(&shop, "topic", &[("a.tf", Some("b\n"))]);
    assert!(from_fork.is_err());
    let branches = palisade_fake_host::Branches { head: "topic", base: "main" };
    let (number, _) = forge.open_pull(&shop, branches, "T", &[("a.tf", Some("b\n"))]).unwrap();
    fake.branch(&shop, "release", "main").unwrap();
    forge.retarget(&shop, number, "release").unwrap();
    forge.delete_fork(&shop, number).unwrap();
    assert!(fake.pull(&shop, number).unwrap().fork_gone);
    assert_eq!(forge.disable_hooks(), false);
    forge.change_hook_secret();
    forge.never_end(true);
    forge.never_end(false);
    assert_eq!(forge.violations(), Vec::<String>::new());
}
