//! Where the database's work can be cut off: before and after everything that becomes durable. Tests let the process
//! die there, or the work fail; in any other build these places are empty.

use crate::StoreError;

/// Before something becomes durable.
#[cfg_attr(not(feature = "testing"), expect(clippy::unnecessary_wraps, reason = "tests let it fail"))]
pub(crate) fn before() -> Result<(), StoreError> {
    #[cfg(feature = "testing")]
    crate::testing::cut::reached()?;
    Ok(())
}

/// After something has become durable.
#[cfg_attr(not(feature = "testing"), expect(clippy::unnecessary_wraps, reason = "tests let it fail"))]
pub(crate) fn after() -> Result<(), StoreError> {
    #[cfg(feature = "testing")]
    crate::testing::cut::reached()?;
    Ok(())
}
