//! Faults that a test can request.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use regex::Regex;
use serde_json::json;

/// One fault.
#[derive(Clone, Debug)]
pub enum Fault {
    /// A response instead of the regular one: status, headers, body.
    Status(u16, Vec<(String, String)>, String),
    /// The regular response after a delay.
    Slow(Duration),
    /// The regular response, its body in small pieces with this delay between them.
    SlowBody(Duration),
    /// The request is carried out; the connection is closed after half of the body.
    Truncated,
    /// The connection is closed without a response; the request is not carried out.
    Reset,
    /// The request is carried out, but the connection is closed without a response.
    ResetAfter,
    /// 302 to another address.
    RedirectTo(String),
    /// `Content-Length` is larger than the body.
    WrongLength,
    /// 203 and an HTML page, as a proxy returns.
    Html203,
}

impl Fault {
    /// An error response: JSON with a `message`.
    pub fn status(code: u16, message: &str) -> Self {
        Self::with(code, Vec::new(), message)
    }

    /// A rate limit with `Retry-After`, in seconds or as an HTTP date.
    pub fn retry_after(code: u16, when: &str) -> Self {
        Self::with(code, vec![("retry-after".into(), when.into())], "You have exceeded a rate limit.")
    }

    /// A rate limit with the headers `X-RateLimit-…`, which several providers send: 403, nothing remains until the
    /// given time, in seconds since 1970.
    pub fn rate_limited(reset: i64) -> Self {
        let headers = vec![
            ("x-ratelimit-remaining".into(), "0".into()),
            ("x-ratelimit-reset".into(), reset.to_string()),
        ];
        Self::with(403, headers, "API rate limit exceeded.")
    }

    fn with(code: u16, headers: Vec<(String, String)>, message: &str) -> Self {
        Self::Status(code, headers, json!({ "message": message }).to_string())
    }
}

/// The requests that a fault applies to, and how often.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Only this method; empty for all.
    pub method: String,
    /// Only paths (without query) that match.
    pub path: Regex,
    /// The number of requests it applies to.
    pub times: usize,
    /// The fault.
    pub fault: Fault,
}

impl Rule {
    /// A rule for `times` requests.
    ///
    /// # Panics
    /// If `path` is not a valid regular expression.
    pub fn new(method: &str, path: &str, times: usize, fault: Fault) -> Self {
        Self { method: method.to_owned(), path: Regex::new(path).unwrap(), times, fault }
    }

    /// Whether the rule applies to a request.
    fn meets(&self, method: &str, path: &str) -> bool {
        self.times > 0 && (self.method.is_empty() || self.method == method) && self.path.is_match(path)
    }
}

/// Random faults, the same ones for the same seed and order of requests.
#[derive(Debug)]
struct Chaos {
    seed: u64,
    probability: f64,
    kinds: Vec<Fault>,
}

impl Chaos {
    /// The next number of `SplitMix64` (Steele, Lea, Flood 2014).
    fn draw(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.seed;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// The fault of the next request.
    fn next(&mut self) -> Option<Fault> {
        let share = f64::from(u32::try_from(self.draw() >> 32).unwrap()) / f64::from(u32::MAX);
        let pick = self.draw();
        if share >= self.probability || self.kinds.is_empty() {
            return None;
        }
        let count = u64::try_from(self.kinds.len()).unwrap();
        Some(self.kinds[usize::try_from(pick % count).unwrap()].clone())
    }
}

#[derive(Debug, Default)]
struct Plan {
    rules: VecDeque<Rule>,
    chaos: Option<Chaos>,
    /// The paths of lists without an end.
    endless: Option<Regex>,
}

/// The faults that a test requested.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Plan>);

impl Faults {
    /// The plan. A panic elsewhere, which fails its own test, does not change it.
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a fault for matching requests; rules are tried in the order in which they were added.
    pub fn fail(&self, rule: Rule) {
        self.plan().rules.push_back(rule);
    }

    /// Applies one of these faults to each request with that probability; an empty list turns it off.
    pub fn chaos(&self, seed: u64, probability: f64, kinds: Vec<Fault>) {
        self.plan().chaos = (!kinds.is_empty()).then_some(Chaos { seed, probability, kinds });
    }

    /// Makes lists without an end of those whose path (without query) matches; an empty expression turns it off.
    ///
    /// # Panics
    /// If `path` is not a valid regular expression.
    pub fn never_end(&self, path: &str) {
        self.plan().endless = (!path.is_empty()).then(|| Regex::new(path).unwrap());
    }

    /// Whether the list at a path has no end.
    pub fn is_endless(&self, path: &str) -> bool {
        self.plan().endless.as_ref().is_some_and(|endless| endless.is_match(path))
    }

    /// Removes all rules and random faults, and ends all lists.
    pub fn heal(&self) {
        *self.plan() = Plan::default();
    }

    /// The fault of the next request: by a rule, or at random.
    pub(crate) fn next(&self, method: &str, path: &str) -> Option<Fault> {
        let mut plan = self.plan();
        if let Some(rule) = plan.rules.iter_mut().find(|rule| rule.meets(method, path)) {
            rule.times -= 1;
            return Some(rule.fault.clone());
        }
        plan.chaos.as_mut().and_then(Chaos::next)
    }
}
