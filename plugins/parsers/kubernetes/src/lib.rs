//! Kubernetes manifests as resources.
