//! Parses UUIDs.

use regorus::Value;
use uuid::Uuid;

use crate::call::{Arguments, Function, Outcome, Undefined, object};

pub(crate) const FUNCTIONS: &[Function] = &[Function::new("uuid.parse", 1, parse)];

/// The time from the beginning of the Gregorian calendar, the epoch of versions 1, 2 and 6, to 1970, in units of 100
/// nanoseconds.
const GREGORIAN: i64 = 0x01b2_1dd2_1381_4000;

fn parse(call: &Arguments<'_>) -> Outcome {
    let uuid = Uuid::parse_str(call.text(0)?).or_undefined()?;
    let bytes = uuid.as_bytes();
    let version = uuid.get_version_num();
    let mut parts =
        vec![("version", Value::from(version)), ("variant", Value::from(uuid.get_variant().to_string()))];
    let (low, middle, high, rest) = uuid.as_fields();
    let ticks = match version {
        1 | 2 => Some(u64::from(high & 0xfff) << 48 | u64::from(middle) << 32 | u64::from(low)),
        6 => Some(u64::from(low) << 28 | u64::from(middle) << 12 | u64::from(high & 0xfff)),
        _ => None,
    };
    if let Some(ticks) = ticks.and_then(|it| i64::try_from(it).ok()) {
        parts.push(("time", Value::from((i128::from(ticks) - i128::from(GREGORIAN)) * 100)));
    }
    if version == 7 {
        let milliseconds = bytes.iter().take(6).fold(0_i128, |all, it| all << 8 | i128::from(*it));
        parts.push(("time", Value::from(milliseconds * 1_000_000)));
    }
    if matches!(version, 1 | 2) {
        let node: Vec<String> = rest.iter().skip(2).map(|it| format!("{it:02x}")).collect();
        let [sequence_high, sequence_low, first, ..] = *rest;
        let reach = if first & 1 == 0 { "unicast" } else { "multicast" };
        let scope = if first & 2 == 0 { "global" } else { "local" };
        parts.push(("nodeid", Value::from(node.join("-"))));
        parts.push(("macvariables", Value::from(format!("{scope}:{reach}"))));
        let sequence = u64::from(sequence_high & 0x3f) << 8 | u64::from(sequence_low);
        parts.push(("clocksequence", Value::from(sequence)));
        if version == 2 {
            parts.push(("id", Value::from(u64::from(low))));
            parts.push((
                "domain",
                Value::from(match sequence_low {
                    0 => "Person".to_owned(),
                    1 => "Group".to_owned(),
                    2 => "Org".to_owned(),
                    other => format!("Domain{other}"),
                }),
            ));
        }
    }
    Ok(object(parts))
}
