//! The addresses to which connections are allowed: public ones, and those of networks that the administrator lists.
//!
//! The tables follow the IANA special-purpose address registries (RFC 6890 and its updates):
//! <https://www.iana.org/assignments/iana-ipv4-special-registry> and
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use thiserror::Error;

/// The kind of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// Reachable from the Internet.
    Public,
    /// This machine.
    Loopback,
    /// In a private network (RFC 1918, RFC 6598, RFC 4193).
    Private,
    /// Link-local, where clouds serve their metadata; also other metadata addresses of clouds.
    LinkLocal,
    /// Reserved: documentation, benchmarks, protocols, future use.
    Reserved,
    /// An IPv6 address that contains an IPv4 address, so that the route leads through a translator.
    Embedding,
    /// Not a single host: unspecified, multicast, broadcast.
    NoHost,
}

impl fmt::Display for AddressKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            AddressKind::Public => "public",
            AddressKind::Loopback => "loopback",
            AddressKind::Private => "private",
            AddressKind::LinkLocal => "link-local",
            AddressKind::Reserved => "reserved",
            AddressKind::Embedding => "translated",
            AddressKind::NoHost => "no host",
        })
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// The first match applies.
const V4: &[(Ipv4Net, AddressKind)] = &[
    (v4(0, 0, 0, 0, 8), AddressKind::NoHost), // RFC 791 §3.2, "this network"
    (v4(10, 0, 0, 0, 8), AddressKind::Private), // RFC 1918
    (v4(100, 64, 0, 0, 10), AddressKind::Private), // RFC 6598, shared by carriers
    (v4(127, 0, 0, 0, 8), AddressKind::Loopback), // RFC 1122 §3.2.1.3
    (v4(168, 63, 129, 16, 32), AddressKind::LinkLocal), // Azure's wire server, public by its number only
    (v4(169, 254, 0, 0, 16), AddressKind::LinkLocal), // RFC 3927
    (v4(172, 16, 0, 0, 12), AddressKind::Private), // RFC 1918
    (v4(192, 0, 0, 0, 24), AddressKind::Reserved), // RFC 6890 §2.1, protocol assignments
    (v4(192, 0, 2, 0, 24), AddressKind::Reserved), // RFC 5737, documentation
    (v4(192, 88, 99, 0, 24), AddressKind::Reserved), // RFC 7526, relays of 6to4
    (v4(192, 168, 0, 0, 16), AddressKind::Private), // RFC 1918
    (v4(198, 18, 0, 0, 15), AddressKind::Reserved), // RFC 2544, benchmarks
    (v4(198, 51, 100, 0, 24), AddressKind::Reserved), // RFC 5737, documentation
    (v4(203, 0, 113, 0, 24), AddressKind::Reserved), // RFC 5737, documentation
    (v4(224, 0, 0, 0, 4), AddressKind::NoHost), // RFC 5771, multicast
    (v4(255, 255, 255, 255, 32), AddressKind::NoHost), // RFC 8190, broadcast
    (v4(240, 0, 0, 0, 4), AddressKind::Reserved), // RFC 1112 §4
];

/// The first match applies; other addresses are reserved.
const V6: &[(Ipv6Net, AddressKind)] = &[
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), AddressKind::NoHost), // RFC 4291 §2.5.2
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), AddressKind::Loopback), // RFC 4291 §2.5.3
    (v6(0, 0, 0, 96), AddressKind::Embedding), // RFC 4291 §2.5.5.1, IPv4-compatible
    (v6(0x64, 0xff9b, 0, 96), AddressKind::Embedding), // RFC 6052, NAT64
    (v6(0x64, 0xff9b, 1, 48), AddressKind::Embedding), // RFC 8215, NAT64 of one's own
    (v6(0x2001, 0, 0, 32), AddressKind::Embedding), // RFC 4380, Teredo
    (v6(0x2001, 0, 0, 23), AddressKind::Reserved), // RFC 2928, protocol assignments
    (v6(0x2001, 0xdb8, 0, 32), AddressKind::Reserved), // RFC 3849, documentation
    (v6(0x2002, 0, 0, 16), AddressKind::Embedding), // RFC 3056, 6to4
    (v6(0x3fff, 0, 0, 20), AddressKind::Reserved), // RFC 9637, documentation
    (v6(0x2000, 0, 0, 3), AddressKind::Public), // RFC 4291 §2.4, global unicast
    (v6(0xfc00, 0, 0, 7), AddressKind::Private), // RFC 4193
    (v6(0xfe80, 0, 0, 10), AddressKind::LinkLocal), // RFC 4291 §2.5.6
    (v6(0xfec0, 0, 0, 10), AddressKind::Private), // RFC 3879, site-local
    (v6(0xff00, 0, 0, 8), AddressKind::NoHost), // RFC 4291 §2.7, multicast
];

/// Returns the kind of an address. An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is treated as the IPv4 address.
pub fn kind(address: IpAddr) -> AddressKind {
    match address.to_canonical() {
        IpAddr::V4(it) => {
            V4.iter().find(|(net, _)| net.contains(&it)).map_or(AddressKind::Public, |(_, kind)| *kind)
        }
        IpAddr::V6(it) => {
            V6.iter().find(|(net, _)| net.contains(&it)).map_or(AddressKind::Reserved, |(_, kind)| *kind)
        }
    }
}

/// A text that is not a valid network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("invalid network `{0}`: expected an address such as `10.1.2.3` or a range such as `10.0.0.0/8`")]
pub struct NetworkError(String);

/// Networks to which connections are allowed although they are not public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Parses a list of addresses and ranges in CIDR notation (RFC 4632).
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Networks, NetworkError> {
        texts.into_iter().map(network).collect::<Result<_, _>>().map(Networks)
    }

    /// Checks whether a connection to an address is allowed. An address that is not a single host is always refused.
    pub fn accept(&self, address: IpAddr) -> Result<(), AddressKind> {
        let address = address.to_canonical();
        match kind(address) {
            AddressKind::Public => Ok(()),
            AddressKind::NoHost => Err(AddressKind::NoHost),
            _ if self.0.iter().any(|net| net.contains(&address)) => Ok(()),
            refused => Err(refused),
        }
    }
}

fn network(text: &str) -> Result<IpNet, NetworkError> {
    let net = IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from));
    net.map_err(|_| NetworkError(text.escape_debug().to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(address: &str, expected: AddressKind) {
        assert_eq!(kind(address.parse().unwrap()), expected, "{address}");
    }

    #[test]
    fn every_block_has_its_kind() {
        use AddressKind::{Embedding, LinkLocal, Loopback, NoHost, Private, Public, Reserved};
        for (addresses, kind) in [
            (
                "93.184.216.34 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255",
                Public,
            ),
            ("128.0.0.0 169.253.0.1 172.15.255.255 172.32.0.0 192.167.1.1 198.17.255.255 198.20.0.0", Public),
            ("223.255.255.255 192.0.1.0 168.63.129.15", Public),
            ("2606:4700::1111 2001:200::1 2001:4860:4860::8888 3ffe::1 2003::1", Public),
            ("127.0.0.1 127.255.255.255 ::1 ::ffff:127.0.0.1 ::ffff:7f00:1", Loopback),
            (
                "10.0.0.0 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 100.64.0.1 100.127.255.255",
                Private,
            ),
            ("fc00::1 fd00:ec2::254 fec0::1 ::ffff:10.0.0.1 100.100.100.200", Private),
            ("169.254.169.254 169.254.0.0 fe80::1 febf::1 ::ffff:169.254.169.254 168.63.129.16", LinkLocal),
            (
                "192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.9",
                Reserved,
            ),
            (
                "240.0.0.1 255.255.255.254 2001:db8::1 2001:2::1 2001:20::1 3fff::1 4000::1 5f00::1 100::1",
                Reserved,
            ),
            ("::127.0.0.1 ::7f00:1 64:ff9b::7f00:1 64:ff9b:1::1 2001::1 2002:7f00:1::1", Embedding),
            ("0.0.0.0 0.1.2.3 224.0.0.1 239.255.255.255 255.255.255.255 :: ff02::1 ::ffff:0.0.0.0", NoHost),
        ] {
            addresses.split(' ').for_each(|it| check(it, kind));
        }
    }

    #[test]
    fn listed_networks_are_accepted_and_nothing_beside_them() {
        let networks = Networks::parse(["10.1.0.0/16", "fd00::/8", "127.0.0.9", "0.0.0.0/8"]).unwrap();
        for (address, good) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("10.2.0.1", false),
            ("fd12::1", true),
            ("fc12::1", false),
            ("127.0.0.9", true),
            ("127.0.0.1", false),
            ("2002:a01:203::1", false),
            ("0.0.0.0", false),
            ("1.1.1.1", true),
        ] {
            assert_eq!(networks.accept(address.parse().unwrap()).is_ok(), good, "{address}");
        }
    }

    #[test]
    fn what_is_no_network_is_told() {
        for bad in ["", "10.0.0.0/33", "example.com", "10.0.0", "::/129", "10.0.0.0/8 "] {
            assert!(Networks::parse([bad]).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_ipv4_address_is_judged_alike_in_either_form(bits: u32) {
            let plain = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(kind(IpAddr::V4(plain)), kind(IpAddr::V6(plain.to_ipv6_mapped())));
        }

        #[test]
        fn nothing_that_the_standard_library_calls_special_is_public(bits: u32) {
            let it = Ipv4Addr::from_bits(bits);
            let special = it.is_private() || it.is_loopback() || it.is_link_local() || it.is_multicast()
                || it.is_documentation() || it.is_broadcast() || it.is_unspecified();
            prop_assert!(!special || kind(IpAddr::V4(it)) != AddressKind::Public);
        }
    }
}
