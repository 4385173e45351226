//! Archives, read entry by entry into a package and never unpacked.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use palisade_source::{Limits, PackageLimits, PackageSnapshot, PackageWriter, TreeId};
use tar::EntryType;
use zip::ZipArchive;

use crate::error::ModuleError;
use crate::source::ArchiveFormat;
use crate::web::Bounded;

/// The most bytes of one file of a commit's archive that are read; a larger package is refused anyway.
const MOST: u64 = 512 << 20;
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
        ArchiveFormat::Tar => untar(Bounded::new(reader, most), None, into),
        ArchiveFormat::TarGz => untar(Bounded::new(MultiGzDecoder::new(reader), most), None, into),
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
/// The package is written at `path` and opened. `tree` is Git's id of the commit's tree, which all of the archive must
/// be: a `.gitattributes` of the commit itself can leave files out of it (`export-ignore`) or change them.
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
            "the archive is not all of the commit: `.gitattributes` leaves files out of archives, or there are \
             submodules; it has to be fetched by Git",
        ));
    }
    let digest = writer.finish().map_err(bad)?;
    PackageSnapshot::open(path, digest, limits).map_err(bad)
}

/// Adds what an archive holds. One of a commit stands in a folder, which is left out, and its tree's id is computed.
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
