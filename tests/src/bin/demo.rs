//! The main job from scratch: starts a provider for tests and `palisade serve` with its embedded database, connects them
//! through the API, opens a pull request, and prints the resulting check. `cargo xtask demo` runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use palisade_fake_host::{Branches, Shown, Status};
use palisade_tests::forges;
use palisade_tests::served::{Failure, Served, Setup};

/// The change of the pull request.
const CHANGE: &str = r#"resource "aws_db_instance" "orders" {
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  publicly_accessible = true
  storage_encrypted   = false
}
"#;

/// The files of a folder, as paths of a repository.
fn files(folder: &Path, inside: &str, into: &mut Vec<(String, String)>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| "a name that is not UTF-8")?;
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        if entry.file_type()?.is_dir() {
            files(&entry.path(), &path, into)?;
        } else {
            into.push((path, fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

fn show(shown: &Shown) {
    println!("\n{:?}: {}\n", shown.status, shown.title);
    for it in shown.remarks.iter().filter(|it| it.open) {
        println!("  {}:{} {}", it.path, it.line, it.text.lines().next().unwrap_or_default());
    }
    for body in &shown.summaries {
        // Findings that are not new are folded on the page. On a terminal they would hide the new ones.
        match body.split_once("<details><summary>Not new") {
            None => println!("\n{body}"),
            Some((new, _)) => println!("\n{new}(folded: what the target has too)"),
        }
    }
}

async fn run(program: &Path, top: &Path, provider: &str) -> Result<(), Failure> {
    let begin = Instant::now();
    let forge = forges::start(provider).await?;
    let mut served =
        Served::start(program, "sqlite:", forge.clone(), Setup { tls: true, verbose: true }).await?;
    let mut shop = Vec::new();
    files(&top.join("examples/shop"), "", &mut shop)?;
    let shop: Vec<(&str, &str)> = shop.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let repository = forge.full_name("shop");
    forge.add_repository(&repository, &shop)?;
    let integration = served.connect().await?;
    served.add_source(&integration, &repository).await?;
    // Some providers have a webhook for each repository, which the service creates for a source.
    while forge.hooks().is_empty() {
        if begin.elapsed() > Duration::from_mins(1) {
            return Err("no webhook after a minute".into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for hook in forge.hooks() {
        println!(
            "a webhook of {} sends to {}",
            if hook.repository.is_empty() { "the connection" } else { &hook.repository },
            hook.url
        );
    }

    println!("\na pull request to {repository} adds infrastructure/orders.tf");
    let branches = Branches { head: "orders", base: "main" };
    let change = [("infrastructure/orders.tf", Some(CHANGE))];
    let opened = Instant::now();
    let (number, sha) = forge.open_pull(&repository, branches, "A database for orders", &change)?;
    loop {
        let shown = forge.shown(&repository, number, &sha);
        if let Some(shown) = shown.as_ref().filter(|it| it.status != Status::Pending) {
            let (came, whole) = (opened.elapsed().as_millis(), begin.elapsed().as_secs_f32());
            println!("its check came {came} ms later, {whole:.1} s after nothing was there");
            show(shown);
            break;
        }
        if opened.elapsed() > Duration::from_mins(1) {
            return Err(format!("no check after a minute: {shown:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    match forge.violations().first() {
        Some(it) => Err(format!("a request that the provider's own description refuses: {it}").into()),
        None => Ok(()),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [program, top, provider] = &arguments[..] else {
        eprintln!("demo PALISADE TOP PROVIDER: run `cargo xtask demo`");
        return ExitCode::from(2);
    };
    let provider = provider.to_string_lossy();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("demo: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(program, top, &provider)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}
