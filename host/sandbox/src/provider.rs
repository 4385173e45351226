//! Calls of the world `provider`.

use std::sync::Arc;

use palisade_capabilities::{Blob, Credential, Moment, SettingsText};
use palisade_domain::{
    Account, CallError, Changes, Check, Health, HookPlace, NewCommit, NewPull, Page, ProviderInfo, Published,
    Pull, Repository, Requirement, Understood,
};
use tokio::sync::Semaphore;
use wasmtime::component::{Linker, Resource};

use crate::bindings::provider::exports::palisade::provider::provider as wire;
use crate::bindings::provider::{Provider as World, ProviderPre};
use crate::call::{Call, Guest};
use crate::convert::provider as convert;
use crate::engine::{Code, LoadError, Sandbox};
use crate::fault::Fault;
use crate::handles::{HeldCredential, KeptBlob};
use crate::limits::Limits;
use crate::reach::Reach;
use crate::state::State;

/// The tenant of a call: one integration, and what the adapter can access for it.
#[derive(Clone)]
pub struct Tenant {
    /// A JSON object: the settings of the administrator, and the account.
    pub settings: SettingsText,
    /// The current time.
    pub moment: Moment,
    /// Requests, credentials and memory.
    pub reach: Reach,
    /// The credential that authenticates requests.
    pub auth: Credential,
    /// A permit for each call that may run at the same time for this tenant, so that a slow provider cannot use all
    /// places.
    pub calls: Arc<Semaphore>,
}

/// A repository to fetch from.
#[derive(Clone, Debug)]
pub struct GitContent {
    /// An HTTPS URL, without a user name.
    pub url: String,
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Credential,
    /// Commits or references.
    pub want: Vec<String>,
}

/// Source of the content of a commit.
pub enum Content {
    /// A Git repository.
    Git(GitContent),
    /// A packed tree, and its id in Git.
    Archive(Arc<dyn Blob>, String),
}

/// An adapter, linked and ready.
#[derive(Clone)]
pub struct Provider {
    sandbox: Arc<Sandbox>,
    pre: Arc<ProviderPre<State>>,
    limits: Limits,
}

/// The answer of an adapter. An error that it returns is not a fault of the plugin.
type Answer<T> = Call<Result<T, CallError>>;

/// Calls a function of the adapter that takes the credential first, and converts its result.
macro_rules! ask {
    ($self:ident, $tenant:ident, $call:ident ( $($argument:expr),* ), $convert:expr) => {{
        let mut guest = $self.guest(Some($tenant), $self.limits).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = $self.pre.instantiate_async(&mut *store).await?;
                let auth = store.data_mut().table.push(HeldCredential($tenant.auth.clone()))?;
                let borrowed = Resource::new_borrow(auth.rep());
                let answer =
                    instance.palisade_provider_provider().$call(&mut *store, borrowed, $($argument),*).await?;
                match answer {
                    Ok(answer) => Ok(Ok($convert(store.data_mut(), answer)?)),
                    Err(error) => Ok(Err(convert::call_error(error))),
                }
            })
            .await;
        guest.end(ended).and_then(|answer: Result<Result<_, Fault>, CallError>| match answer {
            Ok(converted) => converted.map(Ok),
            Err(error) => Ok(Err(error)),
        })
    }};
}

/// Converts a result that depends on the answer alone.
fn plain<W, T>(
    convert: impl FnOnce(W) -> Result<T, Fault>,
) -> impl FnOnce(&mut State, W) -> wasmtime::Result<Result<T, Fault>> {
    move |_, answer| Ok(convert(answer))
}

impl Provider {
    /// Links a component against its world.
    pub fn link(sandbox: &Arc<Sandbox>, code: &Code, limits: Limits) -> Result<Provider, LoadError> {
        let error = |error: wasmtime::Error| LoadError::Link(format!("{error:#}"));
        let mut linker = Linker::<State>::new(sandbox.engine());
        World::add_to_linker::<_, wasmtime::component::HasSelf<State>>(&mut linker, |state| state)
            .map_err(error)?;
        let pre = linker.instantiate_pre(&code.0).map_err(error)?;
        let pre = Arc::new(ProviderPre::new(pre).map_err(error)?);
        Ok(Provider { sandbox: Arc::clone(sandbox), pre, limits })
    }

    /// Number of running guests of all plugins, and the most that may run at a time.
    pub fn guests(&self) -> (usize, usize) {
        self.sandbox.guests()
    }

    /// Limits of its calls.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    async fn guest(&self, tenant: Option<&Tenant>, limits: Limits) -> Guest {
        let (moment, settings) = tenant.map_or_else(Default::default, |it| (it.moment, it.settings.clone()));
        let permit = match tenant {
            Some(tenant) => Arc::clone(&tenant.calls).acquire_owned().await.ok(),
            None => None,
        };
        let mut guest = Guest::new(&self.sandbox, limits, moment, settings).await;
        if let Some(permit) = permit {
            guest.hold(permit);
        }
        if let Some(tenant) = tenant {
            guest.store.data_mut().reach = tenant.reach.clone();
        }
        guest
    }

    /// Returns its description.
    pub async fn describe(&self, limits: Limits) -> Call<ProviderInfo> {
        let mut guest = self.guest(None, limits.within(self.limits)).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                instance.palisade_provider_provider().call_describe(store).await
            })
            .await;
        guest.end(ended).and_then(convert::info)
    }

    /// Returns what a verified delivery means. The call has no access to the network.
    pub async fn understand(&self, headers: &[(String, String)], body: &[u8]) -> Answer<Understood> {
        let delivery = wire::Delivery { headers: headers.to_vec(), body: body.to_vec() };
        let mut guest = self.guest(None, self.limits).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                instance.palisade_provider_provider().call_understand(store, &delivery).await
            })
            .await;
        guest.end(ended).and_then(|answer| match answer {
            Ok(understood) => convert::understood(understood).map(Ok),
            Err(error) => Ok(Err(convert::call_error(error))),
        })
    }

    /// Tests the credential, and returns the status of the integration.
    pub async fn test_connection(&self, tenant: &Tenant) -> Answer<Health> {
        ask!(self, tenant, call_test_connection(), plain(|it| Ok(convert::health(it))))
    }

    /// Returns accounts that the connection can be integrated with.
    pub async fn accounts(&self, tenant: &Tenant, cursor: Option<&str>) -> Answer<Page<Account>> {
        ask!(self, tenant, call_accounts(cursor), plain(convert::accounts))
    }

    /// Returns repositories that the integration can access.
    pub async fn repositories(&self, tenant: &Tenant, cursor: Option<&str>) -> Answer<Page<Repository>> {
        ask!(self, tenant, call_repositories(cursor), plain(convert::repositories))
    }

    /// Returns branches of a repository.
    pub async fn branches(
        &self,
        tenant: &Tenant,
        repository: &str,
        cursor: Option<&str>,
    ) -> Answer<Page<String>> {
        ask!(self, tenant, call_branches(repository, cursor), plain(convert::names))
    }

    /// Returns the folders in a folder of a branch; none if the folder does not exist.
    pub async fn folders(
        &self,
        tenant: &Tenant,
        repository: &str,
        branch: &str,
        folder: &str,
    ) -> Answer<Option<Page<String>>> {
        ask!(
            self,
            tenant,
            call_folders(repository, branch, folder),
            plain(|it: Option<_>| it.map(convert::names).transpose())
        )
    }

    /// Returns whether a branch requires the check of this name.
    pub async fn requirement(
        &self,
        tenant: &Tenant,
        repository: &str,
        branch: &str,
        check: &str,
    ) -> Answer<Requirement> {
        ask!(
            self,
            tenant,
            call_get_requirement(repository, branch, check),
            plain(|it| Ok(convert::requirement(&it)))
        )
    }

    /// Returns open pull requests.
    pub async fn open_pulls(
        &self,
        tenant: &Tenant,
        repository: &str,
        cursor: Option<&str>,
    ) -> Answer<Page<Pull>> {
        ask!(self, tenant, call_open_pulls(repository, cursor), plain(convert::pulls))
    }

    /// Returns the current state of a pull request.
    pub async fn pull(&self, tenant: &Tenant, repository: &str, id: &str) -> Answer<Option<Pull>> {
        ask!(self, tenant, call_get_pull(repository, id), plain(|it: Option<_>| Ok(it.map(convert::pull))))
    }

    /// Returns all open pull requests whose head is a commit.
    pub async fn pulls_of_commit(
        &self,
        tenant: &Tenant,
        repository: &str,
        commit: &str,
    ) -> Answer<Vec<Pull>> {
        ask!(self, tenant, call_pulls_of_commit(repository, commit), plain(convert::few_pulls))
    }

    /// Returns the merge base of a head, which a pull request may have, and a commit of the repository; none if they
    /// have no common history.
    pub async fn merge_base(
        &self,
        tenant: &Tenant,
        repository: &str,
        head: &str,
        base: &str,
        pull: Option<&str>,
    ) -> Answer<Option<String>> {
        ask!(self, tenant, call_get_merge_base(repository, head, base, pull), plain(Ok))
    }

    /// Returns the commit of a branch, or of the default branch if the name is empty.
    pub async fn branch(&self, tenant: &Tenant, repository: &str, branch: &str) -> Answer<Option<String>> {
        ask!(self, tenant, call_get_branch(repository, branch), plain(Ok))
    }

    /// Returns how to get commits.
    pub async fn content(
        &self,
        tenant: &Tenant,
        repository: &str,
        want: &[String],
        archive: bool,
    ) -> Answer<Content> {
        let content = |state: &mut State, it: wire::Content| -> wasmtime::Result<Result<Content, Fault>> {
            Ok(Ok(match it {
                wire::Content::Git(git) => {
                    let password = state.table.delete::<HeldCredential>(git.password)?.0;
                    Content::Git(GitContent { url: git.url, user: git.user, password, want: git.want })
                }
                wire::Content::Archive((blob, tree)) => {
                    Content::Archive(state.table.delete::<KeptBlob>(blob)?.0, tree)
                }
            }))
        };
        ask!(self, tenant, call_get_content(repository, want, archive), content)
    }

    /// Creates or repairs the webhook of a place; returns what cannot be repaired, in Markdown with the remediation.
    pub async fn ensure_hook(
        &self,
        tenant: &Tenant,
        place: &HookPlace,
        url: &str,
        secret: &Credential,
    ) -> Answer<Vec<String>> {
        let place = convert::place(place);
        let mut guest = self.guest(Some(tenant), self.limits).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                let auth = store.data_mut().table.push(HeldCredential(tenant.auth.clone()))?;
                let secret = store.data_mut().table.push(HeldCredential(secret.clone()))?;
                let (auth, secret) = (Resource::new_borrow(auth.rep()), Resource::new_borrow(secret.rep()));
                let provider = instance.palisade_provider_provider();
                provider.call_ensure_hook(store, auth, &place, url, secret).await
            })
            .await;
        guest.end(ended).and_then(|answer| {
            Ok(answer.map(|problems| convert::texts(&problems)).map_err(convert::call_error))
        })
    }

    /// Removes the webhook of a place that sends to a URL; returns what cannot be removed, in Markdown with the
    /// remediation.
    pub async fn remove_hook(&self, tenant: &Tenant, place: &HookPlace, url: &str) -> Answer<Vec<String>> {
        let place = convert::place(place);
        ask!(self, tenant, call_remove_hook(&place, url), plain(|it: Vec<_>| Ok(convert::texts(&it))))
    }

    /// Requests deliveries that were lost since a moment, in Unix milliseconds; returns their number.
    pub async fn redeliver(&self, tenant: &Tenant, since_ms: u64) -> Answer<u32> {
        ask!(self, tenant, call_redeliver(since_ms), plain(Ok))
    }

    /// Publishes a check, or updates it to the given state.
    pub async fn publish(&self, tenant: &Tenant, repository: &str, check: &Check) -> Answer<Published> {
        let check = convert::check(check);
        ask!(self, tenant, call_publish(repository, &check), plain(|it| Ok(convert::published(&it))))
    }

    /// Returns what others have changed in a published check, in Markdown with who changed it.
    pub async fn inspect(&self, tenant: &Tenant, repository: &str, check: &Check) -> Answer<Vec<String>> {
        let check = convert::check(check);
        ask!(self, tenant, call_inspect(repository, &check), plain(|it: Vec<_>| Ok(convert::texts(&it))))
    }

    /// Returns the files that differ between two commits; without a base, since the merge base with the default branch.
    pub async fn changes(
        &self,
        tenant: &Tenant,
        repository: &str,
        base: &str,
        head: &str,
        cursor: Option<&str>,
    ) -> Answer<Changes> {
        ask!(self, tenant, call_get_changes(repository, base, head, cursor), plain(convert::changes))
    }

    /// Creates a branch at a commit.
    pub async fn create_branch(
        &self,
        tenant: &Tenant,
        repository: &str,
        branch: &str,
        commit: &str,
    ) -> Answer<()> {
        ask!(self, tenant, call_create_branch(repository, branch, commit), plain(Ok))
    }

    /// Creates a commit on a branch and returns its id; fails if the head of the branch is not the parent.
    pub async fn create_commit(
        &self,
        tenant: &Tenant,
        repository: &str,
        commit: &NewCommit,
    ) -> Answer<String> {
        let commit = convert::new_commit(commit);
        ask!(self, tenant, call_create_commit(repository, &commit), plain(Ok))
    }

    /// Creates a pull request.
    pub async fn create_pull(&self, tenant: &Tenant, repository: &str, pull: &NewPull) -> Answer<Pull> {
        let pull = convert::new_pull(pull);
        ask!(self, tenant, call_create_pull(repository, &pull), plain(|it| Ok(convert::pull(it))))
    }
}
