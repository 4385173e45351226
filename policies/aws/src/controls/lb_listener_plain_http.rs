use palisade_sdk::Kind;
use palisade_sdk::Severity;
use palisade_sdk::related::Referent;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};
use palisade_sdk::terraform::blocks;

use palisade_sdk::rule::Answer;

palisade_sdk::control! {
    /// Load balancer serves plain HTTP
    ///
    /// ## Why
    /// What goes over HTTP is read and changed by whoever is on the way: session cookies, passwords, the
    /// pages themselves.
    ///
    /// ## Impact
    /// Clients that do not follow redirects have to use `https://`.
    ///
    /// ## Fix
    /// Serve HTTPS, and let the listener on port 80 redirect there.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_lb_listener" "web" {
    ///   load_balancer_arn = aws_lb.web.arn
    ///   port              = 80
    ///   protocol          = "HTTP"
    ///
    ///   default_action {
    ///     type             = "forward"
    ///     target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/1"
    ///   }
    /// }
    ///
    /// resource "aws_lb" "web" {
    ///   name = "web"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_lb_listener" "web" {
    ///   load_balancer_arn = aws_lb.web.arn
    ///   port              = 80
    ///   protocol          = "HTTP"
    ///
    ///   default_action {
    ///     type = "redirect"
    ///
    ///     redirect {
    ///       port        = "443"
    ///       protocol    = "HTTPS"
    ///       status_code = "HTTP_301"
    ///     }
    ///   }
    /// }
    ///
    /// resource "aws_lb" "web" {
    ///   name = "web"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-lb-listener-plain-http",
        severity: Severity::Medium,
        kinds: &["aws_alb_listener", "aws_lb_listener"],
        related: LOAD_BALANCERS,
        aliases: &["AWS-0054", "AVD-AWS-0054", "aws-elb-http-not-used", "CKV_AWS_2", "de7f5e83-da88-4046-871f-ea18504b1d43"],
        rule: Rule::Coded(judge),
    };
}

const LOAD_BALANCERS: &[&str] = &["aws_alb", "aws_lb"];

/// Whether the load balancer is for the inside only, where another control may ask for TLS.
fn is_internal<'b>(subject: &Subject<'b>) -> Answer<'b> {
    let Some(arn) = subject.at("load_balancer_arn") else { return Answer::No };
    match subject.referent(arn, LOAD_BALANCERS, &["arn"]) {
        Referent::Of(balancers) => {
            let mut answer = Answer::No;
            for balancer in balancers {
                let internal = setting(balancer.root(), "internal");
                answer = answer.or(match internal.is_true() {
                    Some(true) => Answer::Yes(internal.node()),
                    Some(false) => Answer::No,
                    None => Answer::Unknown(internal.node()),
                });
            }
            answer
        }
        Referent::Unknown(_) | Referent::Elsewhere => Answer::No,
    }
}

/// Whether what is served leads to HTTPS.
fn redirects<'b>(subject: &Subject<'b>) -> Answer<'b> {
    let mut answer = Answer::No;
    for action in blocks(subject.start(), "default_action") {
        if action.kind() == Kind::Unknown {
            return Answer::Unknown(action);
        }
        answer = answer.or(match setting(action, "redirect.protocol") {
            Setting::Unknown(node) => Answer::Unknown(node),
            Setting::Set(protocol) if protocol.as_scalar() == Some("HTTPS") => Answer::Yes(protocol),
            // What the redirect leaves out stays as it was.
            Setting::Set(_) | Setting::Unset(_) => Answer::No,
        });
    }
    answer
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let protocol = match setting(subject.start(), "protocol") {
        Setting::Set(protocol) if protocol.as_scalar() == Some("HTTP") => protocol,
        Setting::Unknown(node) => {
            findings.unknown(node, "");
            return;
        }
        _ => return,
    };
    match redirects(subject).or(is_internal(subject)) {
        Answer::Yes(_) => {}
        Answer::Unknown(at) => {
            findings.unknown(at, "");
        }
        Answer::No => {
            findings.fail(protocol, "", "visitors are served in plain text: redirect them to HTTPS");
        }
    }
}
