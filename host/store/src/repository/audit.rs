//! The audit log, a hash chain: each entry contains the hash of the previous one.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest, Sha256};

use crate::{
    Store, StoreError,
    entity::{
        audit::{Column, Entity, Model},
        json::Json,
    },
    now_ms,
    transaction::Value,
};

/// The `previous` of the first entry.
const NOTHING: &str = "";
/// The advisory lock for appending: any constant that no other program uses.
const LOCK: i64 = 0x7061_6c69_6175_6469;
/// The number of entries that are read at once during the verification.
const STRETCH: u64 = 1_000;

/// An operation to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The name of the user, or `palisade`.
    pub actor: String,
    /// The operation, for example `source.create`.
    pub action: String,
    /// The kind of object.
    pub object_kind: String,
    /// The id of the object.
    pub object_id: String,
    /// Further details; no secret.
    pub detail: serde_json::Value,
}

/// The audit log.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'a> {
    pub(crate) store: &'a Store,
}

impl Audit<'_> {
    /// Appends an entry.
    pub async fn append(&self, act: Act) -> Result<Model, StoreError> {
        let mut tx = self.store.begin().await?;
        if tx.is_postgres() {
            tx.execute("SELECT pg_advisory_xact_lock($1)", vec![LOCK.into()]).await?;
        }
        let last = tx.row("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", Vec::new()).await?;
        let (id, previous) = match last {
            Some(row) => (row.int(0)? + 1, row.text(1)?),
            None => (1, NOTHING.to_owned()),
        };
        let mut link = Model {
            id,
            at: now_ms(),
            actor: act.actor,
            action: act.action,
            object_kind: act.object_kind,
            object_id: act.object_id,
            detail: Json::new(act.detail)?,
            previous,
            hash: String::new(),
        };
        link.hash = hash(&link);
        tx.execute(
            "INSERT INTO audit (id, at, actor, action, object_kind, object_id, detail, previous, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            vec![
                link.id.into(),
                link.at.into(),
                Value::from(&link.actor),
                Value::from(&link.action),
                Value::from(&link.object_kind),
                Value::from(&link.object_id),
                Value::from(link.detail.text()),
                Value::from(&link.previous),
                Value::from(&link.hash),
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(link)
    }

    /// Lists the newest entries before an id, newest first.
    pub async fn list(&self, before: Option<i64>, limit: u64) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find().filter(Column::Id.lt(before.unwrap_or(i64::MAX)));
        Ok(query.order_by_desc(Column::Id).limit(limit.clamp(1, STRETCH)).all(self.store.read()).await?)
    }

    /// Verifies the whole chain; returns its length, or an error with the first entry that was changed, inserted or
    /// removed. The removal of entries from the end is not detected: to detect it, keep the latest hash elsewhere.
    pub async fn verify(&self) -> Result<i64, StoreError> {
        let (mut id, mut previous) = (0, NOTHING.to_owned());
        loop {
            let query = Entity::find().filter(Column::Id.gt(id)).order_by_asc(Column::Id).limit(STRETCH);
            let links = query.all(self.store.read()).await?;
            if links.is_empty() {
                return Ok(id);
            }
            for link in links {
                if link.id != id + 1 || link.previous != previous || link.hash != hash(&link) {
                    return Err(StoreError::Other(format!(
                        "audit chain is broken at entry {}: a row was changed outside of Palisade",
                        id + 1
                    )));
                }
                (id, previous) = (link.id, link.hash);
            }
        }
    }
}

impl Store {
    /// Verifies the audit log, as [`Audit::verify`].
    pub async fn audit_verify(&self) -> Result<i64, StoreError> {
        self.audit().verify().await
    }
}

/// The hash of an entry. Every column is prefixed with its length, so that different entries never give the same bytes.
fn hash(link: &Model) -> String {
    let mut hash = Sha256::new().chain_update(link.id.to_be_bytes()).chain_update(link.at.to_be_bytes());
    let Model { actor, action, object_kind, object_id, detail, previous, .. } = link;
    for text in [actor.as_str(), action, object_kind, object_id, detail.text(), previous] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}
