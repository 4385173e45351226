//! What this installation has written itself is told from what somebody put there: by HMAC-SHA-256 under its key.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Length of a code.
pub const SEAL: usize = 32;

/// Authenticates for one purpose; what was sealed for one is worth nothing for another.
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

    /// The code of these parts; none where the system has none to give.
    pub fn of(&self, parts: &[&[u8]]) -> Option<[u8; SEAL]> {
        Some(self.over(parts)?.finalize().into_bytes().into())
    }

    /// Whether a code is that of these parts.
    pub fn holds(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        self.over(parts).is_some_and(|mac| mac.verify_slice(code).is_ok())
    }
}

/// Its length goes first, so that no two lists of parts are alike.
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
