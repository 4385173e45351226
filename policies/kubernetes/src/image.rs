//! References to images: `[host[:port]/]path[:tag][@digest]`.

use palisade_sdk::Node;

/// A reference, cut at its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Image<'a> {
    /// Host and path.
    pub(crate) repository: &'a str,
    /// What is behind the colon; a colon before the last slash belongs to a port.
    pub(crate) tag: Option<&'a str>,
    /// What is behind the `@`.
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    /// Cuts a reference.
    pub(crate) fn parse(reference: &'a str) -> Image<'a> {
        let reference = reference.trim();
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest).filter(|digest| digest.contains(':'))),
            None => (reference, None),
        };
        let name = rest.rfind('/').map_or(0, |slash| slash + 1);
        let colon = rest.get(name..).and_then(|last| last.find(':')).map(|colon| name + colon);
        let (repository, tag) = match colon {
            Some(colon) => (rest.get(..colon).unwrap_or(rest), rest.get(colon + 1..)),
            None => (rest, None),
        };
        Image { repository, tag: tag.filter(|tag| !tag.is_empty()), digest }
    }

    /// The last part of its path.
    pub(crate) fn name(&self) -> &'a str {
        self.repository.rsplit('/').next().unwrap_or(self.repository)
    }
}

/// Whether the word stands for an image that is put in when the pod is created: Istio's injector does so in
/// pods that name its templates.
pub(crate) fn is_filled_in_later(pod: Node<'_>, reference: &str) -> bool {
    let annotations = pod.at("metadata.annotations");
    reference == "auto" && annotations.is_some_and(|it| it.get("inject.istio.io/templates").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reference: &str, repository: &str, tag: Option<&str>, digest: Option<&str>) {
        assert_eq!(Image::parse(reference), Image { repository, tag, digest }, "{reference}");
    }

    #[test]
    fn references_are_cut_at_their_marks() {
        check("nginx", "nginx", None, None);
        check("nginx:1.27", "nginx", Some("1.27"), None);
        check("nginx:", "nginx", None, None);
        check("host:5000/app", "host:5000/app", None, None);
        check("host:5000/team/app:2", "host:5000/team/app", Some("2"), None);
        check("app@sha256:ab", "app", None, Some("sha256:ab"));
        check("host:5000/app:2@sha256:ab", "host:5000/app", Some("2"), Some("sha256:ab"));
        check("app@broken", "app", None, None);
        check("", "", None, None);
        assert_eq!(Image::parse("gcr.io/kubernetes-helm/tiller:v2.17.0").name(), "tiller");
    }
}
