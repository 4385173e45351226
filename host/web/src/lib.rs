//! The service's door.
