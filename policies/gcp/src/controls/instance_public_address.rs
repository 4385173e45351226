use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Instance has a public IP address
    ///
    /// ## Why
    /// Every service that listens on the instance can be reached from the internet as soon as a firewall
    /// rule allows it, on purpose or by mistake.
    ///
    /// ## Impact
    /// The instance needs Cloud NAT for outbound connections, and a load balancer or a proxy for its
    /// clients.
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
            message: "the instance has a public IP address: remove `access_config`",
            ..Must::TEMPLATE
        }),
    };
}
