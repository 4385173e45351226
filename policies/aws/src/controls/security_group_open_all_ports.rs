use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::network::Ports;
use palisade_sdk::rule::{Rule, Want};

use crate::network::INGRESS;

palisade_sdk::control! {
    /// Security group allows ingress from the internet to all ports
    ///
    /// ## Why
    /// Every service that listens on the instance, now or later, is reachable: databases, debuggers,
    /// agents that were never meant to be public.
    ///
    /// ## Impact
    /// Clients can reach only the listed ports.
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
            message: "all ports are open to the internet: list the ports that are needed",
            ..Must::TEMPLATE
        }),
    };
}
