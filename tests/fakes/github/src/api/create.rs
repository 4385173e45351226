//! New references, objects of Git and pull requests.

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::{Call, full_name};
use crate::Inner;
use crate::reply::{message, not_found};
use crate::state::{Pull, text};

fn shown(name: &str, sha: &str) -> Value {
    json!({ "ref": name, "node_id": "REF", "url": "", "object": { "type": "commit", "sha": sha, "url": "" } })
}

pub(super) fn reference(fake: &Inner, call: &Call) -> Reply {
    let (repository, name) = (full_name(call), text(&call.body, "ref").unwrap_or_default());
    let sha = text(&call.body, "sha").unwrap_or_default();
    if fake.host.git.resolve(&repository, &sha).is_none_or(|it| it != sha) {
        return message(422, "Object does not exist");
    }
    if fake.host.git.resolve(&repository, &name).is_some() {
        return message(422, "Reference already exists");
    }
    fake.host.git.point(&repository, &name, &sha);
    Reply::json(201, &shown(&name, &sha))
}

pub(super) fn moved(fake: &Inner, call: &Call) -> Reply {
    let (repository, name) = (full_name(call), format!("refs/{}", call.parameter("ref")));
    let sha = text(&call.body, "sha").unwrap_or_default();
    let Some(now) = fake.host.git.resolve(&repository, &name) else {
        return message(422, "Reference does not exist");
    };
    let forward = fake.host.git.merge_base(&repository, &now, &sha).is_some_and(|base| base == now);
    if !forward && call.body["force"] != true {
        return message(422, "Update is not a fast forward");
    }
    fake.host.git.point(&repository, &name, &sha);
    Reply::json(200, &shown(&name, &sha))
}

pub(super) fn blob(fake: &Inner, call: &Call) -> Reply {
    let content = text(&call.body, "content").unwrap_or_default();
    let bytes = if call.body["encoding"] == "base64" {
        match data_encoding::BASE64.decode(content.as_bytes()) {
            Ok(bytes) => bytes,
            Err(_) => return message(422, "content is not valid Base64"),
        }
    } else {
        content.into_bytes()
    };
    match fake.host.git.write_blob(&full_name(call), &bytes) {
        Ok(sha) => Reply::json(201, &json!({ "url": "", "sha": sha })),
        Err(error) => message(422, &error.to_string()),
    }
}

pub(super) fn tree(fake: &Inner, call: &Call) -> Reply {
    let repository = full_name(call);
    let base = text(&call.body, "base_tree").unwrap_or_default();
    let mut files = fake.host.git.files(&repository, &base);
    for entry in call.body["tree"].as_array().into_iter().flatten() {
        let path = text(entry, "path").unwrap_or_default();
        match text(entry, "sha") {
            Some(sha) => files.insert(path, (text(entry, "mode").unwrap_or_default(), sha)),
            None => files.remove(&path),
        };
    }
    match fake.host.git.write_tree(&repository, &files) {
        Ok(sha) => Reply::json(201, &json!({ "url": "", "sha": sha, "tree": [], "truncated": false })),
        Err(error) => message(422, &error.to_string()),
    }
}

pub(super) fn commit(fake: &Inner, call: &Call) -> Reply {
    let repository = full_name(call);
    let tree = text(&call.body, "tree").unwrap_or_default();
    let parents: Vec<&str> =
        call.body["parents"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let text = text(&call.body, "message").unwrap_or_default();
    match fake.host.git.write_commit(&repository, &tree, &parents, &text) {
        Ok(sha) => {
            Reply::json(201, &json!({ "url": "", "sha": sha, "message": text, "tree": { "sha": tree } }))
        }
        Err(error) => message(422, &error.to_string()),
    }
}

pub(super) fn pull(fake: &Inner, call: &Call) -> Reply {
    let head = text(&call.body, "head").unwrap_or_default();
    let base = text(&call.body, "base").unwrap_or_default();
    let mut state = fake.state();
    let Some(repository) = state.repository(&full_name(call)).map(|one| one.full_name.clone()) else {
        return not_found();
    };
    let tip = |branch: &str| fake.host.git.resolve(&repository, &format!("refs/heads/{branch}"));
    let (Some(head_sha), Some(base_sha)) = (tip(&head), tip(&base)) else {
        return message(422, "Validation Failed");
    };
    let number = state.pulls.keys().filter(|(name, _)| *name == repository).count() as u64 + 1;
    let one = Pull {
        id: state.next(),
        number,
        repository: repository.clone(),
        title: text(&call.body, "title").unwrap_or_default(),
        head_branch: head,
        base_branch: base,
        head_sha: head_sha.clone(),
        base_sha,
        open: true,
        draft: false,
        fork_gone: false,
        created_at: clock::now(),
        closed_at: None,
    };
    let shown = fake.pull(&state, &one);
    state.pulls.insert((repository.clone(), number), one);
    fake.host.git.point(&repository, &format!("refs/pull/{number}/head"), &head_sha);
    Reply::json(201, &shown)
}
