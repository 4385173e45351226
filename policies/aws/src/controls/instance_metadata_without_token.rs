use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Setting, Subject, setting};

palisade_sdk::control! {
    /// EC2 instance allows IMDSv1
    ///
    /// ## Why
    /// Version 1 of the instance metadata service (IMDSv1) answers any request from the instance without
    /// a token. A server that can be made to fetch a URL (SSRF) then discloses the credentials of the
    /// instance's role.
    ///
    /// ## Impact
    /// Old SDKs and scripts that do not request a token (IMDSv2) lose their credentials. CloudWatch
    /// counts such calls as `MetadataNoToken`.
    ///
    /// ## Fix
    /// Set `http_tokens = "required"` in `metadata_options` of the instance or of its launch template.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_instance" "web" {
    ///   ami           = "ami-0123456789abcdef0"
    ///   instance_type = "t3.micro"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_instance" "web" {
    ///   ami           = "ami-0123456789abcdef0"
    ///   instance_type = "t3.micro"
    ///
    ///   metadata_options {
    ///     http_tokens = "required"
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-instance-metadata-without-token",
        severity: Severity::High,
        shapes: &["aws.instance@1"],
        aliases: &["AWS-0028", "AVD-AWS-0028", "aws-ec2-enforce-http-token-imds", "AWS-0130", "AVD-AWS-0130", "aws-ec2-enforce-launch-config-http-token-imds", "CKV_AWS_79"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let start = subject.start();
    let tokens = setting(start, "httpTokens");
    let is = |path: &str, safe: &str| setting(start, path).matches(|it| it == safe);
    let mut safe = is("httpTokens", "required").or(is("httpEndpoint", "disabled"));
    // The instance's own settings take precedence over those of the template.
    if !matches!(tokens, Setting::Set(_))
        && let Setting::Set(template) | Setting::Unknown(template) = setting(start, "template.name")
    {
        safe = safe.or(match setting(start, "template.httpTokens") {
            Setting::Set(_) => {
                is("template.httpTokens", "required").or(is("template.httpEndpoint", "disabled"))
            }
            // A template that is not declared here may require a token.
            Setting::Unset(_) => Answer::Unknown(template),
            Setting::Unknown(node) => Answer::Unknown(node),
        });
    }
    findings.report(
        Answer::Yes(tokens.node()).unless(safe),
        "",
        "IMDSv1 is enabled: set `http_tokens = \"required\"`",
    );
}
