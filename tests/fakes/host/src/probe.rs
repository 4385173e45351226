//! What the tests of all fakes use: a client, `git`, and a receiver of deliveries.

mod bad_input;

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

pub use bad_input::{BadInput, check_bad_input};

/// Header, in lower case, and body of all requests that a receiver got.
pub type Seen = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A client that trusts one certificate authority, PEM, and follows no redirect.
///
/// # Panics
/// If the certificate is invalid.
pub fn client(ca_pem: &str) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(ca_pem.as_bytes()).unwrap()])
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Runs `git` in a folder, which then contains the certificate authority that it trusts, PEM. Returns whether it
/// succeeded, and its output.
///
/// # Panics
/// If `git` cannot be started.
pub fn run_git(ca_pem: &str, folder: &Path, arguments: &[&str]) -> (bool, String) {
    let ca = folder.join("ca.pem");
    std::fs::write(&ca, ca_pem).unwrap();
    let output = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_SSL_CAINFO", &ca)
        .env("NO_PROXY", "localhost")
        .args(arguments)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Opens a receiver on loopback, without TLS, that responds with that status. Returns its address and what it gets.
///
/// # Panics
/// If no port can be opened.
pub async fn receiver(status: u16) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let seen = Seen::default();
    let kept = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut all = Vec::new();
            let (head, body) = loop {
                assert!(stream.read_buf(&mut all).await.unwrap() > 0);
                let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
                let head = String::from_utf8_lossy(&all[..end]).to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                let body = &all[end + 4..];
                if body.len() == length.parse::<usize>().unwrap() {
                    break (head, body.to_vec());
                }
            };
            kept.lock().unwrap().push((head, body));
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, seen)
}
