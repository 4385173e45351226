//! The contents of a repository: files, directories, and new commits.

use palisade_fake_host::{Entry, Reply};
use serde_json::{Value, json};

use super::page::{Sizes, USUAL, page};
use super::{Call, commit, repository};
use crate::Inner;
use crate::reply::{Answer, Refused, error, invalid};
use crate::state::{Repository, text};

/// The pages of a directory have names: recorded responses have `?page=8xhd`.
const ENTRIES: Sizes = Sizes { numbered: false, ..USUAL };

/// The deepest level that a listing reaches; a deeper one exceeds the time limit, with the status 555 (the description
/// of the operation, section "Directory listings").
const DEEPEST: usize = 20;

/// The root directory of the main branch: a redirect to its commit.
pub(super) fn root(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let sha = fake.host.git.resolve(&one.full_name, &format!("refs/heads/{}", one.main_branch));
    let sha = sha.ok_or_else(|| Refused::from(error(404, "The repository is empty.")))?;
    let address = format!("{}/repositories/{}/src/{sha}/", fake.api_url, one.full_name);
    Ok(Reply::empty(302).header("location", address))
}

/// A file or a directory of a listing.
fn entry(fake: &Inner, one: &Repository, sha: &str, entry: &Entry) -> Value {
    let path = format!("{}/repositories/{}", fake.api_url, one.full_name);
    let slash = if entry.kind == "tree" { "/" } else { "" };
    let address = format!("{path}/src/{sha}/{}{slash}", entry.path);
    let mut shown = json!({
        "path": entry.path, "commit": fake.short_commit(&one.full_name, sha),
        "links": { "self": { "href": address }, "meta": { "href": format!("{address}?format=meta") } },
    });
    if entry.kind == "tree" {
        shown["type"] = json!("commit_directory");
        return shown;
    }
    let attributes = match entry.mode.as_str() {
        "120000" => json!(["link"]),
        "160000" => json!(["subrepository"]),
        "100755" => json!(["executable"]),
        _ => json!([]),
    };
    shown["type"] = json!("commit_file");
    shown["size"] = json!(entry.size.unwrap_or(0));
    shown["attributes"] = attributes;
    shown["mimetype"] = Value::Null;
    shown["escaped_path"] = json!(entry.path);
    shown["links"]["history"] = json!({ "href": format!("{path}/filehistory/{sha}/{}", entry.path) });
    shown
}

pub(super) fn source(fake: &Inner, call: &Call) -> Answer {
    let (one, sha) = commit(fake, call)?;
    let path = call.parameter("path").trim_matches('/');
    let all = fake.host.git.tree(&one.full_name, &sha, true).unwrap_or_default();
    let is_meta = call.query("format") == Some("meta");
    let found = all.iter().find(|entry| entry.path == path);
    if let Some(file) = found.filter(|entry| entry.kind != "tree") {
        if is_meta {
            return Ok(Reply::json(200, &entry(fake, &one, &sha, file)));
        }
        let bytes = fake.host.git.run(&one.full_name, &["cat-file", "blob", &file.sha]).unwrap_or_default();
        return Ok(Reply::with(200, "text/plain", bytes).header("content-disposition", "attachment"));
    }
    if found.is_none() && !path.is_empty() {
        return Err(error(404, &format!("No such file or directory: {path}")).into());
    }
    if is_meta {
        let root = Entry {
            mode: "040000".to_owned(),
            kind: "tree".to_owned(),
            sha: String::new(),
            size: None,
            path: path.to_owned(),
        };
        return Ok(Reply::json(200, &entry(fake, &one, &sha, &root)));
    }
    let depth = call.query("max_depth").and_then(|text| text.parse().ok()).unwrap_or(1_usize);
    let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
    let below: Vec<&Entry> = all.iter().filter(|entry| entry.path.starts_with(&prefix)).collect();
    let level = |entry: &Entry| entry.path[prefix.len()..].split('/').count();
    if depth > DEEPEST && below.iter().any(|entry| level(entry) > DEEPEST) {
        return Err(error(555, "The request took too long.").into());
    }
    let shown = below.into_iter().filter(|entry| level(entry) <= depth);
    page(fake, call, shown.map(|found| entry(fake, &one, &sha, found)).collect(), ENTRIES)
}

pub(super) fn history(fake: &Inner, call: &Call) -> Answer {
    let (one, sha) = commit(fake, call)?;
    let path = call.parameter("path");
    let log = fake.host.git.run(&one.full_name, &["log", "--format=%H", &sha, "--", path]);
    let log = String::from_utf8(log.unwrap_or_default()).unwrap_or_default();
    let all: Vec<Value> = log
        .lines()
        .map(|sha| {
            json!({
                "type": "commit_file", "path": path, "escaped_path": path, "attributes": [],
                "commit": fake.short_commit(&one.full_name, sha),
            })
        })
        .collect();
    if all.is_empty() {
        return Err(error(404, &format!("No such file or directory: {path}")).into());
    }
    page(fake, call, all, USUAL)
}

/// A commit from a form. Its parent must be the head of the branch, otherwise 409; a branch that does not exist begins
/// at the parent, or at the main branch (the description of the parameter `branch`).
pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let git = &fake.host.git;
    let branch = Some(text(&call.body, "branch")).filter(|name| !name.is_empty());
    let branch = branch.unwrap_or(&one.main_branch);
    let head = git.resolve(&one.full_name, &format!("refs/heads/{branch}"));
    let parent = Some(text(&call.body, "parents")).filter(|parent| !parent.is_empty());
    if parent.is_some_and(|parent| parent.contains(',')) {
        return Err(invalid("only one parent is supported"));
    }
    let parent = match parent {
        None => None,
        Some(parent) => {
            let found = git.resolve(&one.full_name, parent);
            Some(found.ok_or_else(|| Refused::from(error(400, "The parent commit was not found.")))?)
        }
    };
    if parent.is_some() && head.is_some() && head != parent {
        return Err(error(409, &format!("The parent is not the head of the branch \"{branch}\".")).into());
    }
    let empty = serde_json::Map::new();
    let files = call.body["files"].as_object().unwrap_or(&empty).iter();
    let files: Vec<(&str, Vec<u8>)> = files
        .map(|(path, content)| {
            let content = content.as_str().unwrap_or_default().as_bytes();
            (path.as_str(), data_encoding::BASE64.decode(content).unwrap_or_default())
        })
        .collect();
    let mut files: Vec<(&str, Option<&[u8]>)> =
        files.iter().map(|(path, content)| (*path, Some(&content[..]))).collect();
    let deleted = call.body["deleted"].as_array().into_iter().flatten();
    files.extend(deleted.filter_map(Value::as_str).map(|path| (path, None)));
    let message = Some(text(&call.body, "message")).filter(|message| !message.is_empty());
    let message = message.unwrap_or("Edited with Bitbucket");
    let main = format!("refs/heads/{}", one.main_branch);
    let from = parent.as_deref().unwrap_or(&main);
    let sha = git
        .commit_bytes(&one.full_name, branch, Some(from), message, &files)
        .map_err(|why| Refused::from(error(400, &why.to_string())))?;
    fake.pushed(&call.caller.nickname, &one.full_name, branch, head.as_deref(), &sha);
    let address = format!("{}/repositories/{}/commit/{sha}", fake.api_url, one.full_name);
    Ok(Reply::empty(201).header("location", address))
}
