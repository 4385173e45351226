//! The program `palisade serve` as a process of its own, which can be killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How it is started.
pub(crate) struct Program {
    config: PathBuf,
    /// What it has logged, of all its lives.
    pub(crate) log: PathBuf,
    url: String,
}

impl Program {
    /// Writes its configuration into a folder.
    pub(crate) fn new(folder: &Path, data: &Path, database: &str, port: u16, ca: &str) -> Program {
        let (config, log, trusted) = (folder.join("server.toml"), folder.join("log"), folder.join("ca.pem"));
        fs::write(&trusted, ca).unwrap();
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\npublic-url = \"http://127.0.0.1:{port}\"\ndata = {data:?}\n\
             database = {database:?}\nkey-file = {:?}\ntrusted-certificates = [{trusted:?}]\n\
             private-networks = [\"127.0.0.0/8\", \"::1/128\"]\nworkers = 2\ndeadline-seconds = 60\n",
            data.join("key"),
        );
        fs::write(&config, text).unwrap();
        Program { config, log, url: format!("http://127.0.0.1:{port}") }
    }

    /// Starts it, and waits until it is ready; gives how long that took.
    pub(crate) async fn start(&self) -> (Child, Duration) {
        let begin = Instant::now();
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let mut child = Command::new(palisade_tests::palisade())
            .arg("serve")
            .arg("--config")
            .arg(&self.config)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let client = reqwest::Client::new();
        loop {
            let answer = client.get(format!("{}/readyz", self.url)).send().await;
            if answer.is_ok_and(|it| it.status() == 200) {
                return (child, begin.elapsed());
            }
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended with {ended:?}:\n{}", fs::read_to_string(&self.log).unwrap());
            assert!(begin.elapsed() < Duration::from_mins(1), "it is not ready");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
