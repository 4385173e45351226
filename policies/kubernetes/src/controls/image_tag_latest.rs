use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Rule, Want};

use crate::image::IMAGES;

palisade_sdk::control! {
    /// Image has the tag latest or none
    ///
    /// ## Why
    /// `latest`, which is also what a missing tag means, is whatever was pushed last. Two nodes can run
    /// different programs under the same manifest, a restart can be an update, and there is nothing to roll
    /// back to.
    ///
    /// ## Impact
    /// None at run time, if the tag that is chosen names the content that runs today.
    ///
    /// ## Fix
    /// Name a released version, or better a digest, in `image`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: web
    ///       image: registry.example:5000/web
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: web
    ///       image: registry.example:5000/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-image-tag-latest",
        severity: Severity::Medium,
        judges: IMAGES,
        aliases: &["CKV_K8S_14", "KSV-0013", "AVD-KSV-0013", "kubernetes-use-specific-tags", "583053b7-e632-46f0-b989-f81ff8045385"],
        rule: Rule::Must(Must {
            be: Want::Unlike(&["*:latest"]),
            message: "the image of container `{}` has no fixed version: give it a tag or a digest",
            ..Must::TEMPLATE
        }),
    };
}
