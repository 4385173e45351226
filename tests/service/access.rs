//! Access from the host: the first token, `palisade admin token`, and who may read figures and health.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use palisade_store::{Role, Store, StoreOptions};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::process::client;
use crate::serving::store_options;
use crate::world::{Kind, database};

/// Longer than a start takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A service as a process, in a folder of its own, without a connection.
pub(crate) struct Host {
    folder: TempDir,
    url: String,
    database: String,
}

impl Host {
    pub(crate) async fn new(kind: Kind) -> Option<Host> {
        let database = database(kind).await?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Some(Host { folder: tempfile::tempdir().unwrap(), url: format!("http://127.0.0.1:{port}"), database })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn options(&self) -> StoreOptions {
        store_options(&self.database, &self.data())
    }

    /// The program with the configuration of this host, which consists of variables only.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(palisade_tests::palisade());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PALISADE_DATA", self.data())
            .env("PALISADE_DATABASE", &self.database)
            .env("PALISADE_LISTEN", self.url.trim_start_matches("http://"))
            .env("PALISADE_PUBLIC_URL", &self.url)
            .env("PALISADE_LOG", "warn")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts it with more variables; `Err` with the log if it ended before it was ready.
    pub(crate) async fn start_with(&self, variables: &[(&str, &str)]) -> Result<Running, String> {
        let log = self.folder.path().join("log");
        let file = fs::File::create(&log).unwrap();
        let mut command = self.command(&["serve"]);
        command.envs(variables.iter().copied()).stdout(Stdio::null()).stderr(file);
        let mut running = Running { child: command.spawn().unwrap() };
        let begin = Instant::now();
        loop {
            if get(&format!("{}/livez", self.url), None).await == Some(StatusCode::OK) {
                return Ok(running);
            }
            if running.child.try_wait().unwrap().is_some() {
                return Err(fs::read_to_string(&log).unwrap());
            }
            assert!(begin.elapsed() < PATIENCE, "it is not ready");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn start(&self) -> Running {
        self.start_with(&[]).await.unwrap()
    }

    /// Whether a token is one of an administrator.
    async fn works(&self, token: &str) -> bool {
        get(&format!("{}/api/v1/users", self.url), Some(token)).await == Some(StatusCode::OK)
    }

    fn first_token(&self) -> PathBuf {
        self.data().join("bootstrap-token")
    }
}

/// A process that is killed with its test.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    pub(crate) fn stop(mut self) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn get(url: &str, token: Option<&str>) -> Option<StatusCode> {
    let request = client().get(url);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    Some(request.send().await.ok()?.status())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// If the file of the first token cannot be written, no administrator is created: the next start tries again.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_token_that_cannot_be_written_locks_nobody_out() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(host) = Host::new(kind).await else { continue };
        // A folder in the place of the file: nobody can write there, not even root.
        fs::create_dir_all(host.first_token()).unwrap();
        let Err(log) = host.start_with(&[]).await else { panic!("{kind:?}: it started") };
        assert!(log.contains("bootstrap-token`: make the folder writable"), "{kind:?}: {log}");
        fs::remove_dir(host.first_token()).unwrap();
        let running = host.start().await;
        let token = fs::read_to_string(host.first_token()).unwrap();
        assert!(host.works(&token).await, "{kind:?}");
        assert_eq!(mode(&host.first_token()), 0o600);
        running.stop();
        // A later start creates no second token.
        fs::remove_file(host.first_token()).unwrap();
        host.start().await.stop();
        assert!(!host.first_token().exists());
    }
}

/// The same if it is killed at any durable step of its first start.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_is_killed_locks_nobody_out() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let mut killed = 0;
        for place in 1..=10 {
            let Some(host) = Host::new(kind).await else { break };
            let first = host.start_with(&[("PALISADE_TEST_DIE_AT", &place.to_string())]).await;
            killed += u32::from(first.is_err());
            drop(first);
            let running = host.start().await;
            let token = fs::read_to_string(host.first_token()).unwrap();
            assert!(host.works(&token).await, "{kind:?}: killed at {place}");
            running.stop();
        }
        println!("{kind:?}: killed {killed} times at its first start");
        assert!(kind == Kind::Postgres || killed >= 4, "{killed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_on_the_host() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(host) = Host::new(kind).await else { continue };
        let none = host.run(&["admin", "token"]);
        assert_eq!(none.status.code(), Some(2));
        assert!(error(&none).contains("database not found"), "{}", error(&none));

        let running = host.start().await;
        // While it runs: printed once, with nothing else on standard output.
        let made = host.run(&["admin", "token", "--name", "rescue", "--expires", "1"]);
        assert!(made.status.success(), "{kind:?}: {}", error(&made));
        let token = String::from_utf8(made.stdout).unwrap();
        let token = token.strip_suffix('\n').unwrap();
        assert!(host.works(token).await, "{kind:?}");
        assert!(!error(&Output { stdout: Vec::new(), ..host.run(&["admin", "token"]) }).contains("pal_"));

        // To a file, which must not exist yet.
        let path = host.data().join("rescue");
        let arguments = ["admin", "token", "--scope", "read", "--output", path.to_str().unwrap()];
        let made = host.run(&arguments);
        assert!(made.status.success() && made.stdout.is_empty(), "{}", error(&made));
        assert_eq!(mode(&path), 0o600);
        let narrow = fs::read_to_string(&path).unwrap();
        assert_eq!(get(&format!("{}/api/v1/me", host.url), Some(&narrow)).await, Some(StatusCode::OK));
        assert!(!host.works(&narrow).await, "only what was asked for");
        let again = host.run(&arguments);
        assert_eq!(again.status.code(), Some(2));
        assert!(error(&again).contains("name a file that does not exist yet"), "{}", error(&again));
        let odd = host.run(&["admin", "token", "--scope", "fly"]);
        assert!(error(&odd).contains("expected read, triage, integrate, administer"), "{}", error(&odd));
        running.stop();

        // Without an administrator, one is created.
        let store = Store::open(&host.options()).await.unwrap();
        let people = store.people();
        let mut admin = people.by_name("admin").await.unwrap().unwrap();
        (admin.role, admin.disabled) = (Role::Viewer, true);
        people.update(admin).await.unwrap();
        let links = store.audit().list(None, 10).await.unwrap();
        assert!(
            links.iter().any(|it| it.action == "token.create" && it.detail.text().contains("rescue")),
            "{links:?}"
        );
        store.close().await.unwrap();
        drop(store);
        let refused = host.run(&["admin", "token"]);
        assert!(error(&refused).contains("the name `admin` is in use"), "{}", error(&refused));
        let made = host.run(&["admin", "token", "--user", "root"]);
        assert!(made.status.success(), "{}", error(&made));
        assert!(error(&made).contains("user `root` was created"), "{}", error(&made));
        let running = host.start().await;
        assert!(host.works(String::from_utf8(made.stdout).unwrap().trim_end()).await, "{kind:?}");
        running.stop();
    }
}

/// Figures and health of a process on a separate listener, and the time of the last delivery from the database.
#[tokio::test(flavor = "multi_thread")]
async fn figures_have_a_listener_of_their_own() {
    let Some(host) = Host::new(Kind::Sqlite).await else { return };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (address, token) = (format!("127.0.0.1:{port}"), "a token of this test");
    let running = host.start().await;
    assert_eq!(get(&format!("{}/metrics", host.url), None).await, Some(StatusCode::OK), "on this machine");
    running.stop();
    let settings = [("PALISADE_METRICS_LISTEN", address.as_str()), ("PALISADE_METRICS_TOKEN", token)];
    let running = host.start_with(&settings).await.unwrap();
    for path in ["metrics", "readyz", "healthz"] {
        let own = format!("http://{address}/{path}");
        assert_eq!(get(&own, None).await, Some(StatusCode::UNAUTHORIZED), "{path}");
        assert_eq!(get(&own, Some(token)).await, Some(StatusCode::OK), "{path}");
        let other = format!("{}/{path}", host.url);
        assert_eq!(get(&other, Some(token)).await, Some(StatusCode::NOT_FOUND), "{path}");
    }
    running.stop();
    // Too short to be safe: the start is refused.
    let Err(log) = host.start_with(&[("PALISADE_METRICS_TOKEN", "short")]).await else {
        panic!("it started")
    };
    assert!(log.contains("at least 16 characters"), "{log}");
}
