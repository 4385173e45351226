//! Bodies of responses with their limits, and errors of responses.

use std::error::Error;

use palisade_capabilities::HttpError;
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use tokio::time::{Instant, timeout_at};

use crate::lookup::Forbidden;

/// A body that is read in pieces.
pub(crate) struct Body {
    response: Response,
    deadline: Instant,
    most: u64,
    read: u64,
}

impl Body {
    /// Refuses a response whose headers announce that it is too large or compressed.
    pub(crate) fn new(response: Response, deadline: Instant, most: u64) -> Result<Body, HttpError> {
        let packed = response.headers().get_all(CONTENT_ENCODING).iter().any(|it| {
            let kind = it.as_bytes().trim_ascii();
            !kind.is_empty() && !kind.eq_ignore_ascii_case(b"identity")
        });
        if packed {
            return Err(HttpError::Transport(
                "the response is compressed, although the request does not accept it".to_owned(),
            ));
        }
        // The `Content-Length` of a response to HEAD does not describe its body; `content_length` handles that.
        if response.content_length().is_some_and(|it| it > most) {
            return Err(HttpError::TooLarge(most));
        }
        Ok(Body { response, deadline, most, read: 0 })
    }

    /// Returns the next piece; `None` at the end. A body that ends too early is an error.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        let piece = timeout_at(self.deadline, self.response.chunk()).await;
        let Some(piece) = piece.map_err(|_| HttpError::Timeout)?.map_err(failed)? else { return Ok(None) };
        self.read = self.read.saturating_add(piece.len() as u64);
        if self.read > self.most {
            return Err(HttpError::TooLarge(self.most));
        }
        Ok(Some(piece.into()))
    }

    /// Reads the whole body.
    pub(crate) async fn whole(mut self) -> Result<Vec<u8>, HttpError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await? {
            whole.extend(piece);
        }
        Ok(whole)
    }
}

/// The reason of a failed request, without its URL, which may contain secrets.
pub(crate) fn failed(error: reqwest::Error) -> HttpError {
    if error.is_timeout() {
        return HttpError::Timeout;
    }
    let error = error.without_url();
    if let Some(forbidden) = chain(&error).find_map(|it| it.downcast_ref::<Forbidden>()) {
        return HttpError::Denied(forbidden.to_string());
    }
    HttpError::Transport(format!("incomplete response: {}", cause(&error)))
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |it: &&'a (dyn Error + 'static)| (*it).source())
}

/// The last error of a chain of causes, which is the most specific.
pub(crate) fn cause(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
