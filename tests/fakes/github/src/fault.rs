//! Faults that a test can request.

use std::time::Duration;

use regex::Regex;

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
    /// An error response with a message in GitHub's format.
    pub fn status(code: u16, message: &str) -> Self {
        Self::Status(code, Vec::new(), serde_json::json!({ "message": message }).to_string())
    }

    /// The secondary rate limit: 403 or 429 with `Retry-After`, in seconds or as an HTTP date.
    pub fn retry_after(code: u16, when: &str) -> Self {
        Self::Status(
            code,
            vec![("retry-after".into(), when.into())],
            serde_json::json!({ "message": "You have exceeded a secondary rate limit." }).to_string(),
        )
    }

    /// The primary rate limit: 403, nothing remains until the given time, in seconds since 1970.
    pub fn rate_limited(reset: i64) -> Self {
        Self::Status(
            403,
            vec![
                ("x-ratelimit-remaining".into(), "0".into()),
                ("x-ratelimit-reset".into(), reset.to_string()),
            ],
            serde_json::json!({ "message": "API rate limit exceeded for installation." }).to_string(),
        )
    }
}

/// The requests that a fault applies to, and how often.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Only this method; empty for all.
    pub method: String,
    /// Only paths (without query) that match. Those of the API begin with `/api/v3`.
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
    pub(crate) fn meets(&self, method: &str, path: &str) -> bool {
        self.times > 0 && (self.method.is_empty() || self.method == method) && self.path.is_match(path)
    }
}

/// Random faults, the same ones for the same seed and order of requests.
#[derive(Clone, Debug)]
pub(crate) struct Chaos {
    seed: u64,
    probability: f64,
    kinds: Vec<Fault>,
}

impl Chaos {
    /// Each request gets one of `kinds` with that probability.
    pub(crate) fn new(seed: u64, probability: f64, kinds: Vec<Fault>) -> Self {
        Self { seed, probability, kinds }
    }

    /// The next number of `SplitMix64` (Steele, Lea, Flood 2014).
    fn draw(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.seed;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// The fault of the next request.
    pub(crate) fn next(&mut self) -> Option<Fault> {
        let share = f64::from(u32::try_from(self.draw() >> 32).unwrap()) / f64::from(u32::MAX);
        let pick = self.draw();
        if share >= self.probability || self.kinds.is_empty() {
            return None;
        }
        let count = u64::try_from(self.kinds.len()).unwrap();
        Some(self.kinds[usize::try_from(pick % count).unwrap()].clone())
    }
}
