//! The world `provider`.

use crate::provider as plain;

mod export;
#[expect(clippy::same_length_and_capacity, reason = "generated")]
#[doc(hidden)]
pub mod generated;
mod host;

use generated::exports::palisade::provider::provider as world;
use generated::palisade::host::{credentials, log};
use generated::palisade::types::{core, events};
use host::World;

#[doc(hidden)]
pub use core::CallError;
#[doc(hidden)]
pub use credentials::Credential;
#[doc(hidden)]
pub use world::{
    AccountPage, ChangePage, Check, Content, Delivery, Guest, Health, HookPlace, Info, NamePage, NewCommit,
    NewPull, Published, Pull, PullPage, RepositoryPage, Requirement, Understood,
};

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
            Ok(Content::Archive((host.take_blob(blob).ok_or_else(gone)?, tree)))
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
