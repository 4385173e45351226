//! IP network functions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bigdecimal::num_bigint::BigInt;
use bigdecimal::num_traits::ToPrimitive;
use palisade_terraform_values::{Data, Type, Value, convert};

use crate::arguments::{Arguments, Outcome};
use crate::function::{number, text};
use crate::{Function, FunctionError, Gives};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new(
        "cidrcontains",
        &[text("containing_prefix"), text("contained_ip_or_prefix")],
        Gives::Bool,
        contains,
    ),
    Function::new("cidrhost", &[text("prefix"), number("hostnum")], Gives::Text, host),
    Function::new("cidrnetmask", &[text("prefix")], Gives::Text, |it| {
        let prefix = Prefix::of(it, 0)?;
        if prefix.width != 32 {
            return Err(it.blame(0, "an IPv4 prefix is required; IPv6 has no netmasks"));
        }
        Ok(show(prefix.mask(), 32).into())
    }),
    Function::new("cidrsubnet", &[text("prefix"), number("newbits"), number("netnum")], Gives::Text, subnet),
    Function::new("cidrsubnets", &[text("prefix")], Gives::Texts, subnets).rest(number("newbits")),
];

/// A network.
#[derive(Clone, Copy)]
struct Prefix {
    /// The first address, in the lowest `width` bits.
    first: u128,
    /// The number of network bits.
    length: u32,
    /// The number of bits of an address: 32 or 128.
    width: u32,
}

impl Prefix {
    fn of(arguments: &Arguments<'_>, index: usize) -> Outcome<Prefix> {
        let parsed = Prefix::parse(arguments.text(index)?);
        parsed.ok_or_else(|| arguments.blame(index, "a prefix such as `10.0.0.0/8` is required"))
    }

    fn parse(text: &str) -> Option<Prefix> {
        let (address, length) = text.split_once('/')?;
        let (address, width) = parse_address(address)?;
        if length.is_empty() || length.len() > 3 || !length.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        let length: u32 = length.parse().ok().filter(|it| *it <= width)?;
        let mut prefix = Prefix { first: address, length, width };
        prefix.first &= prefix.mask();
        Some(prefix)
    }

    /// The bits of an address that identify the host.
    fn hosts(&self) -> u128 {
        let bits = self.width.saturating_sub(self.length);
        1_u128.checked_shl(bits).map_or(u128::MAX, |it| it - 1)
    }

    fn mask(&self) -> u128 {
        let all = if self.width == 32 { u128::from(u32::MAX) } else { u128::MAX };
        all & !self.hosts()
    }

    fn last(&self) -> u128 {
        self.first | self.hosts()
    }

    fn show(&self) -> String {
        format!("{}/{}", show(self.first, self.width), self.length)
    }
}

/// An address and its number of bits. Leading zeros in IPv4 numbers are ignored.
fn parse_address(text: &str) -> Option<(u128, u32)> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(|it| (it.to_bits(), 128));
    }
    let plain = text.split('.').map(|it| match it.trim_start_matches('0') {
        "" if !it.is_empty() => "0",
        digits => digits,
    });
    let address: Ipv4Addr = plain.collect::<Vec<_>>().join(".").parse().ok()?;
    Some((u128::from(address.to_bits()), 32))
}

fn show(address: u128, width: u32) -> String {
    match u32::try_from(address) {
        Ok(address) if width == 32 => IpAddr::from(Ipv4Addr::from_bits(address)).to_string(),
        _ => IpAddr::from(Ipv6Addr::from_bits(address)).to_string(),
    }
}

fn whole(arguments: &Arguments<'_>, index: usize) -> Outcome<BigInt> {
    arguments.number(index)?.as_big().ok_or_else(|| arguments.blame(index, "a whole number is required"))
}

/// A negative number counts backwards from the last host.
fn host(arguments: &Arguments<'_>) -> Outcome {
    let prefix = Prefix::of(arguments, 0)?;
    let number = whole(arguments, 1)?;
    let backwards = number < BigInt::from(0);
    let offset = if backwards { -number - 1 } else { number };
    let offset = offset.to_u128().filter(|it| *it <= prefix.hosts());
    let offset = offset.ok_or_else(|| arguments.blame(1, format!("{} has no such host", prefix.show())))?;
    let address = if backwards { prefix.last() - offset } else { prefix.first | offset };
    Ok(show(address, prefix.width).into())
}

fn subnet(arguments: &Arguments<'_>) -> Outcome {
    let prefix = Prefix::of(arguments, 0)?;
    let bits = u32::try_from(arguments.whole(1)?).ok();
    let length = bits.and_then(|it| it.checked_add(prefix.length)).filter(|it| *it <= prefix.width);
    let length = length.ok_or_else(|| {
        let left = prefix.width - prefix.length;
        arguments.blame(1, format!("{} leaves from 0 to {left} bits", prefix.show()))
    })?;
    let subnet = Prefix { length, ..prefix };
    // The largest number of a subnet of this length.
    let most = prefix.hosts().checked_shr(prefix.width - length).unwrap_or(0);
    let number = whole(arguments, 2)?.to_u128().filter(|it| *it <= most);
    let number = number.ok_or_else(|| arguments.blame(2, format!("must be from 0 to {most}")))?;
    let offset = number.checked_shl(prefix.width - length).unwrap_or(0);
    Ok(Prefix { first: prefix.first | offset, ..subnet }.show().into())
}

fn subnets(arguments: &Arguments<'_>) -> Outcome {
    let prefix = Prefix::of(arguments, 0)?;
    let mut found = Vec::new();
    // The first free address; none if all are used.
    let mut free = Some(prefix.first);
    for (index, bits) in arguments.rest(1).iter().enumerate() {
        let bits = match convert(bits.clone(), &Type::Number).map(|it| it.data) {
            Ok(Data::Number(number)) => number.as_i64().and_then(|it| u32::try_from(it).ok()),
            _ => None,
        };
        let bits = bits.filter(|it| (1..=32).contains(it));
        let bits = bits.ok_or_else(|| arguments.blame(index + 1, "must be from 1 to 32"))?;
        let length = (prefix.length + bits <= prefix.width).then_some(prefix.length + bits);
        let length =
            length.ok_or_else(|| arguments.blame(index + 1, format!("{} leaves fewer", prefix.show())))?;
        let subnet = Prefix { first: 0, length, width: prefix.width };
        // A subnet begins at a multiple of its size.
        let first = free.and_then(|it| it.checked_add(subnet.hosts())).map(|it| it & subnet.mask());
        let subnet = first.map(|first| Prefix { first, ..subnet }).filter(|it| it.last() <= prefix.last());
        let Some(subnet) = subnet.filter(|it| it.first >= prefix.first) else {
            return Err(FunctionError::failed(format!("{} has no room for the subnets", prefix.show())));
        };
        free = subnet.last().checked_add(1);
        found.push(Value::from(subnet.show()));
    }
    Ok(Value::list(found))
}

fn contains(arguments: &Arguments<'_>) -> Outcome {
    let outer = Prefix::of(arguments, 0)?;
    let inner = match parse_address(arguments.text(1)?) {
        Some((first, width)) => Prefix { first, length: width, width },
        None => Prefix::of(arguments, 1)?,
    };
    if inner.width != outer.width {
        return Err(arguments.blame(1, "must be of the same version of IP as the prefix"));
    }
    Ok((outer.first <= inner.first && inner.last() <= outer.last()).into())
}
