//! Networks.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined, array, set, text, too_much};
use crate::limits;

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("net.cidr_contains", 2, contains),
    Function::new("net.cidr_contains_matches", 2, contains_matches),
    Function::new("net.cidr_expand", 1, expand),
    Function::new("net.cidr_intersects", 2, intersects),
    Function::new("net.cidr_is_valid", 1, is_valid),
    Function::new("net.cidr_merge", 1, merge),
    Function::new("net.cidr_overlap", 2, contains),
];

/// A network; host bits in the text are ignored.
fn network(text: &str) -> Option<IpNet> {
    let (address, prefix) = text.split_once('/')?;
    // Digits only, without a sign.
    let plain = prefix.len() <= 3 && prefix.bytes().all(|it| it.is_ascii_digit());
    let prefix = plain.then(|| prefix.parse().ok())??;
    IpNet::new(address.parse().ok()?, prefix).ok().map(|it| it.trunc())
}

/// A network, or an address as a network of one.
fn network_or_address(text: &str) -> Option<IpNet> {
    if text.contains('/') { network(text) } else { text.parse::<IpAddr>().ok().map(IpNet::from) }
}

fn contains(call: &Arguments<'_>) -> Outcome {
    let whole = network(call.text(0)?).or_undefined()?;
    let part = network_or_address(call.text(1)?).or_undefined()?;
    Ok(Value::Bool(whole.contains(&part)))
}

fn intersects(call: &Arguments<'_>) -> Outcome {
    let (one, other) = (network(call.text(0)?).or_undefined()?, network(call.text(1)?).or_undefined()?);
    Ok(Value::Bool(one.contains(&other) || other.contains(&one)))
}

fn is_valid(call: &Arguments<'_>) -> Outcome {
    Ok(Value::Bool(match call.any(0)? {
        Value::String(text) => network(text).is_some(),
        _ => false,
    }))
}

/// Each pair of a network and a network or address in it, by their keys in their collections.
fn contains_matches(call: &Arguments<'_>) -> Outcome {
    let (wholes, parts) = (named(call.any(0)?)?, named(call.any(1)?)?);
    let wholes: Vec<(Value, IpNet)> = wholes
        .into_iter()
        .map(|(name, it)| Ok((name, network_or_address(it).or_undefined()?)))
        .collect::<Result<_, Refusal>>()?;
    let mut pairs = Vec::new();
    for (name, part) in parts {
        let part = network_or_address(part).or_undefined()?;
        for (whole, network) in &wholes {
            if network.contains(&part) {
                pairs.push(array([whole.clone(), name.clone()]));
            }
        }
    }
    Ok(set(pairs))
}

/// The texts of a collection, each with its index, its key, or itself as key.
fn named(value: &Value) -> Result<Vec<(Value, &str)>, Refusal> {
    match value {
        Value::String(one) => Ok(vec![(value.clone(), one)]),
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, it)| Ok((Value::from(at), cidr(it)?))).collect()
        }
        Value::Set(members) => members.iter_sorted().map(|it| Ok((it.clone(), cidr(it)?))).collect(),
        Value::Object(entries) => {
            entries.iter_sorted().map(|(key, it)| Ok((key.clone(), cidr(it)?))).collect()
        }
        // For OPA a value that is not a collection contains no networks.
        _ => Ok(Vec::new()),
    }
}

/// A string, or the first item of an array whose other items are additional data.
fn cidr(value: &Value) -> Result<&str, Refusal> {
    match value {
        Value::Array(items) => text(items.first().or_undefined()?),
        _ => text(value),
    }
}

/// All addresses of a network, including the first and the last one.
fn expand(call: &Arguments<'_>) -> Outcome {
    let network = network(call.text(0)?).or_undefined()?;
    let bits = network.max_prefix_len() - network.prefix_len();
    let many = 1_u128.checked_shl(u32::from(bits)).unwrap_or(u128::MAX);
    if many > limits::ITEMS as u128 {
        return Err(too_much(format_args!("more than {} addresses", limits::ITEMS)));
    }
    Ok(set((0..many).map(|at| {
        Value::from(match network.network() {
            IpAddr::V4(first) => {
                let at = u32::try_from(at).unwrap_or_default();
                Ipv4Addr::from_bits(first.to_bits().wrapping_add(at)).to_string()
            }
            IpAddr::V6(first) => Ipv6Addr::from_bits(first.to_bits().wrapping_add(at)).to_string(),
        })
    })))
}

/// The smallest list of networks with the same addresses.
fn merge(call: &Arguments<'_>) -> Outcome {
    let mut four: Vec<Ipv4Net> = Vec::new();
    let mut six: Vec<Ipv6Net> = Vec::new();
    for text in call.texts(0)? {
        match network_or_address(text).or_undefined()? {
            IpNet::V4(it) => four.push(it),
            IpNet::V6(it) => six.push(it),
        }
    }
    let mut merged: BTreeSet<String> = BTreeSet::new();
    merged.extend(Ipv4Net::aggregate(&four).iter().map(ToString::to_string));
    merged.extend(Ipv6Net::aggregate(&six).iter().map(ToString::to_string));
    Ok(set(merged.into_iter().map(Value::from)))
}
