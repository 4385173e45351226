//! `palisade serve` and `palisade backup` without a `server.toml`: in a container, and from cron.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use palisade_tests::palisade;
use tempfile::TempDir;

/// Longer than a start takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The status line of `GET /readyz`; empty if nothing listens.
fn ready(address: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(address) else { return String::new() };
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    let read = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer));
    if read.is_ok() { answer.lines().next().unwrap_or_default().to_owned() } else { String::new() }
}

/// The program as cron starts it: in the root folder, with only these variables.
fn command(variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(palisade());
    command.args(arguments).current_dir("/").env_clear().envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn stop(mut child: Child) -> String {
    let terminated = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(terminated.success());
    let status = child.wait().unwrap();
    let mut printed = String::new();
    child.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
    assert!(status.success(), "{status}: {printed}");
    printed
}

#[test]
fn a_service_needs_no_file() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (address, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
    // A container: only variables, lists among them; no options and no `HOME`.
    let variables = [
        ("PALISADE_DATA", data),
        ("PALISADE_LISTEN", &address),
        ("PALISADE_PUBLIC_URL", &url),
        ("PALISADE_PRIVATE_NETWORKS", "10.0.0.0/8,192.168.0.0/16"),
    ];
    let child = command(&variables, &["serve"]).spawn().unwrap();
    let begin = Instant::now();
    while !ready(&address).contains("200") {
        assert!(begin.elapsed() < PATIENCE, "not ready: {}", stop(child));
        std::thread::sleep(Duration::from_millis(50));
    }
    // Cron: only an option, while the service runs.
    let copy = folder.path().join("copy.db");
    let output = command(&[], &["backup", "--data", data, copy.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(copy.metadata().unwrap().len() > 0);
    stop(child);
}

#[test]
fn a_configuration_that_cannot_be_used_is_named() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("server.toml");
    let missing = missing.to_str().unwrap();
    for (variables, arguments, expected) in [
        (&[][..], &["serve", "--config", missing][..], "not found: check `--config`"),
        (&[("PALISADE_PRIVATE_NETWORKS", "10.0.0.0/99")][..], &["serve"][..], "`private-networks`"),
        (&[("PALISADE_LISTEN", "nowhere")][..], &["serve"][..], "invalid server configuration"),
        (&[("PALISADE_WORKERS", "many")][..], &["backup", "copy.db"][..], "invalid server configuration"),
    ] {
        let data = folder.path().join("data");
        let output = command(variables, arguments).env("PALISADE_DATA", &data).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {printed}");
        assert!(printed.contains(expected), "{arguments:?}: {printed}");
    }
    // A file that exists and cannot be read is an error, never ignored.
    std::os::unix::fs::symlink("absent.toml", folder.path().join("server.toml")).unwrap();
    let output = command(&[], &["serve"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("invalid server configuration"));
}
