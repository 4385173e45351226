//! Pure types and rules: resource, control, outcome, coverage, report.
