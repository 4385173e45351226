//! The JSON Schema of the report.

/// JSON Schema (2020-12) of the output of [`crate::json`], as published in `docs/report.schema.json`. A test compares
/// it with the types of the report.
pub const REPORT_SCHEMA: &str = include_str!("../../../docs/report.schema.json");
