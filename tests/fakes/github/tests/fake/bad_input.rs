//! What tests of bad input use.

use palisade_fake_github::{FakeGitHub, Options};
use palisade_fake_host::{BadInput, BadToken, check_bad_input};

#[tokio::test(flavor = "multi_thread")]
async fn operations_of_bad_input() {
    let fake = FakeGitHub::start(Options::default()).await.unwrap();
    let tokens = &[BadToken::Foreign];
    check_bad_input(
        &fake,
        BadInput { tokens, has_archives: true, has_disabled_hooks: false, has_forks: false },
    );
}
