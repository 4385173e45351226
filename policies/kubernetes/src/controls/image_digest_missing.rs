use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Rule, Want};

use crate::image::IMAGES;

palisade_sdk::control! {
    /// Image is not pinned to a digest
    ///
    /// ## Why
    /// A tag can be moved to other content at any time, by the publisher or by anyone who takes over the
    /// account. A digest names the content itself, so every node runs exactly what was reviewed.
    ///
    /// ## Impact
    /// Updates need a change of the manifest, which a bot such as Renovate can propose. Nothing else
    /// changes.
    ///
    /// ## Fix
    /// Append `@sha256:…` to the reference; the tag may stay in front of it for readers.
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
    ///       image: registry.example/web:1.4.0
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
    ///       image: registry.example/web:1.4.0@sha256:9b2c5a3f6d1e4c7a8b0d2f4e6a8c0b1d3f5e7a9c1b3d5f7e9a0c2b4d6f8e0a1c
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-image-digest-missing",
        severity: Severity::Low,
        judges: IMAGES,
        aliases: &["CKV_K8S_43", "7c81d34c-8e5a-402b-9798-9f442630e678"],
        rule: Rule::Must(Must {
            be: Want::Like(&["*@*"]),
            message: "the image of container `{}` is not pinned to a digest: append its digest, `@sha256:…`",
            ..Must::TEMPLATE
        }),
    };
}
