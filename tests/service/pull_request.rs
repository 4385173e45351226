//! A pull request gets its check.

use std::fmt::Write as _;

use palisade_fake_github::Check;

use palisade_store::repository::acceptances::NewAcceptance;

use crate::world::{BAD, Kind, World};

/// A check as people see it, without what differs from run to run.
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

/// What the tree is told to accept is new, and counts for nothing.
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
        world.service.accept_risk(risk).await.unwrap();
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
