//! Another user overwrites our check: within one reconciliation it is back, and the integration names the user.

use palisade_fake_host::{Shown, Status};
use palisade_tests::forges::PROVIDERS;

use crate::site::{Site, wait};
use crate::world::{BAD, Kind};

#[tokio::test(flavor = "multi_thread")]
async fn what_others_change_is_restored_and_named() {
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    for member in &site.members {
        let provider = &member.connection.provider;
        site.source(member).await;
        let (number, sha) = member.pull("orders", &[("prod/orders.tf", Some(BAD))]);
        let before = member.completed(number, &sha).await;
        assert_eq!(before.status, Status::Failure);
        let open = before.remarks.iter().filter(|it| it.open).count();
        let Some(actor) = member.forge.tamper(&member.repository, number, &sha).unwrap() else {
            site.reconcile(member).await;
            println!("{provider}: only this program can write the check");
            continue;
        };
        let tampered = member.forge.shown(&member.repository, number, &sha).unwrap();
        let resolved = open - tampered.remarks.iter().filter(|it| it.open).count();
        println!(
            "{provider}: `{actor}` sets the status to {:?} and closes {resolved} of {open} remarks",
            tampered.status
        );
        assert!(tampered.status == Status::Success || resolved > 0);
        site.reconcile(member).await;
        let is_restored = |it: &Shown| {
            it.status == Status::Failure && it.remarks.iter().filter(|it| it.open).count() == open
        };
        member.shown(number, &sha, "restored", is_restored).await;
        // Bitbucket does not record who writes a status.
        let names = |it: &String| it.contains(&actor) || it.contains("does not record");
        wait("the integration names the change", async || {
            site.integration(member).await.warnings.iter().any(names)
        })
        .await;
        for warning in
            site.integration(member).await.warnings.iter().filter(|it| it.contains("changed by others"))
        {
            println!("{provider}: {warning}");
        }
        // The restored check is left alone.
        site.reconcile(member).await;
    }
    site.end().await;
}
