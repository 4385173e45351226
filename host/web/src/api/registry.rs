//! Operations with their actions: an operation without an action cannot be registered, and one that is not registered
//! cannot be called.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::Method;
use palisade_service::{Action, Service};
use utoipa::openapi::path::{Operation as Described, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Content, InfoBuilder, License, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::api::error::Failure;

/// The path prefix of the API.
pub(crate) const PREFIX: &str = "/api/v1";
/// The name of the security scheme.
const SCHEME: &str = "token";

/// An operation.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The id, such as `source.create`.
    pub(crate) id: String,
    /// The action that it needs.
    pub(crate) action: Action,
}

impl Operation {
    /// The kind of object: the part in front of the dot.
    pub(crate) fn object(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}

/// Operations by method and path.
pub(crate) type Operations = Arc<HashMap<(Method, String), Operation>>;

/// Routes, and the actions that they need.
#[derive(Default)]
pub(crate) struct Registry {
    router: OpenApiRouter<Service>,
    operations: HashMap<(Method, String), Operation>,
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Described)> {
    let all = [
        (Method::GET, item.get.as_mut()),
        (Method::PUT, item.put.as_mut()),
        (Method::POST, item.post.as_mut()),
        (Method::DELETE, item.delete.as_mut()),
        (Method::PATCH, item.patch.as_mut()),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation?)))
}

/// The error response of every operation.
fn failure(what: &str) -> RefOr<utoipa::openapi::Response> {
    let content = Content::new(Some(Ref::from_schema_name("Failure")));
    ResponseBuilder::new().description(what).content("application/json", content).build().into()
}

impl Registry {
    /// Adds operations that need an action.
    pub(crate) fn add(mut self, action: Action, mut route: UtoipaMethodRouter<Service>) -> Registry {
        for (path, item) in &mut route.1.paths {
            for (method, described) in operations(item) {
                // OpenAPI 3.1 §4.8.30: schemes other than OAuth list required roles.
                described.security = Some(vec![SecurityRequirement::new(SCHEME, [action.name()])]);
                let failures = [
                    ("401", "The token is missing or invalid."),
                    ("403", "The user or the token lacks the permission."),
                    ("default", "Any other error."),
                ];
                for (status, what) in failures {
                    described.responses.responses.insert(status.to_owned(), failure(what));
                }
                let id = described.operation_id.clone().unwrap_or_default();
                self.operations.insert((method, format!("{PREFIX}{path}")), Operation { id, action });
            }
        }
        self.router = self.router.routes(route);
        self
    }

    /// Returns the routes, relative to the prefix of the API, and the operations.
    pub(crate) fn split(self) -> (axum::Router<Service>, Operations) {
        (self.router.split_for_parts().0, Arc::new(self.operations))
    }

    /// Returns the description.
    pub(crate) fn describe(self) -> OpenApi {
        let mut components = Components::new();
        components.schemas.insert("Failure".to_owned(), Failure::schema());
        let mut schemas = Vec::new();
        Failure::schemas(&mut schemas);
        components.schemas.extend(schemas);
        let http = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("pal_…")
            .description(Some(
                "Token of a user. Roles are permissions that both the user and the token need.",
            ))
            .build();
        components.add_security_scheme(SCHEME, SecurityScheme::Http(http));
        let info = InfoBuilder::new()
            .title("Palisade")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some("A self-hosted gate for infrastructure code."))
            .license(Some(License::new("Apache-2.0")))
            .build();
        let base = OpenApiBuilder::new().info(info).components(Some(components)).build();
        OpenApiRouter::<Service>::with_openapi(base).nest(PREFIX, self.router).into_openapi()
    }
}
