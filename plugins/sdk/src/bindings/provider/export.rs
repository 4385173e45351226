//! The macro that exports an adapter.

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
