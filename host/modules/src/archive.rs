//! Archives, read entry by entry into a package and never unpacked.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use palisade_source::{Limits, PackageLimits, PackageSnapshot, PackageWriter};
use tar::EntryType;
use zip::ZipArchive;

use crate::error::ModuleError;
use crate::source::ArchiveFormat;
use crate::web::Bounded;

/// The longest target of a link, in bytes.
const LONGEST_TARGET: u64 = 4096;

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`, which hands over a value")]
fn bad(why: impl ToString) -> ModuleError {
    ModuleError::Package(why.to_string())
}

/// Adds all of an archive; `most` bounds what comes out of it, also what is skipped.
pub(crate) fn read<W: Write>(
    mut archive: impl Read + Seek,
    format: ArchiveFormat,
    most: u64,
    into: &mut PackageWriter<W>,
) -> Result<(), ModuleError> {
    archive.seek(SeekFrom::Start(0)).map_err(bad)?;
    let reader = BufReader::new(archive);
    match format {
        ArchiveFormat::Tar => untar(Bounded::new(reader, most), false, into),
        ArchiveFormat::TarGz => untar(Bounded::new(MultiGzDecoder::new(reader), most), false, into),
        ArchiveFormat::Zip => unzip(reader, into),
    }
}

/// A path as a package has it. `./a` is as common as it is harmless.
fn path(bytes: &[u8]) -> Result<String, ModuleError> {
    let text = str::from_utf8(bytes).map_err(|_| bad("it has a path that is not UTF-8"))?;
    let mut text = text;
    while let Some(rest) = text.strip_prefix("./") {
        text = rest;
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Packs a commit's archive (tar, gzip), as Git hosts make them: all of it stands in one folder, which is left out.
/// The package is written at `path` and opened.
pub fn pack_commit(archive: impl Read, path: &Path, limits: Limits) -> Result<PackageSnapshot, ModuleError> {
    let most = PackageLimits::default();
    let file = File::create(path).map_err(bad)?;
    let mut writer = PackageWriter::new(BufWriter::new(file), most).map_err(bad)?;
    let unpacked = Bounded::new(MultiGzDecoder::new(archive), most.bytes.saturating_mul(2));
    untar(unpacked, true, &mut writer)?;
    let digest = writer.finish().map_err(bad)?;
    PackageSnapshot::open(path, digest, limits).map_err(bad)
}

fn untar<W: Write>(from: impl Read, strip: bool, into: &mut PackageWriter<W>) -> Result<(), ModuleError> {
    let mut archive = tar::Archive::new(from);
    for entry in archive.entries().map_err(bad)? {
        let mut entry = entry.map_err(bad)?;
        let mut path = path(&entry.path_bytes())?;
        if strip {
            let Some((_, rest)) = path.split_once('/') else { continue };
            path = rest.to_owned();
        }
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                into.file(&path, &mut entry).map_err(bad)?;
            }
            EntryType::Symlink => {
                let target = entry.link_name_bytes().unwrap_or_default();
                let target = str::from_utf8(&target).map_err(|_| bad("it has a link that is not UTF-8"))?;
                into.link(&path, target).map_err(bad)?;
            }
            EntryType::Link => {
                return Err(bad(format!("`{}` is a hard link: pack it as a file", path.escape_debug())));
            }
            // Folders come with their files; the rest is nothing that could be read.
            _ => {}
        }
    }
    Ok(())
}

fn unzip<W: Write>(from: impl Read + Seek, into: &mut PackageWriter<W>) -> Result<(), ModuleError> {
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
