//! The adapter against a fake Azure DevOps, which checks every request against Microsoft's description.

#![cfg(test)]

mod check;
mod connection;
mod hooks;
mod repositories;

use palisade_fake_azure_devops::{FakeAzureDevOps, Options};
use palisade_fake_host::Direct;
use palisade_sdk::provider::{Annotation, Check, CheckState, Conclusion, Severity};
use serde_json::json;

const REPOSITORY: &str = "my project/shop";
const NAME: &str = "Palisade: policy";

async fn start() -> FakeAzureDevOps {
    FakeAzureDevOps::start(Options::default()).await.unwrap()
}

fn host_with(fake: &FakeAzureDevOps, token: &str, account: Option<&str>) -> Direct {
    let mut settings = json!({ "organization": "acme", "url": fake.url() });
    if let Some(account) = account {
        settings["account"] = account.into();
    }
    Direct::new(fake.ca_pem(), &settings, token)
}

fn host(fake: &FakeAzureDevOps) -> Direct {
    host_with(fake, fake.token(), Some("acme"))
}

/// A fake with a repository, and a pull request from `topic` to `main`: its number and its head.
async fn with_pull() -> (FakeAzureDevOps, u64, String) {
    let fake = start().await;
    fake.add_repository(REPOSITORY, &[("a.tf", "one\n"), ("modules/net/b.tf", "two\n")]).unwrap();
    let head = fake.commit(REPOSITORY, "topic", &[("a.tf", Some("1\n2\n3\n4\n"))]).unwrap();
    let number = fake.open_pull(REPOSITORY, "topic", "main", "A change").unwrap();
    (fake, number, head)
}

fn finish(fake: &FakeAzureDevOps) {
    let is_required = std::env::var_os("PALISADE_REQUIRE_CORPORA").is_some();
    assert!(fake.validates() || !is_required, "the description of the API is required here");
    assert_eq!(fake.violations(), Vec::<String>::new());
}

fn annotation(key: &str, line: u32) -> Annotation {
    Annotation {
        key: key.to_owned(),
        path: "a.tf".to_owned(),
        line,
        end_line: line,
        severity: Severity::High,
        title: format!("title {key}"),
        message: format!("message {key}"),
    }
}

fn check(number: u64, head: &str, id: &str, state: CheckState, keys: &[(&str, u32)]) -> Check {
    let failed = !keys.is_empty();
    let completed = state == CheckState::Completed;
    Check {
        external_id: id.to_owned(),
        owner: "integration-1".to_owned(),
        pulls: vec![number.to_string()],
        head_sha: head.to_owned(),
        name: NAME.to_owned(),
        state,
        conclusion: completed.then_some(if failed { Conclusion::Failure } else { Conclusion::Success }),
        details_url: format!("https://palisade.example/checks/{id}"),
        title: if failed { format!("{} new violations", keys.len()) } else { "no new violations".to_owned() },
        summary: "The summary.".to_owned(),
        annotations: keys.iter().map(|(key, line)| annotation(key, *line)).collect(),
        previous_handle: None,
    }
}

/// What a pull request shows: the status that counts, and each thread with its line and status.
fn shown(fake: &FakeAzureDevOps, number: u64) -> String {
    let pull = fake.pull(REPOSITORY, number).unwrap();
    let status = pull.status_of("palisade", NAME).map(|it| format!("{} by {}", it.state, it.author));
    let mut all = vec![status.unwrap_or_else(|| "no status".to_owned())];
    for thread in &pull.threads {
        let text = thread.comments[0].content.lines().find(|it| it.starts_with("**")).unwrap_or_default();
        let line = thread.context["rightFileStart"]["line"].as_u64();
        let place = line.map(|it| format!("{}:{it}", thread.context["filePath"].as_str().unwrap()));
        all.push(format!(
            "{} {} {} by {}",
            place.unwrap_or_else(|| "summary".to_owned()),
            text.trim_matches('*'),
            thread.status,
            thread.comments[0].author
        ));
    }
    all.join("; ")
}
