//! Controls for Kubernetes workloads.
