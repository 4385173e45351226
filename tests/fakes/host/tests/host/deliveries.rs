//! Deliveries to an endpoint that a fake serves.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use palisade_fake_host::{Fault, Outbox, Outgoing, Rule};

use crate::support::World;

fn outgoing(url: &str, ca: Option<&str>) -> Outgoing {
    let headers = BTreeMap::from([("X-Kind".to_owned(), "push".to_owned())]);
    let ca = ca.map(ToOwned::to_owned);
    Outgoing {
        url: url.to_owned(),
        ca,
        headers,
        body: b"{\"a\":1}".to_vec(),
        timeout: Duration::from_secs(10),
    }
}

#[tokio::test]
async fn attempts() {
    let world = World::new().await;
    let pauses = [Duration::from_millis(1), Duration::from_millis(1)];
    let url = format!("{}/things/7", world.url);
    let ca = world.server.ca_pem();
    // The faults of the endpoint, and the statuses of the attempts; 0 without a response.
    let table: [(&[Fault], &[u16]); 6] = [
        (&[], &[200]),
        (&[Fault::status(400, "no")], &[400]),
        (&[Fault::RedirectTo("https://example.com/".into())], &[302]),
        (&[Fault::status(502, "no")], &[502, 200]),
        (&[Fault::Reset, Fault::status(500, "no")], &[0, 500, 200]),
        (&[Fault::Reset, Fault::Reset, Fault::Reset], &[0, 0, 0]),
    ];
    for (faults, expected) in table {
        for fault in faults {
            world.host().faults.fail(Rule::new("POST", "", 1, fault.clone()));
        }
        let attempts = outgoing(&url, Some(ca)).send_again(&pauses).await;
        let statuses: Vec<u16> =
            attempts.iter().map(|one| one.response.as_ref().map_or(0, |(status, _)| *status)).collect();
        assert_eq!(statuses, expected, "{faults:?}");
    }
    assert_eq!(world.host().ledger.requests()[0].body["a"], 1);
    let failure = async |outgoing: Outgoing| outgoing.send().await.response.unwrap_err();
    // Only the given authority is trusted.
    assert_eq!(failure(outgoing(&url, None)).await, "failed to connect to host");
    assert_eq!(failure(outgoing("http://127.0.0.1:1/", None)).await, "failed to connect to host");
    world.host().faults.fail(Rule::new("POST", "", 1, Fault::Slow(Duration::from_secs(5))));
    let short = Outgoing { timeout: Duration::from_millis(50), ..outgoing(&url, Some(ca)) };
    assert_eq!(failure(short).await, "timed out");
}

#[tokio::test]
async fn an_outbox_keeps_the_order() {
    let (outbox, orders) = Outbox::<u8, u8>::new();
    let outbox = Arc::new(outbox);
    for order in [3, 1, 2] {
        outbox.enqueue(order);
    }
    let log = outbox.clone();
    let worker = orders.work(move |order| {
        let log = log.clone();
        async move { log.log().push(order) }
    });
    worker.settled().await;
    assert_eq!(*outbox.log(), [3, 1, 2]);
    drop(worker);
    tokio::task::yield_now().await;
    outbox.enqueue(4);
    tokio::task::yield_now().await;
    assert_eq!(*outbox.log(), [3, 1, 2]);
}
