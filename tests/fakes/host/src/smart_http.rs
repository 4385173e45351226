//! Git over HTTP, served by `git http-backend` (a CGI program, RFC 3875).

use std::process::Stdio;

use base64::Engine as _;
use bytes::BytesMut;
use futures::StreamExt as _;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::{HeaderMap, Request, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::Reply;
use crate::git::Git;
use crate::server::{Body, respond};

/// The user and the password of Basic authentication (RFC 7617).
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let given = headers.get("authorization")?.to_str().ok()?;
    let (scheme, rest) = given.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = base64::engine::general_purpose::STANDARD.decode(rest.trim()).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    pair.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

/// The path of the repository and the service that a path of Git consists of. Nothing can be pushed.
pub(crate) fn split(path: &str) -> Option<(&str, &str)> {
    let services = ["info/refs", "git-upload-pack"];
    services.iter().find_map(|service| Some((path.strip_suffix(service)?.strip_suffix('/')?, *service)))
}

/// Answers a request to a service of a repository.
pub(crate) async fn serve(
    git: &Git,
    repository: &str,
    service: &str,
    request: Request<Incoming>,
) -> Response<Body> {
    let info = format!("/{}.git/{service}", repository.to_lowercase());
    let failed = |_| respond(Reply::text(500, "git http-backend failed"));
    backend(git, request, &info).await.unwrap_or_else(failed)
}

/// Runs the CGI program, with both bodies streamed.
async fn backend(git: &Git, request: Request<Incoming>, info: &str) -> std::io::Result<Response<Body>> {
    let (head, mut body) = request.into_parts();
    let mut command = tokio::process::Command::new("git");
    command
        .arg("http-backend")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", git.root())
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
