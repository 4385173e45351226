//! Options of the service.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// The settings of the administrator that are not in the database.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// The public URL of this service, for links and webhooks.
    pub public_url: Url,
    /// The folder that this process owns.
    pub data_folder: PathBuf,
    /// The number of pull requests and scans that are processed at the same time.
    pub workers: usize,
    /// The number of plugin calls that run at the same time within one scan.
    pub jobs: usize,
    /// The time after which an incomplete check fails.
    pub deadline: Duration,
    /// The number of crashed processes in which a job may have been running before it is discarded: a job that crashes
    /// the service repeatedly must not block the others.
    pub crashes: i64,
    /// The largest file that is read, in bytes.
    pub largest_file: u64,
    /// The computing time of one integration in a day, which begins at 00:00 UTC; without it the time is unlimited.
    pub daily: Option<Duration>,
    /// The interval at which open pull requests are compared with the provider's.
    pub reconcile: Duration,
    /// The retention of old data.
    pub keep: Keep,
    /// The settings of modules from outside of a repository; without them none are fetched.
    pub modules: Option<palisade_modules::Settings>,
}

/// The retention of old data. The latest scan of a source and the data of open pull requests are always kept.
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
    /// Creates options with the default values.
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

    /// The URL of a page of this service.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.public_url.as_str().trim_end_matches('/'))
    }
}
