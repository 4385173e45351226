//! References to images: `[host[:port]/]path[:tag][@digest]`.

use palisade_sdk::attribute::{Attribute, shape, when};
use palisade_sdk::rule::Want;

use crate::pod::{CONTAINERS, POD_SHAPE};

const IMAGE: Attribute = shape(POD_SHAPE, "image").each(CONTAINERS).reads(normal);

/// The images of all containers, in their normal form. `auto` is replaced when the pod is created: Istio's injector
/// does so in pods that name its templates.
pub(crate) const IMAGES: &[Attribute] = &[
    IMAGE.only(&[when("image", Want::Not(&["auto"]))]),
    IMAGE.only(&[
        when("image", Want::One(&["auto"])),
        when("/metadata.annotations.\"inject.istio.io/templates\"", Want::Absent),
    ]),
];

/// A reference with the default registry, folder and tag where it has none: `docker.io/library/nginx:latest`.
pub(crate) fn normal(reference: &str) -> String {
    let reference = reference.trim();
    let (name, digest) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest).filter(|digest| digest.contains(':'))),
        None => (reference, None),
    };
    let is_host = |first: &str| first == "localhost" || first.contains(['.', ':']);
    let mut normal = match name.split_once('/') {
        Some((host, _)) if is_host(host) => name.to_owned(),
        Some(_) => format!("docker.io/{name}"),
        None => format!("docker.io/library/{name}"),
    };
    // A colon before the last slash belongs to a port.
    let tag = normal.rsplit('/').next().and_then(|last| last.split_once(':'));
    match (tag, digest) {
        (_, Some(digest)) => {
            normal.push('@');
            normal.push_str(digest);
        }
        (None, None) => normal.push_str(":latest"),
        (Some((_, "")), None) => normal.push_str("latest"),
        (Some(_), None) => {}
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn what_a_reference_leaves_out_is_added() {
        for (reference, expected) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("nginx:", "docker.io/library/nginx:latest"),
            (" nginx:1.27 ", "docker.io/library/nginx:1.27"),
            ("team/app", "docker.io/team/app:latest"),
            ("host:5000/app", "host:5000/app:latest"),
            ("host:5000/team/app:2", "host:5000/team/app:2"),
            ("localhost/app:2", "localhost/app:2"),
            ("app@sha256:ab", "docker.io/library/app@sha256:ab"),
            ("host:5000/app:2@sha256:ab", "host:5000/app:2@sha256:ab"),
            ("app@broken", "docker.io/library/app:latest"),
            ("gcr.io/kubernetes-helm/tiller:v2.17.0", "gcr.io/kubernetes-helm/tiller:v2.17.0"),
        ] {
            assert_eq!(normal(reference), expected, "{reference}");
        }
    }
}
