//! Time to start an instance and call it: `cargo bench -p palisade-catalog`.
//!
//! Prints the minimum, median and 99th percentile of a whole call of `describe` on each built-in plugin: a fresh store,
//! a fresh instance, the call, and the check of its result.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use palisade_catalog::{Catalog, Compiler, Host, Role};
use palisade_sandbox::{Limits, Sandbox};

const CALLS: usize = 5_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let began = Instant::now();
    let sandbox = Arc::new(Sandbox::new(2)?);
    println!("engine_start_us: {}", began.elapsed().as_micros());
    let compiler = Compiler { program: PathBuf::new(), arguments: Vec::new() };
    let host = Host { sandbox, cache: None, compiler };
    let began = Instant::now();
    let catalog = runtime.block_on(Catalog::load(&host, None, &[], &[]))?;
    println!("catalog_load_us: {}", began.elapsed().as_micros());
    for plugin in catalog.plugins() {
        let mut times: Vec<u128> = Vec::with_capacity(CALLS);
        for _ in 0..CALLS {
            let began = Instant::now();
            runtime.block_on(async {
                match &plugin.role {
                    Role::Parser { parser, .. } => parser.describe(Limits::DEFAULT).await.result.map(drop),
                    Role::Pack { pack, .. } => pack.describe("bench", Limits::DEFAULT).await.result.map(drop),
                    Role::Provider { provider, .. } => {
                        provider.describe(Limits::DEFAULT).await.result.map(drop)
                    }
                }
            })?;
            times.push(began.elapsed().as_nanos() / 100);
        }
        times.sort_unstable();
        let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or(0);
        println!(
            "{}: component {} bytes, describe in a fresh instance: min {}.{} us, median {}.{} us, p99 {}.{} us",
            plugin.manifest.name,
            plugin.size,
            at(0) / 10,
            at(0) % 10,
            at(50) / 10,
            at(50) % 10,
            at(99) / 10,
            at(99) % 10
        );
    }
    Ok(())
}
