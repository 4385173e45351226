//! The fake as a test starts it, and what it has recorded.

mod accounts;
mod changes;
mod pulls;
mod repositories;

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use palisade_fake_host::{Error, Gate, Host, Listeners, Outbox, Running, Specification};

use crate::api::{ROUTES, SPANNING};
use crate::delivery::{self, Delivery};
use crate::state::State;
use crate::{Credentials, Inner, Options, description, lacking};

pub(crate) use changes::Opening;

/// The workspace of the connection.
pub(crate) const ACME: &str = "acme";

/// A running fake; dropping it stops it.
pub struct FakeBitbucket {
    running: Running,
    pub(crate) inner: Arc<Inner>,
    /// The API token of the connection.
    ours: Credentials,
    /// The token of the second user.
    mallory: Credentials,
}

impl Deref for FakeBitbucket {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl FakeBitbucket {
    /// Starts a fake with two workspaces and their users, and no repositories. It needs a Tokio runtime.
    ///
    /// The workspace `acme` has `palisade`, whose API token the connection uses, and `ada`, both administrators, and
    /// `mallory`, who can write. The workspace `umbrella` has `wesker` alone; `mallory` has a workspace of that name.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let specification = Specification::read_existing(&[description(&options)], SPANNING)?;
        let specification = specification.map(|one| one.extend(lacking::operations())).transpose()?;
        let listeners = Listeners::bind("Fake Bitbucket", &[options.port, 0]).await?;
        let (outbox, orders) = Outbox::new();
        let inner = Arc::new(Inner {
            api_url: format!("{}/2.0", listeners.url(0)),
            web_url: listeners.url(1),
            host: Host::new()?,
            gate: Gate { routes: ROUTES, spanning: SPANNING, specification },
            outbox,
            state: Mutex::new(State::default()),
        });
        let (ours, mallory) = accounts::settle(&mut inner.state());
        let running = Running::start(listeners, &inner, orders, |fake, order| async move {
            delivery::deliver(&fake, order).await;
        });
        Ok(Self { running, inner, ours, mallory })
    }

    /// Address of the REST API, without a slash at the end.
    pub fn api_url(&self) -> &str {
        &self.inner.api_url
    }

    /// Address of the pages, of Git and of archives, without a slash at the end.
    pub fn web_url(&self) -> &str {
        &self.inner.web_url
    }

    /// All attempted and dropped deliveries so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.inner.outbox.log().clone()
    }

    /// Makes all lists without an end, as an error of the provider might.
    pub fn set_endless(&self, is_endless: bool) {
        self.inner.host.faults.never_end(if is_endless { "/" } else { "" });
    }
}
