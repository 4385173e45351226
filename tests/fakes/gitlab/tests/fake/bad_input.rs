//! What tests of bad input use.

use palisade_fake_gitlab::{FakeGitLab, Options};
use palisade_fake_host::{BadInput, BadToken, check_bad_input};

#[tokio::test(flavor = "multi_thread")]
async fn operations_of_bad_input() {
    let fake = FakeGitLab::start(Options::default()).await.unwrap();
    let tokens = &[BadToken::Expired, BadToken::MissingScope, BadToken::Foreign, BadToken::Revoked];
    check_bad_input(
        &fake,
        BadInput { tokens, has_archives: true, has_disabled_hooks: true, has_forks: true },
    );
}
