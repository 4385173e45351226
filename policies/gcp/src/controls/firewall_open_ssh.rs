use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::network::Ports;
use palisade_sdk::rule::{Rule, Want};

use crate::firewall::RULES;

palisade_sdk::control! {
    /// Firewall allows ingress from the internet to port 22 (SSH)
    ///
    /// ## Why
    /// An open SSH port is tried by scanners all day: with leaked keys, with guessed passwords, and with
    /// every new vulnerability of the server.
    ///
    /// ## Impact
    /// Administrators need another kind of access, such as Identity-Aware Proxy or a VPN.
    ///
    /// ## Fix
    /// List the networks that need it in `source_ranges`; for Identity-Aware Proxy that is
    /// `35.235.240.0/20`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_compute_firewall" "ssh" {
    ///   name          = "ssh"
    ///   network       = "default"
    ///   source_ranges = ["0.0.0.0/0"]
    ///
    ///   allow {
    ///     protocol = "tcp"
    ///     ports    = ["22"]
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_compute_firewall" "ssh" {
    ///   name          = "ssh"
    ///   network       = "default"
    ///   source_ranges = ["35.235.240.0/20"]
    ///
    ///   allow {
    ///     protocol = "tcp"
    ///     ports    = ["22"]
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-firewall-open-ssh",
        severity: Severity::High,
        judges: RULES,
        aliases: &["GCP-0071", "AVD-GCP-0071", "google-compute-restrict-ssh-access", "CKV_GCP_2", "c4dcdcdf-10dd-4bf4-b4a0-8f6239e6aaa0"],
        rule: Rule::Must(Must {
            be: Want::Closed(Ports::SSH),
            message: "port 22 (SSH) is open to the internet: list the allowed networks",
            ..Must::TEMPLATE
        }),
    };
}
