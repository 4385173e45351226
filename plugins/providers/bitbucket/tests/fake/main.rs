//! The adapter against a Bitbucket that keeps state and checks every request.

#[cfg(test)]
mod connection;
#[cfg(test)]
mod create;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod publish;
#[cfg(test)]
mod read;
#[cfg(test)]
mod support;
