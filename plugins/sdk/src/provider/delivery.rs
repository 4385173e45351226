//! What a delivery of a webhook is, and what it means.

/// One delivery of a webhook, which the host has verified.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Names in whatever case they came, and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// The bytes that were signed.
    pub body: &'a [u8],
}

impl<'a> Delivery<'a> {
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// What a delivery means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understood {
    /// Whose it is, as the provider identifies an integration; empty where the delivery does not say.
    pub account: String,
    /// What the host ought to look at again.
    pub hints: Vec<Hint>,
    /// What happened, for detectors.
    pub events: Vec<Event>,
}

/// What the host ought to look at again. It asks the provider how things are now, so neither the order in which
/// deliveries arrive nor what they say of the state of things decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A pull request may have another head, another base, or be closed.
    Pull {
        /// The full name of the repository it is for.
        repository: String,
        /// Its number.
        id: String,
        /// Its head as the delivery has it; empty where it does not say.
        head_sha: String,
        /// Its target as the delivery has it; empty where it does not say.
        base_ref: String,
    },
    /// A merge queue wants a commit checked before it becomes the branch.
    MergeGroup {
        /// The full name of the repository.
        repository: String,
        /// The commit.
        head_sha: String,
        /// Where the branch stands without it.
        base_sha: String,
        /// The branch.
        base_ref: String,
    },
    /// Somebody wants the checks of a commit again.
    Rerun {
        /// The full name of the repository.
        repository: String,
        /// The commit.
        head_sha: String,
        /// Ours for the check; none where all are meant.
        external_id: Option<String>,
    },
    /// The integration itself: it was made, suspended, removed, or may do other things.
    Integration,
    /// Which repositories there are, and what they are called.
    Repositories,
}

/// Who did something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The provider's id.
    pub id: String,
    /// The name.
    pub login: String,
    /// `user`, `bot`, `organization`, in lower case; open.
    pub kind: String,
}

/// Something that happened, in the provider's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The delivery's id.
    pub id: String,
    /// Which provider.
    pub provider: String,
    /// Such as `repository`.
    pub kind: String,
    /// Such as `publicized`; empty where the kind says it all.
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// Where.
    pub organization: String,
    /// The full name of the repository; empty where it was in none.
    pub repository: String,
    /// Whether everybody can see that repository.
    pub public: Option<bool>,
    /// Unix time in milliseconds; 0 where the provider does not say.
    pub occurred_ms: u64,
    /// Names and values that detectors and readers want.
    pub properties: Vec<(String, String)>,
    /// The provider's own JSON.
    pub payload: String,
}
