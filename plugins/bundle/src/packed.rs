//! Compressed plugin files.
//!
//! The component is a single gzip member (RFC 1952), without name and time, and nothing follows it: `gunzip` returns
//! the component. The first two bytes decide: `1f 8b` for gzip and `00 61` for a component. Digests, locks and caches
//! use the component, so they are the same for a compressed plugin.

use std::borrow::Cow;
use std::io::{self, Read as _, Write as _};

use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};
use thiserror::Error;

/// The first bytes of a gzip member.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The operating system in the header: unknown, so that the bytes are the same on every system.
const UNKNOWN_SYSTEM: u8 = 255;

/// Why a compressed file cannot be read.
#[derive(Debug, Error)]
pub enum UnpackError {
    /// The component is larger than the limit.
    #[error("it has {packed} bytes and unpacks to more than {} MiB: split the plugin", .limit >> 20)]
    TooLarge {
        /// The size of the file in bytes.
        packed: usize,
        /// The maximum size of a component in bytes.
        limit: u64,
    },
    /// The file is invalid gzip, truncated or modified.
    #[error(
        "the packed component is damaged at byte {at} of {packed} ({what}): copy or build the file again"
    )]
    Damaged {
        /// The position of the error, in bytes.
        at: usize,
        /// The size of the file in bytes.
        packed: usize,
        /// The error.
        what: String,
    },
    /// There is data after the gzip member.
    #[error(
        "the packed component ends at byte {at} of {packed}, with other bytes behind it: copy or build the file again"
    )]
    Trailing {
        /// The end of the member, in bytes.
        at: usize,
        /// The size of the file in bytes.
        packed: usize,
    },
}

/// Compresses a component. The same component gives the same bytes.
pub fn pack(component: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder =
        GzBuilder::new().operating_system(UNKNOWN_SYSTEM).write(Vec::new(), Compression::default());
    encoder.write_all(component)?;
    encoder.finish()
}

/// The component in a plugin file, compressed or not. A compressed one has at most `limit` bytes.
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
