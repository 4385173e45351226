use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// RDS instance is publicly accessible
    ///
    /// ## Why
    /// A database that the internet can reach is one leaked password, or one vulnerability of its engine,
    /// away from being copied.
    ///
    /// ## Impact
    /// Clients outside the VPC need a VPN, a proxy or a bastion.
    ///
    /// ## Fix
    /// Set `publicly_accessible = false`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_db_instance" "shop" {
    ///   identifier          = "shop"
    ///   publicly_accessible = true
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_db_instance" "shop" {
    ///   identifier          = "shop"
    ///   publicly_accessible = false
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-rds-publicly-accessible",
        severity: Severity::High,
        judges: &[terraform("aws_db_instance", "publicly_accessible"), terraform("aws_rds_cluster_instance", "publicly_accessible")],
        aliases: &["AWS-0180", "AVD-AWS-0180", "aws-rds-enable-public-access", "CKV_AWS_17", "35113e6f-2c6b-414d-beec-7a9482d3b2d1"],
        rule: Rule::Must(Must {
            be: Want::Not(&["true"]),
            message: "the database is publicly accessible",
            ..Must::TEMPLATE
        }),
    };
}
