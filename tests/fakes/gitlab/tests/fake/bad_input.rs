//! What tests of bad input use.

use palisade_fake_gitlab::{FakeGitLab, Options};
use palisade_fake_host::{BadToken, Forge};

/// The kinds of tokens that are not accepted, and what happens to repositories, forks and webhooks.
#[tokio::test(flavor = "multi_thread")]
async fn operations_of_bad_input() {
    let fake = FakeGitLab::start(Options::default()).await.unwrap();
    let forge: &dyn Forge = &fake;
    let files = [("a.tf", "a\n")];
    for name in ["shop", "old", "lab"] {
        forge.add_repository(&forge.full_name(name), &files).unwrap();
    }
    let shop = forge.full_name("shop");
    let good = forge.connection();
    let kinds: Vec<BadToken> = forge.bad_tokens().iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [BadToken::Expired, BadToken::MissingScope, BadToken::Foreign, BadToken::Revoked]);
    for (kind, connection) in forge.bad_tokens() {
        assert_ne!(connection["secrets"], good["secrets"], "{kind:?}");
        assert_eq!(connection["provider"], good["provider"]);
    }
    assert_eq!(forge.archive_repository(&forge.full_name("lab")).unwrap(), true);
    forge.rename_repository(&forge.full_name("old"), &forge.full_name("new")).unwrap();
    forge.delete_repository(&forge.full_name("new")).unwrap();
    assert!(forge.delete_repository(&forge.full_name("old")).is_err());
    let from_fork = forge.open_from_fork(&shop, "topic", &[("a.tf", Some("b\n"))]);
    let (number, sha) = from_fork.unwrap();
    fake.branch(&shop, "release", "main").unwrap();
    forge.retarget(&shop, number, "release").unwrap();
    assert_eq!(fake.pull(&shop, number).unwrap().head(), sha);
    forge.delete_fork(&shop, number).unwrap();
    assert!(fake.pull(&shop, number).is_ok());
    assert!(forge.push(&shop, number, &[("a.tf", Some("c\n"))]).is_err(), "the fork was deleted");
    assert_eq!(forge.disable_hooks(), true);
    forge.change_hook_secret();
    forge.never_end(true);
    forge.never_end(false);
    assert_eq!(forge.violations(), Vec::<String>::new());
}
