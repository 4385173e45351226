//! A minimal provider, and a client for it.

use std::sync::Arc;
use std::time::Duration;

use hyper::HeaderMap;
use palisade_fake_host::{Gate, Host, Listeners, Provider, Raw, Refusal, Reply, Route, Server, basic};
use serde_json::json;

/// The repository of the tests.
pub(crate) const SHOP: &str = "group/sub/shop";

/// A provider with one operation; Git requires the password `secret`.
pub(crate) struct Minimal {
    host: Host,
    gate: Gate<()>,
}

impl Minimal {
    pub(crate) fn new() -> Self {
        let routes = &[Route { method: "POST", template: "/things/{id}", target: () }];
        let host = Host::new().unwrap();
        host.git.init(SHOP, "main").unwrap();
        Self { host, gate: Gate { routes, spanning: &[], specification: None } }
    }
}

impl Provider for Minimal {
    fn host(&self) -> &Host {
        &self.host
    }

    fn answer(&self, request: &Raw) -> Reply {
        assert_ne!(request.path, "/panic");
        let found = self.gate.find(&request.method, &request.path);
        match found.and_then(|found| self.gate.check(request, found, "anyone")) {
            Ok(call) => Reply::json(
                200,
                &json!({ "id": call.number("id"), "q": call.query("q"), "sent": call.body, "by": call.caller }),
            ),
            Err(refusal) => {
                self.host.ledger.violation(request, &format!("{refusal:?}"));
                Reply::empty(if refusal == Refusal::Json { 400 } else { 404 })
            }
        }
    }

    fn repository(&self, path: &str) -> Option<String> {
        path.strip_prefix("/git/").map(ToOwned::to_owned)
    }

    fn git_access(&self, headers: &HeaderMap, repository: &str) -> Result<(), Reply> {
        match basic(headers) {
            Some((_, password)) if password == "secret" && repository == SHOP => Ok(()),
            Some(_) => Err(Reply::text(404, "not found")),
            None => Err(Reply::text(401, "who is it").header("www-authenticate", "Basic realm=\"Test\"")),
        }
    }

    fn complete(&self, headers: &mut HeaderMap) {
        headers.insert("x-served", self.host.ledger.requests().len().into());
    }
}

/// A running provider, and a client for it.
pub(crate) struct World {
    pub(crate) server: Server<Minimal>,
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        let listeners = Listeners::bind("Fake", &[0]).await.unwrap();
        let url = listeners.url(0);
        let server = listeners.serve(Arc::new(Minimal::new()));
        let ca = reqwest::Certificate::from_pem(server.ca_pem().as_bytes()).unwrap();
        let http = reqwest::Client::builder()
            .tls_certs_only([ca])
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { server, http, url }
    }

    pub(crate) fn host(&self) -> &Host {
        self.server.provider().host()
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Result<(u16, String), reqwest::Error> {
        let response = self.http.post(format!("{}{path}", self.url)).body(body.to_owned()).send().await?;
        Ok((response.status().as_u16(), response.text().await?))
    }
}
