//! A fake, and the host of the adapter.

use palisade_fake_bitbucket::{Credentials, FakeBitbucket, Options};
use palisade_fake_host::Direct;
use palisade_provider_bitbucket::Bitbucket;
use palisade_sdk::provider::{Annotation, Check, CheckState, Conclusion, Provider, Severity};

/// The repository of most tests.
pub(crate) const SHOP: &str = "acme/shop";
/// The adapter.
pub(crate) const ADAPTER: Bitbucket = Bitbucket;

/// A fake with a repository.
pub(crate) struct Test {
    pub(crate) fake: FakeBitbucket,
    /// The host with the token of the connection.
    pub(crate) host: Direct,
    /// The first commit of the repository.
    pub(crate) first: String,
}

impl Test {
    pub(crate) async fn start() -> Test {
        let fake = FakeBitbucket::start(Options::default()).await.unwrap();
        let first = fake.add_repository(SHOP, &[("main.tf", "a\n"), ("infra/prod/x.tf", "x\n")]).unwrap();
        let host = direct(&fake, fake.credentials(), "acme");
        Test { fake, host, first }
    }

    /// A pull request with this branch. Returns its number and head.
    pub(crate) fn pull(&self, branch: &str) -> (u64, String) {
        // Each branch has a commit of its own.
        let content = format!("{branch}\n");
        let sha = self.fake.commit(SHOP, branch, &[("main.tf", Some(content.as_str()))]).unwrap();
        (self.fake.open_pull(SHOP, branch, "main").unwrap(), sha)
    }

    pub(crate) fn publish(&self, check: &Check) {
        ADAPTER.publish(&self.host, SHOP, check).unwrap();
    }

    /// No request violated the description.
    pub(crate) fn finish(&self) {
        assert_eq!(self.fake.violations(), Vec::<String>::new());
        assert!(self.fake.validates() || std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none());
    }

    /// The number of requests that change something.
    pub(crate) fn writes(&self) -> usize {
        self.fake.requests().iter().filter(|it| it.method != "GET").count()
    }
}

/// A host with other credentials, for an integration with this workspace.
pub(crate) fn direct(fake: &FakeBitbucket, credentials: &Credentials, account: &str) -> Direct {
    let mut settings = fake.connection_with(credentials)["settings"].clone();
    settings["account"] = account.into();
    Direct::new(fake.ca_pem(), &settings, &credentials.token)
}

/// An annotation with this key, at a line.
pub(crate) fn annotation(key: &str, line: u32) -> Annotation {
    Annotation {
        key: key.to_owned(),
        path: "main.tf".to_owned(),
        line,
        end_line: line,
        severity: Severity::High,
        title: format!("violation {key}"),
        message: "Set `x = true`.".to_owned(),
    }
}

/// A check of a pull request; without a conclusion, it is running.
pub(crate) fn check(pull: u64, sha: &str, conclusion: Option<Conclusion>, keys: &[(&str, u32)]) -> Check {
    Check {
        external_id: format!("check-{sha}"),
        owner: "integration-1".to_owned(),
        pulls: vec![pull.to_string()],
        head_sha: sha.to_owned(),
        name: "Palisade".to_owned(),
        state: if conclusion.is_some() { CheckState::Completed } else { CheckState::Running },
        conclusion,
        details_url: "https://palisade.example/checks/1".to_owned(),
        title: match conclusion {
            None => "Running".to_owned(),
            Some(_) if keys.is_empty() => "No violations".to_owned(),
            Some(_) => format!("{} new violations", keys.len()),
        },
        summary: "The summary.".to_owned(),
        annotations: keys.iter().map(|(key, line)| annotation(key, *line)).collect(),
        previous_handle: None,
    }
}
