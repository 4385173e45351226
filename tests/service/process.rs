//! The program `palisade serve` as a process of its own, which can be killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use palisade_fake_host::Certificate;

/// A client of a program in another process: nothing in this one has installed a TLS provider yet.
pub(crate) fn client() -> reqwest::Client {
    // Another test of the process may have installed the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// A process of the program, which is killed when it is dropped.
pub(crate) struct Running(Child);

impl std::ops::Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl std::ops::DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = (self.0.kill(), self.0.wait());
    }
}

/// The program and its configuration.
pub(crate) struct Program {
    config: PathBuf,
    /// The log of all its processes.
    pub(crate) log: PathBuf,
    url: String,
    client: reqwest::Client,
}

impl Program {
    /// Writes the configuration into a folder. The key is that of the data folder.
    pub(crate) fn new(folder: &Path, data: &Path, database: &str, port: u16, ca: &str) -> Program {
        Program::with_key(folder, data, &data.join("key"), database, port, ca)
    }

    /// The same, with the key of another host.
    pub(crate) fn with_key(
        folder: &Path,
        data: &Path,
        key: &Path,
        database: &str,
        port: u16,
        ca: &str,
    ) -> Program {
        let (config, log, trusted) = (folder.join("server.toml"), folder.join("log"), folder.join("ca.pem"));
        fs::write(&trusted, ca).unwrap();
        // The tests kill the process on purpose, so its jobs must not be given up for that.
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\npublic-url = \"http://127.0.0.1:{port}\"\ndata = {data:?}\n\
             database = {database:?}\nkey-file = {key:?}\ntrusted-certificates = [{trusted:?}]\n\
             private-networks = [\"127.0.0.0/8\", \"::1/128\"]\nworkers = 2\ndeadline-seconds = 60\n\
             most-crashes = 1000\n",
        );
        fs::write(&config, text).unwrap();
        Program { config, log, url: format!("http://127.0.0.1:{port}"), client: client() }
    }

    /// The same program with TLS.
    pub(crate) fn with_tls(mut self, certificate: &Certificate) -> Program {
        let folder = self.config.parent().unwrap();
        let (chain, key) = (folder.join("tls.pem"), folder.join("tls.key"));
        fs::write(&chain, &certificate.certificate).unwrap();
        fs::write(&key, &certificate.key).unwrap();
        self.url = self.url.replace("http://", "https://");
        let text = fs::read_to_string(&self.config).unwrap().replace("http://", "https://");
        let text = format!("{text}tls-certificate = {chain:?}\ntls-key = {key:?}\n");
        fs::write(&self.config, text).unwrap();
        let authority = reqwest::Certificate::from_pem(certificate.authority.as_bytes()).unwrap();
        self.client = reqwest::Client::builder().tls_certs_only([authority]).build().unwrap();
        self
    }

    /// The figures, as a monitoring system on the same machine reads them.
    pub(crate) async fn metrics(&self) -> String {
        self.client.get(format!("{}/metrics", self.url)).send().await.unwrap().text().await.unwrap()
    }

    /// The output of `palisade doctor`, whatever its exit status.
    pub(crate) fn doctor(&self) -> String {
        let done = Command::new(palisade_tests::palisade())
            .args(["doctor", "--format", "table", "--server"])
            .arg(&self.config)
            .current_dir(self.config.parent().unwrap())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Starts it with environment variables.
    pub(crate) fn spawn(&self, variables: &[(&str, String)]) -> Running {
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let child = Command::new(palisade_tests::palisade())
            .arg("serve")
            .arg("--config")
            .arg(&self.config)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        Running(child.unwrap())
    }

    /// Waits until it is ready; false if it ended before that.
    pub(crate) async fn is_ready(&self, child: &mut Child) -> bool {
        let begin = Instant::now();
        loop {
            let answer = self.client.get(format!("{}/readyz", self.url)).send().await;
            if answer.is_ok_and(|it| it.status() == 200) {
                return true;
            }
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(begin.elapsed() < Duration::from_mins(1), "it is not ready");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Starts it and waits until it is ready; returns how long that took.
    pub(crate) async fn start(&self) -> (Running, Duration) {
        let begin = Instant::now();
        let mut child = self.spawn(&[]);
        let ready = self.is_ready(&mut child).await;
        assert!(ready, "it ended:\n{}", fs::read_to_string(&self.log).unwrap());
        (child, begin.elapsed())
    }
}
