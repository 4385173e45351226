use palisade_sdk::Kind;
use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};
use palisade_sdk::terraform::blocks;

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
        kinds: &["google_compute_instance", "google_compute_instance_template"],
        aliases: &["GCP-0031", "AVD-GCP-0031", "google-compute-no-public-ip", "CKV_GCP_40"],
        rule: Rule::Coded(judge),
    };
}

const MESSAGE: &str = "the machine has a public address: remove `access_config`";

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (position, interface) in blocks(subject.start(), "network_interface").into_iter().enumerate() {
        let instance = format!("network_interface[{position}]");
        if interface.kind() == Kind::Unknown {
            findings.unknown(interface, &instance);
            continue;
        }
        for block in ["access_config", "ipv6_access_config"] {
            match blocks(interface, block).first() {
                None => {}
                Some(node) if node.kind() == Kind::Unknown => {
                    findings.unknown(*node, &instance);
                }
                Some(node) => {
                    findings.fail(*node, &instance, MESSAGE);
                }
            }
        }
    }
}
