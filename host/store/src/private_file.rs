//! Files that only their owner can read: keys, tokens, databases and copies of them.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    path::{Path, PathBuf},
};

/// The permissions of group and others.
const OTHERS: u32 = 0o077;
/// The permissions of the owner.
const OWNER: u32 = 0o600;

/// Creates a file that does not exist yet. It is on the disk when this returns, and a crash leaves the whole file or
/// none.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = written(path, bytes)?;
    let placed = match fs::hard_link(&new, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Some file systems do not support links.
        Err(_) if !path.exists() => return fs::rename(&new, path).and_then(|()| sync_folder(path)),
        placed => placed,
    };
    fs::remove_file(&new)?;
    placed.and_then(|()| sync_folder(path))
}

/// Replaces a file, or creates it, and keeps its owner. It is on the disk when this returns, and a crash leaves the old
/// or the new file.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = written(path, bytes)?;
    if let (Ok(before), Ok(now)) = (fs::metadata(path), fs::metadata(&new))
        && (before.uid(), before.gid()) != (now.uid(), now.gid())
    {
        // The process may run as root, and the reader of the file as another user.
        chown(&new, Some(before.uid()), Some(before.gid()))?;
    }
    fs::rename(&new, path)?;
    sync_folder(path)
}

/// Creates an empty file, which something else opens by its name.
pub(crate) fn reserve(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(OWNER).open(path).map(drop)
}

/// Removes the permissions of group and others, if the file exists; returns whether there were any.
pub(crate) fn tighten(path: &Path) -> io::Result<bool> {
    let mode = match fs::metadata(path) {
        Ok(meta) => meta.mode(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if mode & OTHERS == 0 {
        return Ok(false);
    }
    fs::set_permissions(path, Permissions::from_mode(mode & 0o7777 & !OTHERS))?;
    Ok(true)
}

/// Writes the bytes to a new file beside `path`, durably.
fn written(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    // A file of a crashed process.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    if let Err(error) = write() {
        // The first error is the relevant one.
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    Ok(new)
}

/// A name is durable when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::{create, replace, tighten};

    #[test]
    fn files_are_their_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        create(&path, b"one").unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode()), (&b"one"[..], 0o600));
        assert_eq!(create(&path, b"two").unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(tighten(&path).unwrap());
        assert_eq!(mode(), 0o600);
        assert!(!tighten(&path).unwrap());
        // A leftover of a crashed process does not block the write, and a link there is not followed.
        symlink(&path, folder.path().join("key.new")).unwrap();
        replace(&path, b"three").unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode()), (&b"three"[..], 0o600));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        assert!(create(&folder.path().join("none/key"), b"x").is_err());
    }
}
