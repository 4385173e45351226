//! Places where the database's work can be interrupted: before and after each durable change. In tests, the process can
//! be killed there, or the work can fail; in other builds these functions do nothing.

use crate::StoreError;

/// Called before a durable change.
#[cfg_attr(not(feature = "testing"), expect(clippy::unnecessary_wraps, reason = "tests let it fail"))]
pub(crate) fn before() -> Result<(), StoreError> {
    #[cfg(feature = "testing")]
    crate::testing::cut::reached()?;
    Ok(())
}

/// Called after a durable change.
#[cfg_attr(not(feature = "testing"), expect(clippy::unnecessary_wraps, reason = "tests let it fail"))]
pub(crate) fn after() -> Result<(), StoreError> {
    #[cfg(feature = "testing")]
    crate::testing::cut::reached()?;
    Ok(())
}
