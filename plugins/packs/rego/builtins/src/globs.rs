//! Whether any text matches both globs of `regex.globs_match`: both are converted to automata with one state for each
//! sign, and pairs of states are visited until both are at their ends. The text must have at least one character.

use std::collections::BTreeSet;

use regorus::Value;

use crate::call::{Outcome, Refusal};

/// What one sign matches.
#[derive(Debug)]
enum Takes {
    Any,
    /// These ranges of characters.
    Of(Vec<(char, char)>),
}

#[derive(Debug)]
struct Sign {
    takes: Takes,
    /// Whether it is optional, and whether it may repeat.
    none: bool,
    again: bool,
}

pub(crate) fn both(left: &str, right: &str) -> Outcome {
    let (left, right) = (signs(left)?, signs(right)?);
    let mut seen = BTreeSet::from([(0, 0)]);
    let mut waiting = vec![(0, 0)];
    while let Some((one, other)) = waiting.pop() {
        for at in reached(&left, one) {
            for against in reached(&right, other) {
                let (Some(first), Some(second)) = (left.get(at), right.get(against)) else { continue };
                if !common(&first.takes, &second.takes) {
                    continue;
                }
                for next in after(first, at) {
                    for beside in after(second, against) {
                        if ended(&left, next) && ended(&right, beside) {
                            return Ok(Value::Bool(true));
                        }
                        if seen.insert((next, beside)) {
                            waiting.push((next, beside));
                        }
                    }
                }
            }
        }
    }
    Ok(Value::Bool(false))
}

/// The signs that may match the next character after this state.
fn reached(signs: &[Sign], from: usize) -> impl Iterator<Item = usize> {
    let skipped = signs.iter().skip(from).take_while(|it| it.none).count();
    from..=from + skipped
}

fn after(sign: &Sign, at: usize) -> impl Iterator<Item = usize> + use<> {
    std::iter::once(at + 1).chain(sign.again.then_some(at))
}

fn ended(signs: &[Sign], from: usize) -> bool {
    signs.iter().skip(from).all(|it| it.none)
}

fn common(left: &Takes, right: &Takes) -> bool {
    match (left, right) {
        (Takes::Of(left), Takes::Of(right)) => {
            left.iter().any(|(from, to)| right.iter().any(|(start, end)| from <= end && start <= to))
        }
        (Takes::Of(these), Takes::Any) | (Takes::Any, Takes::Of(these)) => !these.is_empty(),
        (Takes::Any, Takes::Any) => true,
    }
}

fn signs(glob: &str) -> Result<Vec<Sign>, Refusal> {
    let mut signs: Vec<Sign> = Vec::new();
    let mut characters = glob.chars();
    let mut repeated = true;
    while let Some(it) = characters.next() {
        let takes = match it {
            '*' | '+' if repeated => return Err(Refusal::Undefined),
            '*' | '+' => {
                if let Some(last) = signs.last_mut() {
                    // After one character the state stays at this sign, or advances.
                    last.again = true;
                    last.none = it == '*';
                }
                repeated = true;
                continue;
            }
            '.' => Takes::Any,
            '[' => Takes::Of(class(&mut characters)?),
            ']' => return Err(Refusal::Undefined),
            '\\' => one(characters.next().ok_or(Refusal::Undefined)?),
            _ => one(it),
        };
        signs.push(Sign { takes, none: false, again: false });
        repeated = false;
    }
    Ok(signs)
}

fn one(it: char) -> Takes {
    Takes::Of(vec![(it, it)])
}

/// The ranges of a class, up to its end.
fn class(characters: &mut std::str::Chars<'_>) -> Result<Vec<(char, char)>, Refusal> {
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut range = false;
    loop {
        let it = match characters.next().ok_or(Refusal::Undefined)? {
            ']' if range => return Err(Refusal::Undefined),
            ']' => return Ok(ranges),
            '-' if !range && !ranges.is_empty() => {
                range = true;
                continue;
            }
            '\\' => characters.next().ok_or(Refusal::Undefined)?,
            it => it,
        };
        match ranges.last_mut() {
            Some(last) if range => {
                if it < last.0 {
                    return Err(Refusal::Undefined);
                }
                last.1 = it;
            }
            _ => ranges.push((it, it)),
        }
        range = false;
    }
}
