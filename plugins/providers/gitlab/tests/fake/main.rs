//! The adapter against a GitLab that keeps state and checks every request.

#[cfg(test)]
mod check;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod pulls;
#[cfg(test)]
mod support;
