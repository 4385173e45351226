//! The servers: TLS listeners, their requests, and the faults that change responses.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::fault::Fault;
use crate::gate::Raw;
use crate::ledger;
use crate::reply::Reply;
use crate::{Inner, clock, smart_http};

/// The body of a response.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A body whose bytes are complete.
pub(crate) fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// Accepts connections until it is dropped, which closes all of them.
pub(crate) async fn accept(fake: Arc<Inner>, listener: TcpListener, tls: TlsAcceptor) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(connection(fake.clone(), stream, tls.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(fake: Arc<Inner>, stream: TcpStream, tls: TlsAcceptor) {
    let _ = stream.set_nodelay(true);
    let Ok(stream) = tls.accept(stream).await else { return };
    let service = service_fn(move |request| serve(fake.clone(), request));
    // A client that disconnects is not an error, and a reset is caused on purpose.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Answers one request, and records it in the ledger.
async fn serve(fake: Arc<Inner>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let time = jiff::Timestamp::now().to_string();
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let whole = request.uri().path_and_query().map_or_else(|| path.clone(), ToString::to_string);
    let fault = fake.fault(&method, &path);
    let mut said = Value::Null;
    let outcome = match &fault {
        Some(Fault::Reset) => Err(io::ErrorKind::ConnectionReset.into()),
        Some(fault) if instead(fault).is_some() => Ok(respond(instead(fault).unwrap())),
        _ => {
            if let Some(Fault::Slow(pause)) = &fault {
                tokio::time::sleep(*pause).await;
            }
            Ok(handle(&fake, request, &mut said).await)
        }
    };
    let outcome = match (&fault, outcome) {
        (Some(Fault::ResetAfter), Ok(_)) => Err(io::ErrorKind::ConnectionReset.into()),
        (Some(fault), Ok(response)) => spoil(fault, response).await,
        (_, outcome) => outcome,
    };
    let status = outcome.as_ref().map_or(0, |response| response.status().as_u16());
    fake.state().requests.push(ledger::Request { time, method, path: whole, status, body: said });
    outcome.map(|response| rated(&fake, response))
}

/// Routes a request: to the API, the archives, or Git.
async fn handle(fake: &Arc<Inner>, request: Request<Incoming>, said: &mut Value) -> Response<Body> {
    let path = request.uri().path().to_owned();
    if let Some(rest) = path.strip_prefix("/codeload/") {
        return respond(fake.archive(rest, request.uri().query().unwrap_or_default()));
    }
    let Some(rest) = path.strip_prefix("/api/v3") else { return smart_http::serve(fake, request).await };
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return respond(Reply::message(400, "the body broke off")) };
    let body = body.to_bytes();
    *said = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let raw = Raw {
        method: head.method.to_string(),
        path: rest.to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    };
    let fake = fake.clone();
    // Blocking: programs are run and waited for.
    let reply = tokio::task::spawn_blocking(move || fake.answer(&raw)).await;
    respond(reply.unwrap_or_else(|error| Reply::message(500, &format!("the fake broke: {error}"))))
}

fn respond(reply: Reply) -> Response<Body> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(full(reply.body)).unwrap()
}

/// The response of a fault that replaces the regular one.
fn instead(fault: &Fault) -> Option<Reply> {
    match fault {
        Fault::Status(status, headers, body) => {
            let json = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
            let headers = headers.iter().cloned().chain([json]).collect();
            Some(Reply { status: *status, headers, body: body.clone().into() })
        }
        Fault::RedirectTo(url) => Some(Reply::empty(302).header("location", url.clone())),
        Fault::Html203 => {
            let body = Bytes::from_static(b"<!DOCTYPE html><title>Sign in</title><p>Sign in to the network.");
            let reply = Reply { status: 203, headers: Vec::new(), body };
            Some(reply.header("content-type", "text/html; charset=utf-8"))
        }
        _ => None,
    }
}

/// Applies a fault to the regular response.
async fn spoil(fault: &Fault, response: Response<Body>) -> io::Result<Response<Body>> {
    let (pause, cut, claim) = match fault {
        Fault::SlowBody(pause) => (*pause, false, 0),
        Fault::Truncated => (Duration::ZERO, true, 0),
        Fault::WrongLength => (Duration::ZERO, false, 7),
        _ => return Ok(response),
    };
    let (mut head, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    head.headers.insert("content-length", (bytes.len() + claim).into());
    let kept = if cut { bytes.slice(..bytes.len() / 2) } else { bytes };
    let size = kept.len().div_ceil(8).max(1);
    let pieces: Vec<Bytes> = kept.chunks(size).map(Bytes::copy_from_slice).collect();
    let pieces = futures::stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok(Frame::data(piece))
    });
    let end = futures::stream::iter((cut || claim > 0).then(|| Err(io::ErrorKind::BrokenPipe.into())));
    Ok(Response::from_parts(head, StreamBody::new(pieces.chain(end)).boxed_unsync()))
}

/// Adds the headers of the rate limit, unless a fault set them (docs.github.com, "Rate limits for the REST API",
/// section "Checking the status of your rate limit").
fn rated(fake: &Inner, mut response: Response<Body>) -> Response<Body> {
    let used = {
        let mut state = fake.state();
        state.served += 1;
        state.served
    };
    let pairs = [
        ("x-ratelimit-limit", "5000".to_owned()),
        ("x-ratelimit-remaining", 5000_u64.saturating_sub(used).to_string()),
        ("x-ratelimit-used", used.to_string()),
        ("x-ratelimit-reset", (clock::seconds() + 3600).to_string()),
        ("x-ratelimit-resource", "core".to_owned()),
        ("x-github-request-id", crate::app::random(8).to_uppercase()),
    ];
    for (name, value) in pairs {
        if let Ok(value) = value.parse() {
            response.headers_mut().entry(name).or_insert(value);
        }
    }
    response
}
