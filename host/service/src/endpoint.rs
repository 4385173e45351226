//! The webhook endpoints. A request is verified with data in memory, then stored durably, then answered.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use palisade_domain::WebhookAuth;
use palisade_store::{Accepted, Database, NewDelivery, Page, now_ms};
use secrecy::SecretString;
use serde_json::Value;
use thiserror::Error;

use crate::adapter::{CONNECTION, WEBHOOK, WEBHOOK_BEFORE};
use crate::error::ServiceError;
use crate::lock::lock;
use crate::service::{Endpoint, Service};
use crate::verify::{Refused, STANDARD_WEBHOOKS, Scheme, Verifier};

/// The maximum number of stored headers of a delivery, and the maximum length of a value.
const MOST_HEADERS: usize = 64;
const LONGEST_VALUE: usize = 1_024;

/// The time for which the previous webhook secret is valid after a change, in milliseconds: until the provider and all
/// deliveries in transit use the new one.
const GRACE: i64 = 3_600_000;
/// The delay before it is deleted: clocks are not exact.
const SLACK: Duration = Duration::from_secs(1);

/// Whether a header is stored: not a proof of the delivery, and not headers that proxies add.
fn is_kept(name: &str, verifier: &Verifier) -> bool {
    const NEVER: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "x-hub-signature"];
    !verifier.is_proof(name)
        && !NEVER.iter().any(|it| name.eq_ignore_ascii_case(it))
        && !name.to_ascii_lowercase().contains("token")
}

/// The reason why a delivery was not accepted.
#[derive(Debug, Error)]
pub enum EndpointError {
    /// The connection does not exist, or the delivery is not authentic: 401, without the distinction.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// It could not be stored: 503, so that the provider tries again if it supports that.
    #[error("the delivery could not be kept: {0}")]
    Unavailable(String),
}

/// The longest id of a delivery, in bytes.
const LONGEST_ID: usize = 200;

/// Whether a text can be the id of a delivery.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_ID
}

/// The values of all fields of a body together; none if one of them is missing.
fn fields(pointers: &[String], body: &[u8]) -> Option<String> {
    if pointers.is_empty() {
        return None;
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    let values = pointers.iter().map(|pointer| match body.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    Some(values.collect::<Option<Vec<String>>>()?.join("/"))
}

/// Converts Unix milliseconds to seconds.
fn seconds(ms: i64) -> u64 {
    u64::try_from(ms / 1_000).unwrap_or_default()
}

/// A scheme that authenticates a provider's deliveries.
fn scheme(auth: &WebhookAuth) -> Result<Scheme, ServiceError> {
    match auth.scheme.as_str() {
        "hmac-sha256" => Ok(Scheme::HmacSha256 { header: auth.header.clone(), prefix: auth.prefix.clone() }),
        STANDARD_WEBHOOKS => Ok(Scheme::StandardWebhooks {
            header: auth.header.clone(),
            id_header: auth.id_header.clone(),
            time_header: auth.time_header.clone(),
        }),
        "token" => Ok(Scheme::Token { header: auth.header.clone() }),
        "basic" => Ok(Scheme::Basic),
        other => Err(ServiceError::invalid(
            "provider",
            format!("unsupported authentication of deliveries `{other}`"),
        )),
    }
}

impl Service {
    /// Opens the endpoints of all connections, and closes those of deleted connections.
    pub(crate) async fn open_endpoints(&self) -> Result<(), ServiceError> {
        let store = &self.0.store;
        let list = async |page: Page| store.connections().list(&page).await;
        let connections = Page::every(list, |it| &it.id).await?;
        lock(&self.0.endpoints).retain(|id, _| connections.iter().any(|it| it.id == *id));
        for connection in connections {
            // A failure must not keep the other endpoints closed.
            if let Err(error) = self.open_endpoint(&connection.id, &connection.provider).await {
                tracing::error!(connection = %connection.id, %error, "its deliveries are refused");
            }
        }
        Ok(())
    }

    /// Opens the endpoint of a connection with its current secrets.
    pub(crate) async fn open_endpoint(&self, connection: &str, provider: &str) -> Result<(), ServiceError> {
        let (_, _, info) = self.provider(provider)?;
        let schemes = info.webhook.auth.iter().map(scheme).collect::<Result<_, _>>()?;
        let secret = self.0.store.secret_get(CONNECTION, connection, WEBHOOK).await?;
        let mut verifier = Verifier::new(schemes, secret.into_iter().collect());
        if let Some((secret, until)) = self.previous_secret(connection).await? {
            verifier = verifier.with_previous(secret, seconds(until));
            self.forget_previous_at(connection, until);
        }
        let endpoint = Endpoint {
            verifier,
            id_headers: info.webhook.id_headers.clone(),
            id_fields: info.webhook.id_fields.clone(),
            event_header: info.webhook.event_header.clone(),
        };
        lock(&self.0.endpoints).insert(connection.to_owned(), Arc::new(endpoint));
        Ok(())
    }

    /// Returns the previous webhook secret of a connection and the end of its validity, in Unix milliseconds. An
    /// expired one is deleted.
    async fn previous_secret(&self, connection: &str) -> Result<Option<(SecretString, i64)>, ServiceError> {
        let store = &self.0.store;
        // The row was written when the secret was changed.
        let Some((secret, at)) = store.secret_with_time(CONNECTION, connection, WEBHOOK_BEFORE).await? else {
            return Ok(None);
        };
        let until = at.saturating_add(GRACE);
        if now_ms() < until {
            return Ok(Some((secret, until)));
        }
        store
            .secret_delete_older(CONNECTION, connection, WEBHOOK_BEFORE, until.saturating_sub(GRACE))
            .await?;
        Ok(None)
    }

    /// Deletes the previous secret of a connection after it has expired. Until then, and if the process ends before, it
    /// stays in the database, but is not accepted.
    fn forget_previous_at(&self, connection: &str, until: i64) {
        // This task does not keep the service alive.
        let (service, connection) = (Arc::downgrade(&self.0), connection.to_owned());
        let wait = u64::try_from(until.saturating_sub(now_ms())).unwrap_or_default();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(wait) + SLACK).await;
            let Some(service) = service.upgrade().map(Service) else { return };
            if let Err(error) = service.previous_secret(&connection).await {
                tracing::warn!(%connection, %error, "the previous webhook secret cannot be deleted");
            }
        });
    }

    /// Reads secrets and connections again if another host has changed them.
    pub(crate) async fn follow_changes(&self) -> Result<(), ServiceError> {
        if matches!(self.0.store.database(), Database::Sqlite(_)) {
            // With SQLite, this is the only host.
            return Ok(());
        }
        let version = self.0.store.credentials_version().await?;
        if self.0.credentials.swap(version, Ordering::SeqCst) != version {
            self.forget_credentials();
            self.open_endpoints().await?;
        }
        Ok(())
    }

    /// Notifies other hosts that secrets or connections have changed.
    pub(crate) async fn publish_changes(&self) -> Result<(), ServiceError> {
        Ok(self.0.store.credentials_changed().await?)
    }

    pub(crate) fn close_endpoint(&self, connection: &str) {
        lock(&self.0.endpoints).remove(connection);
    }

    /// Whether a connection accepts deliveries: decided from its name with data in memory, before the rest of a request
    /// is read.
    pub fn is_taking(&self, connection: &str) -> bool {
        lock(&self.0.endpoints).contains_key(connection)
    }

    /// Receives a delivery: verifies it, then stores it durably.
    ///
    /// # Errors
    /// [`EndpointError::Refused`] before anything is stored; [`EndpointError::Unavailable`] if it could not be stored.
    pub async fn receive(
        &self,
        connection: &str,
        headers: &[(&str, &[u8])],
        body: &[u8],
    ) -> Result<Accepted, EndpointError> {
        let endpoint = lock(&self.0.endpoints).get(connection).cloned().ok_or(Refused::Forged)?;
        endpoint.verifier.verify(headers, body, seconds(now_ms()))?;
        let text = |name: &str| {
            let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.and_then(|(_, value)| str::from_utf8(value).ok()).map(str::to_owned)
        };
        let of_header = endpoint.id_headers.iter().find_map(|it| text(it).filter(|it| is_id(it)));
        // An authentic delivery without an id is identified by its body.
        let event_id = of_header
            .or_else(|| fields(&endpoint.id_fields, body).filter(|it| is_id(it)))
            .unwrap_or_else(|| palisade_source::Digest::of(body).to_string());
        let kept: Vec<(String, String)> = headers
            .iter()
            .filter(|(name, value)| value.len() <= LONGEST_VALUE && is_kept(name, &endpoint.verifier))
            .filter_map(|(name, value)| {
                Some((name.to_ascii_lowercase(), str::from_utf8(value).ok()?.to_owned()))
            })
            .take(MOST_HEADERS)
            .collect();
        // Shown in lists of deliveries.
        let kind = kept.iter().find(|(name, _)| name.eq_ignore_ascii_case(&endpoint.event_header));
        let kind = kind.map(|(_, value)| value.clone()).unwrap_or_default();
        let delivery = NewDelivery {
            connection_id: connection.to_owned(),
            event_id,
            kind,
            headers: kept,
            body: body.to_vec(),
        };
        self.0.acceptor.accept(delivery).await.map_err(|error| EndpointError::Unavailable(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn all_fields_together_identify_a_delivery() {
        let pointers = ["/subscription".to_owned(), "/number".to_owned()];
        let check = |pointers: &[String], body: &str, expected: Option<&str>| {
            assert_eq!(fields(pointers, body.as_bytes()).as_deref(), expected, "{body}");
        };
        check(&pointers, r#"{"subscription": "a", "number": 7, "more": 1}"#, Some("a/7"));
        check(&pointers, r#"{"subscription": "a"}"#, None);
        check(&pointers, r#"{"subscription": "a", "number": null}"#, None);
        check(&pointers, r#"{"subscription": ["a"], "number": 7}"#, None);
        check(&pointers, "not JSON", None);
        check(&[], r#"{"subscription": "a", "number": 7}"#, None);
    }
}
