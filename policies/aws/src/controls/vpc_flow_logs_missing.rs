use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// VPC has no flow logs
    ///
    /// ## Why
    /// Flow logs record the connections in the VPC. Without them a port scan, an exfiltration of data or
    /// the path of an intruder cannot be reconstructed afterwards.
    ///
    /// ## Impact
    /// Logs cost storage, in S3 the least.
    ///
    /// ## Fix
    /// Add an `aws_flow_log` for the VPC.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_vpc" "main" {
    ///   cidr_block = "10.0.0.0/16"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_vpc" "main" {
    ///   cidr_block = "10.0.0.0/16"
    /// }
    ///
    /// resource "aws_flow_log" "main" {
    ///   vpc_id               = aws_vpc.main.id
    ///   traffic_type         = "ALL"
    ///   log_destination_type = "s3"
    ///   log_destination      = "arn:aws:s3:::example-flows"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-vpc-flow-logs-missing",
        severity: Severity::Medium,
        judges: &[shape("aws.vpc@1", "flowLog")],
        aliases: &["AWS-0178", "AVD-AWS-0178", "aws-ec2-require-vpc-flow-logs-for-all-vpcs", "CKV2_AWS_11", "f83121ea-03da-434f-9277-9cd247ab3047"],
        rule: Rule::Must(Must {
            be: Want::Present,
            unset: Missing::Fails,
            message: "VPC flow logs are not enabled: add a flow log",
            ..Must::TEMPLATE
        }),
    };
}
