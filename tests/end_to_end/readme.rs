//! The README, followed command by command in an empty folder, with a shell, Git, curl and jq.
//!
//! In a block of `console`, `$ ` begins a command, which continues on the lines below. A command exits with 0, or with
//! the status that a comment in it names as `exit status N`. All commands run in one shell, so that folders, variables
//! and functions are kept. Only what a reader replaces is replaced: the public address, the port, the data folder and
//! the App.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use palisade_fake_github::{FakeGitHub, Options};
use palisade_tests::{palisade, top};
use tempfile::TempDir;

/// Printed after each command, with its status.
const MARK: &str = "@@ status ";

/// The commands of the blocks of `console`.
fn commands(page: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside && let Some(command) = line.strip_prefix("$ ") {
            commands.push(command.to_owned());
        } else if inside {
            let command = commands.last_mut().expect("a block begins with a command");
            let _ = write!(command, "\n{line}");
        }
    }
    commands
}

/// The status that a command is documented to exit with.
fn status(command: &str) -> i32 {
    let Some((_, rest)) = command.split_once("exit status ") else { return 0 };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

/// A shell that keeps what the commands before it changed.
struct Reader {
    shell: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Reader {
    fn new(folder: &Path) -> Reader {
        let [bin, user, work] = ["bin", "user", "work"].map(|name| folder.join(name));
        for it in [&bin, &user, &work] {
            fs::create_dir(it).unwrap();
        }
        symlink(palisade(), bin.join("palisade")).unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.arg("--norc").current_dir(&work).env_clear().env("PATH", path).env("HOME", &user);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Somebody");
            command.env(format!("GIT_{who}_EMAIL"), "somebody@example.org");
        }
        let mut shell = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(shell.stdout.take().unwrap());
        Reader { shell, output }
    }

    /// Runs a command and returns its status with what it printed.
    fn run(&mut self, command: &str) -> (i32, String) {
        let input = self.shell.stdin.as_mut().expect("open until the end");
        writeln!(input, "{{ {command}\n}} 2>&1 </dev/null; status=$?; echo; echo \"{MARK}$status\"").unwrap();
        let mut printed = String::new();
        loop {
            let mut line = String::new();
            let length = self.output.read_line(&mut line).unwrap();
            assert!(length > 0, "the shell ended at `{command}`:\n{printed}");
            if let Some(status) = line.strip_prefix(MARK) {
                return (status.trim().parse().unwrap(), printed);
            }
            printed.push_str(&line);
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // The service that a reader leaves running ends with its shell.
        if let Some(mut input) = self.shell.stdin.take() {
            let _ = writeln!(input, "kill $(jobs -p) 2>/dev/null; exit");
        }
        let _ = self.shell.wait();
    }
}

/// A port that is free now.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_readme_works_in_an_empty_folder() {
    let folder = TempDir::new().unwrap();
    let fake = FakeGitHub::start(Options::default()).await.unwrap();
    let installation = fake.add_installation("acme");
    fake.add_repository(installation, "acme/shop", &[("main.tf", "")]).unwrap();
    let connection = fake.connection();
    let (port, data) = (free_port(), folder.path().join("data"));
    let mut reader = Reader::new(folder.path());
    fs::write(folder.path().join("ca.pem"), fake.ca_pem()).unwrap();
    // The environment alone configures the service, as in a container: no `server.toml`.
    let ca = folder.path().join("ca.pem");
    for (name, value) in [
        ("PALISADE_TRUSTED_CERTIFICATES", ca.to_str().unwrap()),
        ("PALISADE_PRIVATE_NETWORKS", "127.0.0.0/8, ::1/128"),
        ("PALISADE_LOG", "warn"),
        ("HOOK_SECRET", connection["secrets"]["webhook-secret"].as_str().unwrap()),
    ] {
        assert_eq!(reader.run(&format!("export {name}='{value}'")).0, 0);
    }
    let replaced = [
        ("/var/lib/palisade".to_owned(), data.display().to_string()),
        ("127.0.0.1:8080".to_owned(), format!("127.0.0.1:{port}")),
        ("https://palisade.example".to_owned(), format!("http://127.0.0.1:{port}")),
        ("{app_id: \"Iv1.0123\"}".to_owned(), connection["settings"].to_string()),
    ];
    let readme = fs::read_to_string(top().join("README.md")).unwrap();
    let mut ran = 0;
    for command in commands(&readme) {
        // `cargo xtask test` runs this test. `tests/house/readme.rs` looks for these commands.
        if command.starts_with("cargo xtask ") {
            continue;
        }
        let expected = status(&command);
        let command = replaced.iter().fold(command, |command, (from, to)| command.replace(from, to));
        if command.starts_with("palisade serve") {
            let key = connection["secrets"]["private-key"].as_str().unwrap();
            let (ends, printed) = reader.run(&format!(
                "cat > app.pem <<'END'\n{key}\nEND\n{command} &\n\
                 for _ in $(seq 600); do curl -sf http://127.0.0.1:{port}/readyz && break; sleep 0.1; done\n\
                 curl -sf http://127.0.0.1:{port}/readyz"
            ));
            assert_eq!(ends, 0, "`{command}` does not become ready:\n{printed}");
        } else {
            let (ends, printed) = reader.run(&command);
            assert_eq!(ends, expected, "`{command}` exits with {ends}:\n{printed}");
        }
        ran += 1;
    }
    assert!(ran > 30, "README.md shows {ran} commands");
    assert_eq!(reader.run("kill %1 && wait %1").0, 0, "the service does not stop");
}

/// `guides.rs` follows the guides: no page with commands is left out.
#[test]
fn every_page_with_commands_is_followed() {
    let followed = ["first-rego-pack.md", "from-conftest.md", "from-sysdig.md"];
    for entry in fs::read_dir(top().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|it| it == "md") && !followed.contains(&name.as_str()) {
            let commands = commands(&fs::read_to_string(&path).unwrap());
            assert!(commands.is_empty(), "docs/{name} has commands: follow it in tests/end_to_end/guides.rs");
        }
    }
}
