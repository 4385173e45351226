use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Service is an alias of an external name
    ///
    /// ## Why
    /// An `ExternalName` is an alias in the cluster's DNS. Clients that trust the internal name are
    /// directed to a host that others control, and proxies that follow it can be made to reach hosts that
    /// they should not.
    ///
    /// ## Impact
    /// Clients have to know the real name of the host, for instance from a ConfigMap.
    ///
    /// ## Fix
    /// Replace the Service: configure the real name, or use a Service without a selector whose endpoints
    /// are written down.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: database
    /// spec:
    ///   type: ExternalName
    ///   externalName: database.example.com
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: database
    /// spec:
    ///   ports:
    ///     - port: 5432
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-service-external-name",
        severity: Severity::Low,
        judges: &[shape("kubernetes.service@1", "spec.type")],
        rule: Rule::Must(Must {
            be: Want::Not(&["ExternalName"]),
            message: "the service is an alias of an external name: configure that name instead",
            ..Must::TEMPLATE
        }),
    };
}
