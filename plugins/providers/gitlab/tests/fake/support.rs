//! A fake GitLab with one project and a merge request, and short forms of what it shows.

use std::path::Path;
use std::process::Command;

use palisade_fake_gitlab::{FakeGitLab, Options};
use palisade_fake_host::Direct;
use palisade_sdk::provider::{Annotation, Check, CheckState, Conclusion, Severity};
use serde_json::json;

/// The project of the tests.
pub(crate) const SHOP: &str = "acme/shop";
/// The name of the check.
pub(crate) const CHECK: &str = "Palisade / shop";
/// The file that the merge request changes.
pub(crate) const MAIN: &str = "main.tf";
/// Its content on the target branch: 80 lines.
pub(crate) const BEFORE: &str = "a = 1\n";
/// Its first lines on the source branch.
pub(crate) const TOPIC: &str = "a = 1\nb = 2\n";

/// The remaining lines of the file.
fn rest() -> String {
    (0..80).map(|number| format!("x{number} = {number}\n")).collect::<Vec<_>>().concat()
}

/// The address of the webhooks.
pub(crate) fn hook_url() -> String {
    "https://palisade.example/hooks/c1".to_owned()
}

/// A fake with merge request 1 from `topic` to `main`.
pub(crate) struct World {
    pub(crate) fake: FakeGitLab,
    /// The ID of our user.
    pub(crate) user: String,
    /// The head of `main`.
    pub(crate) base: String,
    /// The head of `topic`.
    pub(crate) head: String,
}

impl World {
    pub(crate) async fn start(options: Options) -> World {
        let fake = FakeGitLab::start(options).await.unwrap();
        let before = format!("{BEFORE}{}", rest());
        let files =
            [(MAIN, before.as_str()), ("deploy/base/pod.yaml", "kind: Pod\n"), ("README.md", "shop\n")];
        let base = fake.add_repository(SHOP, &files).unwrap();
        let head = fake.commit(SHOP, "topic", &[(MAIN, Some(&format!("{TOPIC}{}", rest())))]).unwrap();
        assert_eq!(fake.open_pull(SHOP, "topic", "main").unwrap(), 1);
        let mut world = World { fake, user: String::new(), base, head };
        let host = world.host_of(world.fake.token(), None);
        let account =
            palisade_sdk::provider::Provider::accounts(&palisade_provider_gitlab::GitLab, &host, None);
        world.user = account.unwrap().items.remove(0).id;
        world
    }

    /// The host of an integration.
    pub(crate) fn host(&self) -> Direct {
        self.host_of(self.fake.token(), Some(&self.user))
    }

    /// The host of a token; without an account, that of the connection.
    pub(crate) fn host_of(&self, token: &str, account: Option<&str>) -> Direct {
        let settings = json!({ "url": self.fake.url(), "account": account.unwrap_or_default() });
        Direct::new(self.fake.ca_pem(), &settings, token)
    }

    /// The number of requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.fake.requests().len()
    }

    /// The number of requests that write.
    pub(crate) fn writes(&self) -> usize {
        self.fake.requests().iter().filter(|it| it.method != "GET").count()
    }

    /// Checks that all requests met GitLab's description.
    pub(crate) fn has_no_violations(&self) {
        if !self.fake.validates() {
            assert!(
                std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(),
                "the description is required here"
            );
            println!("SKIPPED: GitLab's description is not on this machine");
        }
        assert_eq!(self.fake.violations(), [""; 0]);
    }
}

/// A violation at a line of the file.
pub(crate) fn annotation(key: &str, line: u32) -> Annotation {
    Annotation {
        key: key.to_owned(),
        path: MAIN.to_owned(),
        line,
        end_line: line,
        severity: Severity::High,
        title: format!("title {key}"),
        message: "the message".to_owned(),
    }
}

/// A check of merge request 1.
pub(crate) fn check(
    head: &str,
    state: CheckState,
    conclusion: Option<Conclusion>,
    annotations: &[Annotation],
) -> Check {
    let title = match state {
        CheckState::Completed => format!("{} violations", annotations.len()),
        CheckState::Superseded => "Superseded".to_owned(),
        _ => "Evaluating".to_owned(),
    };
    Check {
        external_id: "e1".to_owned(),
        owner: "o1".to_owned(),
        pulls: vec!["1".to_owned()],
        head_sha: head.to_owned(),
        name: CHECK.to_owned(),
        state,
        conclusion,
        details_url: "https://palisade.example/checks/e1".to_owned(),
        title,
        summary: "the summary".to_owned(),
        annotations: annotations.to_vec(),
        previous_handle: None,
    }
}

/// The statuses of a commit, oldest first: state, user, description.
pub(crate) fn shown_statuses(fake: &FakeGitLab, project: &str, sha: &str) -> Vec<String> {
    let all = fake.statuses(project, sha);
    let shown = all.iter().map(|it| {
        let text = it.description.as_deref().unwrap_or_default();
        format!("{} by {}: {text}", it.state, fake.username(it.author))
    });
    shown.collect()
}

/// The discussions of our user on a merge request: state, place and title; and its summaries.
pub(crate) fn shown_discussions(fake: &FakeGitLab, number: u64) -> Vec<String> {
    let all = fake.discussions(SHOP, number);
    let ours = all.iter().filter(|it| fake.username(it.notes[0].author) == "palisade");
    let bold =
        |text: &str| text.lines().find_map(|it| it.strip_prefix("**")?.strip_suffix("**").map(str::to_owned));
    let shown = ours.map(|it| {
        let title = bold(&it.notes[0].body).unwrap_or_default();
        let line = |line: Option<u64>| line.map_or("-".to_owned(), |it| it.to_string());
        match &it.notes[0].position {
            None => format!("summary: {title}"),
            Some(at) => format!(
                "{} {} {} -> {} {title}",
                if it.resolved.is_some() { "resolved" } else { "open" },
                at.new_path,
                line(at.old_line),
                line(at.new_line)
            ),
        }
    });
    shown.collect()
}

/// The output of Git in a repository.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
