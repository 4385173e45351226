//! The fakes of all providers, by the id of the provider.

use std::sync::Arc;

use palisade_fake_azure_devops::FakeAzureDevOps;
use palisade_fake_bitbucket::FakeBitbucket;
use palisade_fake_github::FakeGitHub;
use palisade_fake_gitlab::{FakeGitLab, Plan};
use palisade_fake_host::Forge;

use crate::served::Failure;

/// The group of the repositories at GitLab.
const GROUP: &str = "acme";

/// The ids of all providers.
pub const PROVIDERS: [&str; 4] = ["azure-devops", "bitbucket", "github", "gitlab"];

/// Starts the fake of a provider. It needs a Tokio runtime.
pub async fn start(provider: &str) -> Result<Arc<dyn Forge>, Failure> {
    Ok(match provider {
        "azure-devops" => {
            Arc::new(FakeAzureDevOps::start(palisade_fake_azure_devops::Options::default()).await?)
        }
        "bitbucket" => Arc::new(FakeBitbucket::start(palisade_fake_bitbucket::Options::default()).await?),
        "gitlab" => {
            let fake = FakeGitLab::start(palisade_fake_gitlab::Options::default()).await?;
            // With webhooks of groups.
            fake.set_plan(GROUP, Plan::Premium);
            Arc::new(fake)
        }
        "github" => {
            let fake = FakeGitHub::start(palisade_fake_github::Options::default()).await?;
            fake.add_installation(fake.account());
            Arc::new(fake)
        }
        other => return Err(format!("unknown provider `{other}`").into()),
    })
}
