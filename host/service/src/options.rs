//! How the service runs.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// What the administrator decides beside what is in the database.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// Where people and providers reach this service; links and webhooks are made of it.
    pub public_url: Url,
    /// The folder that belongs to this process.
    pub data_folder: PathBuf,
    /// How many pull requests and scans at a time.
    pub workers: usize,
    /// How many calls of plugins at a time within one scan.
    pub jobs: usize,
    /// After how long a check that has not ended is closed as failed.
    pub deadline: Duration,
    /// In how many processes that died a job may have been running before it is given up: what kills the service
    /// again and again must not keep the rest from being done.
    pub crashes: i64,
    /// The largest file that is read, in bytes.
    pub largest_file: u64,
    /// How much one integration may compute in a day, which begins at 00:00 UTC; without it as much as there is time.
    pub daily: Option<Duration>,
    /// How often open pull requests are compared with what was seen of them.
    pub reconcile: Duration,
    /// For how long what is over is kept.
    pub keep: Keep,
    /// Where modules from outside of a repository come from; without it none are fetched.
    pub modules: Option<palisade_modules::Settings>,
}

/// For how long what is over is kept. The newest scan of a source and what belongs to open pull requests stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Deliveries.
    pub deliveries: Duration,
    /// Scans, with their reports and results.
    pub scans: Duration,
    /// Checks and closed pull requests.
    pub checks: Duration,
}

impl Default for Keep {
    fn default() -> Keep {
        let days = |count: u64| Duration::from_hours(24 * count);
        Keep { deliveries: days(30), scans: days(90), checks: days(90) }
    }
}

impl ServiceOptions {
    /// The usual ones.
    pub fn new(public_url: Url, data_folder: PathBuf) -> ServiceOptions {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        ServiceOptions {
            public_url,
            data_folder,
            workers: cores.clamp(2, 16),
            jobs: cores,
            deadline: Duration::from_mins(15),
            crashes: 3,
            largest_file: 32 << 20,
            daily: None,
            reconcile: Duration::from_hours(1),
            keep: Keep::default(),
            modules: None,
        }
    }

    /// Where people read more of an object of ours.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.public_url.as_str().trim_end_matches('/'))
    }
}
