//! Helpers to admit guests and to scan with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use palisade_capabilities::{LogLine, SettingsText};
use palisade_catalog::{Admission, Admitted, Catalog, CodeCache, Grants, Home, Host, Refusal, Role};
use palisade_domain::{Gate, Missing, Report, Severity};
use palisade_sandbox::{Fault, Limits, Usage};
use palisade_scan::{Event, Request};
use palisade_source::{Snapshot, TreePath};
use tokio::sync::{Mutex as Turn, MutexGuard, OnceCell};

/// The number of units that are scanned at a time.
const JOBS: usize = 2;

/// The tests measure time and memory of this process, so they run one after the other.
pub(crate) async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Turn<()> = Turn::const_new(());
    TURN.lock().await
}

/// The host that all tests share. Each test is a process of its own and loads what another one has compiled.
pub(crate) fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        let host = palisade_tests::host(JOBS);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
        let home = Home::new(folder.join("data"), folder.join("cache"));
        let cache = CodeCache::open(&home, &host.sandbox.compatibility()).unwrap();
        Host { cache: Some(cache), ..host }
    })
}

/// Where the sources of the guests are.
pub(crate) fn sources() -> PathBuf {
    palisade_tests::top().join("tests/guests/examples")
}

/// The names of all guests, from their sources.
pub(crate) fn guests() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(sources())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|file| Some(file.split_once('.').filter(|(_, kind)| *kind != "toml")?.0.to_owned()))
        .collect();
    names.sort();
    names
}

/// The result of admission for each guest; each is compiled once for all tests.
pub(crate) async fn admitted() -> &'static BTreeMap<String, Result<Admitted, Refusal>> {
    static ADMITTED: OnceCell<BTreeMap<String, Result<Admitted, Refusal>>> = OnceCell::const_new();
    ADMITTED
        .get_or_init(|| async {
            let mut admitted = BTreeMap::new();
            for name in guests() {
                let result = Admission::new(host(), &name)
                    .file(&palisade_tests::guest(&name), None, &Grants::default(), SettingsText::default())
                    .await;
                admitted.insert(name, result);
            }
            admitted
        })
        .await
}

/// The built-in plugins.
pub(crate) async fn good() -> Vec<Admitted> {
    let catalog = Catalog::load(host(), None, &[], &[]).await.unwrap();
    assert!(catalog.plugins().len() >= 2, "no built-in plugins: run `cargo xtask plugins`");
    catalog.plugins().to_vec()
}

/// The bounds of a plugin.
pub(crate) fn limits(plugin: &Admitted) -> Limits {
    match &plugin.role {
        Role::Parser { parser, .. } => parser.limits(),
        Role::Pack { pack, .. } => pack.limits(),
        Role::Provider { provider, .. } => provider.limits(),
    }
}

/// One call of a plugin.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    pub(crate) plugin: String,
    pub(crate) call: &'static str,
    pub(crate) usage: Usage,
    pub(crate) fault: Option<Fault>,
    pub(crate) log: Vec<LogLine>,
}

/// Observed calls.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Called>>>);

impl Calls {
    fn add(&self, call: Called) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// Those of one plugin.
    pub(crate) fn of(&self, plugin: &str) -> Vec<Called> {
        let calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().filter(|it| it.plugin == plugin).cloned().collect()
    }
}

/// A request to scan a whole tree, and the list of its calls.
pub(crate) fn request(snapshot: Arc<dyn Snapshot>) -> (Request, Calls) {
    let calls = Calls::default();
    let observed = calls.clone();
    let request = Request {
        gate: Gate { fail_on: Some(Severity::High), missing: Missing::Failed },
        jobs: JOBS,
        observer: Arc::new(move |event| {
            if let Event::Called { plugin, call, usage, fault, log, .. } = event {
                observed.add(Called {
                    plugin: plugin.to_owned(),
                    call,
                    usage,
                    fault: fault.cloned(),
                    log: log.to_vec(),
                });
            }
        }),
        ..Request::new(snapshot, TreePath::root(), jiff::civil::date(2026, 1, 1))
    };
    (request, calls)
}

/// Scans a tree with these plugins.
pub(crate) async fn scan(plugins: Vec<Admitted>, snapshot: Arc<dyn Snapshot>) -> (Report, Calls) {
    let catalog = Catalog::of(plugins).unwrap();
    let (request, calls) = request(snapshot);
    let report = palisade_scan::scan(&catalog, &request).await.unwrap();
    (report, calls)
}

/// Resident memory of this process, in bytes.
pub(crate) fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4_096
}

/// The peak resident memory of this process while the work runs, in bytes.
pub(crate) async fn peak<F: Future>(work: impl FnOnce() -> F) -> usize {
    // Writing 5 resets the peak.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    drop(work().await);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() << 10
}

/// Checks a plugin against its bounds. The CPU time is read every few milliseconds, by a thread that may itself have to
/// wait for a core, so the check has a margin: it is a safety bound and not a benchmark.
pub(crate) fn within_bounds(call: &Called, limits: Limits) -> Result<(), String> {
    let Called { plugin, call, usage, .. } = call;
    if usage.cpu > limits.cpu + Duration::from_millis(500) {
        return Err(format!("{plugin}: {call} used {:?} of CPU time, of {:?}", usage.cpu, limits.cpu));
    }
    if usage.peak_memory > limits.memory {
        return Err(format!("{plugin}: {call} had {} bytes, of {}", usage.peak_memory, limits.memory));
    }
    Ok(())
}
