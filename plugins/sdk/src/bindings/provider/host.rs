//! The host of a call.

use std::cell::RefCell;

use super::Credential;
use super::generated::palisade::host::{blobs, clock, credentials, http, settings, state};
use crate::provider as plain;

/// The host, for one call. A plain credential is an index: 0 is the call's own, 1 the second borrowed one, and then
/// those that the host returned during this call.
pub(super) struct World<'a> {
    lent: &'a [&'a Credential],
    given: RefCell<Vec<Option<Credential>>>,
    blobs: RefCell<Vec<Option<blobs::Blob>>>,
}

impl<'a> World<'a> {
    pub(super) fn new(lent: &'a [&'a Credential]) -> World<'a> {
        crate::log::install_panic_hook();
        World { lent, given: RefCell::default(), blobs: RefCell::default() }
    }

    fn give(&self, credential: Credential) -> plain::Credential {
        let mut given = self.given.borrow_mut();
        given.push(Some(credential));
        plain::Credential(u32::try_from(self.lent.len() + given.len() - 1).unwrap_or(u32::MAX))
    }

    /// The handle of a plain credential: a borrowed one, or one that was returned and not yet handed over.
    fn find<'b>(&'b self, given: &'b [Option<Credential>], it: plain::Credential) -> Option<&'b Credential> {
        let row = it.0 as usize;
        match row.checked_sub(self.lent.len()) {
            None => self.lent.get(row).copied(),
            Some(row) => given.get(row)?.as_ref(),
        }
    }

    /// The handle of a plain credential, to be handed over. The host returns another handle of a borrowed one.
    pub(super) fn take(&self, it: plain::Credential) -> Option<Credential> {
        if let Some(borrowed) = self.lent.get(it.0 as usize) {
            return credentials::find(&borrowed.label());
        }
        let row = (it.0 as usize).checked_sub(self.lent.len())?;
        self.given.borrow_mut().get_mut(row)?.take()
    }

    /// A stored value, to be handed over.
    pub(super) fn take_blob(&self, it: plain::Blob) -> Option<blobs::Blob> {
        self.blobs.borrow_mut().get_mut(it.0 as usize)?.take()
    }

    /// Sends a request to the host, which borrows its credentials during the call.
    fn call<T>(
        &self,
        request: &plain::Request,
        call: impl FnOnce(http::Request<'_>) -> Result<T, http::HttpError>,
    ) -> Result<T, plain::HttpError> {
        let given = self.given.borrow();
        let find = |it: plain::Credential| {
            self.find(&given, it)
                .ok_or_else(|| plain::HttpError::Denied("this credential was handed over already".to_owned()))
        };
        let auth = match &request.auth {
            None => None,
            Some((scheme, credential)) => {
                let scheme = match scheme {
                    plain::Scheme::Bearer => http::Scheme::Bearer,
                    plain::Scheme::Basic(user) => http::Scheme::Basic(user.clone()),
                    plain::Scheme::Header(name) => http::Scheme::Header(name.clone()),
                };
                Some((scheme, find(*credential)?))
            }
        };
        let fill = request.fill.iter().map(|(pointer, it)| Ok((pointer.clone(), find(*it)?)));
        let method = match request.method {
            plain::Method::Get => http::Method::Get,
            plain::Method::Head => http::Method::Head,
            plain::Method::Post => http::Method::Post,
            plain::Method::Put => http::Method::Put,
            plain::Method::Patch => http::Method::Patch,
            plain::Method::Delete => http::Method::Delete,
        };
        let wire = http::Request {
            method,
            url: request.url.clone(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            timeout_ms: None,
            auth,
            fill: fill.collect::<Result<_, _>>()?,
        };
        call(wire).map_err(|error| match error {
            http::HttpError::Denied(what) => plain::HttpError::Denied(what),
            http::HttpError::Timeout => plain::HttpError::Timeout,
            http::HttpError::TooLarge(limit) => plain::HttpError::TooLarge(limit),
            http::HttpError::Wait(seconds) => plain::HttpError::Wait(seconds),
            http::HttpError::Transport(why) => plain::HttpError::Transport(why),
        })
    }
}

fn response(it: http::Response) -> plain::Response {
    plain::Response { status: it.status, headers: it.headers, body: it.body }
}

impl plain::Host for World<'_> {
    fn auth(&self) -> plain::Credential {
        plain::Credential(0)
    }
    fn settings(&self) -> String {
        settings::get()
    }
    fn now_ms(&self) -> u64 {
        clock::now_unix_ms()
    }
    fn remember(&self, key: &str) -> Option<Vec<u8>> {
        state::get(key).ok().flatten()
    }
    fn keep(&self, key: &str, value: &[u8], seconds: u32) {
        // The state is only a cache: without it the requests are sent again.
        let _ = state::put(key, value, seconds);
    }
    fn credential(&self, name: &str) -> Option<plain::Credential> {
        credentials::find(name).map(|it| self.give(it))
    }
    fn keep_credential(&self, name: &str, credential: plain::Credential) {
        if let Some(it) = self.find(&self.given.borrow(), credential) {
            credentials::keep(name, it);
        }
    }
    fn send(&self, request: plain::Request) -> Result<plain::Response, plain::HttpError> {
        self.call(&request, |it| http::send(&it)).map(response)
    }
    fn exchange(
        &self,
        request: plain::Request,
        token: &str,
        expiry: Option<&str>,
    ) -> Result<(Option<plain::Credential>, plain::Response), plain::HttpError> {
        let (credential, answer) = self.call(&request, |it| http::exchange(&it, token, expiry))?;
        Ok((credential.map(|it| self.give(it)), response(answer)))
    }
    fn download(&self, request: plain::Request) -> Result<(u16, plain::Blob), plain::HttpError> {
        let stored = self.call(&request, |it| http::download(&it))?;
        let mut blobs = self.blobs.borrow_mut();
        blobs.push(Some(stored.body));
        Ok((stored.status, plain::Blob(u32::try_from(blobs.len() - 1).unwrap_or(u32::MAX))))
    }
}
