//! Requests to servers that the tests start, and to addresses that must never be reached.

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod forbidden;
#[cfg(test)]
mod redirects;
#[cfg(test)]
mod repositories;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod server;
#[cfg(test)]
mod waits;
