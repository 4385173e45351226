//! A `PostgreSQL` server for tests, in a folder that is deleted with it.
//!
//! `PALISADE_TEST_POSTGRES` is the URL of a server to use instead. Each process starts one server, which stops when the
//! process ends for any reason: its keeper, a shell, waits for the end of a pipe that only this process holds. Under
//! cargo-nextest, where each test is a process, the first one starts a server for all of them, whose keeper waits for
//! the end of the runner.

pub mod cut;

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{fs::MetadataExt, process::CommandExt, process::parent_id},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Creates a cluster without a password behind a socket in its own folder, prints the folder, and keeps the server
/// until standard input ends, or until the named process ends. A server for tests need not survive a crash of the
/// machine, so it does not wait for the disk (`-F`), except in measurements.
const KEEPER: &str = r#"
set -e
trap '' INT TERM HUP
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$1/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder/log" 2>&1
"$1/postgres" -D "$folder/data" -k "$folder" -h '' $2 -c max_connections=300 >"$folder/log" 2>&1 &
server=$!
until "$1/pg_isready" -h "$folder" -U postgres -q; do kill -0 $server; sleep 0.1; done
echo "$folder"
if [ -n "$3" ]; then while [ -d "/proc/$3" ]; do sleep 1; done; else cat >/dev/null; fi
kill -INT $server
wait $server || true
"#;

static SERVER: OnceLock<Option<Postgres>> = OnceLock::new();

/// A server for tests.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
}

#[derive(Debug)]
enum Server {
    Given(String),
    Own { folder: String, _keeper: Option<Child> },
}

impl Postgres {
    /// The server of this process, started at the first call. If this machine has no `PostgreSQL`, this is `None`, with
    /// a line on standard error; with `PALISADE_REQUIRE_CORPORA` set it is an error.
    pub fn start() -> io::Result<Option<&'static Self>> {
        Self::started("-F")
    }

    /// The same, but committed data is on the disk: for measurements.
    pub fn start_durable() -> io::Result<Option<&'static Self>> {
        Self::started("")
    }

    fn started(disk: &str) -> io::Result<Option<&'static Self>> {
        let server = SERVER.get_or_init(|| match Self::find(disk) {
            Ok(server) => server,
            Err(error) => {
                report(&format!("PostgreSQL does not start: {error}"));
                None
            }
        });
        if server.is_none() {
            if std::env::var_os("PALISADE_REQUIRE_CORPORA").is_some() {
                return Err(io::Error::other(
                    "PostgreSQL is required and not there: install its server package",
                ));
            }
            report("skipped on PostgreSQL: this machine has no server of it");
        }
        Ok(server.as_ref())
    }

    /// Creates an empty database; returns its URL.
    pub async fn database(&self) -> Result<String, sqlx::Error> {
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
        connection.close().await?;
        Ok(self.url(&name))
    }

    fn url(&self, database: &str) -> String {
        match &self.server {
            Server::Own { folder, .. } => format!("postgres:///{database}?host={folder}&user=postgres"),
            Server::Given(url) => {
                let (server, options) = url.split_once('?').unwrap_or((url, ""));
                let server = match server.match_indices('/').nth(2) {
                    Some((at, _)) => server.get(..at).unwrap_or(server),
                    None => server,
                };
                format!("{server}/{database}?{options}")
            }
        }
    }

    fn find(disk: &str) -> io::Result<Option<Self>> {
        if let Ok(url) = std::env::var("PALISADE_TEST_POSTGRES") {
            return Ok(Some(Self { server: Server::Given(url) }));
        }
        let Some(programs) = programs() else { return Ok(None) };
        // Measurements use a separate server.
        if std::env::var_os("NEXTEST").is_none() || disk.is_empty() {
            let (folder, keeper) = start(&programs, disk, "")?;
            return Ok(Some(Self { server: Server::Own { folder, _keeper: Some(keeper) } }));
        }
        let runner = parent_id().to_string();
        let path = std::env::temp_dir().join(format!("palisade-postgres-{runner}"));
        let mut place = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        place.lock()?;
        let mut folder = String::new();
        place.read_to_string(&mut folder)?;
        if !Path::new(&folder).join("data").is_dir() {
            // The first process of this runner; an old file may be from an earlier runner with the same id.
            (folder, _) = start(&programs, disk, &runner)?;
            place.set_len(0)?;
            io::Seek::rewind(&mut place)?;
            place.write_all(folder.as_bytes())?;
        }
        Ok(Some(Self { server: Server::Own { folder, _keeper: None } }))
    }
}

/// Starts a server that is kept until the process `until` or this one ends; returns its folder and its keeper.
fn start(programs: &Path, disk: &str, until: &str) -> io::Result<(String, Child)> {
    // The server refuses to run as root.
    let root = fs::metadata("/proc/self")?.uid() == 0;
    let mut command = Command::new(if root { "runuser" } else { "sh" });
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    let mut keeper = command
        .args(["-c", KEEPER, "keeper"])
        .arg(programs)
        .args([disk, until])
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Callers that wait for the end of our standard error must not wait for the keeper.
        .stderr(Stdio::null())
        .spawn()?;
    let mut folder = String::new();
    if let Some(output) = keeper.stdout.take() {
        BufReader::new(output).read_line(&mut folder)?;
    }
    let folder = folder.trim().to_owned();
    if folder.is_empty() {
        return Err(io::Error::other("its keeper ended without a word"));
    }
    Ok((folder, keeper))
}

/// The number of jobs with more attempts than allowed.
pub async fn overtried(store: &crate::Store) -> Result<i64, sqlx::Error> {
    const SQL: &str = "SELECT count(*) FROM river_job WHERE attempt > max_attempts";
    match store.database() {
        crate::Database::Sqlite(pool) => sqlx::query_scalar(SQL).fetch_one(&pool).await,
        crate::Database::Postgres(pool) => sqlx::query_scalar(SQL).fetch_one(&pool).await,
    }
}

/// Sets back the times of secrets with this name by a number of milliseconds.
pub async fn age_secrets(store: &crate::Store, name: &str, by: i64) -> Result<u64, sqlx::Error> {
    const SQL: &str = "UPDATE secret SET updated_at = updated_at - $1 WHERE name = $2";
    Ok(match store.database() {
        crate::Database::Sqlite(pool) => {
            sqlx::query(SQL).bind(by).bind(name).execute(&pool).await?.rows_affected()
        }
        crate::Database::Postgres(pool) => {
            sqlx::query(SQL).bind(by).bind(name).execute(&pool).await?.rows_affected()
        }
    })
}

/// The folder of the newest installed server, at the path of Debian-based systems.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let found = versions.filter_map(Result::ok).map(|version| version.path().join("bin"));
    found.filter(|programs| programs.join("initdb").exists()).max()
}

#[expect(clippy::print_stderr, reason = "tests print what they skipped")]
fn report(text: &str) {
    eprintln!("{text}");
}
