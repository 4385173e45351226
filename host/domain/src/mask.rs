//! Values that look like secrets do not belong into reports.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Shapes that well-known issuers give their secrets, and long random-looking texts behind telling names.
/// Sources: the providers' own documentation of their token formats.
static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let patterns = [
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        r"\bgh[pousr]_[A-Za-z0-9]{36,}\b",
        r"\bgithub_pat_[A-Za-z0-9_]{40,}\b",
        r"\bglpat-[A-Za-z0-9_\-]{20,}",
        r"\bxox[abprs]-[A-Za-z0-9\-]{10,}",
        r"\bAIza[0-9A-Za-z_\-]{35}",
        r"\bsk_live_[0-9A-Za-z]{16,}",
        r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
        r"(?i)\b(?:password|passwd|secret|token|api[_-]?key|access[_-]?key)\b[`']?\s*[:=]\s*[`'\x22]?[^\s`'\x22]{6,}",
        r"[a-z][a-z0-9+.\-]*://[^/\s:@]+:[^/\s@]+@",
    ];
    Regex::new(&patterns.join("|")).ok()
});

/// The text with what looks like a secret replaced by `***`.
pub fn mask(text: &str) -> Cow<'_, str> {
    match SECRETS.as_ref() {
        Some(secrets) => secrets.replace_all(text, "***"),
        // The pattern is a constant and a test holds that it compiles; were it ever broken, nothing is
        // shown rather than too much.
        None => Cow::Borrowed("***"),
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn what_looks_like_a_secret_is_not_shown() {
        let key = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
        let pat = format!("ghp_{}", "a1".repeat(20));
        let jwt = format!("eyJ{}.eyJ{}.sig_nature", "hbGciOiJIUzI1NiJ9", "zdWIiOiIxMjM0In0");
        for (text, shown) in [
            ("container `web` runs as root", "container `web` runs as root"),
            (&format!("key {key} in env"), "key *** in env"),
            (&format!("uses {pat}"), "uses ***"),
            (&format!("header {jwt}!"), "header ***!"),
            ("password: hunter2hunter2", "***"),
            ("see https://user:pw1234@example.org/x", "see ***example.org/x"),
            ("the secret `db` is mounted", "the secret `db` is mounted"),
        ] {
            assert_eq!(mask(text), shown, "{text}");
        }
    }
}
