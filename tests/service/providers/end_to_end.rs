//! From the connection to the deletion: first scan, webhook, pull request, second push, all fixed.

use std::fmt::Write as _;

use palisade_fake_host::{Remark, Shown};

use crate::site::{Member, Site, wait};
use crate::world::{BAD, GOOD, Kind};

/// The database with its public access fixed, and a bucket whose public ACLs are honoured.
const OTHER: &str = r#"resource "aws_db_instance" "orders" {
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  publicly_accessible = false
  storage_encrypted   = false
}

resource "aws_s3_bucket_public_access_block" "orders" {
  bucket                  = "orders"
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = false
  restrict_public_buckets = true
}
"#;

/// A check as it is shown, without the parts that differ between runs and providers.
fn shown(it: &Shown) -> String {
    let mut text = format!("{:?}: {}\n", it.status, it.title);
    for Remark { path, line, open, text: message } in &it.remarks {
        let first = message.lines().next().unwrap_or_default();
        let _ = writeln!(text, "  {path}:{line} {} {first}", if *open { "open" } else { "closed" });
    }
    let _ = writeln!(text, "  summaries: {}", it.summaries.len());
    text
}

fn open(it: &Shown) -> Vec<String> {
    it.remarks.iter().filter(|it| it.open).map(|it| format!("{}:{} {}", it.path, it.line, it.text)).collect()
}

/// Every remark at most once.
fn assert_no_duplicate(it: &Shown) {
    let mut all = open(it);
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count, "{all:#?}");
    assert!(it.summaries.len() <= 1, "{:#?}", it.summaries);
}

async fn runs(site: &Site, member: &Member) -> String {
    let mut text = String::new();
    let integration = site.integration(member).await;
    assert_eq!(integration.status, "Active", "{}", integration.status_detail);
    let source = site.source(member).await;
    let scans = &site.serving.service;
    assert!(scans.sources().get(&source).await.unwrap().last_scanned_at.is_some());
    assert!(site.integration(member).await.last_scanned_at.is_some());
    let hooks = member.forge.hooks();
    assert!(hooks.iter().all(|it| it.active && it.url == member.connection.hook_url), "{hooks:#?}");
    let _ = writeln!(text, "{} webhook(s)", hooks.len());

    let (number, first) = member.pull("orders", &[("prod/orders.tf", Some(BAD))]);
    let check = member.completed(number, &first).await;
    assert_no_duplicate(&check);
    let _ = writeln!(text, "first push\n{}", shown(&check));

    let second = member.push(number, &[("prod/orders.tf", Some(OTHER))]);
    let check = member.completed(number, &second).await;
    assert_no_duplicate(&check);
    let _ = writeln!(text, "second push\n{}", shown(&check));
    let old = member.forge.shown(&member.repository, number, &first);
    let _ = writeln!(text, "the first head: {:?}\n", old.map(|it| it.status));

    // A user requests the check again: nothing changes, and nothing is posted twice.
    member.settled(number).await;
    let (before, _) = member.changes(number).await;
    member.forge.comment(&member.repository, number, "/palisade recheck").unwrap();
    wait("the pull request is evaluated again", async || member.changes(number).await.1 > before).await;
    let again = member.completed(number, &second).await;
    assert_eq!(shown(&again), shown(&check), "a second evaluation of the same commit changes nothing");

    let third = member.push(number, &[("prod/orders.tf", Some(GOOD))]);
    let check = member.completed(number, &third).await;
    assert_no_duplicate(&check);
    let _ = writeln!(text, "third push\n{}", shown(&check));
    if let Some(summary) = check.summaries.first() {
        assert!(summary.contains("All violations are resolved"), "{summary}");
    }

    // A pull request without a violation gets no comment.
    let (number, clean) = member.pull("clean", &[("prod/clean.tf", Some(GOOD))]);
    let check = member.completed(number, &clean).await;
    let _ = writeln!(text, "without a violation\n{}", shown(&check));

    let removed = site.serving.service.integrations().remove(&member.integration.id).await.unwrap();
    assert_eq!(removed.remaining, Vec::<String>::new());
    let removed = site.serving.service.connections().disconnect(&member.connection.id).await.unwrap();
    let _ = writeln!(text, "deleted: {} webhook(s) left", member.forge.hooks().len());
    for one in &removed.remaining {
        let _ = writeln!(text, "  {}", one.split("`http").next().unwrap_or_default());
    }
    text
}

async fn end_to_end(provider: &str) {
    let Some(site) = Site::start(Kind::Sqlite, &[provider]).await else { return };
    let text = runs(&site, &site.members[0]).await;
    insta::assert_snapshot!(provider, text);
    site.end().await;
}

macro_rules! on_each {
    ($($name:ident: $provider:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            end_to_end($provider).await;
        }
    )*};
}

on_each! {
    azure_devops: "azure-devops";
    bitbucket: "bitbucket";
    github: "github";
    gitlab: "gitlab";
}
