use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::network::Ports;
use palisade_sdk::rule::{Rule, Want};

use crate::network::INGRESS;

palisade_sdk::control! {
    /// Security group lets the whole internet in at every port
    ///
    /// ## Why
    /// Whatever listens on the machine, now or later, is reachable: databases, debuggers, agents that were
    /// never meant to be seen.
    ///
    /// ## Impact
    /// Clients reach only the ports that are listed from then on.
    ///
    /// ## Fix
    /// List the ports that are served, each with the networks that may use it.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_security_group" "web" {
    ///   name = "web"
    ///
    ///   ingress {
    ///     protocol    = "-1"
    ///     from_port   = 0
    ///     to_port     = 0
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
    ///     from_port   = 443
    ///     to_port     = 443
    ///     cidr_blocks = ["0.0.0.0/0"]
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-security-group-open-all-ports",
        severity: Severity::High,
        judges: INGRESS,
        rule: Rule::Must(Must {
            be: Want::Closed(Ports::All),
            message: "anybody reaches every port: list those that are served",
            ..Must::TEMPLATE
        }),
    };
}
