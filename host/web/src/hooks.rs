//! The webhook endpoints: `/hooks/{connection}`.
//!
//! The only statuses are 202, 401, 413 and 503. Providers disable webhooks that respond otherwise: Azure DevOps after a
//! 410 or a 500, GitLab after several failures of any kind.
//!
//! Anyone can send requests here, so unauthentic requests must be cheap: an unknown connection is refused from its name
//! alone, before the body is read. Each body has limits of size, time and rate, and all bodies together have a memory
//! limit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use palisade_service::{Accepted, EndpointError, Refused, Service};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The `Retry-After` for a sender that was not served, in seconds.
const RETRY_AFTER: u64 = 5;

/// The limits of the bodies of deliveries.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// The largest delivery, in bytes: GitHub's limit.
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap>
    largest: usize,
    /// The timeout of a whole body. GitHub itself times out after 10 s.
    patience: Duration,
    /// The time at the beginning of a body without a minimum rate.
    grace: Duration,
    /// The minimum rate after that, in bytes per second.
    slowest: u64,
    /// The maximum number of bytes of bodies in memory at the same time.
    in_flight: usize,
}

const LIMITS: Limits = Limits {
    largest: 25 << 20,
    patience: Duration::from_secs(10),
    grace: Duration::from_secs(2),
    slowest: 16 << 10,
    in_flight: 64 << 20,
};

impl Limits {
    /// The time after the beginning of a body at which it must have sent more than this number of bytes.
    fn until(&self, received: usize) -> Duration {
        let received = u64::try_from(received).unwrap_or(u64::MAX);
        let by_rate = Duration::from_millis(received.saturating_mul(1_000) / self.slowest.max(1));
        self.patience.min(self.grace.saturating_add(by_rate))
    }
}

/// The reason why a body was not read completely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unread {
    TooLarge,
    TooSlow,
    CutOff,
    /// Other bodies use all the memory that is reserved for bodies.
    NoRoom,
}

/// The reason why a delivery was not accepted.
#[derive(Debug)]
enum Refusal {
    UnknownConnection,
    Unread(Unread),
    Refused(Refused),
    Unavailable,
}

impl Refusal {
    /// The label of the reason in the metrics.
    fn reason(&self) -> &'static str {
        match self {
            Refusal::UnknownConnection => "unknown_connection",
            Refusal::Unread(Unread::TooLarge) => "too_large",
            Refusal::Unread(Unread::TooSlow) => "too_slow",
            Refusal::Unread(Unread::CutOff) => "cut_off",
            Refusal::Unread(Unread::NoRoom) => "no_room",
            Refusal::Refused(Refused::Unsigned) => "unsigned",
            Refusal::Refused(Refused::Ambiguous) => "ambiguous",
            Refusal::Refused(Refused::Malformed) => "malformed",
            Refusal::Refused(Refused::Forged) => "forged",
            Refusal::Refused(Refused::Old) => "old",
            Refusal::Unavailable => "unavailable",
        }
    }

    fn answer(&self) -> Response {
        match self {
            // The same response as for a wrong signature of an existing connection.
            Refusal::UnknownConnection => {
                answer(StatusCode::UNAUTHORIZED, &EndpointError::Refused(Refused::Forged).to_string())
            }
            Refusal::Refused(refused) => answer(StatusCode::UNAUTHORIZED, &refused.to_string()),
            Refusal::Unread(Unread::TooLarge) => {
                answer(StatusCode::PAYLOAD_TOO_LARGE, "the delivery is larger than 25 MiB")
            }
            Refusal::Unread(Unread::TooSlow) => later("the delivery arrived too slowly: send it again"),
            Refusal::Unread(Unread::CutOff) => later("the delivery was incomplete: send it again"),
            Refusal::Unread(Unread::NoRoom) => {
                later("too many deliveries arrive at the same time: send it again")
            }
            Refusal::Unavailable => later("the delivery could not be stored: send it again"),
        }
    }
}

fn answer(status: StatusCode, error: &str) -> Response {
    (status, Json(serde_json::json!({ "error": error }))).into_response()
}

fn later(error: &str) -> Response {
    let mut response = answer(StatusCode::SERVICE_UNAVAILABLE, error);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER));
    response
}

/// The metric of the memory that is held for bodies.
const IN_FLIGHT: &str = "palisade_hook_bytes_in_flight";

/// Memory that is held for a body.
struct Held {
    permit: OwnedSemaphorePermit,
    bytes: u32,
}

impl Held {
    fn nothing(room: &Arc<Semaphore>) -> Result<Held, Unread> {
        let permit = Arc::clone(room).try_acquire_many_owned(0).map_err(|_| Unread::NoRoom)?;
        Ok(Held { permit, bytes: 0 })
    }

    fn add(&mut self, room: &Arc<Semaphore>, bytes: usize) -> Result<(), Unread> {
        let bytes = u32::try_from(bytes).map_err(|_| Unread::TooLarge)?;
        let permit = Arc::clone(room).try_acquire_many_owned(bytes).map_err(|_| Unread::NoRoom)?;
        self.permit.merge(permit);
        self.bytes = self.bytes.saturating_add(bytes);
        metrics::gauge!(IN_FLIGHT).increment(f64::from(bytes));
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        metrics::gauge!(IN_FLIGHT).decrement(f64::from(self.bytes));
    }
}

/// A body with the memory that is held for it.
struct Taken {
    bytes: Vec<u8>,
    _held: Held,
}

/// Reads a body within the limits. Memory is held for received bytes, not for announced ones: a client that sends
/// nothing does not reduce the memory for others.
async fn read(mut body: Body, limits: &Limits, room: &Arc<Semaphore>) -> Result<Taken, Unread> {
    let begin = tokio::time::Instant::now();
    let largest = u64::try_from(limits.largest).unwrap_or(u64::MAX);
    if body.size_hint().lower() > largest {
        return Err(Unread::TooLarge);
    }
    let (mut bytes, mut held) = (Vec::new(), Held::nothing(room)?);
    loop {
        let until = begin + limits.until(bytes.len());
        let frame = match tokio::time::timeout_at(until, body.frame()).await {
            Err(_) => return Err(Unread::TooSlow),
            Ok(None) => return Ok(Taken { bytes, _held: held }),
            Ok(Some(Err(_))) => return Err(Unread::CutOff),
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers are not used.
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len().saturating_add(data.len()) > limits.largest {
            return Err(Unread::TooLarge);
        }
        held.add(room, data.len())?;
        bytes.extend_from_slice(&data);
    }
}

/// The state of the webhook endpoints.
#[derive(Clone)]
struct Hooks {
    service: Service,
    limits: Limits,
    room: Arc<Semaphore>,
}

impl Hooks {
    async fn take(&self, connection: &str, headers: &HeaderMap, body: Body) -> Result<Accepted, Refusal> {
        if !self.service.is_taking(connection) {
            return Err(Refusal::UnknownConnection);
        }
        let taken = read(body, &self.limits, &self.room).await.map_err(Refusal::Unread)?;
        let pairs: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        self.service.receive(connection, &pairs, &taken.bytes).await.map_err(|error| match error {
            EndpointError::Refused(refused) => Refusal::Refused(refused),
            EndpointError::Unavailable(_) => {
                tracing::warn!(%error, "a delivery was not accepted");
                Refusal::Unavailable
            }
        })
    }
}

pub(crate) fn router(service: Service) -> Router {
    let hooks = Hooks { service, limits: LIMITS, room: Arc::new(Semaphore::new(LIMITS.in_flight)) };
    Router::new().route("/hooks/{connection}", post(receive)).with_state(hooks)
}

async fn receive(
    State(hooks): State<Hooks>,
    connection: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let begin = Instant::now();
    let taken = match connection {
        Ok(Path(connection)) => hooks.take(&connection, &headers, body).await,
        // A name that is not valid UTF-8 does not belong to a connection.
        Err(_) => Err(Refusal::UnknownConnection),
    };
    let response = match taken {
        Ok(accepted) => {
            (StatusCode::ACCEPTED, Json(serde_json::json!({ "delivery": accepted.id }))).into_response()
        }
        Err(refusal) => {
            metrics::counter!("palisade_deliveries_refused_total", "reason" => refusal.reason()).increment(1);
            refusal.answer()
        }
    };
    metrics::counter!("palisade_deliveries_total", "status" => response.status().as_str().to_owned())
        .increment(1);
    metrics::histogram!("palisade_delivery_seconds").record(begin.elapsed());
    response
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use axum::body::{Body, Bytes};
    use hyper::body::{Frame, SizeHint};
    use tokio::sync::Semaphore;
    use tokio::time::{Instant, Sleep};

    use super::{LIMITS, Limits, Unread, read};

    /// A body that sends a number of bytes at a time, with a pause before each.
    struct Drip {
        left: usize,
        at_once: usize,
        pause: Duration,
        announced: u64,
        sleep: Pin<Box<Sleep>>,
    }

    impl Drip {
        fn body(left: usize, at_once: usize, pause: Duration, announced: u64) -> Body {
            let sleep = Box::pin(tokio::time::sleep(pause));
            Body::new(Drip { left, at_once, pause, announced, sleep })
        }
    }

    impl hyper::body::Body for Drip {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            if self.sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let next = Instant::now() + self.pause;
            self.sleep.as_mut().reset(next);
            let count = self.left.min(self.at_once);
            self.left -= count;
            Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b'x'; count])))))
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.announced)
        }
    }

    /// The result of a body, and its duration in the test's time.
    async fn outcome(body: Body, limits: &Limits) -> (Result<usize, Unread>, Duration) {
        let room = Arc::new(Semaphore::new(limits.in_flight));
        let begin = Instant::now();
        let taken = read(body, limits, &room).await;
        let held = limits.in_flight - room.available_permits();
        let taken = taken.map(|taken| {
            assert_eq!(held, taken.bytes.len(), "memory is held for what was read");
            taken.bytes.len()
        });
        assert_eq!(room.available_permits(), limits.in_flight, "memory is given back");
        (taken, begin.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn slow_bodies_end() {
        let ms = Duration::from_millis;
        for (name, body, expected, at_most) in [
            ("at once", Drip::body(1_000, 1_000, ms(0), 1_000), Ok(1_000), ms(10)),
            (
                "nothing at all",
                Drip::body(1_000, 1, Duration::from_mins(5), 1_000),
                Err(Unread::TooSlow),
                ms(2_010),
            ),
            ("a byte each 100 ms", Drip::body(10_000, 1, ms(100), 10_000), Err(Unread::TooSlow), ms(2_110)),
            // Above the minimum rate, but too slow in total.
            (
                "20 KiB/s for ever",
                Drip::body(20 << 20, 2_048, ms(100), 20 << 20),
                Err(Unread::TooSlow),
                ms(10_010),
            ),
            ("20 KiB/s for 5 s", Drip::body(100 << 10, 2_048, ms(100), 100 << 10), Ok(100 << 10), ms(5_110)),
            // Announced as too large: nothing of it is read.
            ("announced", Drip::body(1 << 30, 1 << 20, ms(100), 1 << 30), Err(Unread::TooLarge), ms(0)),
            // Announced as small, but too large.
            ("grown", Drip::body(30 << 20, 1 << 20, ms(1), 0), Err(Unread::TooLarge), ms(100)),
        ] {
            let (found, took) = outcome(body, &LIMITS).await;
            assert_eq!(found, expected, "{name}");
            assert!(took <= at_most, "{name}: {took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_over_all_bodies() {
        let limits = Limits { in_flight: 10_000, ..LIMITS };
        let room = Arc::new(Semaphore::new(limits.in_flight));
        let whole = |count: usize| Body::from(vec![b'x'; count]);
        let first = read(whole(6_000), &limits, &room).await.ok().unwrap();
        assert_eq!(read(whole(6_000), &limits, &room).await.err(), Some(Unread::NoRoom));
        assert!(read(whole(4_000), &limits, &room).await.is_ok(), "what fits is read");
        // An incomplete body returns its memory.
        let grown = Drip::body(5_000, 1_000, Duration::from_millis(1), 5_000);
        assert_eq!(read(grown, &limits, &room).await.err(), Some(Unread::NoRoom));
        drop(first);
        assert_eq!(room.available_permits(), limits.in_flight);
        assert!(read(whole(6_000), &limits, &room).await.is_ok());
    }
}
