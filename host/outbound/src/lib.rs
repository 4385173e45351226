//! The requests that the host makes for its plugins.
