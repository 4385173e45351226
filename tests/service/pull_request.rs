//! A pull request gets its check.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use palisade_fake_github::Check;

use palisade_store::repository::acceptances::NewAcceptance;
use palisade_store::repository::sources::SourceSettings;

use crate::world::{BAD, Kind, REPOSITORY, World, settings};

/// A check as it is shown, without the parts that differ between runs.
fn shown(check: &Check) -> String {
    let mut text = format!(
        "{}\n{} {}\n{}\n",
        check.name,
        check.status,
        check.conclusion.as_deref().unwrap_or("-"),
        check.title.as_deref().unwrap_or("-")
    );
    for it in &check.annotations {
        let _ = writeln!(
            text,
            "{} {}-{} {} {}",
            it["path"].as_str().unwrap(),
            it["start_line"],
            it["end_line"],
            it["annotation_level"].as_str().unwrap(),
            it["title"].as_str().unwrap()
        );
    }
    let _ = write!(text, "---\n{}", check.summary.as_deref().unwrap_or("-"));
    text
}

async fn gets_its_check(kind: Kind) -> Option<String> {
    let world = World::start(kind).await?;
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    let (_, sha) = world.pull("orders", &[("prod/orders.tf", Some(BAD))]);
    let check = world.completed(&sha).await;
    let text = shown(&check);
    world.end().await;
    Some(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_gets_its_check_on_both_databases() {
    let sqlite = gets_its_check(Kind::Sqlite).await.unwrap();
    insta::assert_snapshot!(sqlite);
    if let Some(postgres) = gets_its_check(Kind::Postgres).await {
        assert_eq!(sqlite, postgres);
    }
}

/// A violation that is accepted is new, but does not count.
#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_risk_fails_nothing() {
    let world = World::start(Kind::Sqlite).await.unwrap();
    let integration = world.integrate().await;
    let source = world.source(&integration, "Production", "/").await;
    for (control, resource) in [("aws-rds-publicly-accessible", None), ("CKV_AWS_16", Some("*.orders"))] {
        let risk = NewAcceptance {
            integration_id: integration.clone(),
            control: Some(control.to_owned()),
            source_id: Some(source.clone()),
            resource: resource.map(str::to_owned),
            path: resource.map(|_| "prod/*".to_owned()),
            reason: "it is a demonstration".to_owned(),
            created_by: "test".to_owned(),
            ..NewAcceptance::default()
        };
        world.service.acceptances().accept(risk).await.unwrap();
    }
    let (_, sha) = world.pull("orders", &[("prod/orders.tf", Some(BAD))]);
    let check = world.completed(&sha).await;
    assert_eq!(check.conclusion.as_deref(), Some("success"), "{:?}", check.summary);
    assert!(check.summary.unwrap().contains("2 suppressed"));
    let (_, sha) = world.pull("others", &[("prod/others.tf", Some(&BAD.replace("orders", "others")))]);
    let check = world.completed(&sha).await;
    assert_eq!(check.title.as_deref(), Some("1 new violation: 1 high"));
    world.end().await;
}

/// Creating or deleting an acceptance applies at once to the open pull requests that it concerns, without a push, and
/// to no others.
#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_evaluates_open_pull_requests_again() {
    const SHOP: &str = "other/shop";
    let world = World::start(Kind::Sqlite).await.unwrap();
    let integration = world.integrate().await;
    let other = world.integrate_other("other", SHOP).await;
    let source = world.source(&integration, "Production", "/prod").await;
    let release = SourceSettings { branch_pattern: "release".to_owned(), ..settings("Release", "/") };
    let release = world.service.sources().add(&integration, &release).await.unwrap().id;
    let (_, sha) = world.pull("orders", &[("prod/orders.tf", Some(BAD))]);
    let elsewhere = world.fake.commit(SHOP, "orders", &[("prod/orders.tf", Some(BAD))]).unwrap();
    world.fake.open_pull(SHOP, "orders", "main").unwrap();
    let most = Duration::from_mins(1);
    // A completed run is not changed: another evaluation has a run of its own.
    let concludes = async |repository: &str, sha: &str, expected: &str| {
        let begin = Instant::now();
        loop {
            let runs = world.fake.checks(repository, sha);
            let newest = runs.iter().max_by_key(|it| it.id);
            if newest.is_some_and(|it| it.status == "completed" && it.conclusion.as_deref() == Some(expected))
            {
                return;
            }
            assert!(begin.elapsed() < most, "no {expected} in {repository}: {runs:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    concludes(REPOSITORY, &sha, "failure").await;
    concludes(SHOP, &elsewhere, "failure").await;
    // How often the pull request of each repository was changed and evaluated.
    let counts = async || {
        let mut all = Vec::new();
        for (integration, repository) in [(&integration, REPOSITORY), (&other, SHOP)] {
            let begin = Instant::now();
            loop {
                let row = world.store.pulls().by_number(integration, repository, 1).await.unwrap().unwrap();
                if row.done_seq == row.dirty_seq {
                    all.push(row.done_seq);
                    break;
                }
                assert!(begin.elapsed() < most, "{row:?}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        all
    };
    let before = counts().await;
    let accept = async |source: Option<&String>, integration: &str, control: &str| {
        let risk = NewAcceptance {
            integration_id: integration.to_owned(),
            source_id: source.cloned(),
            control: Some(control.to_owned()),
            reason: "it is a demonstration".to_owned(),
            created_by: "test".to_owned(),
            ..NewAcceptance::default()
        };
        world.service.acceptances().accept(risk).await.unwrap().id
    };
    let controls = ["aws-rds-publicly-accessible", "CKV_AWS_16"];

    // Acceptances of a source that does not cover it, and of another integration.
    for control in controls {
        let risk = accept(Some(&release), &integration, control).await;
        world.service.acceptances().revoke(&risk).await.unwrap();
    }
    assert_eq!(counts().await, before, "nothing is evaluated again");
    for control in controls {
        accept(None, &other, control).await;
    }
    let [own, others] = counts().await[..] else { panic!("two repositories") };
    assert_eq!((own, others), (before[0], before[1] + 2));
    concludes(SHOP, &elsewhere, "success").await;
    concludes(REPOSITORY, &sha, "failure").await;

    let mut risks = Vec::new();
    for control in controls {
        risks.push(accept(Some(&source), &integration, control).await);
    }
    concludes(REPOSITORY, &sha, "success").await;
    world.service.acceptances().revoke(&risks[0]).await.unwrap();
    concludes(REPOSITORY, &sha, "failure").await;
    assert_eq!(counts().await, [own + 3, others]);
    world.end().await;
}

/// A pod whose user id is low by the default of the control's parameter.
const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop}
spec:
  containers:
    - name: agent
      image: registry.example/agent:1.4.0
      securityContext: {runAsUser: 5000}
";

#[tokio::test(flavor = "multi_thread")]
async fn the_parameters_of_its_source_count() {
    const CONTROL: &str = "kubernetes-low-user-id";
    let world = World::start(Kind::Sqlite).await.unwrap();
    let integration = world.integrate().await;
    let with = |minimum: serde_json::Value| {
        let values = [("minimum".to_owned(), minimum)].into();
        SourceSettings { parameters: [(CONTROL.to_owned(), values)].into(), ..settings("Production", "/") }
    };
    let refused = world.service.sources().add(&integration, &with("many".into())).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`parameters`: parameters: invalid value `\"many\"` for `kubernetes-low-user-id.minimum`: \"many\" is not of type \
         \"integer\""
    );
    let source = world.service.sources().add(&integration, &with(1_000.into())).await.unwrap();
    let is_marked = async |branch: &str, text: &str| {
        let (_, sha) = world.pull(branch, &[(&format!("{branch}.yaml"), Some(text))]);
        let check = world.completed(&sha).await;
        check.annotations.iter().any(|it| it["title"].as_str().unwrap().ends_with(CONTROL))
    };
    assert!(!is_marked("above", POD).await);
    assert!(is_marked("below", &POD.replace("5000", "999")).await);
    world.service.sources().edit(&source.id, &settings("Production", "/")).await.unwrap();
    assert!(is_marked("later", &POD.replace("agent", "later")).await);
    world.end().await;
}
