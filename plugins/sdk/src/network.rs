//! Networks in rules: compared by the addresses that they contain, not by their text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ports that a firewall may open.
#[derive(Clone, Copy, Debug)]
pub enum Ports {
    /// This TCP port.
    Tcp(u32),
    /// All ports.
    All,
}

impl Ports {
    /// SSH.
    pub const SSH: Ports = Ports::Tcp(22);
    /// The Remote Desktop Protocol.
    pub const RDP: Ports = Ports::Tcp(3389);

    /// Whether a range of ports, with both ends, contains them.
    pub fn are_within(self, from: i64, to: i64) -> bool {
        match self {
            Ports::Tcp(port) => (from..=to).contains(&i64::from(port)),
            Ports::All => from <= 1 && to >= 65535,
        }
    }

    /// Whether a range such as `22`, `20-30` or `*` contains them.
    pub fn are_in(self, range: &str) -> bool {
        let range = range.trim();
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        match (from.trim().parse(), to.trim().parse()) {
            (Ok(from), Ok(to)) => self.are_within(from, to),
            _ => range == "*",
        }
    }
}

/// A network with a shorter prefix counts as everywhere: the halves and quarters of the internet are as open as the
/// whole. The largest private network, `10.0.0.0/8`, does not.
pub const SHORTEST_PREFIX: u32 = 8;

/// Whether a network in CIDR notation (RFC 4632, RFC 4291 §2.3) is the whole internet or a large part of it. An address
/// without a prefix is everywhere if it is unspecified (`0.0.0.0`, `::`).
pub fn is_everywhere(text: &str) -> bool {
    let (address, prefix) = match text.trim().split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text.trim(), None),
    };
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let Some(prefix) = prefix else { return address.is_unspecified() };
    let Ok(prefix) = prefix.parse::<u32>() else { return false };
    match address {
        IpAddr::V4(address) => is_wide(address, prefix),
        IpAddr::V6(address) => match (address.to_ipv4_mapped(), prefix.checked_sub(96)) {
            (Some(address), Some(prefix)) => is_wide(address, prefix),
            _ => prefix < SHORTEST_PREFIX && !is_reserved(address, prefix),
        },
    }
}

/// Multicast (`224.0.0.0/4`) and reserved addresses (`240.0.0.0/4`) are not part of the internet.
fn is_wide(address: Ipv4Addr, prefix: u32) -> bool {
    let [first, ..] = address.octets();
    prefix < SHORTEST_PREFIX && !(prefix >= 3 && first >= 224)
}

/// Unique local addresses (`fc00::/7`).
fn is_reserved(address: Ipv6Addr, prefix: u32) -> bool {
    let [first, ..] = address.segments();
    prefix == 7 && first & 0xfe00 == 0xfc00
}

#[cfg(test)]
mod tests {
    use super::{Ports, is_everywhere};

    #[test]
    fn ranges_of_ports() {
        for (range, expected) in [
            ("*", true),
            ("22", true),
            ("20-30", true),
            ("0-65535", true),
            ("23", false),
            ("-22", false),
            ("x", false),
        ] {
            assert_eq!(Ports::SSH.are_in(range), expected, "{range}");
        }
    }

    #[test]
    fn by_what_they_hold() {
        let everywhere = [
            "0.0.0.0/0",
            " 0.0.0.0/0 ",
            "1.2.3.4/0",
            "0.0.0.0/00",
            "0.0.0.0/1",
            "128.0.0.0/1",
            "64.0.0.0/2",
            "0.0.0.0/7",
            "0.0.0.0",
            "::/0",
            "::",
            "0:0::/0",
            "::0/0",
            "0:0:0:0:0:0:0:0/0",
            "0000:0000:0000:0000:0000:0000:0000:0000/0",
            "2000::/3",
            "8000::/1",
            "::ffff:0:0/96",
            "::ffff:0.0.0.0/97",
        ];
        let somewhere = [
            "",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "203.0.113.7",
            "203.0.113.7/32",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "fc00::/7",
            "fd00::/8",
            "2001:db8::/32",
            "::1/128",
            "::ffff:10.0.0.0/104",
            "/0",
            "x/0",
            "0.0.0.0/x",
            "sg-1",
            "::1",
            "127.0.0.0/8",
        ];
        for (texts, expected) in [(&everywhere[..], true), (&somewhere[..], false)] {
            for text in texts {
                assert_eq!(is_everywhere(text), expected, "{text}");
            }
        }
    }
}
