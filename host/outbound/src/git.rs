//! Git's protocol over the host's client.

use std::io::{self, Cursor, Read};

use palisade_capabilities::{AuthScheme, Credential, HttpRequest, Method};
use palisade_source::{GitAnswer, GitWeb};
use reqwest::header::CONTENT_TYPE;
use tokio::runtime::Handle;

use crate::body::Body;
use crate::plugin::Plugin;

/// Headers that gix sets, and that the client sets itself.
const CLIENTS: &[&str] = &["accept-encoding", "content-length", "expect", "host", "transfer-encoding"];

/// Sends the requests of gix, with a credential that gix does not know.
pub(crate) struct Carrier {
    pub(crate) plugin: Plugin,
    pub(crate) runtime: Handle,
    pub(crate) user: String,
    pub(crate) credential: Credential,
}

impl GitWeb for Carrier {
    fn request(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Option<Vec<u8>>,
    ) -> io::Result<GitAnswer> {
        let own = |name: &str| CLIENTS.iter().any(|it| it.eq_ignore_ascii_case(name));
        let request = HttpRequest {
            method: if body.is_some() { Method::Post } else { Method::Get },
            url: url.to_owned(),
            headers: headers.iter().filter(|(name, _)| !own(name)).cloned().collect(),
            body: body.unwrap_or_default(),
            timeout: None,
            auth: Some((AuthScheme::Basic(self.user.clone()), self.credential.clone())),
            fill: Vec::new(),
        };
        let (longest, largest) = self.plugin.pack_bounds();
        let begun = self.runtime.block_on(self.plugin.begin(request, longest, largest));
        let begun = begun.map_err(io::Error::other)?;
        match begun.status {
            200..300 => {}
            401 | 403 => return Err(io::Error::other("the server does not accept the credential")),
            status => return Err(io::Error::other(format!("the server returns {status}"))),
        }
        let kind = begun.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let content_type = kind.to_owned();
        let body = Pieces { body: begun.body, runtime: self.runtime.clone(), piece: Cursor::default() };
        Ok(GitAnswer { content_type, body: Box::new(body) })
    }
}

/// A body that is requested as it is read; only one piece of it is in memory.
struct Pieces {
    body: Body,
    runtime: Handle,
    piece: Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.runtime.block_on(self.body.next()).map_err(io::Error::other)? {
                None => return Ok(0),
                Some(piece) => self.piece = Cursor::new(piece),
            }
        }
    }
}
