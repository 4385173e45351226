use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Subject, setting};

palisade_sdk::control! {
    /// Load balancer listener accepts plain HTTP
    ///
    /// ## Why
    /// Anyone on the network path can read and modify HTTP traffic: session cookies, passwords, the pages
    /// themselves.
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
        shapes: &["aws.lb-listener@1"],
        aliases: &["AWS-0054", "AVD-AWS-0054", "aws-elb-http-not-used", "CKV_AWS_2", "de7f5e83-da88-4046-871f-ea18504b1d43"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let plain = setting(subject.start(), "protocol").matches(|it| it == "HTTP");
    // Parts that a redirect omits stay unchanged.
    let redirected = Answer::any(subject.each(&["redirects"]), |it| it == "HTTPS");
    // Internal load balancers are not judged here; another control may require TLS.
    let internal = setting(subject.start(), "internal").matches(|it| it == "true");
    findings.report(
        plain.unless(redirected.or(internal)),
        "",
        "the listener accepts plain HTTP: redirect to HTTPS",
    );
}
