//! Fetches one commit over HTTP into its own repository, without its history.
//!
//! gix implements the protocol of Git, and the caller sends the requests: it decides which hosts may be reached, with
//! which credentials and for how long. The Git configuration of this machine is not read, no credential helper is run,
//! and nothing is checked out.

use std::fs;
use std::io::{self, BufRead, Cursor, Read, Write};
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use gix::protocol::handshake::Ref;
use gix::remote::Direction;
use gix::remote::fetch::{Shallow, Tags};
use gix::remote::ref_map::Options;
use gix::{ObjectId, Repository};
use gix_transport::Protocol;
use gix_transport::client::blocking_io::http::{
    GetResponse, Http, PostBodyDataKind, PostResponse, Transport,
};

use crate::revision::RevisionError;

/// The largest object, in bytes.
const LARGEST_OBJECT: u64 = 256 << 20;

/// The reference of the fetched commit.
const KEPT: &str = "refs/palisade/fetched";

/// Sends the requests of a fetch.
pub trait GitWeb: Send + Sync {
    /// Sends a request: a POST with a body, or a GET without one. Any status but success is an error.
    fn request(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Option<Vec<u8>>,
    ) -> io::Result<GitAnswer>;
}

/// The answer of a server.
pub struct GitAnswer {
    /// The header `Content-Type`.
    pub content_type: String,
    /// The body, limited by the implementation of [`GitWeb`].
    pub body: Box<dyn Read + Send>,
}

/// Why a commit could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The folder of the repository cannot be used.
    #[error("cannot create a repository for it: {0}")]
    Folder(#[from] io::Error),
    /// The server has no such revision.
    #[error(
        "tag, branch or commit `{0}` not found in the repository: use one that exists, or the full id of a commit"
    )]
    Unknown(String),
    /// The fetch failed.
    #[error("{0}")]
    Git(String),
    /// The fetched data does not contain the commit.
    #[error(transparent)]
    Revision(#[from] RevisionError),
}

impl From<gix::Error> for FetchError {
    fn from(error: gix::Error) -> Self {
        let cause = error.probable_cause().to_string();
        let whole = format!("{error:#}");
        FetchError::Git(if whole.contains(&cause) { whole } else { format!("{whole}: {cause}") })
    }
}

/// A repository on a server, and a local, bare one for the fetched data.
pub struct Fetch {
    repository: Repository,
    url: String,
    web: Arc<dyn GitWeb>,
}

impl Fetch {
    /// Prepares to fetch from a URL into a folder, which must be empty.
    pub fn new(folder: &Path, url: &str, web: Arc<dyn GitWeb>) -> Result<Fetch, FetchError> {
        for inner in ["objects/pack", "objects/info", "refs/heads", "refs/tags"] {
            fs::create_dir_all(folder.join(inner))?;
        }
        fs::write(folder.join("HEAD"), "ref: refs/heads/none\n")?;
        fs::write(folder.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")?;
        let options = gix::open::Options::isolated().config_overrides([
            format!("gitoxide.objects.allocLimit={LARGEST_OBJECT}"),
            "gitoxide.committer.nameFallback=palisade".to_owned(),
            "gitoxide.committer.emailFallback=palisade@localhost".to_owned(),
            "pack.threads=1".to_owned(),
        ]);
        let repository = gix::open_opts(folder, options)?;
        Ok(Fetch { repository, url: url.to_owned(), web })
    }

    fn remote(&self, specs: &[String]) -> Result<gix::Remote<'_>, FetchError> {
        let remote = self.repository.remote_at_without_url_rewrite(self.url.as_str())?;
        Ok(remote
            .with_fetch_tags(Tags::None)
            .with_refspecs(specs.iter().map(String::as_str), Direction::Fetch)?)
    }

    fn transport(&self) -> Result<Transport<Client>, FetchError> {
        let url = gix::url::parse(self.url.as_str())?;
        Ok(Transport::new_http(Client(Arc::clone(&self.web)), url, Protocol::V2, false))
    }

    /// Finds the reference of a revision, and its commit: a tag before a branch, as Git resolves them. Without a
    /// revision, the server's `HEAD`.
    pub fn find(&self, rev: Option<&str>) -> Result<(String, String), FetchError> {
        let names = match rev {
            None => vec!["HEAD".to_owned()],
            Some(rev) if is_id(rev) => return Ok((rev.to_owned(), rev.to_ascii_lowercase())),
            Some(rev) => vec![format!("refs/tags/{rev}"), format!("refs/heads/{rev}")],
        };
        let unknown = || FetchError::Unknown(rev.unwrap_or("HEAD").to_owned());
        if names
            .iter()
            .any(|name| name.contains(['*', ':', '\\', '^', '~', '?', '[', ' ']) || name.contains(".."))
        {
            return Err(unknown());
        }
        let specs: Vec<String> =
            names.iter().enumerate().map(|(row, name)| format!("+{name}:{KEPT}-{row}")).collect();
        let remote = self.remote(&specs)?;
        let mut connection = remote.to_connection_with_transport(self.transport()?);
        connection.set_credentials(|_| Ok(None));
        let (map, _) = connection.ref_map(gix::progress::Discard, Options::default())?;
        let found = names.iter().find_map(|name| {
            map.remote_refs.iter().find_map(|it| commit_of(it, name)).map(|id| (name.clone(), id.to_string()))
        });
        found.ok_or_else(unknown)
    }

    /// Fetches a reference that [`Fetch::find`] returned; returns the id of the commit.
    pub fn fetch(&self, name: &str) -> Result<String, FetchError> {
        let remote = self.remote(&[format!("+{name}:{KEPT}")])?;
        let mut connection = remote.to_connection_with_transport(self.transport()?);
        connection.set_credentials(|_| Ok(None));
        connection
            .prepare_fetch(gix::progress::Discard, Options::default())?
            .with_shallow(Shallow::DepthAtRemote(NonZeroU32::MIN))
            .receive(gix::progress::Discard, &AtomicBool::new(false))?;
        let (commit, _) = crate::revision::resolve(&self.repository, if is_id(name) { name } else { KEPT })?;
        Ok(commit.to_string())
    }
}

/// Whether a revision is the full id of a commit.
fn is_id(rev: &str) -> bool {
    rev.len() == 40 && rev.bytes().all(|it| it.is_ascii_hexdigit())
}

fn commit_of(it: &Ref, name: &str) -> Option<ObjectId> {
    match it {
        Ref::Peeled { full_ref_name, object, .. }
        | Ref::Direct { full_ref_name, object }
        | Ref::Symbolic { full_ref_name, object, .. }
            if full_ref_name == name =>
        {
            Some(*object)
        }
        _ => None,
    }
}

/// Adapts a [`GitWeb`] to gix.
struct Client(Arc<dyn GitWeb>);

/// Splits headers as gix expects them.
fn split(headers: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<(String, String)> {
    let one = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    headers.into_iter().filter_map(|line| one(line.as_ref())).collect()
}

fn head(answer: &GitAnswer) -> Vec<u8> {
    format!("content-type: {}\n", answer.content_type.replace(['\r', '\n'], " ")).into_bytes()
}

impl Http for Client {
    type Headers = Late;
    type ResponseBody = Late;
    type PostBody = Collect;

    fn get(
        &mut self,
        url: &str,
        _base: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<GetResponse<Late, Late>, gix::Error> {
        let answer = self.0.request(url, &split(headers), None).map_err(gix::Error::from_error)?;
        let head = head(&answer);
        let body = Reader::Body(io::BufReader::new(answer.body));
        Ok(GetResponse { headers: Late::ready(Reader::Head(Cursor::new(head))), body: Late::ready(body) })
    }

    fn post(
        &mut self,
        url: &str,
        _base: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
        _kind: PostBodyDataKind,
    ) -> Result<PostResponse<Late, Late, Collect>, gix::Error> {
        let exchange = Arc::new(Mutex::new(Exchange {
            web: Arc::clone(&self.0),
            url: url.to_owned(),
            headers: split(headers),
            body: Vec::new(),
            answer: None,
        }));
        Ok(PostResponse {
            post_body: Collect(Arc::clone(&exchange)),
            headers: Late { exchange: Some((Arc::clone(&exchange), Part::Head)), reader: None },
            body: Late { exchange: Some((exchange, Part::Body)), reader: None },
        })
    }

    fn configure(&mut self, _config: &dyn std::any::Any) -> Result<(), gix::Error> {
        Ok(())
    }
}

/// The body of an answer.
type Body = Box<dyn Read + Send>;

/// A POST whose body is collected first, and which is sent when the answer is read.
struct Exchange {
    web: Arc<dyn GitWeb>,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    answer: Option<(Vec<u8>, Option<Body>)>,
}

impl Exchange {
    fn take(&mut self, part: Part) -> io::Result<Reader> {
        if self.answer.is_none() {
            let answer = self.web.request(&self.url, &self.headers, Some(std::mem::take(&mut self.body)))?;
            self.answer = Some((head(&answer), Some(answer.body)));
        }
        match (part, &mut self.answer) {
            (Part::Head, Some((head, _))) => Ok(Reader::Head(Cursor::new(std::mem::take(head)))),
            (Part::Body, Some((_, body))) => {
                Ok(Reader::Body(io::BufReader::new(body.take().unwrap_or_else(|| Box::new(io::empty())))))
            }
            (_, None) => Err(io::Error::other("no response")),
        }
    }
}

#[derive(Clone, Copy)]
enum Part {
    Head,
    Body,
}

/// Collects the body of a POST.
struct Collect(Arc<Mutex<Exchange>>);

impl Write for Collect {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).body.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Reader {
    Head(Cursor<Vec<u8>>),
    Body(io::BufReader<Box<dyn Read + Send>>),
}

/// A part of an answer; the request is sent on the first read.
struct Late {
    exchange: Option<(Arc<Mutex<Exchange>>, Part)>,
    reader: Option<Reader>,
}

impl Late {
    fn ready(reader: Reader) -> Late {
        Late { exchange: None, reader: Some(reader) }
    }

    fn reader(&mut self) -> io::Result<&mut dyn BufRead> {
        if let Some((exchange, part)) = self.exchange.take() {
            self.reader = Some(exchange.lock().unwrap_or_else(PoisonError::into_inner).take(part)?);
        }
        match &mut self.reader {
            Some(Reader::Head(head)) => Ok(head),
            Some(Reader::Body(body)) => Ok(body),
            None => Err(io::Error::other("no response")),
        }
    }
}

impl Read for Late {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader()?.read(buffer)
    }
}

impl BufRead for Late {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader()?.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(reader) = self.reader() {
            reader.consume(amount);
        }
    }
}
