//! A validated tree object: names that a file system would refuse are refused.

use gix::object::Kind;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind as Mode;
use gix::{ObjectId, Repository};

use crate::objects;
use crate::path::{is_git, is_name};
use crate::snapshot::{EntryKind, ReadError};

/// The entries of a folder, sorted by the bytes of their names.
#[derive(Debug)]
pub(crate) struct Tree(Vec<Name>);

/// An entry of a folder.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) text: Box<str>,
    pub(crate) kind: EntryKind,
    pub(crate) id: ObjectId,
    /// Why it can be listed but not read.
    pub(crate) odd: Option<Odd>,
}

/// Why a name is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Odd {
    /// It is not UTF-8.
    Encoding,
    /// Invalid for a file: empty, contains `/`, or `..`.
    NoName,
}

impl From<Odd> for ReadError {
    fn from(odd: Odd) -> Self {
        match odd {
            Odd::Encoding => ReadError::name_not_utf8(),
            Odd::NoName => ReadError::Unreadable("invalid file name: rename it".to_owned()),
        }
    }
}

impl Tree {
    pub(crate) fn load(handle: &Repository, id: ObjectId) -> Result<Self, ReadError> {
        let data = objects::bytes(handle, id, Kind::Tree)?;
        let mut names = Vec::new();
        for entry in TreeRefIter::from_bytes(&data, handle.object_hash()) {
            let entry = entry.map_err(|error| objects::damaged(id, &error))?;
            let name = name(entry.filename, entry.mode.kind(), entry.oid.to_owned());
            names.extend(name.map(|name| (name, entry.filename)));
        }
        // Two names that are not UTF-8 may be converted to the same text.
        names.sort_by(|(one, raw): &(Name, _), (other, other_raw)| {
            (&one.text, raw).cmp(&(&other.text, other_raw))
        });
        let names: Vec<_> = names.into_iter().map(|(name, _)| name).collect();
        let twice = names
            .iter()
            .zip(names.iter().skip(1))
            .find(|(one, other)| one.text == other.text && one.odd.is_none() && other.odd.is_none());
        match twice {
            None => Ok(Self(names)),
            Some((name, _)) => Err(ReadError::Unreadable(format!(
                "tree {id} has the name `{}` twice: check the repository with `git fsck`",
                name.text
            ))),
        }
    }

    pub(crate) fn names(&self) -> &[Name] {
        &self.0
    }

    /// The entry of a name; a valid name takes precedence over a converted one.
    pub(crate) fn find(&self, name: &str) -> Option<&Name> {
        let start = self.0.partition_point(|entry| &*entry.text < name);
        let same = || self.0.iter().skip(start).take_while(|entry| &*entry.text == name);
        same().find(|entry| entry.odd.is_none()).or_else(|| same().next())
    }
}

fn name(bytes: &[u8], mode: Mode, id: ObjectId) -> Option<Name> {
    let (text, odd) = match str::from_utf8(bytes) {
        Ok(text) if is_git(text) => return None,
        Ok(text) if is_name(text) => (text.to_owned(), None),
        Ok(text) => {
            let shown = text.replace(['/', '.'], "\u{fffd}");
            (if shown.is_empty() { "\u{fffd}".to_owned() } else { shown }, Some(Odd::NoName))
        }
        Err(_) => (String::from_utf8_lossy(bytes).replace('/', "\u{fffd}"), Some(Odd::Encoding)),
    };
    let kind = match mode {
        _ if odd.is_some() => EntryKind::File,
        Mode::Tree => EntryKind::Folder,
        Mode::Blob | Mode::BlobExecutable => EntryKind::File,
        Mode::Link => EntryKind::Link,
        Mode::Commit => EntryKind::Submodule,
    };
    Some(Name { text: text.into(), kind, id, odd })
}
