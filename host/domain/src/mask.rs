//! Masks values that look like secrets, so that no report contains them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Token formats of well-known issuers, and long random-looking texts after names such as `password`. Sources: the
/// providers' own documentation of their token formats.
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
        r"(?i)(?:password|passwd|secret|token|api[_-]?key|access[_-]?key)\b[`']?\s*[:=]\s*[`'\x22]?[^\s`'\x22]{6,}",
        r"[a-z][a-z0-9+.\-]*://[^/\s:@]+:[^/\s@]+@",
    ];
    // ASCII word boundaries: a key next to a letter of another script must be masked too.
    Regex::new(&patterns.join("|").replace(r"\b", r"(?-u:\b)")).ok()
});

/// The text, with everything that looks like a secret replaced by `***`.
pub fn mask(text: &str) -> Cow<'_, str> {
    match SECRETS.as_ref() {
        Some(secrets) => secrets.replace_all(text, "***"),
        // The pattern is a constant, and a test ensures that it compiles. If it does not, the whole text is masked.
        None => Cow::Borrowed("***"),
    }
}

/// The ranges that [`mask`] replaces: in bytes, in order, without overlaps.
pub fn secret_ranges(text: &str) -> Vec<Range<usize>> {
    match SECRETS.as_ref() {
        Some(secrets) => secrets.find_iter(text).map(|it| it.range()).collect(),
        None => std::iter::once(0..text.len()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::{mask, secret_ranges};

    #[test]
    fn what_looks_like_a_secret_is_not_shown() {
        let token = |prefix: &str, length: usize| format!("{prefix}{}", "a1B2".repeat(length));
        let key = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
        let session = format!("ASIA{}", "0123456789ABCDEF");
        let pat = format!("ghp_{}", "a1".repeat(20));
        let jwt = format!("eyJ{}.eyJ{}.sig_nature", "hbGciOiJIUzI1NiJ9", "zdWIiOiIxMjM0In0");
        let private =
            format!("-----BEGIN RSA {key}-----\nMIIE\nabcd\n-----END RSA {key}-----", key = "PRIVATE KEY");
        let cut = format!("-----BEGIN {}-----\nMIIE", "PRIVATE KEY");
        for (text, shown) in [
            (format!("key {key} in env"), "key *** in env"),
            (session, "***"),
            (format!("uses {pat}"), "uses ***"),
            (format!("{pat}, {pat}"), "***, ***"),
            (format!("uses {}", token("gho_", 10)), "uses ***"),
            (format!("uses {}", token("github_pat_", 12)), "uses ***"),
            (format!("uses {}", token("glpat-", 5)), "uses ***"),
            (format!("uses {}", token("xoxb-", 5)), "uses ***"),
            (format!("uses {}", token("AIza_x-", 8)), "uses ***"),
            (format!("uses {}", token("sk_live_", 5)), "uses ***"),
            (format!("header {jwt}!"), "header ***!"),
            (format!("key: {private} end"), "key: *** end"),
            (format!("key: {cut}"), "key: ***"),
            ("password: hunter2hunter2".to_owned(), "***"),
            ("PASSWORD=hunter2hunter2 next".to_owned(), "*** next"),
            ("`api_key`: `abcdefgh`".to_owned(), "`***`"),
            ("DB_PASSWORD=hunter2hunter2".to_owned(), "DB_***"),
            ("dbPassword: hunter2hunter2".to_owned(), "db***"),
            (format!("größ{key}öße"), "größ***öße"),
            ("secret = \"abcdefgh\"".to_owned(), "***\""),
            ("access-key: abcdefgh".to_owned(), "***"),
            ("see https://user:pw1234@example.org/x".to_owned(), "see ***example.org/x"),
            ("postgres://app:pw@db/app?x=1".to_owned(), "***db/app?x=1"),
        ] {
            assert_eq!(mask(&text), shown, "{text}");
        }
    }

    #[test]
    fn ordinary_words_stay() {
        for text in [
            "",
            "container `web` runs as root",
            "the secret `db` is mounted",
            "reads the secret `db-credentials` through `envFrom`",
            "`automountServiceAccountToken` is not `false`, so the token is mounted",
            "use a Secret, a token or an API key from a vault",
            "password: short",
            "`secretKeyRef` of `api-key`",
            "image nginx:1.27@sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac",
            "see https://palisade.dev/controls/kubernetes-host-network",
            "see https://example.org:8443/a@b",
            "spec.template.spec.containers[0].securityContext.runAsUser",
            "AKIA is how the ids of access keys begin",
            "arn:aws:iam::123456789012:role/reader",
            "0123456789abcdef0123456789abcdef01234567",
        ] {
            let masked = mask(text);
            assert_eq!(masked, text);
            assert!(matches!(masked, Cow::Borrowed(_)), "copied for nothing: {text}");
        }
    }

    #[test]
    fn ranges_are_those_that_are_masked() {
        let text = format!("a: AKIA{}\npassword: hunter2hunter2\n", "ABCDEFGHIJKLMNOP");
        assert_eq!(secret_ranges(&text), [3..23, 24..48]);
        assert_eq!(mask(&text), "a: ***\n***\n");
        assert!(secret_ranges("nothing").is_empty());
    }

    proptest! {
        #[test]
        fn a_key_is_found_wherever_it_stands(before in "[^A-Za-z0-9_]{0,20}", after in "[^A-Za-z0-9_]{0,20}") {
            let key = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
            let masked = mask(&format!("{before}{key}{after}")).into_owned();
            prop_assert!(!masked.contains(&key));
            prop_assert_eq!(mask(&masked), masked.as_str(), "masking twice is masking once");
        }
    }
}
