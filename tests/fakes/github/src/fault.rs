//! How the fake misbehaves when it is told to.

use std::time::Duration;

use regex::Regex;

/// A way to misbehave.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This answer instead of the right one: status, headers, body.
    Status(u16, Vec<(String, String)>, String),
    /// The right answer, after a pause.
    Slow(Duration),
    /// The right answer, its body in small pieces with this pause between them.
    SlowBody(Duration),
    /// The request is carried out; half of the body comes and then the connection ends.
    Truncated,
    /// The connection ends without an answer; the request is not carried out.
    Reset,
    /// The request is carried out, but the connection ends without an answer.
    ResetAfter,
    /// 302 to another address.
    RedirectTo(String),
    /// `Content-Length` says more than comes.
    WrongLength,
    /// 203 and a page, as a proxy gives.
    Html203,
}

impl Fault {
    /// An answer with a message, as GitHub words it.
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

    /// The primary rate limit: 403, nothing remains until the given second since 1970.
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

/// Which requests meet a fault, and how often.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Only this method; empty for all.
    pub method: String,
    /// Only paths (without query) in which this is found. The API's paths begin with `/api/v3`.
    pub path: Regex,
    /// For so many requests.
    pub times: usize,
    /// What they meet.
    pub fault: Fault,
}

impl Rule {
    /// A rule for `times` requests.
    ///
    /// # Panics
    /// When `path` is no regular expression.
    pub fn new(method: &str, path: &str, times: usize, fault: Fault) -> Self {
        Self { method: method.to_owned(), path: Regex::new(path).unwrap(), times, fault }
    }

    /// Whether the request is meant.
    pub(crate) fn meets(&self, method: &str, path: &str) -> bool {
        self.times > 0 && (self.method.is_empty() || self.method == method) && self.path.is_match(path)
    }
}

/// Faults at random, the same ones for the same seed and order of requests.
#[derive(Clone, Debug)]
pub(crate) struct Chaos {
    seed: u64,
    probability: f64,
    kinds: Vec<Fault>,
}

impl Chaos {
    /// Each request meets one of `kinds` with that probability.
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

    /// What the next request meets.
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
