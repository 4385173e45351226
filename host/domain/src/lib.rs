//! Types and rules of a scan, without I/O.
//!
//! No I/O, no threads, no WebAssembly. Everything here means the same for the command line and the service.

mod baseline;
mod control;
mod coverage;
mod directive;
mod fingerprint;
mod fix;
mod location;
mod mask;
mod outcome;
mod provider;
mod report;
mod risk;
#[cfg(test)]
mod sample;
mod severity;
mod suppression;
mod unit;
mod verdict;

pub use baseline::{Baseline, Known, KnownPlace, KnownResource, compare};
pub use control::{Control, Docs, Parameter, ParameterValues, Remedy, Scope, Stricter};
pub use coverage::{Coverage, Status};
pub use directive::{Directive, Reach, checkov, directives, is_named, ours};
pub use fingerprint::{fingerprint, hex};
pub use fix::{Edit, Fix, FixError};
pub use location::{Location, Position, Span};
pub use mask::{mask, secret_ranges};
pub use outcome::{Cause, Diagnostic, Finding, FindingStatus, Found, Judgement, Outcome, ResourceRef};
pub use palisade_tape as tape;
pub use provider::{
    Account, Actor, Annotation, CallError, ChangeKind, Changes, Check, CheckLimits, CheckState, Conclusion,
    FileChange, FileEdit, Health, Hint, HookPlace, MergeGroup, NewCommit, NewPull, Page, Permission,
    ProviderEvent, ProviderInfo, Published, Pull, Repository, Requirement, SecretKind, SecretNeed,
    StatusText, Step, Understood, Webhook, WebhookAuth,
};
pub use report::{
    FileCounts, OutcomeCounts, PluginError, Report, SCHEMA, SeverityCounts, Summary, Target, Tool, Unchanged,
    UncoveredKind, count, not_judged,
};
pub use risk::{AcceptedRisk, accept};
pub use severity::{Level, Severity};
pub use suppression::{SuppressedBy, Suppression, SuppressionState};
pub use unit::{Assumption, Environment, Format, Generated, Mount, Need, Parsed, Unit, Variant, Work};
pub use verdict::{Gate, Missing, Verdict};
