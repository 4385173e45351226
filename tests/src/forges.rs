//! The fakes of all providers, by the id of the provider.

use std::sync::Arc;

use palisade_fake_github::FakeGitHub;
use palisade_fake_host::Forge;

use crate::served::Failure;

/// The ids of all providers.
pub const PROVIDERS: [&str; 1] = ["github"];

/// Starts the fake of a provider. It needs a Tokio runtime.
pub async fn start(provider: &str) -> Result<Arc<dyn Forge>, Failure> {
    Ok(match provider {
        "github" => {
            let fake = FakeGitHub::start(palisade_fake_github::Options::default()).await?;
            fake.add_installation(fake.account());
            Arc::new(fake)
        }
        other => return Err(format!("unknown provider `{other}`").into()),
    })
}
