use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::network::Ports;
use palisade_sdk::rule::{Rule, Want};

use crate::network::INGRESS;

palisade_sdk::control! {
    /// Security group allows ingress from the internet to port 22 (SSH)
    ///
    /// ## Why
    /// An open SSH port is tried by scanners all day: with leaked keys, with guessed passwords, and with
    /// every new vulnerability of the server.
    ///
    /// ## Impact
    /// Administrators need another kind of access, such as Session Manager, a VPN or a bastion.
    ///
    /// ## Fix
    /// Allow only the networks that need it, or remove the rule and use Session Manager.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_security_group" "web" {
    ///   name = "web"
    ///
    ///   ingress {
    ///     protocol    = "tcp"
    ///     from_port   = 22
    ///     to_port     = 22
    ///     cidr_blocks = ["0.0.0.0/0"]
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_security_group" "web" {
    ///   name = "web"
    ///
    ///   ingress {
    ///     protocol    = "tcp"
    ///     from_port   = 22
    ///     to_port     = 22
    ///     cidr_blocks = ["10.0.0.0/8"]
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-security-group-open-ssh",
        severity: Severity::High,
        judges: INGRESS,
        aliases: &["CKV_AWS_24", "65905cec-d691-4320-b320-2000436cb696"],
        policies: &["cis-aws-1.2/4.1"],
        rule: Rule::Must(Must {
            be: Want::Closed(Ports::SSH),
            message: "port 22 (SSH) is open to the internet: list the allowed networks",
            ..Must::TEMPLATE
        }),
    };
}
