//! Risks that are accepted outside of the tree, with a reason: findings that match no longer count.

use crate::{FindingStatus, Report, SuppressedBy, Suppression, SuppressionState};

/// An accepted risk: it applies to findings that match every field that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcceptedRisk {
    /// Only the finding of this fingerprint.
    pub fingerprint: Option<String>,
    /// Only findings of this control, by its id or one of its aliases.
    pub control: Option<String>,
    /// Only resources whose address matches; `*` matches any characters.
    pub resource: Option<String>,
    /// Only resources in files whose path matches; `*` matches any characters.
    pub path: Option<String>,
    /// Reason of the acceptance.
    pub reason: String,
    /// Last day on which it applies, `YYYY-MM-DD`.
    pub expires: Option<String>,
}

/// Whether a text matches a pattern in which `*` matches any characters. Linear: what a star has matched is never given
/// back, which is correct since stars are the only wildcard.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = text.get(at + part.len()..).unwrap_or_default();
    }
    text.ends_with(last)
}

impl AcceptedRisk {
    fn covers(&self, finding: &crate::Finding) -> bool {
        let is_same = |name: &str| {
            *finding.control == *name || finding.aliases.iter().any(|it| it.eq_ignore_ascii_case(name))
        };
        self.fingerprint.as_ref().is_none_or(|it| *it == finding.fingerprint)
            && self.control.as_deref().is_none_or(is_same)
            && self.resource.as_ref().is_none_or(|it| fits(it, &finding.resource.address))
            && self.path.as_ref().is_none_or(|it| {
                finding.resource.location.as_ref().is_some_and(|place| fits(it, &place.path))
            })
    }
}

/// Suppresses violations that match an accepted risk. Suppressions of the tree itself are not changed.
pub fn accept(report: &mut Report, risks: &[AcceptedRisk]) {
    for finding in report.results.iter_mut().filter(|it| it.status == FindingStatus::Failed) {
        let Some(risk) = risks.iter().find(|it| it.covers(finding)) else { continue };
        finding.status = FindingStatus::Suppressed;
        finding.suppression = Some(Suppression {
            by: SuppressedBy::Service,
            state: SuppressionState::Accepted,
            reason: risk.reason.clone(),
            expires: risk.expires.clone(),
            path: String::new(),
            line: 0,
        });
        let (outcomes, severities) = (&mut report.summary.outcomes, &mut report.summary.failed_by_severity);
        outcomes.failed = outcomes.failed.saturating_sub(1);
        outcomes.suppressed += 1;
        severities.take(finding.severity);
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars() {
        for (pattern, text, expected) in [
            ("aws_s3_bucket.logs", "aws_s3_bucket.logs", true),
            ("aws_s3_bucket.logs", "aws_s3_bucket.log", false),
            ("*", "", true),
            ("*", "module.a[\"x\"].b", true),
            ("module.a[*].b", "module.a[\"x\"].b", true),
            ("module.a[*].b", "module.a.b", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "axxbyybzzc", true),
            ("a*b*c", "acb", false),
            ("ab*ba", "aba", false),
            ("**a", "ba", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
