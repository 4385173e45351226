//! Values that are passed to a provider and returned by it.

use palisade_domain::{
    Account, Actor, Annotation, CallError, ChangeKind, Changes, Check, CheckLimits, CheckState, Conclusion,
    FileChange, Health, Hint, HookPlace, MergeGroup, NewCommit, NewPull, Page, Permission, ProviderEvent,
    ProviderInfo, Published, Pull, Repository, Requirement, SecretKind, SecretNeed, Severity, StatusText,
    Step, Understood, Webhook, WebhookAuth,
};

use super::{bad, one_line};
use crate::bindings::provider::exports::palisade::provider::provider as wire;
use crate::bindings::provider::palisade::types::core;
use crate::bindings::provider::palisade::types::events;
use crate::fault::Fault;

/// The most entries of one answer: a page of a provider has at most a few hundred.
const MAX_ITEMS: usize = 10_000;

/// The longest lifetime of a signed token in seconds.
const MAX_LIFETIME: u32 = 3_600;

/// A text of a provider, with the limits of a guest's text.
fn text(it: &str) -> String {
    super::text(it)
}

/// The maximum number of entries of a list for readers.
const MAX_WORDS: usize = 64;

fn words(all: &[String]) -> Vec<String> {
    all.iter().take(MAX_WORDS).map(|it| one_line(it)).collect()
}

pub(crate) fn texts(all: &[String]) -> Vec<String> {
    all.iter().take(MAX_WORDS).map(|it| text(it)).collect()
}

pub(crate) fn call_error(error: core::CallError) -> CallError {
    match error {
        core::CallError::Denied(why) => CallError::Denied(one_line(&why)),
        core::CallError::InvalidInput(why) => CallError::InvalidInput(one_line(&why)),
        core::CallError::Unavailable(why) => CallError::Unavailable(one_line(&why)),
        core::CallError::RateLimited(seconds) => CallError::RateLimited(seconds),
        core::CallError::Other(why) => CallError::Other(one_line(&why)),
    }
}

pub(crate) fn info(it: wire::Info) -> Result<ProviderInfo, Fault> {
    if it.id.is_empty() || it.settings_schema.len() > 1 << 16 || it.secrets.len() > 16 || it.hosts.len() > 16
    {
        return Err(bad("a provider names itself, and describes settings in at most 64 KiB and 16 secrets"));
    }
    if it.webhook.auth.is_empty() || it.webhook.auth.len() > 8 {
        return Err(bad("a provider authenticates its deliveries in 1 to 8 ways"));
    }
    let auth = |it: &wire::WebhookAuth| WebhookAuth {
        scheme: one_line(&it.scheme),
        header: one_line(&it.header),
        prefix: one_line(&it.prefix),
        id_header: one_line(&it.id_header),
        time_header: one_line(&it.time_header),
    };
    Ok(ProviderInfo {
        id: one_line(&it.id),
        title: one_line(&it.title),
        webhook: Webhook {
            auth: it.webhook.auth.iter().map(auth).collect(),
            id_headers: words(&it.webhook.id_headers),
            id_fields: words(&it.webhook.id_fields),
            event_header: one_line(&it.webhook.event_header),
            per_repository: it.webhook.per_repository,
        },
        features: words(&it.features),
        settings_schema: it.settings_schema,
        secrets: it
            .secrets
            .iter()
            .map(|it| SecretNeed {
                name: one_line(&it.name),
                title: one_line(&it.title),
                kind: match &it.kind {
                    wire::SecretKind::Token => SecretKind::Token,
                    wire::SecretKind::JwtRs256(jwt) => SecretKind::JwtRs256 {
                        issuer: one_line(&jwt.issuer),
                        lifetime_seconds: jwt.lifetime_seconds.clamp(1, MAX_LIFETIME),
                    },
                },
            })
            .collect(),
        permissions: it
            .permissions
            .iter()
            .take(MAX_WORDS)
            .map(|it| Permission {
                name: one_line(&it.name),
                place: one_line(&it.place),
                purpose: one_line(&it.purpose),
                required: it.required,
            })
            .collect(),
        hosts: it.hosts.iter().map(|it| one_line(it)).collect(),
        limits: CheckLimits {
            title: it.limits.title,
            summary: it.limits.summary,
            message: it.limits.message,
            annotations: it.limits.annotations,
        },
        connect: it
            .connect
            .iter()
            .take(32)
            .map(|it| Step { title: one_line(&it.title), text: text(&it.text) })
            .collect(),
        configure: one_line(&it.configure),
        statuses: it
            .statuses
            .iter()
            .take(32)
            .map(|it| StatusText {
                status: one_line(&it.status),
                label: one_line(&it.label),
                fix: one_line(&it.fix),
            })
            .collect(),
    })
}

pub(crate) fn understood(it: wire::Understood) -> Result<Understood, Fault> {
    if it.hints.len() > MAX_ITEMS || it.events.len() > MAX_ITEMS {
        return Err(bad(format!("a delivery means at most {MAX_ITEMS} things")));
    }
    let hint = |it: wire::Hint| match it {
        wire::Hint::Pull(it) => Hint::Pull {
            repository: text(&it.repository),
            id: text(&it.id),
            head_sha: text(&it.head_sha),
            base_ref: text(&it.base_ref),
        },
        wire::Hint::MergeGroup(it) => Hint::MergeGroup(MergeGroup {
            repository: text(&it.repository),
            head_sha: text(&it.head_sha),
            base_sha: text(&it.base_sha),
            base_ref: text(&it.base_ref),
        }),
        wire::Hint::Rerun((repository, head_sha, external_id)) => Hint::Rerun {
            repository: text(&repository),
            head_sha: text(&head_sha),
            external_id: external_id.as_deref().map(text),
        },
        wire::Hint::Recheck((repository, id)) => {
            Hint::Recheck { repository: text(&repository), id: text(&id) }
        }
        wire::Hint::Integration => Hint::Integration,
        wire::Hint::Repositories => Hint::Repositories,
    };
    let event = |it: events::Event| ProviderEvent {
        id: one_line(&it.id),
        provider: one_line(&it.provider),
        kind: one_line(&it.kind),
        action: one_line(&it.action),
        actor: Actor {
            id: one_line(&it.actor.id),
            login: one_line(&it.actor.login),
            kind: one_line(&it.actor.kind),
        },
        organization: one_line(&it.organization),
        repository: one_line(&it.repository),
        public: it.public,
        occurred_ms: it.occurred_ms,
        properties: it.properties.into_iter().map(|it| (one_line(&it.key), text(&it.value))).collect(),
        payload: it.payload,
    };
    Ok(Understood {
        account: one_line(&it.account),
        hints: it.hints.into_iter().map(hint).collect(),
        events: it.events.into_iter().map(event).collect(),
    })
}

pub(crate) fn health(it: wire::Health) -> Health {
    Health {
        status: one_line(&it.status),
        account: one_line(&it.account),
        reason: text(&it.reason),
        warnings: texts(&it.warnings),
        missing: words(&it.missing),
        expires_ms: it.expires_ms,
        details: it
            .details
            .into_iter()
            .take(MAX_WORDS)
            .map(|it| (one_line(&it.key), text(&it.value)))
            .collect(),
    }
}

fn page<W, T>(items: Vec<W>, next: Option<String>, one: impl Fn(W) -> T) -> Result<Page<T>, Fault> {
    if items.len() > MAX_ITEMS {
        return Err(bad(format!("a page has at most {MAX_ITEMS} entries")));
    }
    Ok(Page { items: items.into_iter().map(one).collect(), next })
}

pub(crate) fn accounts(it: wire::AccountPage) -> Result<Page<Account>, Fault> {
    page(it.items, it.next, |it| Account {
        id: one_line(&it.id),
        name: one_line(&it.name),
        status: one_line(&it.status),
        web_url: one_line(&it.web_url),
    })
}

pub(crate) fn repositories(it: wire::RepositoryPage) -> Result<Page<Repository>, Fault> {
    page(it.items, it.next, |it| Repository {
        id: one_line(&it.id),
        full_name: one_line(&it.full_name),
        default_branch: one_line(&it.default_branch),
        web_url: one_line(&it.web_url),
        archived: it.archived,
        private: it.private,
    })
}

pub(crate) fn names(it: wire::NamePage) -> Result<Page<String>, Fault> {
    page(it.items, it.next, |it| one_line(&it))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where values are handed over")]
pub(crate) fn pull(it: wire::Pull) -> Pull {
    Pull {
        id: one_line(&it.id),
        title: one_line(&it.title),
        author: one_line(&it.author),
        open: it.open,
        head_ref: one_line(&it.head_ref),
        head_sha: one_line(&it.head_sha),
        head_repository: one_line(&it.head_repository),
        base_ref: one_line(&it.base_ref),
        base_sha: one_line(&it.base_sha),
        web_url: one_line(&it.web_url),
    }
}

pub(crate) fn pulls(it: wire::PullPage) -> Result<Page<Pull>, Fault> {
    page(it.items, it.next, pull)
}

pub(crate) fn few_pulls(it: Vec<wire::Pull>) -> Result<Vec<Pull>, Fault> {
    page(it, None, pull).map(|page| page.items)
}

pub(crate) fn requirement(it: &wire::Requirement) -> Requirement {
    Requirement { required: it.required, how: text(&it.how) }
}

fn annotation(it: &Annotation) -> wire::Annotation {
    wire::Annotation {
        key: it.key.clone(),
        path: it.path.clone(),
        line: it.line,
        end_line: it.end_line,
        severity: match it.severity {
            Severity::Low => core::Severity::Low,
            Severity::Medium => core::Severity::Medium,
            Severity::High => core::Severity::High,
            Severity::Critical => core::Severity::Critical,
        },
        title: it.title.clone(),
        message: it.message.clone(),
    }
}

pub(crate) fn check(it: &Check) -> wire::Check {
    wire::Check {
        external_id: it.external_id.clone(),
        owner: it.owner.clone(),
        pulls: it.pulls.clone(),
        head_sha: it.head_sha.clone(),
        name: it.name.clone(),
        state: match it.state {
            CheckState::Queued => wire::CheckState::Queued,
            CheckState::Running => wire::CheckState::Running,
            CheckState::Completed => wire::CheckState::Completed,
            CheckState::Superseded => wire::CheckState::Superseded,
        },
        conclusion: it.conclusion.map(|it| match it {
            Conclusion::Success => wire::Conclusion::Success,
            Conclusion::Failure => wire::Conclusion::Failure,
        }),
        details_url: it.details_url.clone(),
        title: it.title.clone(),
        summary: it.summary.clone(),
        annotations: it.annotations.iter().map(annotation).collect(),
        previous_handle: it.previous_handle.clone(),
    }
}

pub(crate) fn published(it: &wire::Published) -> Published {
    Published { handle: one_line(&it.handle), accepted: it.accepted, web_url: one_line(&it.web_url) }
}

pub(crate) fn place(it: &HookPlace) -> wire::HookPlace {
    match it {
        HookPlace::Connection => wire::HookPlace::Connection,
        HookPlace::Account => wire::HookPlace::Account,
        HookPlace::Repository(name) => wire::HookPlace::Repository(name.clone()),
    }
}

pub(crate) fn changes(it: wire::ChangePage) -> Result<Changes, Fault> {
    let change = |it: wire::FileChange| FileChange {
        path: one_line(&it.path),
        previous_path: one_line(&it.previous_path),
        kind: match it.kind {
            wire::ChangeKind::Added => ChangeKind::Added,
            wire::ChangeKind::Modified => ChangeKind::Modified,
            wire::ChangeKind::Removed => ChangeKind::Removed,
            wire::ChangeKind::Renamed => ChangeKind::Renamed,
        },
        patch: it.patch,
    };
    Ok(Changes { page: page(it.items, it.next, change)?, complete: it.complete })
}

pub(crate) fn new_commit(it: &NewCommit) -> wire::NewCommit {
    let file = |it: &palisade_domain::FileEdit| wire::FileEdit {
        path: it.path.clone(),
        content: it.content.clone(),
    };
    wire::NewCommit {
        branch: it.branch.clone(),
        parent: it.parent.clone(),
        message: it.message.clone(),
        files: it.files.iter().map(file).collect(),
    }
}

pub(crate) fn new_pull(it: &NewPull) -> wire::NewPull {
    wire::NewPull {
        head_ref: it.head_ref.clone(),
        base_ref: it.base_ref.clone(),
        title: it.title.clone(),
        body: it.body.clone(),
    }
}
