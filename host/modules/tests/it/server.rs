//! A server for one test: it sends configured replies, and runs Git's own program behind `/git/`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use palisade_modules::{Credentials, Limits, ModuleError, Modules, Package, Resolvers, Settings};
use palisade_source::{PackageLimits, TreePath};
use tempfile::TempDir;

/// A received request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
}

/// A reply: status, headers, body.
#[derive(Clone, Debug)]
pub(crate) struct Reply(pub(crate) u16, pub(crate) Vec<(&'static str, String)>, pub(crate) Vec<u8>);

impl Reply {
    pub(crate) fn text(text: impl Into<String>) -> Reply {
        Reply(200, Vec::new(), text.into().into_bytes())
    }

    pub(crate) fn pointer(to: impl Into<String>) -> Reply {
        Reply(204, vec![("x-terraform-get", to.into())], Vec::new())
    }

    pub(crate) fn redirect(to: impl Into<String>) -> Reply {
        Reply(302, vec![("location", to.into())], Vec::new())
    }
}

#[derive(Default)]
struct State {
    replies: Mutex<BTreeMap<String, Vec<Reply>>>,
    asked: Mutex<Vec<Asked>>,
    repositories: Option<PathBuf>,
    hangs: bool,
}

/// The server. It stops when the test ends.
pub(crate) struct Server {
    pub(crate) port: u16,
    state: Arc<State>,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub(crate) fn start() -> Server {
        Server::with(State::default())
    }

    /// A server that never replies.
    pub(crate) fn hanging() -> Server {
        Server::with(State { hangs: true, ..State::default() })
    }

    /// A server with the repositories of a folder.
    pub(crate) fn of_repositories(folder: &Path) -> Server {
        Server::with(State { repositories: Some(folder.to_owned()), ..State::default() })
    }

    fn with(state: State) -> Server {
        let state = Arc::new(state);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&state);
        let router = Router::new().fallback(move |request: Request| answer(Arc::clone(&shared), request));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Server { port, state, _runtime: runtime }
    }

    /// `127.0.0.1:PORT`, as a registry's host in a source.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The server's URL, which is also an entry of the allow-list.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Configures the reply for a path; several replies are sent in order, and the last one is repeated.
    pub(crate) fn on(&self, path: &str, reply: Reply) -> &Server {
        self.state.replies.lock().unwrap().entry(path.to_owned()).or_default().push(reply);
        self
    }

    /// Configures a registry with one module in some versions.
    pub(crate) fn registry(&self, versions: &[&str]) -> &Server {
        let list: Vec<String> = versions.iter().map(|it| format!("{{\"version\":\"{it}\"}}")).collect();
        self.on("/.well-known/terraform.json", Reply::text(r#"{"modules.v1":"/v1/modules/"}"#));
        let body = format!("{{\"modules\":[{{\"versions\":[{}]}}]}}", list.join(","));
        self.on("/v1/modules/org/vpc/aws/versions", Reply::text(body))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|it| it.path).collect()
    }
}

async fn answer(state: Arc<State>, request: Request) -> Response {
    if state.hangs {
        tokio::time::sleep(Duration::from_mins(10)).await;
    }
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let header = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let asked = Asked { path: path.clone(), authorization: header("authorization") };
    state.asked.lock().unwrap().push(asked);
    if let (Some(folder), Some(rest)) = (state.repositories.clone(), path.strip_prefix("/git")) {
        let variables = vec![
            ("REQUEST_METHOD", parts.method.to_string()),
            ("QUERY_STRING", parts.uri.query().unwrap_or_default().to_owned()),
            ("CONTENT_TYPE", header("content-type").unwrap_or_default()),
            ("GIT_PROTOCOL", header("git-protocol").unwrap_or_default()),
            ("PATH_INFO", rest.to_owned()),
        ];
        let body = to_bytes(body, usize::MAX).await.unwrap();
        return tokio::task::spawn_blocking(move || backend(&folder, &variables, &body)).await.unwrap();
    }
    let reply = {
        let mut replies = state.replies.lock().unwrap();
        match replies.get_mut(&path) {
            Some(all) if all.len() > 1 => all.remove(0),
            Some(all) => all[0].clone(),
            None => Reply(404, Vec::new(), Vec::new()),
        }
    };
    let mut response = Response::builder().status(reply.0);
    for (name, value) in reply.1 {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.2)).unwrap()
}

/// Runs Git's own server program, as a web server would (CGI).
fn backend(folder: &Path, variables: &[(&str, String)], body: &[u8]) -> Response {
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", folder)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("CONTENT_LENGTH", body.len().to_string())
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(body).unwrap();
    let output = child.wait_with_output().unwrap().stdout;
    let end = output.windows(4).position(|it| it == b"\r\n\r\n").expect("headers");
    let (head, body) = (String::from_utf8(output[..end].to_vec()).unwrap(), output[end + 4..].to_vec());
    let mut response = Response::builder();
    for line in head.lines() {
        let (name, value) = line.split_once(": ").unwrap();
        response = if name == "Status" {
            response.status(value.split(' ').next().unwrap().parse::<u16>().unwrap())
        } else {
            response.header(name, value)
        };
    }
    response.body(Body::from(body)).unwrap()
}

/// The configuration of a scan; all scans share the cache.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) allowed: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) limits: Limits,
}

impl Place {
    pub(crate) fn allowing(servers: &[&Server]) -> Place {
        let package = PackageLimits { bytes: 1 << 20, files: 100 };
        Place {
            folder: TempDir::new().unwrap(),
            allowed: servers.iter().map(|it| it.url()).collect(),
            variables: Vec::new(),
            limits: Limits {
                package,
                request: Duration::from_secs(2),
                pause: Duration::from_millis(5),
                ..Limits::default()
            },
        }
    }

    pub(crate) fn modules(&self, offline: bool) -> Resolvers {
        let modules = Modules::new(Settings {
            allowed: self.allowed.iter().map(|it| it.parse().unwrap()).collect(),
            offline,
            cache: Some(self.folder.path().join("modules")),
            credentials: Credentials::from_variables(self.variables.iter().cloned()),
            limits: self.limits,
        });
        Resolvers::default().with(Arc::new(modules.unwrap()))
    }

    /// Resolves a source in a scan of its own.
    pub(crate) fn resolve(&self, source: &str, version: &str) -> Result<Package, ModuleError> {
        self.modules(false).resolve("terraform-module", source, version)
    }

    pub(crate) fn offline(&self, source: &str, version: &str) -> Result<Package, ModuleError> {
        self.modules(true).resolve("terraform-module", source, version)
    }

    /// Returns the error of a source that cannot be resolved.
    pub(crate) fn why(&self, source: &str, version: &str) -> String {
        match self.resolve(source, version) {
            Ok(package) => panic!("`{source}` was found: {}", package.name),
            Err(error) => error.to_string(),
        }
    }
}

/// The module's `main.tf`.
pub(crate) fn main_tf(package: &Package) -> String {
    read(package, format!("{}/main.tf", package.folder).trim_start_matches('/'))
}

pub(crate) fn read(package: &Package, path: &str) -> String {
    let content = package.tree.read(&TreePath::parse(path).unwrap()).unwrap();
    content.text().unwrap().to_owned()
}

/// A `.tar` of these files.
pub(crate) fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
