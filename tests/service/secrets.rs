//! No secret is ever in a guest's memory, nor in stored data, logs or responses.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_capabilities::{
    Credential, Http, HttpError, HttpRequest, HttpResponse, Moment, SettingsText, StoredResponse, Vault,
};
use palisade_catalog::Role as Plugin;
use palisade_fake_github::{Fault, Request, Rule};
use palisade_fake_host::Forge as _;
use palisade_sandbox::{Reach, Tenant};
use palisade_store::{Page, Role, Store};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::access::Host;
use crate::process::client;
use crate::serving::Serving;
use crate::world::{BAD, Kind, REPOSITORY, World};

/// The smallest inaccessible range after a guest's memory in the pool: the rest of its reservation.
const RESERVED: u64 = 1 << 30;

/// The memory of all current guests. In the pool, the inaccessible rest of its reservation follows each, as for no
/// other memory of this process. It is read as a file, the only access to a guest from outside.
fn guests() -> Vec<u8> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    let parsed = maps.lines().map(|line| {
        let mut words = line.split_whitespace();
        let (begin, end) = words.next().unwrap().split_once('-').unwrap();
        let number = |text: &str| u64::from_str_radix(text, 16).unwrap();
        (number(begin), number(end), words.next().unwrap().to_owned())
    });
    let all: Vec<(u64, u64, String)> = parsed.collect();
    let mut found = Vec::new();
    for pair in all.windows(2) {
        let [(begin, end, access), (next, last, none)] = pair else { continue };
        if access == "rw-p" && none == "---p" && end == next && last - next >= RESERVED {
            let mut bytes = vec![0; usize::try_from(end - begin).unwrap()];
            // Memory that was released meanwhile belongs to no guest any more.
            if memory.read_exact_at(&mut bytes, *begin).is_ok() {
                found.extend(bytes);
            }
        }
    }
    found
}

pub(crate) fn contains(all: &[u8], one: &str) -> bool {
    memchr::memmem::find(all, one.as_bytes()).is_some()
}

/// Traces of a secret: a piece of its text, and of its Base64 at each of the three offsets in a group of bytes,
/// whatever precedes it.
fn traces(secret: &str) -> Vec<String> {
    let piece = |text: &str| {
        let begin = text.len().min(16);
        text[begin..text.len().min(begin + 32)].to_owned()
    };
    let mut all = vec![if secret.len() < 48 { secret.to_owned() } else { piece(secret) }];
    for before in 0..3 {
        let mut bytes = vec![b'.'; before];
        bytes.extend(secret.as_bytes());
        let text = STANDARD.encode(bytes);
        // The ends of a short text depend on the bytes around it.
        all.push(if text.len() < 64 { text[4..text.len() - 4].to_owned() } else { piece(&text) });
    }
    all
}

/// The results of searching guests' memories for secrets, over many calls.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) calls: usize,
    pub(crate) bytes: usize,
    pub(crate) found: Vec<String>,
}

/// Searches for the secrets that `secrets` returns at that time.
pub(crate) fn watch(
    secrets: impl Fn() -> Vec<String> + Send + Sync + 'static,
) -> (Arc<Mutex<Seen>>, Arc<dyn Fn() + Send + Sync>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let into = Arc::clone(&seen);
    let look = move || {
        let memory = guests();
        let needles = secrets().iter().flat_map(|it| traces(it)).collect::<Vec<_>>();
        let found = needles.into_iter().filter(|it| contains(&memory, it));
        let mut seen = into.lock().unwrap();
        seen.found.extend(found);
        seen.calls += 1;
        seen.bytes += memory.len();
    };
    (seen, Arc::new(look))
}

/// All responses of the API to a token with every permission: each operation that only reads, and each object in it.
pub(crate) async fn everything_readable(world: &Serving, client: &reqwest::Client) -> Vec<(String, Vec<u8>)> {
    let people = world.store.people();
    let token = people.bootstrap("admin", &palisade_service::scopes(Role::Admin)).await.unwrap().unwrap();
    let get = async |path: &str| {
        let request = client.get(format!("{}{path}", world.url)).bearer_auth(token.text.expose_secret());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
    };
    let description: Value = serde_json::from_slice(&get("/api/openapi.json").await.1).unwrap();
    let integration = world.store.integrations().list(&Page::first(1)).await.unwrap()[0].id.clone();
    let mut all = Vec::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        if operations.get("get").is_none() || !path.starts_with("/api/v1/") {
            continue;
        }
        let Some((list, rest)) = path.split_once("/{id}") else {
            let (_, answer) = get(path).await;
            all.push((path.clone(), answer));
            // Some operations require the integration.
            all.push((path.clone(), get(&format!("{path}?integration={integration}")).await.1));
            continue;
        };
        let mut listed: Value = serde_json::from_slice(&get(list).await.1).unwrap();
        if listed["items"].as_array().is_none_or(Vec::is_empty) {
            listed =
                serde_json::from_slice(&get(&format!("{list}?integration={integration}")).await.1).unwrap();
        }
        for item in listed["items"].as_array().into_iter().flatten() {
            let id = item["id"].as_str().unwrap_or_default();
            all.push((path.clone(), get(&format!("{list}/{id}{rest}")).await.1));
        }
    }
    all
}

/// The files of a service's folder: the database, its journal, and all others except the key itself.
pub(crate) fn files(data: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(data).unwrap().flatten().filter(|it| it.file_name() != "key");
    let files =
        entries.filter_map(|it| Some((it.file_name().into_string().unwrap(), fs::read(it.path()).ok()?)));
    let files: Vec<_> = files.collect();
    assert!(files.iter().any(|(name, _)| name.ends_with("-wal")), "the journal is searched too");
    files
}

/// The bodies of requests, except those that must have the secret of a webhook.
pub(crate) fn bodies(requests: Vec<Request>, is_exempt: impl Fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let others = requests.into_iter().filter(|it| !is_exempt(&it.path));
    others
        .map(|it| {
            let place = format!("the body of {} {}", it.method, it.path);
            (place, it.body.to_string().into_bytes())
        })
        .collect()
}

/// Searches places for secrets; returns the number of traces that were looked for.
pub(crate) fn assert_absent(places: &[(String, Vec<u8>)], secrets: &[String]) -> usize {
    let needles: Vec<String> = secrets.iter().flat_map(|it| traces(it)).collect();
    for (place, bytes) in places {
        for needle in &needles {
            assert!(!contains(bytes, needle), "a secret in {place}");
        }
    }
    needles.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_a_guest_at_rest_or_in_an_answer() {
    let log = Log::install();
    let world = World::start(Kind::Sqlite).await.unwrap();
    let fake = Arc::clone(&world.fake);
    let secrets = move || fake.secrets();
    let (seen, look) = watch(secrets.clone());
    assert!(world.sandbox.is_pooled(), "without a pool guests cannot be told from the rest of the process");
    world.sandbox.watch(look);
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    for row in 0..10 {
        let (_, sha) = world.pull(&format!("change-{row}"), &[("prod/orders.tf", Some(BAD))]);
        world.completed(&sha).await;
    }
    // Errors are reported with more text.
    world.fake.fail(Rule::new("GET", "/info/refs", 2, Fault::status(401, "Bad credentials")));
    world.fake.fail(Rule::new("GET", "/pulls/", 1, Fault::status(500, "broken")));
    let (_, sha) = world.pull("change-last", &[("prod/orders.tf", Some(BAD))]);
    world.completed(&sha).await;
    {
        let seen = seen.lock().unwrap();
        assert_eq!(seen.found, Vec::<String>::new());
        assert!(seen.calls > 20 && seen.bytes > 1 << 20, "{} calls, {} bytes", seen.calls, seen.bytes);
        println!("{} calls, {} MiB of guests' memory, no secret", seen.calls, seen.bytes >> 20);
    }
    assert!(!world.fake.issued_tokens().is_empty());
    let mut places: Vec<(String, Vec<u8>)> = everything_readable(&world, &client()).await;
    let answers = places.len();
    assert!(answers > 30, "{answers} answers");
    assert!(places.iter().any(|(path, answer)| path.ends_with("/report") && contains(answer, "orders")));
    places.extend(files(world.data.path()));
    let written = log.0.lock().unwrap().clone();
    assert!(contains(&written, "evaluat") || written.len() > 1_000, "nothing was logged");
    places.push(("the log".to_owned(), written));
    // This request must contain the secret of the webhook.
    places.extend(bodies(world.fake.requests(), |path| path.ends_with("/app/hook/config")));
    let needles = assert_absent(&places, &secrets());
    println!(
        "{answers} answers of the API and {} other places, {needles} traces, no secret",
        places.len() - answers
    );
    world.end().await;
}

/// `palisade key rotate`, killed at every durable step: the files on the disk then open all secrets.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_rotation_loses_no_secret() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(host) = Host::new(kind).await else { continue };
        let missing = host.run(&["key", "rotate"]);
        assert_eq!(missing.status.code(), Some(2), "there is no key yet");
        let names: Vec<String> = (0..20).map(|it| format!("secret-{it}")).collect();
        let store = Store::open(&host.options()).await.unwrap();
        for name in &names {
            store.secret_set("connection", "c", name, &SecretString::from(name.as_str())).await.unwrap();
        }
        // While a service owns the folder, nothing is changed.
        let refused = host.run(&["key", "rotate"]);
        assert!(!refused.status.success());
        let printed = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(printed.contains("stop the service first"), "{printed}");
        store.close().await.unwrap();
        drop(store);
        let (mut killed, mut place) = (0, 0);
        loop {
            place += 1;
            let mut command = host.command(&["key", "rotate"]);
            let output = command.env("PALISADE_TEST_DIE_AT", place.to_string()).output().unwrap();
            let store = Store::open(&host.options()).await.unwrap();
            for name in &names {
                let found = store.secret_get("connection", "c", name).await.unwrap().unwrap();
                assert_eq!(found.expose_secret(), name, "{kind:?}: killed at {place}");
            }
            store.close().await.unwrap();
            drop(store);
            if output.status.success() {
                break;
            }
            assert_eq!(output.status.signal(), Some(9), "{}", String::from_utf8_lossy(&output.stderr));
            killed += 1;
        }
        println!("{kind:?}: killed {killed} times");
        assert!(killed >= 8, "{kind:?}: {killed}");
        let keys = fs::read_to_string(host.data().join("key")).unwrap();
        assert_eq!(keys.lines().count(), 1, "one key is left");
        // A lost key is not replaced while secrets are sealed with it.
        fs::remove_file(host.data().join("key")).unwrap();
        let Err(log) = host.start_with(&[]).await else { panic!("it started without its key") };
        assert!(log.contains("not found") && log.contains("20 secrets"), "{log}");
        assert!(!host.data().join("key").exists());
    }
}

/// The log, in memory.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Collects all lines of this process, of every level.
    pub(crate) fn install() -> Log {
        let log = Log::default();
        let lines = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || lines.clone());
        tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
        log
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The token that the leaky host lets through.
const LEAKED: &str = "ghs_leaked_on_purpose_0123456789abcdefghijklmnopqrstuvwxyz";

/// A host that does not blank the data that it captured.
struct Leaky;

#[async_trait::async_trait]
impl Http for Leaky {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        Err(HttpError::Timeout)
    }
    async fn download(&self, _: HttpRequest) -> Result<StoredResponse, HttpError> {
        Err(HttpError::Timeout)
    }
    async fn exchange(
        &self,
        _: HttpRequest,
        _: &str,
        _: Option<&str>,
    ) -> Result<(Option<Credential>, HttpResponse), HttpError> {
        let token = LEAKED;
        let body = format!("{{\"token\":\"{token}\"}}").into_bytes();
        let answer = HttpResponse { status: 201, headers: Vec::new(), body };
        Ok((Some(Credential::fixed("token", SecretString::from(token))), answer))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_leaks_on_purpose_is_caught() {
    let world = World::start(Kind::Sqlite).await.unwrap();
    let (seen, look) = watch(|| vec![LEAKED.to_owned()]);
    world.sandbox.watch(look);
    let plugins = world.service.catalog().plugins();
    let provider = plugins.iter().find_map(|it| match &it.role {
        Plugin::Provider { provider, info } if info.id == "github" => Some(provider),
        _ => None,
    });
    let tenant = Tenant {
        settings: SettingsText(r#"{"app_id":"1","account":"1"}"#.to_owned()),
        moment: Moment(0),
        reach: Reach {
            http: Some(Arc::new(Leaky)),
            credentials: Some(Arc::new(Vault::default())),
            memory: None,
        },
        auth: Credential::fixed("private-key", SecretString::from("none")),
        calls: Arc::new(tokio::sync::Semaphore::new(1)),
    };
    let call = provider.unwrap().branch(&tenant, REPOSITORY, "main").await;
    assert!(call.result.unwrap().is_err());
    let found = seen.lock().unwrap().found.clone();
    assert!(found.contains(&traces(LEAKED)[0]), "the leak was not seen");
    println!("a host that leaks on purpose is caught: {found:?}");
    world.end().await;
}
