//! The service's database.
