//! Compiles a component ahead of time, for embedding into `palisade`: `palisade-precompile IN.wasm OUT.cwasm`.

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = arguments.as_slice() else { bail!("usage: palisade-precompile IN.wasm OUT.cwasm") };
    let component = std::fs::read(from).with_context(|| format!("cannot read `{from}`"))?;
    let code =
        palisade_sandbox::precompile(&component, true).with_context(|| format!("cannot compile `{from}`"))?;
    std::fs::write(to, code).with_context(|| format!("cannot write `{to}`"))
}
