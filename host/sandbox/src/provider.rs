//! Calls of the world `provider`.

use std::sync::Arc;

use palisade_capabilities::{Blob, Credential, Moment, SettingsText};
use palisade_domain::{
    Account, CallError, Check, Health, Page, ProviderInfo, Published, Pull, Repository, Requirement,
    Understood,
};
use tokio::sync::Semaphore;
use wasmtime::component::{Linker, Resource};

use crate::bindings::provider::exports::palisade::provider::provider as wire;
use crate::bindings::provider::{Provider as World, ProviderPre};
use crate::call::{Call, Fault, Guest};
use crate::convert::provider as convert;
use crate::engine::{Code, LoadError, Sandbox};
use crate::limits::Limits;
use crate::reach::{Held, Kept, Reach};
use crate::state::State;

/// For whom an adapter is called: one integration, with what it may reach there.
#[derive(Clone)]
pub struct Tenant {
    /// A JSON object: what the administrator set, and which account it is.
    pub settings: SettingsText,
    /// The moment.
    pub moment: Moment,
    /// Requests, credentials, memory.
    pub reach: Reach,
    /// The credential that proves who asks.
    pub auth: Credential,
    /// A permit for each call that may be under way for this tenant: one whose provider is slow must not take all
    /// places.
    pub calls: Arc<Semaphore>,
}

/// A repository to fetch from.
#[derive(Clone, Debug)]
pub struct GitContent {
    /// Over HTTPS, without a user in it.
    pub url: String,
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Credential,
    /// Commits or references.
    pub want: Vec<String>,
}

/// Where the content of a commit is had.
pub enum Content {
    /// By Git.
    Git(GitContent),
    /// A packed tree, and the id that Git gives it.
    Archive(Arc<dyn Blob>, String),
}

/// An adapter, linked and ready.
#[derive(Clone)]
pub struct Provider {
    sandbox: Arc<Sandbox>,
    pre: ProviderPre<State>,
    limits: Limits,
}

/// What an adapter answered: its own refusal is no fault of it.
type Answer<T> = Call<Result<T, CallError>>;

/// Calls a function of the adapter that takes the credential first, and converts what it gives.
macro_rules! ask {
    ($self:ident, $tenant:ident, $call:ident ( $($argument:expr),* ), $convert:expr) => {{
        let mut guest = $self.guest(Some($tenant), $self.limits).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = $self.pre.instantiate_async(&mut *store).await?;
                let auth = store.data_mut().table.push(Held($tenant.auth.clone()))?;
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

/// A conversion that looks at nothing but the answer.
fn plain<W, T>(
    convert: impl FnOnce(W) -> Result<T, Fault>,
) -> impl FnOnce(&mut State, W) -> wasmtime::Result<Result<T, Fault>> {
    move |_, answer| Ok(convert(answer))
}

impl Provider {
    /// Links a component to what its world offers.
    pub fn link(sandbox: &Arc<Sandbox>, code: &Code, limits: Limits) -> Result<Provider, LoadError> {
        let error = |error: wasmtime::Error| LoadError::Link(format!("{error:#}"));
        let mut linker = Linker::<State>::new(sandbox.engine());
        World::add_to_linker::<_, wasmtime::component::HasSelf<State>>(&mut linker, |state| state)
            .map_err(error)?;
        let pre = linker.instantiate_pre(&code.0).map_err(error)?;
        Ok(Provider { sandbox: Arc::clone(sandbox), pre: ProviderPre::new(pre).map_err(error)?, limits })
    }

    /// How many guests of all plugins there are now, and how many there may be.
    pub fn guests(&self) -> (usize, usize) {
        self.sandbox.guests()
    }

    /// Its bounds.
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

    /// What it says it is.
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

    /// What a verified delivery means. It reaches nothing for that.
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

    /// Tries the credential, and says how the integration stands.
    pub async fn test_connection(&self, tenant: &Tenant) -> Answer<Health> {
        ask!(self, tenant, call_test_connection(), plain(|it| Ok(convert::health(it))))
    }

    /// What the connection can be integrated with.
    pub async fn accounts(&self, tenant: &Tenant, cursor: Option<&str>) -> Answer<Page<Account>> {
        ask!(self, tenant, call_accounts(cursor), plain(convert::accounts))
    }

    /// Repositories that the integration reaches.
    pub async fn repositories(&self, tenant: &Tenant, cursor: Option<&str>) -> Answer<Page<Repository>> {
        ask!(self, tenant, call_repositories(cursor), plain(convert::repositories))
    }

    /// Branches of a repository.
    pub async fn branches(
        &self,
        tenant: &Tenant,
        repository: &str,
        cursor: Option<&str>,
    ) -> Answer<Page<String>> {
        ask!(self, tenant, call_branches(repository, cursor), plain(convert::names))
    }

    /// Folders in a folder of a branch; none where there is no such folder.
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

    /// Whether a branch takes no change without the check of this name.
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

    /// Open pull requests.
    pub async fn open_pulls(
        &self,
        tenant: &Tenant,
        repository: &str,
        cursor: Option<&str>,
    ) -> Answer<Page<Pull>> {
        ask!(self, tenant, call_open_pulls(repository, cursor), plain(convert::pulls))
    }

    /// One pull request as it is now.
    pub async fn pull(&self, tenant: &Tenant, repository: &str, id: &str) -> Answer<Option<Pull>> {
        ask!(self, tenant, call_get_pull(repository, id), plain(|it: Option<_>| Ok(it.map(convert::pull))))
    }

    /// All open pull requests whose head is a commit.
    pub async fn pulls_of_commit(
        &self,
        tenant: &Tenant,
        repository: &str,
        commit: &str,
    ) -> Answer<Vec<Pull>> {
        ask!(self, tenant, call_pulls_of_commit(repository, commit), plain(convert::few_pulls))
    }

    /// The commit where two commits parted; none where they have no history in common.
    pub async fn merge_base(
        &self,
        tenant: &Tenant,
        repository: &str,
        one: &str,
        other: &str,
    ) -> Answer<Option<String>> {
        ask!(self, tenant, call_get_merge_base(repository, one, other), plain(Ok))
    }

    /// The commit that a branch stands at, or the default branch where no name is given.
    pub async fn branch(&self, tenant: &Tenant, repository: &str, branch: &str) -> Answer<Option<String>> {
        ask!(self, tenant, call_get_branch(repository, branch), plain(Ok))
    }

    /// How to get commits.
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
                    let password = state.table.delete::<Held>(git.password)?.0;
                    Content::Git(GitContent { url: git.url, user: git.user, password, want: git.want })
                }
                wire::Content::Archive((blob, tree)) => {
                    Content::Archive(state.table.delete::<Kept>(blob)?.0, tree)
                }
            }))
        };
        ask!(self, tenant, call_get_content(repository, want, archive), content)
    }

    /// Makes sure that the webhook is as it should be.
    pub async fn ensure_hook(
        &self,
        tenant: &Tenant,
        repository: &str,
        url: &str,
        secret: &Credential,
    ) -> Answer<()> {
        let mut guest = self.guest(Some(tenant), self.limits).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                let auth = store.data_mut().table.push(Held(tenant.auth.clone()))?;
                let secret = store.data_mut().table.push(Held(secret.clone()))?;
                let (auth, secret) = (Resource::new_borrow(auth.rep()), Resource::new_borrow(secret.rep()));
                let provider = instance.palisade_provider_provider();
                provider.call_ensure_hook(store, auth, repository, url, secret).await
            })
            .await;
        guest.end(ended).and_then(|answer| Ok(answer.map_err(convert::call_error)))
    }

    /// Asks for deliveries that were lost since a moment, in Unix milliseconds; gives how many.
    pub async fn redeliver(&self, tenant: &Tenant, since_ms: u64) -> Answer<u32> {
        ask!(self, tenant, call_redeliver(since_ms), plain(Ok))
    }

    /// Brings a check to the state it ought to have.
    pub async fn publish(&self, tenant: &Tenant, repository: &str, check: &Check) -> Answer<Published> {
        let check = convert::check(check);
        ask!(self, tenant, call_publish(repository, &check), plain(|it| Ok(convert::published(&it))))
    }
}
