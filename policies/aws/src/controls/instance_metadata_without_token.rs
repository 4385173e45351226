use palisade_sdk::Node;
use palisade_sdk::Severity;
use palisade_sdk::related::Referent;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use palisade_sdk::rule::Answer;

palisade_sdk::control! {
    /// EC2 instance answers its metadata service without a token
    ///
    /// ## Why
    /// The first version of the metadata service answers any request from the machine. A server that can be
    /// made to fetch an address then hands out the credentials of its role.
    ///
    /// ## Impact
    /// Old SDKs and scripts that do not ask for a token lose their credentials. CloudWatch counts such
    /// calls as `MetadataNoToken`.
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
        kinds: &["aws_instance", "aws_launch_configuration", "aws_launch_template"],
        related: TEMPLATES,
        aliases: &["AWS-0028", "AVD-AWS-0028", "aws-ec2-enforce-http-token-imds", "AWS-0130", "AVD-AWS-0130", "aws-ec2-enforce-launch-config-http-token-imds", "CKV_AWS_79"],
        rule: Rule::Coded(judge),
    };
}

const TEMPLATES: &[&str] = &["aws_launch_template"];

const MESSAGE: &str = "the metadata service answers without a token: set `http_tokens = \"required\"`";

/// Whether the service is off, or asks for a token.
fn is_safe(root: Node<'_>) -> Answer<'_> {
    let mut answer = Answer::No;
    for (path, safe) in
        [("metadata_options.http_tokens", "required"), ("metadata_options.http_endpoint", "disabled")]
    {
        answer = answer.or(match setting(root, path) {
            Setting::Set(node) if node.as_scalar() == Some(safe) => Answer::Yes(node),
            Setting::Unknown(node) => Answer::Unknown(node),
            _ => Answer::No,
        });
    }
    answer
}

/// The launch template of an instance: by id or by name.
fn template<'b>(subject: &Subject<'b>) -> Answer<'b> {
    for (path, names) in [("launch_template.id", &["id"][..]), ("launch_template.name", &["name"][..])] {
        let node = match setting(subject.start(), path) {
            Setting::Set(node) | Setting::Unknown(node) => node,
            Setting::Unset(_) => continue,
        };
        return match subject.referent(node, TEMPLATES, names) {
            Referent::Of(templates) => {
                templates.iter().fold(Answer::No, |answer, it| answer.or(is_safe(it.root())))
            }
            // A template that is not declared here may well ask for a token.
            Referent::Unknown(_) | Referent::Elsewhere => Answer::Unknown(node),
        };
    }
    Answer::No
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let own = setting(subject.start(), "metadata_options.http_tokens");
    let decided = is_safe(subject.start());
    let safe = match own {
        // What the instance says itself counts, whatever the template says.
        Setting::Set(_) => decided,
        _ => decided.or(template(subject)),
    };
    match safe {
        Answer::Yes(_) => {}
        Answer::Unknown(at) => {
            findings.unknown(at, "");
        }
        Answer::No => {
            findings.fail(own.node(), "", MESSAGE);
        }
    }
}
