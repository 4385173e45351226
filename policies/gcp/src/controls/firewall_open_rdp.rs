use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::network::Ports;
use palisade_sdk::rule::{Rule, Want};

use crate::firewall::RULES;

palisade_sdk::control! {
    /// Firewall allows ingress from the internet to port 3389 (RDP)
    ///
    /// ## Why
    /// Remote desktops that the internet can reach are how ransomware most often enters: passwords are
    /// guessed, and vulnerabilities of the service need no password at all.
    ///
    /// ## Impact
    /// Administrators need another kind of access, such as Identity-Aware Proxy or a VPN.
    ///
    /// ## Fix
    /// List the networks that need it in `source_ranges`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_compute_firewall" "rdp" {
    ///   name          = "rdp"
    ///   network       = "default"
    ///   source_ranges = ["0.0.0.0/0"]
    ///
    ///   allow {
    ///     protocol = "tcp"
    ///     ports    = ["3389"]
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_compute_firewall" "rdp" {
    ///   name          = "rdp"
    ///   network       = "default"
    ///   source_ranges = ["192.0.2.0/24"]
    ///
    ///   allow {
    ///     protocol = "tcp"
    ///     ports    = ["3389"]
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-firewall-open-rdp",
        severity: Severity::High,
        judges: RULES,
        aliases: &["GCP-0070", "AVD-GCP-0070", "google-compute-no-open-rdp-access", "CKV_GCP_3", "678fd659-96f2-454a-a2a0-c2571f83a4a3"],
        rule: Rule::Must(Must {
            be: Want::Closed(Ports::RDP),
            message: "port 3389 (RDP) is open to the internet: list the allowed networks",
            ..Must::TEMPLATE
        }),
    };
}
