//! The form of the JSON report, for programs that read it.

/// JSON Schema (2020-12) of what [`crate::json`] gives, as published in `docs/report.schema.json`. A test derives it
/// from the types of the report and compares.
pub const REPORT_SCHEMA: &str = include_str!("../../../docs/report.schema.json");
