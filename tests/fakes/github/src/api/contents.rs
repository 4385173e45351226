//! The contents of a repository: files, trees, commits, archives.

use palisade_fake_host::{Entry, Reply};
use serde_json::{Value, json};

use super::{Call, full_name};
use crate::reply::{message, not_found};
use crate::{Inner, render};

/// The commit of the ref that the query names, or of the default branch.
fn asked(fake: &Inner, call: &Call) -> Option<String> {
    let repository = full_name(call);
    let branch = fake.state().repository(&repository)?.default_branch.clone();
    fake.host.git.resolve(&repository, call.query("ref").unwrap_or(&branch))
}

/// A file, or an entry of a directory.
fn entry(fake: &Inner, call: &Call, commit: &str, one: &Entry, path: &str) -> Value {
    let repository = full_name(call);
    let api = format!("{}/repos/{repository}", fake.api_url);
    let web = format!("{}/{repository}", fake.web_url);
    let (kind, git) = match one.kind.as_str() {
        "tree" => ("dir", "trees"),
        "commit" => ("submodule", "trees"),
        _ if one.mode == "120000" => ("symlink", "blobs"),
        _ => ("file", "blobs"),
    };
    let address = format!("{api}/contents/{path}?ref={commit}");
    let git = format!("{api}/git/{git}/{}", one.sha);
    let html = format!("{web}/{}/{commit}/{path}", if kind == "dir" { "tree" } else { "blob" });
    let download = (kind == "file").then(|| format!("{web}/raw/{commit}/{path}"));
    json!({
        "name": path.rsplit('/').next(), "path": path, "sha": one.sha, "size": one.size.unwrap_or(0),
        "type": kind, "url": address, "git_url": git, "html_url": html, "download_url": download,
        "_links": { "self": address, "git": git, "html": html },
    })
}

pub(super) fn contents(fake: &Inner, call: &Call) -> Reply {
    let Some(commit) = asked(fake, call) else {
        let name = call.query("ref").unwrap_or_default();
        return message(404, &format!("No commit found for the ref {name}"));
    };
    let (repository, path) = (full_name(call), call.parameter("path").trim_matches('/'));
    let all = fake.host.git.tree(&repository, &commit, true).unwrap_or_default();
    if let Some(file) = all.iter().find(|one| one.path == path && one.kind == "blob") {
        let Some(bytes) = fake.host.git.run(&repository, &["cat-file", "blob", &file.sha]) else {
            return not_found();
        };
        let mut shown = entry(fake, call, &commit, file, path);
        shown["encoding"] = json!("base64");
        shown["content"] = json!(data_encoding::BASE64.encode(&bytes));
        return Reply::json(200, &shown);
    }
    let parent = |one: &Entry| one.path.rsplit_once('/').map_or("", |(parent, _)| parent) == path;
    let there = path.is_empty() || all.iter().any(|one| one.path == path && one.kind == "tree");
    if !there {
        return not_found();
    }
    let lines = all.iter().filter(|one| parent(one));
    Reply::json(200, &lines.map(|one| entry(fake, call, &commit, one, &one.path)).collect())
}

pub(super) fn tree(fake: &Inner, call: &Call) -> Reply {
    let (repository, name) = (full_name(call), call.parameter("tree_sha"));
    let address = format!("{}/repos/{repository}/git", fake.api_url);
    let sha = (!name.starts_with('-'))
        .then(|| {
            fake.host.git.run(&repository, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{tree}}")])
        })
        .flatten();
    let Some(sha) = sha.map(|sha| String::from_utf8_lossy(&sha).trim().to_owned()) else {
        return not_found();
    };
    let recursive = call.query("recursive").is_some();
    let lines = fake.host.git.tree(&repository, &sha, recursive).unwrap_or_default();
    let line = |one: &Entry| {
        let kind = if one.kind == "tree" { "trees" } else { "blobs" };
        let mut line = json!({
            "path": one.path, "mode": one.mode, "type": one.kind, "sha": one.sha,
            "url": format!("{address}/{kind}/{}", one.sha),
        });
        if let Some(size) = one.size {
            line["size"] = json!(size);
        }
        line
    };
    let lines: Vec<Value> = lines.iter().map(line).collect();
    let url = format!("{address}/trees/{sha}");
    Reply::json(200, &json!({ "sha": sha, "url": url, "tree": lines, "truncated": false }))
}

pub(super) fn blob(fake: &Inner, call: &Call) -> Reply {
    let (repository, sha) = (full_name(call), call.parameter("file_sha"));
    let hexadecimal = sha.len() == 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = hexadecimal.then(|| fake.host.git.run(&repository, &["cat-file", "blob", sha])).flatten();
    let Some(bytes) = bytes else { return not_found() };
    Reply::json(
        200,
        &json!({
            "sha": sha, "node_id": render::node("Blob", sha), "size": bytes.len(), "encoding": "base64",
            "url": format!("{}/repos/{repository}/git/blobs/{sha}", fake.api_url),
            "content": data_encoding::BASE64.encode(&bytes),
        }),
    )
}

pub(super) fn git_commit(fake: &Inner, call: &Call) -> Reply {
    let repository = full_name(call);
    let sha = fake.host.git.resolve(&repository, call.parameter("commit_sha"));
    let Some(all) = sha.and_then(|sha| fake.commit(&repository, &sha)) else { return not_found() };
    let commit = &all["commit"];
    Reply::json(
        200,
        &json!({
            "sha": all["sha"], "node_id": all["node_id"], "url": commit["url"], "html_url": all["html_url"],
            "author": commit["author"], "committer": commit["committer"], "tree": commit["tree"],
            "message": commit["message"], "parents": all["parents"], "verification": render::unverified(),
        }),
    )
}

pub(super) fn reference(fake: &Inner, call: &Call) -> Reply {
    let (repository, name) = (full_name(call), call.parameter("ref"));
    let Some(sha) = fake.host.git.resolve(&repository, &format!("refs/{name}")) else { return not_found() };
    let api = format!("{}/repos/{repository}/git", fake.api_url);
    Reply::json(
        200,
        &json!({
            "ref": format!("refs/{name}"), "node_id": render::node("Ref", name), "url": format!("{api}/refs/{name}"),
            "object": { "type": "commit", "sha": sha, "url": format!("{api}/commits/{sha}") },
        }),
    )
}

pub(super) fn commit(fake: &Inner, call: &Call) -> Reply {
    let (repository, name) = (full_name(call), call.parameter("ref"));
    let sha = fake.host.git.resolve(&repository, name);
    let Some(mut all) = sha.as_ref().and_then(|sha| fake.commit(&repository, sha)) else {
        return message(422, &format!("No commit found for SHA: {name}"));
    };
    let sha = sha.unwrap_or_default();
    if let Some(parent) = all["parents"][0]["sha"].as_str().map(ToOwned::to_owned) {
        all["files"] = json!(fake.files(&repository, &parent, &sha));
    }
    Reply::json(200, &all)
}

pub(super) fn compare(fake: &Inner, call: &Call) -> Reply {
    let (repository, asked) = (full_name(call), call.parameter("basehead"));
    let Some((base, head)) = asked.split_once("...") else { return not_found() };
    let find = |name: &str| fake.host.git.resolve(&repository, name);
    let (Some(base), Some(head)) = (find(base), find(head)) else { return not_found() };
    let Some(merge_base) = fake.host.git.merge_base(&repository, &base, &head) else {
        let why = format!("No common ancestor between {base} and {head}.");
        return message(404, &why);
    };
    let ahead = fake.host.git.between(&repository, &base, &head);
    let behind = fake.host.git.between(&repository, &head, &base).len();
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let commits: Vec<Value> = ahead.iter().filter_map(|sha| fake.commit(&repository, sha)).collect();
    let url = format!("{}/repos/{repository}/compare/{base}...{head}", fake.api_url);
    let web = format!("{}/{repository}/compare/{base}...{head}", fake.web_url);
    Reply::json(
        200,
        &json!({
            "url": url, "html_url": web, "permalink_url": web, "diff_url": format!("{web}.diff"),
            "patch_url": format!("{web}.patch"), "base_commit": fake.commit(&repository, &base),
            "merge_base_commit": fake.commit(&repository, &merge_base), "status": status, "ahead_by": ahead.len(),
            "behind_by": behind, "total_commits": ahead.len(), "commits": commits,
            "files": fake.files(&repository, &merge_base, &head),
        }),
    )
}

pub(super) fn tarball(fake: &Inner, call: &Call) -> Reply {
    let repository = full_name(call);
    let Some(sha) = fake.host.git.resolve(&repository, call.parameter("ref")) else { return not_found() };
    // Like the real one, the address carries its own credentials, which expire.
    let ticket = fake.ticket(&repository, &sha);
    let address = format!("{}/codeload/{repository}/legacy.tar.gz/{sha}?token={ticket}", fake.codeload_url);
    Reply::empty(302).header("location", address)
}
