//! The service from a delivery to a check: the real adapter in the real sandbox, the real databases, real Git, and a
//! fake GitHub that checks every request against GitHub's own description.

#[cfg(test)]
mod access;
#[cfg(test)]
mod endpoint;
#[cfg(test)]
mod endpoint_load;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod internal_errors;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod process;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod pull_request;
#[cfg(test)]
mod removal;
#[cfg(test)]
mod same_head;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod siege;
#[cfg(test)]
mod site;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod two_hosts;
#[cfg(test)]
mod world;
