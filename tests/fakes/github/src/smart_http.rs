//! Git over HTTP, served by `git http-backend` (a CGI program, RFC 3875).

use std::process::Stdio;

use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::{HeaderMap, Request, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::Inner;
use crate::api::Caller;
use crate::server::{Body, full};

/// A response in plain text.
fn plain(status: u16, text: &'static str) -> Response<Body> {
    let mut response = Response::builder().status(status).header("content-type", "text/plain");
    if status == 401 {
        response = response.header("www-authenticate", "Basic realm=\"GitHub\"");
    }
    response.body(full(Bytes::from_static(text.as_bytes()))).unwrap()
}

/// The password of Basic authentication (RFC 7617).
fn password(headers: &HeaderMap) -> Option<String> {
    let given = headers.get("authorization")?.to_str().ok()?;
    let (scheme, rest) = given.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = base64::engine::general_purpose::STANDARD.decode(rest.trim()).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    pair.strip_prefix("x-access-token:").map(ToOwned::to_owned)
}

/// The refusal of a request; `None` if it may read the repository.
fn refused(fake: &Inner, headers: &HeaderMap, repository: &str) -> Option<Response<Body>> {
    let known = fake.state().repository(repository).cloned();
    if known.as_ref().is_some_and(|one| !one.private) && !headers.contains_key("authorization") {
        return None;
    }
    let caller = password(headers).and_then(|token| fake.bearer(&token).ok());
    match (caller, known) {
        (Some(Caller::Installation(id, only)), Some(one))
            if one.installation == id && (only.is_empty() || only.contains(&one.full_name)) =>
        {
            None
        }
        (Some(_), _) => Some(plain(404, "Repository not found.")),
        (None, _) => Some(plain(401, "Invalid username or token.")),
    }
}

/// Answers a request below `/OWNER/REPO.git/`.
pub(crate) async fn serve(fake: &Inner, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    let (Some(owner), Some(name), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return plain(404, "Not Found");
    };
    let repository = format!("{owner}/{}", name.strip_suffix(".git").unwrap_or(name));
    if !["info/refs", "git-upload-pack"].contains(&rest) {
        return plain(404, "Not Found");
    }
    if let Some(refusal) = refused(fake, request.headers(), &repository) {
        return refusal;
    }
    let info = format!("/{}.git/{rest}", repository.to_lowercase());
    backend(fake, request, &info).await.unwrap_or_else(|_| plain(500, "git http-backend failed"))
}

/// Runs the CGI program, with both bodies streamed.
async fn backend(fake: &Inner, request: Request<Incoming>, info: &str) -> std::io::Result<Response<Body>> {
    let (head, mut body) = request.into_parts();
    let mut command = tokio::process::Command::new("git");
    command
        .arg("http-backend")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", fake.git.root())
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", info)
        .env("REQUEST_METHOD", head.method.as_str())
        .env("QUERY_STRING", head.uri.query().unwrap_or_default())
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let variables = [
        ("content-type", "CONTENT_TYPE"),
        ("content-length", "CONTENT_LENGTH"),
        ("content-encoding", "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "HTTP_GIT_PROTOCOL"),
    ];
    for (header, variable) in variables {
        if let Some(value) = head.headers.get(header).and_then(|value| value.to_str().ok()) {
            command.env(variable, value);
        }
    }
    let mut child = command.spawn()?;
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    tokio::spawn(async move {
        while let Some(Ok(frame)) = body.frame().await {
            let Ok(data) = frame.into_data() else { continue };
            if input.write_all(&data).await.is_err() {
                return;
            }
        }
    });
    let mut seen = BytesMut::new();
    let end = loop {
        if let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if output.read_buf(&mut seen).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let headers = seen.split_to(end + 4);
    let response = header_lines(&String::from_utf8_lossy(&headers));
    let first = futures::stream::iter([Ok(Frame::data(seen.freeze()))]);
    let rest = futures::stream::unfold((child, output), |(child, mut output)| async move {
        let mut chunk = BytesMut::with_capacity(64 * 1024);
        match output.read_buf(&mut chunk).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(Frame::data(chunk.freeze())), (child, output))),
            Err(error) => Some((Err(error), (child, output))),
        }
    });
    Ok(response.body(StreamBody::new(first.chain(rest)).boxed_unsync()).unwrap())
}

/// The header of a CGI response (RFC 3875 §6.3).
fn header_lines(text: &str) -> hyper::http::response::Builder {
    let mut response = Response::builder();
    for (name, value) in text.lines().filter_map(|line| line.split_once(": ")) {
        response = match name {
            "Status" => {
                response.status(value.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(500_u16))
            }
            _ => response.header(name, value),
        };
    }
    response
}
