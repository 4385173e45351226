//! Trees, files and archives.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};
use sha2::Digest as _;

use super::{Answer, Call};
use crate::Inner;
use crate::reply::{absent, error, page_size};
use crate::state::Project;

/// The archives that a user may request in a minute (docs.gitlab.com, "Repositories API", section "Retrieve file archive").
const ARCHIVES: usize = 5;

impl Inner {
    /// The commit that a parameter of the query names, or that of the default branch.
    fn revision(&self, project: &Project, call: &Call, name: &str) -> Option<String> {
        let wanted = call.query(name).unwrap_or(&project.default_branch);
        self.host.git.resolve(&project.full_path, wanted)
    }
}

/// A tree, with both ways of paging.
pub(super) fn tree(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let sha = fake.revision(&project, call, "ref").ok_or_else(|| absent("Tree"))?;
    let path = call.query("path").unwrap_or_default().trim_matches('/').to_owned();
    let recursive = call.query("recursive") == Some("true");
    let all = fake.host.git.tree(&project.full_path, &format!("{sha}:{path}"), recursive);
    // A file is not a tree: Git lists nothing for it.
    let all = all.ok_or_else(|| error_of_tree(&path))?;
    let whole = |below: &str| if path.is_empty() { below.to_owned() } else { format!("{path}/{below}") };
    let shown = |one: palisade_fake_host::Entry| {
        json!({
            "id": one.sha, "name": one.path.rsplit('/').next(), "type": one.kind, "path": whole(&one.path),
            "mode": one.mode,
        })
    };
    let all: Vec<Value> = all.into_iter().map(shown).collect();
    if call.query("pagination") == Some("keyset") {
        let at = call.query("page_token").and_then(|token| all.iter().position(|one| one["id"] == token));
        let rest: Vec<Value> =
            all.into_iter().skip(at.map_or(0, |at| at + 1)).take(page_size(call) + 1).collect();
        return Ok(
            fake.keyset(call, rest, "page_token", |one| one["id"].as_str().unwrap_or_default().to_owned())
        );
    }
    Ok(fake.page(call, all))
}

fn error_of_tree(path: &str) -> Reply {
    if path.is_empty() {
        absent("Tree")
    } else {
        crate::reply::message(404, "404 invalid revision or path Not Found")
    }
}

/// The bytes of a file.
fn bytes(fake: &Inner, call: &Call) -> Result<(Project, String, Vec<u8>), Reply> {
    let project = fake.project_of(call)?;
    let sha = fake.revision(&project, call, "ref").ok_or_else(|| absent("Commit"))?;
    let name = format!("{sha}:{}", call.parameter("file_path"));
    let file = fake.host.git.run(&project.full_path, &["cat-file", "blob", &name]);
    Ok((project, sha, file.ok_or_else(|| absent("File"))?))
}

pub(super) fn raw(fake: &Inner, call: &Call) -> Answer {
    let (_, _, bytes) = bytes(fake, call)?;
    Ok(Reply::with(200, "text/plain; charset=utf-8", bytes))
}

pub(super) fn file(fake: &Inner, call: &Call) -> Answer {
    let (project, sha, bytes) = bytes(fake, call)?;
    let path = call.parameter("file_path");
    let id =
        fake.host.git.run(&project.full_path, &["rev-parse", &format!("{sha}:{path}")]).unwrap_or_default();
    let digest = data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(&bytes));
    let body = json!({
        "file_name": path.rsplit('/').next(), "file_path": path, "size": bytes.len(), "encoding": "base64",
        "content_sha256": digest, "ref": call.query("ref"), "blob_id": String::from_utf8_lossy(&id).trim(),
        "commit_id": sha, "last_commit_id": sha, "execute_filemode": false, "content": STANDARD.encode(&bytes),
    });
    Ok(Reply::json(200, &body))
}

/// An archive, whose files are in one folder.
pub(super) fn archive(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let format = call.query("format").unwrap_or("tar.gz");
    if format != "tar.gz" {
        return Err(error(400, "format does not have a valid value"));
    }
    let sha = fake.revision(&project, call, "sha").ok_or_else(|| absent("File"))?;
    {
        let mut state = fake.state();
        let now = clock::seconds();
        state.archives.retain(|(_, at)| *at > now - 60);
        if state.archives.iter().filter(|(user, _)| *user == call.caller.user).count() >= ARCHIVES {
            let why = "This endpoint has been requested too many times. Try again later.";
            return Err(Reply::json(429, &json!({ "message": { "error": why } })).header("retry-after", "60"));
        }
        state.archives.push((call.caller.user, now));
    }
    let name = project.full_path.rsplit('/').next().unwrap_or_default();
    let wanted = call.query("sha").unwrap_or(&project.default_branch).replace('/', "-");
    let folder = format!("{name}-{wanted}-{sha}");
    let prefix = format!("--prefix={folder}/");
    let bytes = fake.host.git.run(&project.full_path, &["archive", "--format=tar.gz", &prefix, &sha]);
    let bytes = bytes.ok_or_else(|| absent("File"))?;
    let shown = format!("attachment; filename=\"{folder}.tar.gz\"");
    Ok(Reply::with(200, "application/octet-stream", bytes).header("content-disposition", shown))
}
