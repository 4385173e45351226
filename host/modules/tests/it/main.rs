//! Modules from servers that the tests start.

#[cfg(test)]
mod archives;
#[cfg(test)]
mod fetched;
#[cfg(test)]
mod repositories;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod server;
