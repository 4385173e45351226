//! The number of connections of each address: one address must not use all places.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The network part of an IPv6 address that one customer has, who can choose the other bits (RFC 6177 §2).
const CUSTOMER: u128 = u128::MAX << 64;

/// Connections by address. Clones share the counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection that is counted until this is dropped.
#[derive(Debug)]
pub(super) struct Entered {
    peers: Peers,
    address: IpAddr,
}

/// The address under which connections are counted.
fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & CUSTOMER)),
        address @ IpAddr::V4(_) => address,
    }
}

impl Peers {
    /// Counts a connection; `None` if the address has `most` already.
    pub(super) fn enter(&self, address: IpAddr, most: usize) -> Option<Entered> {
        let address = group(address);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Entered { peers: self.clone(), address })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut all = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                all.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Peers;

    #[test]
    fn one_address_has_so_many() {
        let peers = Peers::default();
        let enter = |address: &str| peers.enter(address.parse().unwrap(), 2);
        let first = enter("192.0.2.1");
        let second = enter("::ffff:192.0.2.1");
        assert!(first.is_some() && second.is_some());
        assert!(enter("192.0.2.1").is_none(), "the mapped address is the same one");
        let other = enter("192.0.2.2");
        assert!(other.is_some(), "another one has places of its own");
        drop(first);
        assert!(enter("192.0.2.1").is_some(), "a place that was left is free");
        let network =
            [enter("2001:db8::1"), enter("2001:db8::2"), enter("2001:db8::3"), enter("2001:db8:0:1::1")];
        assert_eq!(network.each_ref().map(Option::is_some), [true, true, false, true]);
        drop((second, other, network));
        assert!(peers.0.lock().unwrap().is_empty(), "addresses without connections are forgotten");
    }
}
