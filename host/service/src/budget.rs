//! The daily computing time of an integration (`daily-minutes`), on all hosts that share the database.

use std::time::Duration;

use palisade_store::now_ms;

use crate::error::ServiceError;
use crate::service::Service;

/// The owner of the sums in the memory of plugins; no plugin has this name.
const HOST: &str = "palisade/host";
const DAY: i64 = 24 * 3_600_000;
/// The pause before a job is tried again: the administrator may have raised the budget.
pub(crate) const SPENT: Duration = Duration::from_mins(10);

/// The key of a day's sum; days begin at 00:00 UTC.
fn key(now: i64) -> String {
    format!("computed-{}", now.div_euclid(DAY))
}

impl Service {
    /// Adds the computing time since the last call to the day's sums.
    pub(crate) async fn sum_up(&self) -> Result<(), ServiceError> {
        let now = now_ms();
        for (integration, time) in self.0.computing.owed() {
            let spent = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            self.0.store.memory().add(HOST, &integration, &key(now), spent, Some(now + 2 * DAY)).await?;
        }
        Ok(())
    }

    /// Returns the message if the budget of an integration is used up for today.
    pub(crate) async fn over_budget(&self, integration: &str) -> Result<Option<String>, ServiceError> {
        let Some(most) = self.0.options.daily else { return Ok(None) };
        let sum = self.0.store.memory().get(HOST, integration, &key(now_ms())).await?;
        let spent: i128 = sum.and_then(|it| String::from_utf8(it).ok()?.parse().ok()).unwrap_or_default();
        Ok((spent >= i128::try_from(most.as_millis()).unwrap_or(i128::MAX)).then(|| {
            format!(
                "This integration has used its {} minutes of computing for today. It is evaluated after 00:00 UTC, or \
                 when an administrator raises `daily-minutes`.",
                most.as_secs() / 60
            )
        }))
    }
}
