use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Instance has a public address
    ///
    /// ## Why
    /// Whatever listens on the machine can be reached from the internet as soon as a firewall rule lets it,
    /// on purpose or by mistake.
    ///
    /// ## Impact
    /// The machine needs Cloud NAT for its own connections, and a load balancer or a proxy for its
    /// visitors.
    ///
    /// ## Fix
    /// Remove `access_config` and `ipv6_access_config`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_compute_instance" "web" {
    ///   name = "web"
    ///
    ///   network_interface {
    ///     network = "default"
    ///
    ///     access_config {
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_compute_instance" "web" {
    ///   name = "web"
    ///
    ///   network_interface {
    ///     network = "default"
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-instance-public-address",
        severity: Severity::Medium,
        judges: &[
            terraform("google_compute_instance", "access_config").each(&["network_interface"]),
            terraform("google_compute_instance", "ipv6_access_config").each(&["network_interface"]),
            terraform("google_compute_instance_template", "access_config").each(&["network_interface"]),
            terraform("google_compute_instance_template", "ipv6_access_config").each(&["network_interface"]),
        ],
        aliases: &["GCP-0031", "AVD-GCP-0031", "google-compute-no-public-ip", "CKV_GCP_40"],
        rule: Rule::Must(Must {
            be: Want::Absent,
            message: "the machine has a public address: remove `access_config`",
            ..Must::TEMPLATE
        }),
    };
}
