//! The world `provider`.

use std::cell::RefCell;

use crate::provider as plain;

#[expect(clippy::same_length_and_capacity, reason = "generated")]
#[doc(hidden)]
pub mod generated;

use generated::exports::palisade::provider::provider as world;
use generated::palisade::host::{blobs, clock, credentials, http, log, settings, state};
use generated::palisade::types::{core, events};

#[doc(hidden)]
pub use core::CallError;
#[doc(hidden)]
pub use credentials::Credential;
#[doc(hidden)]
pub use world::{
    AccountPage, ChangePage, Check, Content, Delivery, Guest, Health, HookPlace, Info, NamePage, NewCommit,
    NewPull, Published, Pull, PullPage, RepositoryPage, Requirement, Understood,
};

/// The host, for one call. A plain credential is an index: 0 is the call's own, 1 the second borrowed one, and then
/// those that the host returned during this call.
struct World<'a> {
    lent: &'a [&'a Credential],
    given: RefCell<Vec<Option<Credential>>>,
    blobs: RefCell<Vec<Option<blobs::Blob>>>,
}

impl<'a> World<'a> {
    fn new(lent: &'a [&'a Credential]) -> World<'a> {
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
    fn take(&self, it: plain::Credential) -> Option<Credential> {
        if let Some(borrowed) = self.lent.get(it.0 as usize) {
            return credentials::find(&borrowed.label());
        }
        let row = (it.0 as usize).checked_sub(self.lent.len())?;
        self.given.borrow_mut().get_mut(row)?.take()
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

fn properties(from: Vec<(String, String)>) -> Vec<core::Property> {
    from.into_iter().map(|(key, value)| core::Property { key, value }).collect()
}

#[doc(hidden)]
pub fn describe(provider: &dyn plain::Provider) -> Info {
    crate::log::install_panic_hook();
    provider.describe()
}

#[doc(hidden)]
pub fn understand(provider: &dyn plain::Provider, delivery: &Delivery) -> Result<Understood, CallError> {
    crate::log::install_panic_hook();
    let headers: Vec<(&str, &str)> =
        delivery.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let it = provider
        .understand(plain::Delivery { headers: &headers, body: &delivery.body })
        .map_err(call_error)?;
    let hint = |it| match it {
        plain::Hint::Pull { repository, id, head_sha, base_ref } => {
            world::Hint::Pull(world::ChangedPull { repository, id, head_sha, base_ref })
        }
        plain::Hint::MergeGroup { repository, head_sha, base_sha, base_ref } => {
            world::Hint::MergeGroup(world::MergeGroup { repository, head_sha, base_sha, base_ref })
        }
        plain::Hint::Rerun { repository, head_sha, external_id } => {
            world::Hint::Rerun((repository, head_sha, external_id))
        }
        plain::Hint::Recheck { repository, id } => world::Hint::Recheck((repository, id)),
        plain::Hint::Integration => world::Hint::Integration,
        plain::Hint::Repositories => world::Hint::Repositories,
    };
    let event = |it: plain::Event| events::Event {
        id: it.id,
        provider: it.provider,
        kind: it.kind,
        action: it.action,
        actor: events::Actor { id: it.actor.id, login: it.actor.login, kind: it.actor.kind },
        organization: it.organization,
        repository: it.repository,
        public: it.public,
        occurred_ms: it.occurred_ms,
        properties: properties(it.properties),
        payload: it.payload,
    };
    Ok(Understood {
        account: it.account,
        hints: it.hints.into_iter().map(hint).collect(),
        events: it.events.into_iter().map(event).collect(),
    })
}

#[doc(hidden)]
pub fn test_connection(provider: &dyn plain::Provider, auth: &Credential) -> Result<Health, CallError> {
    let it = provider.test_connection(&World::new(&[auth])).map_err(call_error)?;
    Ok(Health {
        status: it.status,
        account: it.account,
        reason: it.reason,
        warnings: it.warnings,
        missing: it.missing,
        expires_ms: it.expires_ms,
        details: properties(it.details),
    })
}

#[doc(hidden)]
pub fn accounts(
    provider: &dyn plain::Provider,
    auth: &Credential,
    cursor: Option<&str>,
) -> Result<AccountPage, CallError> {
    let page = provider.accounts(&World::new(&[auth]), cursor).map_err(call_error)?;
    Ok(AccountPage { items: page.items, next: page.next })
}

#[doc(hidden)]
pub fn repositories(
    provider: &dyn plain::Provider,
    auth: &Credential,
    cursor: Option<&str>,
) -> Result<RepositoryPage, CallError> {
    let page = provider.repositories(&World::new(&[auth]), cursor).map_err(call_error)?;
    Ok(RepositoryPage { items: page.items, next: page.next })
}

#[doc(hidden)]
pub fn branches(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    cursor: Option<&str>,
) -> Result<NamePage, CallError> {
    let page = provider.branches(&World::new(&[auth]), repository, cursor).map_err(call_error)?;
    Ok(NamePage { items: page.items, next: page.next })
}

#[doc(hidden)]
pub fn folders(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    branch: &str,
    folder: &str,
) -> Result<Option<NamePage>, CallError> {
    let page = provider.folders(&World::new(&[auth]), repository, branch, folder).map_err(call_error)?;
    Ok(page.map(|page| NamePage { items: page.items, next: page.next }))
}

#[doc(hidden)]
pub fn requirement(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    branch: &str,
    check: &str,
) -> Result<Requirement, CallError> {
    provider.requirement(&World::new(&[auth]), repository, branch, check).map_err(call_error)
}

#[doc(hidden)]
pub fn open_pulls(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    cursor: Option<&str>,
) -> Result<PullPage, CallError> {
    let page = provider.open_pulls(&World::new(&[auth]), repository, cursor).map_err(call_error)?;
    Ok(PullPage { items: page.items, next: page.next })
}

#[doc(hidden)]
pub fn pull(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    id: &str,
) -> Result<Option<Pull>, CallError> {
    provider.pull(&World::new(&[auth]), repository, id).map_err(call_error)
}

#[doc(hidden)]
pub fn pulls_of_commit(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    commit: &str,
) -> Result<Vec<Pull>, CallError> {
    provider.pulls_of_commit(&World::new(&[auth]), repository, commit).map_err(call_error)
}

#[doc(hidden)]
pub fn merge_base(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    head: &str,
    base: &str,
    pull: Option<&str>,
) -> Result<Option<String>, CallError> {
    provider.merge_base(&World::new(&[auth]), repository, head, base, pull).map_err(call_error)
}

#[doc(hidden)]
pub fn branch(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    branch: &str,
) -> Result<Option<String>, CallError> {
    provider.branch(&World::new(&[auth]), repository, branch).map_err(call_error)
}

#[doc(hidden)]
pub fn content(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    want: &[String],
    archive: bool,
) -> Result<Content, CallError> {
    let lent = [auth];
    let host = World::new(&lent);
    let gone = || CallError::Other("the adapter gave a handle that it does not own".to_owned());
    match provider.content(&host, repository, want, archive).map_err(call_error)? {
        plain::Content::Git { url, user, password, want } => {
            let password = host.take(password).ok_or_else(gone)?;
            Ok(Content::Git(world::Git { url, user, password, want }))
        }
        plain::Content::Archive { blob, tree } => {
            let blob = host.blobs.borrow_mut().get_mut(blob.0 as usize).and_then(Option::take);
            Ok(Content::Archive((blob.ok_or_else(gone)?, tree)))
        }
    }
}

#[doc(hidden)]
pub fn ensure_hook(
    provider: &dyn plain::Provider,
    auth: &Credential,
    place: &HookPlace,
    url: &str,
    secret: &Credential,
) -> Result<Vec<String>, CallError> {
    let lent = [auth, secret];
    let host = World::new(&lent);
    provider.ensure_hook(&host, place, url, plain::Credential(1)).map_err(call_error)
}

#[doc(hidden)]
pub fn remove_hook(
    provider: &dyn plain::Provider,
    auth: &Credential,
    place: &HookPlace,
    url: &str,
) -> Result<Vec<String>, CallError> {
    provider.remove_hook(&World::new(&[auth]), place, url).map_err(call_error)
}

#[doc(hidden)]
pub fn redeliver(provider: &dyn plain::Provider, auth: &Credential, since_ms: u64) -> Result<u32, CallError> {
    provider.redeliver(&World::new(&[auth]), since_ms).map_err(call_error)
}

#[doc(hidden)]
pub fn publish(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    check: &Check,
) -> Result<Published, CallError> {
    provider.publish(&World::new(&[auth]), repository, check).map_err(call_error)
}

#[doc(hidden)]
pub fn inspect(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    check: &Check,
) -> Result<Vec<String>, CallError> {
    provider.inspect(&World::new(&[auth]), repository, check).map_err(call_error)
}

#[doc(hidden)]
pub fn changes(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    base: &str,
    head: &str,
    cursor: Option<&str>,
) -> Result<ChangePage, CallError> {
    provider.changes(&World::new(&[auth]), repository, base, head, cursor).map_err(call_error)
}

#[doc(hidden)]
pub fn create_branch(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    branch: &str,
    commit: &str,
) -> Result<(), CallError> {
    provider.create_branch(&World::new(&[auth]), repository, branch, commit).map_err(call_error)
}

#[doc(hidden)]
pub fn create_commit(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    commit: &NewCommit,
) -> Result<String, CallError> {
    provider.create_commit(&World::new(&[auth]), repository, commit).map_err(call_error)
}

#[doc(hidden)]
pub fn create_pull(
    provider: &dyn plain::Provider,
    auth: &Credential,
    repository: &str,
    pull: &NewPull,
) -> Result<Pull, CallError> {
    provider.create_pull(&World::new(&[auth]), repository, pull).map_err(call_error)
}

call_errors!();
log_lines!();

/// Makes the crate a component of the world `provider`. The argument is an expression for a value that implements
/// [`Provider`](crate::provider::Provider). Has no effect on native targets.
#[macro_export]
macro_rules! export_provider {
    ($provider:expr) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use palisade::{CallError, Credential};
            use $crate::bindings::provider as palisade;
            struct Component;
            impl palisade::Guest for Component {
                fn describe() -> palisade::Info {
                    palisade::describe(&$provider)
                }
                fn understand(it: palisade::Delivery) -> Result<palisade::Understood, CallError> {
                    palisade::understand(&$provider, &it)
                }
                fn test_connection(auth: &Credential) -> Result<palisade::Health, CallError> {
                    palisade::test_connection(&$provider, auth)
                }
                fn accounts(
                    auth: &Credential,
                    cursor: Option<String>,
                ) -> Result<palisade::AccountPage, CallError> {
                    palisade::accounts(&$provider, auth, cursor.as_deref())
                }
                fn repositories(
                    auth: &Credential,
                    cursor: Option<String>,
                ) -> Result<palisade::RepositoryPage, CallError> {
                    palisade::repositories(&$provider, auth, cursor.as_deref())
                }
                fn branches(
                    auth: &Credential,
                    repository: String,
                    cursor: Option<String>,
                ) -> Result<palisade::NamePage, CallError> {
                    palisade::branches(&$provider, auth, &repository, cursor.as_deref())
                }
                fn folders(
                    auth: &Credential,
                    repository: String,
                    branch: String,
                    folder: String,
                ) -> Result<Option<palisade::NamePage>, CallError> {
                    palisade::folders(&$provider, auth, &repository, &branch, &folder)
                }
                fn get_requirement(
                    auth: &Credential,
                    repository: String,
                    branch: String,
                    check: String,
                ) -> Result<palisade::Requirement, CallError> {
                    palisade::requirement(&$provider, auth, &repository, &branch, &check)
                }
                fn open_pulls(
                    auth: &Credential,
                    repository: String,
                    cursor: Option<String>,
                ) -> Result<palisade::PullPage, CallError> {
                    palisade::open_pulls(&$provider, auth, &repository, cursor.as_deref())
                }
                fn get_pull(
                    auth: &Credential,
                    repository: String,
                    id: String,
                ) -> Result<Option<palisade::Pull>, CallError> {
                    palisade::pull(&$provider, auth, &repository, &id)
                }
                fn pulls_of_commit(
                    auth: &Credential,
                    repository: String,
                    commit: String,
                ) -> Result<Vec<palisade::Pull>, CallError> {
                    palisade::pulls_of_commit(&$provider, auth, &repository, &commit)
                }
                fn get_merge_base(
                    auth: &Credential,
                    repository: String,
                    head: String,
                    base: String,
                    pull: Option<String>,
                ) -> Result<Option<String>, CallError> {
                    palisade::merge_base(&$provider, auth, &repository, &head, &base, pull.as_deref())
                }
                fn get_branch(
                    auth: &Credential,
                    repository: String,
                    branch: String,
                ) -> Result<Option<String>, CallError> {
                    palisade::branch(&$provider, auth, &repository, &branch)
                }
                fn get_content(
                    auth: &Credential,
                    repository: String,
                    want: Vec<String>,
                    archive: bool,
                ) -> Result<palisade::Content, CallError> {
                    palisade::content(&$provider, auth, &repository, &want, archive)
                }
                fn ensure_hook(
                    auth: &Credential,
                    place: palisade::HookPlace,
                    url: String,
                    secret: &Credential,
                ) -> Result<Vec<String>, CallError> {
                    palisade::ensure_hook(&$provider, auth, &place, &url, secret)
                }
                fn remove_hook(
                    auth: &Credential,
                    place: palisade::HookPlace,
                    url: String,
                ) -> Result<Vec<String>, CallError> {
                    palisade::remove_hook(&$provider, auth, &place, &url)
                }
                fn redeliver(auth: &Credential, since_ms: u64) -> Result<u32, CallError> {
                    palisade::redeliver(&$provider, auth, since_ms)
                }
                fn publish(
                    auth: &Credential,
                    repository: String,
                    check: palisade::Check,
                ) -> Result<palisade::Published, CallError> {
                    palisade::publish(&$provider, auth, &repository, &check)
                }
                fn inspect(
                    auth: &Credential,
                    repository: String,
                    check: palisade::Check,
                ) -> Result<Vec<String>, CallError> {
                    palisade::inspect(&$provider, auth, &repository, &check)
                }
                fn get_changes(
                    auth: &Credential,
                    repository: String,
                    base: String,
                    head: String,
                    cursor: Option<String>,
                ) -> Result<palisade::ChangePage, CallError> {
                    palisade::changes(&$provider, auth, &repository, &base, &head, cursor.as_deref())
                }
                fn create_branch(
                    auth: &Credential,
                    repository: String,
                    branch: String,
                    commit: String,
                ) -> Result<(), CallError> {
                    palisade::create_branch(&$provider, auth, &repository, &branch, &commit)
                }
                fn create_commit(
                    auth: &Credential,
                    repository: String,
                    commit: palisade::NewCommit,
                ) -> Result<String, CallError> {
                    palisade::create_commit(&$provider, auth, &repository, &commit)
                }
                fn create_pull(
                    auth: &Credential,
                    repository: String,
                    pull: palisade::NewPull,
                ) -> Result<palisade::Pull, CallError> {
                    palisade::create_pull(&$provider, auth, &repository, &pull)
                }
            }
            $crate::bindings::provider::generated::export_world!(Component);
        };
    };
}
