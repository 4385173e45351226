//! Archives, which are read entry by entry into a package and never unpacked.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use palisade_source::{Limits, PackageLimits, PackageSnapshot, PackageWriter, TreeId};
use tar::EntryType;
use zip::ZipArchive;

use crate::error::ModuleError;
use crate::source::ArchiveFormat;
use crate::web::Bounded;

/// The maximum size of a file in a commit's archive, in bytes; a larger package is refused anyway.
const MOST: u64 = 512 << 20;
/// The maximum number of entries of a zip archive: the reader keeps the whole central directory in memory, whose
/// entries take 46 bytes in the archive and some hundred in memory.
const MOST_ENTRIES: usize = 200_000;
/// The signature of each entry of the central directory: APPNOTE.TXT 4.3.12, <https://pkware.com/appnote>.
const ENTRY: &[u8] = b"PK\x01\x02";
/// The maximum length of a link's target, in bytes.
const LONGEST_TARGET: u64 = 4096;

#[expect(clippy::needless_pass_by_value, reason = "`map_err` passes a value")]
fn bad(why: impl ToString) -> ModuleError {
    ModuleError::Package(why.to_string())
}

/// Adds the entries of an archive; `most` limits the unpacked bytes, including those of skipped entries.
pub(crate) fn read<W: Write>(
    mut archive: impl Read + Seek,
    format: ArchiveFormat,
    most: u64,
    into: &mut PackageWriter<W>,
) -> Result<(), ModuleError> {
    archive.seek(SeekFrom::Start(0)).map_err(bad)?;
    let reader = BufReader::new(archive);
    match format {
        ArchiveFormat::Tar => untar(Bounded::new(reader, most), None, into),
        ArchiveFormat::TarGz => untar(Bounded::new(MultiGzDecoder::new(reader), most), None, into),
        ArchiveFormat::Zip => unzip(reader, into),
    }
}

/// Converts a path of an archive to one of a package. `./a` is common and harmless.
fn path(bytes: &[u8]) -> Result<String, ModuleError> {
    let text = str::from_utf8(bytes).map_err(|_| bad("it has a path that is not UTF-8"))?;
    let mut text = text;
    while let Some(rest) = text.strip_prefix("./") {
        text = rest;
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Packs a commit's archive (tar, gzip) in the form in which Git hosts create it: everything is in one folder, whose
/// name is removed. The package is written at `path` and opened. `tree` is the Git id of the commit's tree, which the
/// archive must match: a `.gitattributes` file of the commit can omit files from the archive (`export-ignore`) or
/// change them.
pub fn pack_commit(
    archive: impl Read,
    path: &Path,
    tree: &str,
    limits: Limits,
) -> Result<PackageSnapshot, ModuleError> {
    let most = PackageLimits::default();
    let file = File::create(path).map_err(bad)?;
    let mut writer = PackageWriter::new(BufWriter::new(file), most).map_err(bad)?;
    let unpacked = Bounded::new(MultiGzDecoder::new(archive), most.bytes.saturating_mul(2));
    let mut found = TreeId::default();
    untar(unpacked, Some(&mut found), &mut writer)?;
    if found.id().map_err(bad)? != tree {
        return Err(bad(
            "the archive is not the whole commit: `.gitattributes` leaves files out of archives, or there are \
             submodules; it has to be fetched by Git",
        ));
    }
    let digest = writer.finish().map_err(bad)?;
    PackageSnapshot::open(path, digest, limits).map_err(bad)
}

/// Adds the entries of a tar archive. For a commit's archive, the folder is removed and the id of the tree is computed.
fn untar<W: Write>(
    from: impl Read,
    mut commit: Option<&mut TreeId>,
    into: &mut PackageWriter<W>,
) -> Result<(), ModuleError> {
    let mut archive = tar::Archive::new(from);
    for entry in archive.entries().map_err(bad)? {
        let mut entry = entry.map_err(bad)?;
        let mut path = path(&entry.path_bytes())?;
        if commit.is_some() {
            let Some((_, rest)) = path.split_once('/') else { continue };
            path = rest.to_owned();
        }
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => match &mut commit {
                None => into.file(&path, &mut entry).map_err(bad)?,
                Some(tree) => {
                    let can_be_run = entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
                    let mut bytes = Vec::new();
                    entry.by_ref().take(MOST).read_to_end(&mut bytes).map_err(bad)?;
                    tree.file(&path, can_be_run, &bytes).map_err(bad)?;
                    into.file(&path, &mut bytes.as_slice()).map_err(bad)?;
                }
            },
            EntryType::Symlink => {
                let target = entry.link_name_bytes().unwrap_or_default();
                let target = str::from_utf8(&target).map_err(|_| bad("it has a link that is not UTF-8"))?;
                if let Some(tree) = &mut commit {
                    tree.link(&path, target).map_err(bad)?;
                }
                into.link(&path, target).map_err(bad)?;
            }
            EntryType::Link => {
                return Err(bad(format!("`{}` is a hard link: pack it as a file", path.escape_debug())));
            }
            // Folders are created with their files; other kinds of entries cannot be read.
            _ => {}
        }
    }
    Ok(())
}

/// Counts signatures of central directory entries, up to `most`. The end of the archive also contains this number, but
/// in more than one place, and the reader decides which one applies.
fn entries(from: &mut impl Read, most: usize) -> io::Result<usize> {
    let (mut count, mut kept, mut piece) = (0, 0, vec![0; 64 << 10]);
    loop {
        // The first bytes are the last ones of the previous piece, too few for a whole signature.
        let read = from.read(piece.get_mut(kept..).unwrap_or_default())?;
        if read == 0 || count > most {
            return Ok(count);
        }
        let filled = piece.get(..kept + read).unwrap_or_default();
        count += memchr::memmem::find_iter(filled, ENTRY).count();
        let end = filled.len().saturating_sub(ENTRY.len() - 1);
        kept = filled.len() - end;
        piece.copy_within(end..end + kept, 0);
    }
}

fn unzip<W: Write>(mut from: impl Read + Seek, into: &mut PackageWriter<W>) -> Result<(), ModuleError> {
    if entries(&mut from, MOST_ENTRIES).map_err(bad)? > MOST_ENTRIES {
        return Err(bad(format!("it has more than {MOST_ENTRIES} entries: pack only what is used")));
    }
    from.seek(SeekFrom::Start(0)).map_err(bad)?;
    let mut archive = ZipArchive::new(from).map_err(bad)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(bad)?;
        let path = path(entry.name_raw())?;
        if entry.is_dir() {
            continue;
        }
        if entry.is_symlink() {
            let mut target = String::new();
            Bounded::new(&mut entry, LONGEST_TARGET).read_to_string(&mut target).map_err(bad)?;
            into.link(&path, &target).map_err(bad)?;
        } else {
            into.file(&path, &mut entry).map_err(bad)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{ENTRY, entries};

    /// Returns a few bytes at a time.
    struct Few<'a>(&'a [u8], usize);

    impl Read for Few<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let most = self.1.min(into.len());
            self.0.read(&mut into[..most])
        }
    }

    #[test]
    fn entries_are_counted_across_pieces() {
        for (count, gap, step) in [(0, 0, 1), (1, 0, 1), (3, 5, 2), (1_000, 42, 3), (5_000, 42, 70_000)] {
            let mut bytes = b"PK\x03\x04PK\x01".to_vec();
            for _ in 0..count {
                bytes.extend_from_slice(ENTRY);
                bytes.resize(bytes.len() + gap, b'P');
            }
            assert_eq!(entries(&mut Few(&bytes, step), usize::MAX).unwrap(), count, "{count} {gap} {step}");
            assert_eq!(entries(&mut Few(&bytes, step), 10).unwrap().min(11), count.min(11));
        }
    }
}
