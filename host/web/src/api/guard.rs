//! Authentication, authorisation and audit: one layer for all operations.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use palisade_service::{Act, Caller, Service};
use secrecy::SecretString;

use crate::api::answer::Note;
use crate::api::error::ApiError;
use crate::api::registry::Operations;

/// The data that the guard needs.
#[derive(Clone)]
pub(crate) struct Guard {
    service: Service,
    operations: Operations,
}

impl Guard {
    pub(crate) fn new(service: Service, operations: Operations) -> Guard {
        Guard { service, operations }
    }

    /// Returns the user of the token. Unknown and expired tokens, and those of disabled users, give the same error.
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let token = bearer(headers).ok_or_else(ApiError::nobody)?;
        self.service.people().authenticate(&token).await?.ok_or_else(ApiError::nobody)
    }

    async fn note(&self, caller: &Caller, id: &str, object: &str, note: Note) -> Result<(), ApiError> {
        let act = Act {
            actor: format!("{} ({})", caller.user.name, caller.token),
            action: id.to_owned(),
            object_kind: object.to_owned(),
            object_id: note.id,
            detail: note.detail,
        };
        Ok(self.service.audit().append(act).await?)
    }
}

/// Returns the token of a request, which must contain exactly one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    // RFC 9110 §11.1: schemes are case-insensitive.
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned().into())
}

/// Checks a request, and runs it if it is allowed.
pub(crate) async fn pass(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let caller = match guard.caller(request.headers()).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    // Only a known user may learn that the path does not exist.
    let Some(path) = request.extensions().get::<MatchedPath>().map(|it| it.as_str().to_owned()) else {
        return next.run(request).await;
    };
    // RFC 9110 §9.3.2: HEAD is GET without the body.
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let key = (method, path);
    let Some(operation) = guard.operations.get(&key) else {
        return unknown(&guard, &key.1);
    };
    if !caller.may(operation.action) {
        let why =
            format!("missing permission `{}`: the user and the token both need it", operation.action.name());
        return ApiError::denied(why).into_response();
    }
    request.extensions_mut().insert(caller.clone());
    if key.0 == Method::GET {
        return next.run(request).await;
    }
    change(guard, caller, key, request, next).await
}

/// The response for an operation that is not registered: 405 if the path supports other methods, else 403.
fn unknown(guard: &Guard, path: &str) -> Response {
    let known = guard.operations.keys().filter(|(_, known)| known == path);
    let mut methods: Vec<&str> = known.map(|(method, _)| method.as_str()).collect();
    if methods.is_empty() {
        return ApiError::denied("this operation is not available").into_response();
    }
    methods.sort_unstable();
    let message = "this method is not supported at this path";
    let error = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
    // RFC 9110 §15.5.6.
    ([(header::ALLOW, methods.join(", "))], error).into_response()
}

/// Runs an operation that changes something, and writes it to the audit log. It is a separate task, so that a client
/// that disconnects cannot cause a change without an entry.
async fn change(
    guard: Guard,
    caller: Caller,
    key: (Method, String),
    request: Request,
    next: Next,
) -> Response {
    let task = tokio::spawn(async move {
        let response = next.run(request).await;
        let Some(operation) = guard.operations.get(&key).filter(|_| response.status().is_success()) else {
            return response;
        };
        let note = response.extensions().get::<Note>().cloned();
        let note = note.unwrap_or(Note { id: String::new(), detail: serde_json::json!({}) });
        match guard.note(&caller, &operation.id, operation.object(), note).await {
            Ok(()) => response,
            // The change was made, but is not in the audit log: the client must get an error.
            Err(error) => error.into_response(),
        }
    });
    match task.await {
        Ok(response) => response,
        Err(error) => ApiError::internal(&error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use palisade_catalog::Catalog;
    use palisade_outbound::{Options, Outbound};
    use palisade_service::{Service, ServiceOptions};
    use palisade_store::{KeySource, Role, Store, StoreOptions};
    use secrecy::ExposeSecret;
    use tower::ServiceExt as _;

    use super::{Guard, bearer, pass};

    async fn service(data: &std::path::Path) -> (Service, Store) {
        let options = StoreOptions {
            url: "sqlite:".to_owned(),
            data_folder: data.to_owned(),
            key: KeySource::File(data.join("key")),
            readers: 1,
        };
        let store = Store::open(&options).await.unwrap();
        let outbound = Outbound::new(Options::default()).unwrap();
        let url = url::Url::parse("https://palisade.example").unwrap();
        let options = ServiceOptions::new(url, data.to_owned());
        let service =
            Service::open(store.clone(), Catalog::default(), outbound, None, options).await.unwrap();
        (service, store)
    }

    #[tokio::test]
    async fn a_route_that_is_not_registered_is_open_to_nobody() {
        let data = tempfile::tempdir().unwrap();
        let (service, store) = service(data.path()).await;
        let people = store.people();
        let root = people.create("root", Role::Admin).await.unwrap();
        let scopes = palisade_service::scopes(Role::Admin);
        let token = people.create_token(&root.id, "test", &scopes, None).await.unwrap().text;
        let guard = Guard::new(service.clone(), Arc::default());
        let router = Router::new()
            .route("/forgotten", get(|| async { "secret" }).post(|| async { "done" }))
            .layer(from_fn_with_state(guard, pass));
        for (method, path, expected) in [
            ("GET", "/forgotten", StatusCode::FORBIDDEN),
            ("HEAD", "/forgotten", StatusCode::FORBIDDEN),
            ("POST", "/forgotten", StatusCode::FORBIDDEN),
            ("GET", "/nothing", StatusCode::NOT_FOUND),
        ] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("authorization", format!("Bearer {}", token.expose_secret()))
                .body(Body::empty())
                .unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), expected, "{method} {path}");
        }
        assert!(store.audit().list(None, 1).await.unwrap().is_empty());
    }

    #[test]
    fn the_one_token_of_a_request() {
        for (values, expected) in [
            (&["Bearer pal_1"][..], Some("pal_1")),
            (&["bearer pal_1"][..], Some("pal_1")),
            (&["BEARER  pal_1 "][..], Some("pal_1")),
            (&[][..], None),
            (&["pal_1"][..], None),
            (&["Basic pal_1"][..], None),
            (&["Bearer pal_1", "Bearer pal_2"][..], None),
        ] {
            let mut headers = axum::http::HeaderMap::new();
            for value in values {
                headers.append("authorization", value.parse().unwrap());
            }
            let found = bearer(&headers);
            assert_eq!(found.as_ref().map(ExposeSecret::expose_secret), expected, "{values:?}");
        }
    }
}
