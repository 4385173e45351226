//! No secret of any provider is in a guest's memory, in the database, in the log, in a response, or in a request's body.

use std::sync::Arc;

use palisade_fake_host::{Fault, Forge, Rule};
use palisade_tests::forges::PROVIDERS;
use secrecy::ExposeSecret as _;

use crate::secrets::{Log, assert_absent, bodies, everything_readable, files, watch};
use crate::site::Site;
use crate::world::{BAD, Kind, secrets};

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_any_provider_is_anywhere() {
    let log = Log::install();
    let Some(site) = Site::start(Kind::Sqlite, &PROVIDERS).await else { return };
    let forges: Vec<Arc<dyn Forge>> = site.members.iter().map(|it| Arc::clone(&it.forge)).collect();
    // Those of the connections too, such as the secret of the webhooks.
    let set: Vec<String> = forges
        .iter()
        .flat_map(|it| secrets(&it.connection()))
        .filter(|(name, _)| name != "private-key")
        .map(|(_, it)| it.expose_secret().to_owned())
        .collect();
    let all = move || forges.iter().flat_map(|it| it.secrets()).chain(set.clone()).collect::<Vec<String>>();
    let (seen, look) = watch(all.clone());
    assert!(
        site.serving.sandbox.is_pooled(),
        "without a pool guests cannot be told from the rest of the process"
    );
    site.serving.sandbox.watch(look);
    for member in &site.members {
        site.source(member).await;
        for row in 0..3 {
            let (number, sha) = member.pull(&format!("change-{row}"), &[("prod/orders.tf", Some(BAD))]);
            member.completed(number, &sha).await;
        }
        // Errors are reported with more text.
        let faults = &member.forge.host().faults;
        faults.fail(Rule::new("GET", "/info/refs", 2, Fault::status(401, "Bad credentials")));
        faults.fail(Rule::new("POST", "status", 1, Fault::status(500, "broken")));
        let (number, sha) = member.pull("change-last", &[("prod/orders.tf", Some(BAD))]);
        member.completed(number, &sha).await;
        let connections = site.serving.service.connections();
        assert_eq!(connections.test(&member.connection.id).await.unwrap().status, "active");
    }
    {
        let seen = seen.lock().unwrap();
        assert_eq!(seen.found, Vec::<String>::new());
        assert!(seen.calls > 100 && seen.bytes > 1 << 20, "{} calls, {} bytes", seen.calls, seen.bytes);
        println!("{} calls, {} MiB of guests' memory, no secret", seen.calls, seen.bytes >> 20);
    }
    let mut places = everything_readable(&site.serving, &site.client()).await;
    let answers = places.len();
    assert!(answers > 30, "{answers} answers");
    places.extend(files(site.serving.data.path()));
    let written = log.0.lock().unwrap().clone();
    assert!(written.len() > 1_000, "nothing was logged");
    places.push(("the log".to_owned(), written));
    for member in &site.members {
        // The requests that configure a webhook must contain its secret.
        places.extend(bodies(member.forge.host().ledger.requests(), |path| path.contains("hook")));
    }
    let needles = assert_absent(&places, &all());
    println!(
        "{answers} answers of the API and {} other places, {needles} traces of {} secrets, no secret",
        places.len() - answers,
        all().len()
    );
    site.end().await;
}
