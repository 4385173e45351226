//! Random names and credentials.

use ring::rand::{SecureRandom as _, SystemRandom};

/// Random bytes as hexadecimal digits.
pub fn random(bytes: usize) -> String {
    let mut all = vec![0; bytes];
    SystemRandom::new().fill(&mut all).unwrap();
    data_encoding::HEXLOWER.encode(&all)
}

/// A random name in the form of a UUID of version 4 (RFC 9562 §5.4).
pub fn guid() -> String {
    let text = random(16);
    format!("{}-{}-4{}-a{}-{}", &text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..])
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(random(20).len(), 40);
        assert_eq!(guid().len(), 36);
        assert_ne!(guid(), guid());
    }
}
