//! The name of a package in reports: a readable, unique path.

use std::borrow::Cow;

use palisade_source::Digest;

use crate::source::Origin;

/// Makes the components of a path valid as file names on all systems. If that changes the path, a part of the digest of
/// the original text is appended to keep it unique.
fn tidy(text: &str) -> String {
    let fits = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '@' | '+' | '/' | '~');
    let mut tidy: String = text.chars().map(|it| if fits(it) { it } else { '-' }).collect();
    let odd = |part: &str| part.is_empty() || part.starts_with('.') || part.len() > 100;
    let parts: Vec<&str> = tidy.split('/').collect();
    if parts.iter().any(|part| odd(part)) {
        tidy = parts.into_iter().filter(|part| !odd(part)).collect::<Vec<_>>().join("/");
    }
    if tidy == text {
        return tidy;
    }
    let digest = Digest::of(text.as_bytes()).to_string();
    format!("{tidy}-{}", digest.get(..12).unwrap_or_default())
}

/// The name of a package.
pub(crate) fn of(origin: &Origin, resolved: &str) -> String {
    match origin {
        Origin::Registry { host, namespace, name, provider } => {
            tidy(&format!("registry/{host}/{namespace}/{name}/{provider}@{resolved}"))
        }
        Origin::Git { url, rev } => {
            let path = url.path().trim_matches('/');
            let path = path.strip_suffix(".git").unwrap_or(path);
            // The revision as written, or the full commit id: a shortened id could be ambiguous.
            let rev = rev.as_deref().unwrap_or(resolved);
            let query = url.query().map(|it| format!("?{it}")).unwrap_or_default();
            let port = url.port().map(|it| format!(":{it}")).unwrap_or_default();
            let plain = if url.scheme() == "http" { "http:" } else { "" };
            tidy(&format!("git/{plain}{}{port}/{path}@{rev}{query}", url.host_str().unwrap_or_default()))
        }
        Origin::Archive { url, .. } | Origin::Page { url } => {
            let path = url.path().trim_matches('/');
            let query = url.query().map(|it| format!("?{it}")).unwrap_or_default();
            let port = url.port().map(|it| format!(":{it}")).unwrap_or_default();
            let plain = if url.scheme() == "http" { "http:" } else { "" };
            tidy(&format!("archive/{plain}{}{port}/{path}{query}", url.host_str().unwrap_or_default()))
        }
    }
}

/// A path that begins with the name of a package, without the version: it stays the same for other versions.
pub fn unversioned(path: &str) -> Cow<'_, str> {
    let versioned = ["registry/", "git/"].iter().any(|it| path.starts_with(it));
    let Some(at) = path.find('@').filter(|_| versioned) else { return path.into() };
    let (name, rest) = path.split_at(at);
    format!("{name}{}", rest.find('/').and_then(|end| rest.get(end..)).unwrap_or_default()).into()
}

#[cfg(test)]
mod tests {
    use super::unversioned;
    use crate::source::Source;

    #[test]
    fn a_version_is_no_part_of_what_a_package_is() {
        for (path, expected) in [
            ("registry/x.io/o/n/aws@1.2.3/a/main.tf", "registry/x.io/o/n/aws/a/main.tf"),
            ("git/x.io/o/r@v1/main.tf", "git/x.io/o/r/main.tf"),
            ("git/x.io/o/r@v1", "git/x.io/o/r"),
            ("archive/x.io/@a/v.zip/main.tf", "archive/x.io/@a/v.zip/main.tf"),
            ("other/x@1/main.tf", "other/x@1/main.tf"),
        ] {
            assert_eq!(unversioned(path), expected);
        }
    }

    #[test]
    fn names_read_well_and_stay_apart() {
        for (source, resolved, expected) in [
            ("org/name/aws//x", "1.2.3", "registry/registry.terraform.io/org/name/aws@1.2.3"),
            ("github.com/o/r?ref=v1", "abc", "git/github.com/o/r@v1"),
            ("git::https://x.org/o/r.git", "0123456789abcdef", "git/x.org/o/r@0123456789abcdef"),
            ("https://x.org/a/vpc.zip", "abc", "archive/x.org/a/vpc.zip"),
        ] {
            assert_eq!(super::of(&Source::parse(source).unwrap().origin, resolved), expected);
        }
        let name = |source| super::of(&Source::parse(source).unwrap().origin, "abc");
        let one = name("git::https://x.org/o/r?ref=a:b");
        assert!(one.starts_with("git/x.org/o/r@a-b-"), "{one}");
        assert_ne!(one, name("git::https://x.org/o/r?ref=a b"));
        assert_ne!(name("git::https://x.org/o/r"), name("git::http://x.org/o/r"));
        assert_ne!(name("https://x.org/v.zip?a=1"), name("https://x.org/v.zip?a=2"));
    }
}
