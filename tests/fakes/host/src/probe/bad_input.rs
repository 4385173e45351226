//! One test of every fake: the operations that tests of bad input use.

use crate::{BadToken, Branches, Forge};

/// What a provider has.
#[derive(Clone, Copy, Debug)]
pub struct BadInput<'a> {
    /// The kinds of its bad tokens.
    pub tokens: &'a [BadToken],
    /// Whether repositories are archived or disabled.
    pub has_archives: bool,
    /// Whether webhooks get a state after failed deliveries.
    pub has_disabled_hooks: bool,
    /// Whether the fake has forks.
    pub has_forks: bool,
}

/// Applies every operation to a new fake without repositories.
///
/// # Panics
/// If one does not do what [`Forge`] describes.
pub fn check_bad_input(forge: &dyn Forge, expected: BadInput<'_>) {
    for name in ["shop", "old", "lab"] {
        forge.add_repository(&forge.full_name(name), &[("a.tf", "a\n")]).unwrap();
    }
    let (good, bad) = (forge.connection(), forge.bad_tokens());
    assert_eq!(bad.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), expected.tokens);
    for (kind, connection) in bad {
        assert_ne!(connection["secrets"], good["secrets"], "{kind:?}");
        assert_eq!(connection["provider"], good["provider"], "{kind:?}");
    }
    let [old, new] = ["old", "new"].map(|name| forge.full_name(name));
    assert_eq!(forge.archive_repository(&forge.full_name("lab")).unwrap(), expected.has_archives);
    forge.rename_repository(&old, &new).unwrap();
    forge.delete_repository(&new).unwrap();
    assert!(forge.delete_repository(&old).is_err());
    let shop = forge.full_name("shop");
    let forked = forge.open_from_fork(&shop, "topic", &[("a.tf", Some("b\n"))]);
    assert_eq!(forked.is_ok(), expected.has_forks, "{forked:?}");
    let branches = Branches { head: "topic", base: "main" };
    let opened = forked.or_else(|_| forge.open_pull(&shop, branches, "T", &[("a.tf", Some("b\n"))]));
    let (number, _) = opened.unwrap();
    forge.running().branch(&shop, "release", "main").unwrap();
    forge.retarget(&shop, number, "release").unwrap();
    forge.delete_fork(&shop, number).unwrap();
    if expected.has_forks {
        assert!(forge.push(&shop, number, &[("a.tf", Some("c\n"))]).is_err(), "the fork was deleted");
    }
    forge.change_hook_secret();
    assert_eq!(forge.disable_hooks(), expected.has_disabled_hooks);
    forge.never_end(true);
    forge.never_end(false);
    assert_eq!(forge.violations(), Vec::<String>::new());
}
