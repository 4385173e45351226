//! A GitHub for tests.
