//! The requests to a fake, in order, and those that violate the description of its API.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// A request and the status of its response.
#[derive(Clone, Debug)]
pub struct Request {
    /// When it was received, RFC 3339 with fractions of seconds.
    pub time: String,
    /// The method, such as `GET`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Status of the response; 0 if the connection was reset.
    pub status: u16,
    /// The body if it was JSON, otherwise null.
    pub body: Value,
}

/// What was requested so far. A panic elsewhere, which fails its own test, does not change it.
#[derive(Debug, Default)]
pub struct Ledger {
    requests: Mutex<Vec<Request>>,
    violations: Mutex<Vec<String>>,
}

fn lock<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger {
    pub(crate) fn record(&self, request: Request) {
        lock(&self.requests).push(request);
    }

    /// Records a request that is an error of the program under test, with the reason.
    pub fn violation(&self, request: &crate::Raw, why: &str) {
        lock(&self.violations).push(format!("{} {}: {why}", request.method, request.path));
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }

    /// All violations so far.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }
}
