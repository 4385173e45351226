//! The contents of a repository: files, folders, trees, archives.

use palisade_fake_host::{Entry, Reply};
use serde_json::{Value, json};

use super::{Answer, Call, repository, text};
use crate::Inner;
use crate::reply::{error, invalid, list, no_version};
use crate::state::Repository;

/// The commit that a version descriptor names: a branch without a type, the default branch without a version.
pub(super) fn resolve(fake: &Inner, one: &Repository, version: &str, kind: &str) -> Result<String, Reply> {
    let version = if version.is_empty() { &one.default_branch } else { version };
    let name = match kind.to_ascii_lowercase().as_str() {
        "" | "branch" => format!("refs/heads/{version}"),
        "tag" => format!("refs/tags/{version}"),
        _ if version.len() == 40 => version.to_owned(),
        _ => return Err(no_version(&format!("Commit: {version}"))),
    };
    fake.host.git.resolve(&one.full_name, &name).ok_or_else(|| no_version(&format!("{kind}: {version}")))
}

/// Where the items are that a request asks for.
struct Asked<'a> {
    repository: &'a Repository,
    commit: String,
    /// Without slashes at its ends; empty for the root.
    path: &'a str,
    recursion: &'a str,
}

/// An item of a tree.
fn item(fake: &Inner, asked: &Asked<'_>, path: &str, kind: &str, sha: &str) -> Value {
    let api = fake.repository_url(asked.repository);
    let commit = &asked.commit;
    let url = format!("{api}/items//{path}?versionType=Commit&version={commit}&versionOptions=None");
    let mut shown = json!({
        "objectId": sha, "gitObjectType": kind, "commitId": commit, "path": format!("/{path}"), "url": url,
    });
    if kind == "tree" {
        shown["isFolder"] = json!(true);
    }
    shown
}

/// The items of a path: itself, and with a recursion those below.
fn find(fake: &Inner, asked: &Asked<'_>) -> Result<Vec<Value>, Reply> {
    let name = &asked.repository.full_name;
    let all = fake.host.git.tree(name, &asked.commit, true).unwrap_or_default();
    let path = asked.path;
    let root = || fake.host.git.show(name, &asked.commit).map(|one| one.tree).unwrap_or_default();
    let (kind, sha) = if path.is_empty() {
        ("tree".to_owned(), root())
    } else if let Some(one) = all.iter().find(|one| one.path == path) {
        (one.kind.clone(), one.sha.clone())
    } else {
        let why = format!(
            "TF401174: The item '/{path}' could not be found in the repository '{}' at the version specified by '<Commit: {} >'.",
            asked.repository.name, asked.commit
        );
        return Err(error(404, "GitItemNotFoundException", &why));
    };
    let mut items = vec![item(fake, asked, path, &kind, &sha)];
    let below = |one: &&Entry| {
        let rest = if path.is_empty() {
            Some(one.path.as_str())
        } else {
            one.path.strip_prefix(path).and_then(|rest| rest.strip_prefix('/'))
        };
        rest.is_some_and(|rest| match asked.recursion.to_ascii_lowercase().as_str() {
            "full" => true,
            "onelevel" | "onelevelplusnestedemptyfolders" => !rest.contains('/'),
            _ => false,
        })
    };
    items.extend(all.iter().filter(below).map(|one| item(fake, asked, &one.path, &one.kind, &one.sha)));
    Ok(items)
}

/// Items, the contents of one file, or an archive: `$format` is `json`, `octetStream`, `text` or `zip` (REST API 7.1,
/// "Items - Get"). The header `Accept` is not used.
pub(super) fn items(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?;
    let version = call.query("versionDescriptor.version").unwrap_or_default();
    let kind = call.query("versionDescriptor.versionType").unwrap_or_default();
    let commit = resolve(fake, &one, version, kind)?;
    let path = call.query("scopePath").unwrap_or("/").trim_matches('/');
    let recursion = call.query("recursionLevel").unwrap_or("none");
    let asked = Asked { repository: &one, commit, path, recursion };
    let items = find(fake, &asked)?;
    let git = |arguments: &[&str]| {
        fake.host.git.run(&one.full_name, arguments).ok_or_else(|| invalid("The item has no contents."))
    };
    let sha = items[0]["objectId"].as_str().unwrap_or_default();
    match call.query("$format").unwrap_or_default().to_ascii_lowercase().as_str() {
        "zip" => Ok(Reply::with(200, "application/zip", git(&["archive", "--format=zip", sha])?)),
        "octetstream" => Ok(Reply::with(200, "application/octet-stream", git(&["cat-file", "blob", sha])?)),
        "text" => Ok(Reply::with(200, "text/plain", git(&["cat-file", "blob", sha])?)),
        _ => Ok(list(&items)),
    }
}

/// Several paths at once, each with its items.
pub(super) fn batch(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?;
    let mut found = Vec::new();
    for wanted in call.body["itemDescriptors"].as_array().into_iter().flatten() {
        let commit = resolve(fake, &one, text(wanted, "version"), text(wanted, "versionType"))?;
        let path = text(wanted, "path").trim_matches('/');
        let asked = Asked { repository: &one, commit, path, recursion: text(wanted, "recursionLevel") };
        found.push(json!(find(fake, &asked)?));
    }
    Ok(list(&found))
}

/// The size of an object of a kind; an object of another kind is absent.
fn size(fake: &Inner, one: &Repository, sha: &str, kind: &str) -> Result<u64, Reply> {
    let absent = || {
        error(404, "GitObjectDoesNotExistException", &format!("TF401034: The object '{sha}' does not exist."))
    };
    let ask = |what: &str| {
        let known = sha.len() == 40 && sha.bytes().all(|it| it.is_ascii_hexdigit());
        let output = known.then(|| fake.host.git.run(&one.full_name, &["cat-file", what, sha])).flatten();
        output.map(|text| String::from_utf8_lossy(&text).trim().to_owned())
    };
    ask("-t").filter(|found| found == kind).ok_or_else(absent)?;
    ask("-s").and_then(|text| text.parse().ok()).ok_or_else(absent)
}

pub(super) fn blob(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?;
    let sha = call.parameter("sha1");
    let size = size(fake, &one, sha, "blob")?;
    if call.query("$format").is_some_and(|format| format.eq_ignore_ascii_case("octetstream")) {
        let bytes = fake.host.git.run(&one.full_name, &["cat-file", "blob", sha]).unwrap_or_default();
        return Ok(Reply::with(200, "application/octet-stream", bytes));
    }
    let url = format!("{}/blobs/{sha}", fake.repository_url(&one));
    Ok(Reply::json(200, &json!({ "objectId": sha, "size": size, "url": url })))
}

pub(super) fn tree(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?;
    let sha = call.parameter("sha1");
    let size = size(fake, &one, sha, "tree")?;
    let recursive = call.query("recursive") == Some("true");
    let api = fake.repository_url(&one);
    let entry = |it: &Entry| {
        json!({
            "objectId": it.sha, "relativePath": it.path, "mode": it.mode.trim_start_matches('0'),
            "gitObjectType": it.kind, "url": format!("{api}/{}s/{}", it.kind, it.sha), "size": it.size.unwrap_or(0),
        })
    };
    let entries = fake.host.git.tree(&one.full_name, sha, recursive).unwrap_or_default();
    let entries: Vec<Value> = entries.iter().map(entry).collect();
    let url = format!("{api}/trees/{sha}");
    Ok(Reply::json(
        200,
        &json!({ "objectId": sha, "url": url, "treeEntries": entries, "size": size, "_links": {} }),
    ))
}
