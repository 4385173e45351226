//! Measures how many deliveries are accepted in a second; each is durable when it is answered.
//!
//! `accepts [URL] [DELIVERIES] [CALLERS]`: `sqlite:` in a new folder, or a new `PostgreSQL` database. Each caller sends
//! its next delivery (4 KiB, the size of a typical `push`) after the previous one was answered.
#![expect(clippy::print_stdout, reason = "a program that measures prints the result")]

use std::time::Instant;

use palisade_store::{Acceptor, KeySource, NewDelivery, Store, StoreOptions};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "sqlite:".to_owned());
    let total: usize = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    let callers: usize = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let folder = std::env::temp_dir().join(format!("palisade-accepts-{}", std::process::id()));
    let key = KeySource::File(folder.join("key"));
    let store = Store::open(&StoreOptions { url, data_folder: folder.clone(), key, readers: 4 }).await?;
    let name = palisade_store::new_id();
    let connection = store.connections().create("github", &name, &serde_json::json!({})).await?.id;
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());

    let began = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| tokio::spawn(send(acceptor.clone(), connection.clone(), caller, total / callers)))
        .collect();
    let mut latencies = Vec::with_capacity(total);
    for task in tasks {
        latencies.extend(task.await??);
    }
    let seconds = began.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let count = u32::try_from(latencies.len())?;
    let at = |percent: usize| latencies.get(latencies.len() * percent / 100).copied().unwrap_or_default();
    println!(
        "{count} deliveries, {callers} callers: {:.0} a second, half within {} µs, 99 of 100 within {} µs",
        f64::from(count) / seconds,
        at(50),
        at(99)
    );
    store.close().await?;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Sends deliveries one after the other; returns the duration of each, in microseconds.
async fn send(
    acceptor: Acceptor,
    connection: String,
    caller: usize,
    count: usize,
) -> Result<Vec<u128>, Failure> {
    let mut latencies = Vec::with_capacity(count);
    for number in 0..count {
        let delivery = NewDelivery {
            connection_id: connection.clone(),
            event_id: format!("{caller}-{number}"),
            kind: "push".to_owned(),
            headers: Vec::new(),
            body: vec![b'x'; 4_096],
        };
        let began = Instant::now();
        acceptor.accept(delivery).await?;
        latencies.push(began.elapsed().as_micros());
    }
    Ok(latencies)
}
