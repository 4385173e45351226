//! The API as clients see it: through the router, with a real database, the real adapter and a fake GitHub.

#[cfg(test)]
mod access;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod document;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod watch;
#[cfg(test)]
mod world;
