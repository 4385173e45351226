//! Seals: HMAC-SHA-256 under the installation's key, which distinguishes what this installation wrote from what others
//! put in its place.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Length of a code, in bytes.
pub const SEAL: usize = 32;

/// Authenticates for one purpose; a code for one purpose is invalid for another.
#[derive(Clone)]
pub struct Seal(Option<Hmac<Sha256>>);

impl Seal {
    /// A seal under the installation's key.
    pub fn new(key: &[u8; 32], purpose: &str) -> Seal {
        let keyed = <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok();
        Seal(keyed.map(|mut mac| {
            part(&mut mac, purpose.as_bytes());
            mac
        }))
    }

    fn over(&self, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut mac = self.0.clone()?;
        for it in parts {
            part(&mut mac, it);
        }
        Some(mac)
    }

    /// The code of these parts; none if the platform cannot compute one.
    pub fn of(&self, parts: &[&[u8]]) -> Option<[u8; SEAL]> {
        Some(self.over(parts)?.finalize().into_bytes().into())
    }

    /// Whether a code is valid for these parts.
    pub fn holds(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        self.over(parts).is_some_and(|mac| mac.verify_slice(code).is_ok())
    }
}

/// The length goes first, so that different lists of parts never give the same input.
fn part(mac: &mut Hmac<Sha256>, bytes: &[u8]) {
    mac.update(&(bytes.len() as u64).to_le_bytes());
    mac.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::Seal;

    #[test]
    fn a_code_is_for_one_key_purpose_and_list_of_parts() {
        let seal = Seal::new(&[1; 32], "one");
        let code = seal.of(&[b"ab", b"c"]).unwrap();
        assert!(seal.holds(&[b"ab", b"c"], &code));
        assert!(!seal.holds(&[b"a", b"bc"], &code));
        assert!(!seal.holds(&[b"ab"], &code));
        assert!(!seal.holds(&[b"ab", b"c"], &code[..31]));
        assert!(!Seal::new(&[1; 32], "two").holds(&[b"ab", b"c"], &code));
        assert!(!Seal::new(&[2; 32], "one").holds(&[b"ab", b"c"], &code));
    }
}
