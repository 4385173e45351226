//! No secret of ours is ever in a guest's memory, nor in what is stored, logged or answered.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex};

use palisade_capabilities::{
    Credential, Http, HttpError, HttpRequest, HttpResponse, Moment, SettingsText, StoredResponse, Vault,
};
use palisade_catalog::Role;
use palisade_sandbox::{Reach, Tenant};
use secrecy::SecretString;

use crate::world::{BAD, Kind, REPOSITORY, World};

/// The smallest stretch without access that follows a guest's memory in the pool: the rest of what one could have.
const RESERVED: u64 = 1 << 30;

/// The memory of all guests that live now: in a pool each is followed by the rest of its reservation, which nothing
/// else in this process has. Read as a file, since nothing else can reach into a guest from outside.
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
            // What is given back meanwhile is no guest's any more.
            if memory.read_exact_at(&mut bytes, *begin).is_ok() {
                found.extend(bytes);
            }
        }
    }
    found
}

fn contains(all: &[u8], one: &str) -> bool {
    all.windows(one.len()).any(|it| it == one.as_bytes())
}

/// What was seen of needles in guests' memories, over many calls.
#[derive(Default)]
struct Seen {
    calls: usize,
    bytes: usize,
    found: Vec<String>,
}

fn watch(needles: Vec<String>) -> (Arc<Mutex<Seen>>, Arc<dyn Fn() + Send + Sync>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let into = Arc::clone(&seen);
    let look = move || {
        let memory = guests();
        let found = needles.iter().filter(|it| contains(&memory, it)).cloned();
        let mut seen = into.lock().unwrap();
        seen.found.extend(found);
        seen.calls += 1;
        seen.bytes += memory.len();
    };
    (seen, Arc::new(look))
}

/// `ghs_`, and how Base64 writes it at each of the three places it can begin at.
const TOKEN: [&str; 4] = ["ghs_", "Z2hzX", "doc1", "naHNf"];

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_a_guest_or_at_rest() {
    let world = World::start(Kind::Sqlite).await.unwrap();
    let app = world.fake.app();
    let key: Vec<String> =
        app.private_key.lines().filter(|it| !it.starts_with('-')).map(str::to_owned).collect();
    let mut needles = vec![key[0].clone(), key[3].clone(), app.webhook_secret.clone()];
    needles.extend([TOKEN[0], TOKEN[1]].map(str::to_owned));
    let (seen, look) = watch(needles.clone());
    assert!(world.sandbox.is_pooled(), "without a pool guests cannot be told from the rest of the process");
    world.sandbox.watch(look);
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    for row in 0..3 {
        let (_, sha) = world.pull(&format!("change-{row}"), &[("prod/orders.tf", Some(BAD))]);
        world.completed(&sha).await;
    }
    {
        let seen = seen.lock().unwrap();
        assert_eq!(seen.found, Vec::<String>::new());
        assert!(seen.calls > 20 && seen.bytes > 1 << 20, "{} calls, {} bytes", seen.calls, seen.bytes);
        println!("{} calls, {} MiB of guests' memory, no secret", seen.calls, seen.bytes >> 20);
    }
    let data = world.data.path().to_owned();
    for entry in fs::read_dir(&data).unwrap().flatten().filter(|it| it.file_name() != "key") {
        let Ok(bytes) = fs::read(entry.path()) else { continue };
        for needle in &needles {
            assert!(!contains(&bytes, needle), "a secret in {:?}", entry.file_name());
        }
    }
    for check in world.fake.requests() {
        let body = check.body.to_string();
        assert!(!body.contains("ghs_") && !body.contains(&needles[0]), "a secret in a request's body");
    }
    assert!(world.fake.checks(REPOSITORY, "none").is_empty());
    world.end().await;
}

/// A host that forgets to blank what it captured.
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
        let token = "ghs_leaked";
        let body = format!("{{\"token\":\"{token}\"}}").into_bytes();
        let answer = HttpResponse { status: 201, headers: Vec::new(), body };
        Ok((Some(Credential::fixed("token", SecretString::from(token))), answer))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_leaks_on_purpose_is_caught() {
    let world = World::start(Kind::Sqlite).await.unwrap();
    let (seen, look) = watch(vec![TOKEN[0].to_owned()]);
    world.sandbox.watch(look);
    let plugins = world.service.catalog().plugins();
    let provider = plugins.iter().find_map(|it| match &it.role {
        Role::Provider { provider, .. } => Some(provider),
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
    };
    let call = provider.unwrap().branch(&tenant, REPOSITORY, "main").await;
    assert!(call.result.unwrap().is_err());
    assert!(seen.lock().unwrap().found.contains(&"ghs_".to_owned()), "the leak was not seen");
    world.end().await;
}
