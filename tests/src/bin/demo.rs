//! The main job from scratch: starts a GitHub for tests and `palisade serve` with its embedded database, connects them
//! through the API, opens a pull request, and prints the resulting check. `cargo xtask demo` runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use palisade_fake_github::Check;
use palisade_tests::served::{Failure, Served};

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

fn show(check: &Check) {
    println!("\n{}: {} ({})", check.name, check.conclusion.as_deref().unwrap_or("-"), check.status);
    println!("{}\n", check.title.as_deref().unwrap_or_default());
    for it in &check.annotations {
        println!(
            "  {}:{} {}",
            it["path"].as_str().unwrap_or("-"),
            it["start_line"],
            it["title"].as_str().unwrap_or("-")
        );
    }
    // Findings that are not new are folded on the page. On a terminal they would hide the new ones.
    let body = check.summary.as_deref().unwrap_or_default();
    match body.split_once("<details><summary>Not new") {
        None => println!("\n{body}"),
        Some((new, _)) => println!("\n{new}(folded: what the target has too)"),
    }
}

async fn run(program: &Path, top: &Path) -> Result<(), Failure> {
    let begin = Instant::now();
    let mut served = Served::start(program, "sqlite:", true).await?;
    let mut shop = Vec::new();
    files(&top.join("examples/shop"), "", &mut shop)?;
    let shop: Vec<(&str, &str)> = shop.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    served.fake.add_repository(served.installation, "acme/shop", &shop)?;
    let integration = served.connect().await?;
    served.add_source(&integration, "acme/shop").await?;

    println!("\na pull request to acme/shop adds infrastructure/orders.tf");
    let sha = served.fake.commit("acme/shop", "orders", &[("infrastructure/orders.tf", Some(CHANGE))])?;
    let opened = Instant::now();
    served.fake.open_titled("acme/shop", "orders", "main", "A database for orders")?;
    loop {
        let checks = served.fake.checks("acme/shop", &sha);
        if let Some(check) = checks.iter().find(|it| it.status == "completed") {
            let (came, whole) = (opened.elapsed().as_millis(), begin.elapsed().as_secs_f32());
            println!("its check came {came} ms later, {whole:.1} s after nothing was there");
            show(check);
            break;
        }
        if opened.elapsed() > Duration::from_mins(1) {
            return Err(format!("no check after a minute: {checks:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    match served.fake.violations().first() {
        Some(it) => Err(format!("a request that GitHub's own description refuses: {it}").into()),
        None => Ok(()),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [program, top] = &arguments[..] else {
        eprintln!("demo PALISADE TOP: run `cargo xtask demo`");
        return ExitCode::from(2);
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("demo: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(program, top)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}
