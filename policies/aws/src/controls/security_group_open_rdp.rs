use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::network::Ports;
use palisade_sdk::rule::{Rule, Want};

use crate::network::INGRESS;

palisade_sdk::control! {
    /// Security group allows ingress from the internet to port 3389 (RDP)
    ///
    /// ## Why
    /// Remote desktops that the internet can reach are how ransomware most often enters: passwords are
    /// guessed, and vulnerabilities of the service need no password at all.
    ///
    /// ## Impact
    /// Administrators need another kind of access, such as Fleet Manager, a VPN or a bastion.
    ///
    /// ## Fix
    /// Allow only the networks that need it, or remove the rule.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_vpc_security_group_ingress_rule" "rdp" {
    ///   security_group_id = "sg-0123456789abcdef0"
    ///   ip_protocol       = "tcp"
    ///   from_port         = 3389
    ///   to_port           = 3389
    ///   cidr_ipv4         = "0.0.0.0/0"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_vpc_security_group_ingress_rule" "rdp" {
    ///   security_group_id = "sg-0123456789abcdef0"
    ///   ip_protocol       = "tcp"
    ///   from_port         = 3389
    ///   to_port           = 3389
    ///   cidr_ipv4         = "192.0.2.0/24"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-security-group-open-rdp",
        severity: Severity::High,
        judges: INGRESS,
        aliases: &["CKV_AWS_25", "151187cb-0efc-481c-babd-ad24e3c9bc22"],
        policies: &["cis-aws-1.2/4.2"],
        rule: Rule::Must(Must {
            be: Want::Closed(Ports::RDP),
            message: "port 3389 (RDP) is open to the internet: list the allowed networks",
            ..Must::TEMPLATE
        }),
    };
}
