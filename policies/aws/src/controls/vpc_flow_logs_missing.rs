use palisade_sdk::Severity;
use palisade_sdk::related::Link;
use palisade_sdk::rule::{Findings, Rule, Subject};

palisade_sdk::control! {
    /// VPC has no flow logs
    ///
    /// ## Why
    /// Flow logs are the record of who talked to whom. Without them neither a scan, nor data that leaves,
    /// nor the path of an intruder can be seen afterwards.
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
        kinds: &["aws_vpc"],
        related: &["aws_flow_log"],
        aliases: &["AWS-0178", "AVD-AWS-0178", "aws-ec2-require-vpc-flow-logs-for-all-vpcs", "CKV2_AWS_11", "f83121ea-03da-434f-9277-9cd247ab3047"],
        rule: Rule::Coded(judge),
    };
}

const FLOW_LOG: Link = Link { kind: "aws_flow_log", path: "vpc_id", names: &[] };

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let logs = subject.companions(&[FLOW_LOG]);
    if !logs.certain.is_empty() {
        return;
    }
    match logs.possible.first() {
        Some(log) => findings.unknown(log.by, ""),
        None => findings.fail_whole("", "nobody can tell who talked to whom: add a flow log"),
    };
}
