//! A plugin file that is packed.
//!
//! It is the component as one member of gzip (RFC 1952), without a name and a time, and nothing after it: `gunzip`
//! gives the component. The first two bytes decide, `1f 8b` for gzip and `00 61` for a component. Digests, locks and
//! caches are over the component, so a plugin is the same packed and not.

use std::borrow::Cow;
use std::io::{self, Read as _, Write as _};

use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};
use thiserror::Error;

/// What a member of gzip begins with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The operating system of the header: unknown, so that the bytes are the same everywhere.
const UNKNOWN_SYSTEM: u8 = 255;

/// Why a packed file cannot be unpacked.
#[derive(Debug, Error)]
pub enum UnpackError {
    /// It unpacks to more than is read.
    #[error("it has {packed} bytes and unpacks to more than {} MiB: split the plugin", .limit >> 20)]
    TooLarge {
        /// Bytes of the file.
        packed: usize,
        /// The most bytes of a component.
        limit: u64,
    },
    /// It is no gzip, cut off or changed.
    #[error(
        "the packed component is damaged at byte {at} of {packed} ({what}): copy or build the file again"
    )]
    Damaged {
        /// How far it was read, in bytes.
        at: usize,
        /// Bytes of the file.
        packed: usize,
        /// What is wrong.
        what: String,
    },
    /// There is something behind the member.
    #[error(
        "the packed component ends at byte {at} of {packed}, with other bytes behind it: copy or build the file again"
    )]
    Trailing {
        /// Where the member ends, in bytes.
        at: usize,
        /// Bytes of the file.
        packed: usize,
    },
}

/// Packs a component. The same component gives the same bytes.
pub fn pack(component: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder =
        GzBuilder::new().operating_system(UNKNOWN_SYSTEM).write(Vec::new(), Compression::default());
    encoder.write_all(component)?;
    encoder.finish()
}

/// The component in the bytes of a plugin file, packed or not. A packed one has at most `limit` bytes.
pub fn unpack(file: &[u8], limit: u64) -> Result<Cow<'_, [u8]>, UnpackError> {
    if !file.starts_with(&MAGIC) {
        return Ok(Cow::Borrowed(file));
    }
    let packed = file.len();
    let mut decoder = GzDecoder::new(file);
    let mut component = Vec::new();
    let read = decoder.by_ref().take(limit.saturating_add(1)).read_to_end(&mut component);
    let at = packed.saturating_sub(decoder.get_ref().len());
    if let Err(error) = read {
        return Err(UnpackError::Damaged { at, packed, what: error.to_string() });
    }
    if component.len() as u64 > limit {
        return Err(UnpackError::TooLarge { packed, limit });
    }
    if at < packed {
        return Err(UnpackError::Trailing { at, packed });
    }
    Ok(Cow::Owned(component))
}
