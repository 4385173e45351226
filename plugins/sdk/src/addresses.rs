//! Unique addresses of resources.

use std::collections::HashMap;

/// Makes addresses unique: the second `Pod/web` becomes `Pod/web#2`.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    /// Addresses in use, and how many resources requested each.
    taken: HashMap<String, u32>,
}

impl Addresses {
    /// A unique address for the next resource that requests this one.
    pub fn next(&mut self, address: &str) -> String {
        let mut count = self.taken.get(address).copied().unwrap_or(0);
        let unique = loop {
            count += 1;
            let unique = if count == 1 { address.to_owned() } else { format!("{address}#{count}") };
            if !self.taken.contains_key(&unique) {
                break unique;
            }
        };
        self.taken.insert(address.to_owned(), count);
        self.taken.entry(unique.clone()).or_insert(1);
        unique
    }
}

#[cfg(test)]
mod tests {
    use super::Addresses;

    #[test]
    fn no_address_comes_twice() {
        for (asked, expected) in [
            (&["a", "b", "a", "a"][..], &["a", "b", "a#2", "a#3"][..]),
            (&["a#2", "a", "a", "a"], &["a#2", "a", "a#3", "a#4"]),
            (&["a", "a", "a#2", "a#2"], &["a", "a#2", "a#2#2", "a#2#3"]),
            (&["", ""], &["", "#2"]),
        ] {
            let mut addresses = Addresses::default();
            let given: Vec<String> = asked.iter().map(|it| addresses.next(it)).collect();
            assert_eq!(given, expected, "{asked:?}");
        }
    }
}
