//! New branches, commits and pull requests.

use std::collections::BTreeSet;

use palisade_sdk::CallError;
use palisade_sdk::provider::comment::inert;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::{Method, NewCommit, NewPull, Pull};
use serde_json::json;

use crate::api::{Api, good, repository};
use crate::{pulls, repositories};

pub(crate) fn branch(api: &Api<'_>, name: &str, branch: &str, commit: &str) -> Result<(), CallError> {
    let body = json!({ "name": branch, "target": { "hash": commit } });
    let answer = api.write(Method::Post, &format!("{}/refs/branches", repository(name)), &body)?;
    // The branch may exist since an earlier attempt.
    let refused = matches!(answer.status, 400 | 409);
    if refused && repositories::branch(api, name, branch)?.as_deref() == Some(commit) {
        return Ok(());
    }
    good(answer, &format!("the branch `{branch}` of `{name}`")).map(drop)
}

/// The beginning of boundaries; a number follows.
const BOUNDARY: &[u8] = b"palisade-";

/// A boundary that no part contains. The parts are read once, however many boundaries they contain.
fn boundary(new: &NewCommit) -> String {
    let contents = new.files.iter().filter_map(|it| it.content.as_deref());
    let mut taken = BTreeSet::new();
    for part in contents.chain([new.message.as_bytes(), new.branch.as_bytes(), new.parent.as_bytes()]) {
        for (at, _) in part.windows(BOUNDARY.len()).enumerate().filter(|(_, it)| *it == BOUNDARY) {
            // `palisade-12` contains `palisade-1` too.
            let digits = part.iter().skip(at + BOUNDARY.len()).take_while(|it| it.is_ascii_digit()).take(9);
            digits.fold(0_u32, |number, digit| {
                let number = number * 10 + u32::from(digit - b'0');
                taken.insert(number);
                number
            });
        }
    }
    let free = taken.iter().zip(0..).take_while(|(taken, number)| *taken == number).count();
    format!("palisade-{free}")
}

/// The form of a commit (RFC 7578). A path begins with a slash, so that it is not taken for another field. A path in
/// `files` without a part of its own is deleted.
fn form(new: &NewCommit, boundary: &str) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    let mut part = |header: &str, content: &[u8]| {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; {header}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    let fields = [("message", &new.message), ("branch", &new.branch), ("parents", &new.parent)];
    for (name, value) in fields {
        part(&format!("name=\"{name}\""), value.as_bytes());
    }
    for file in &new.files {
        if file.path.is_empty() || file.path.contains(['"', '\r', '\n', '\\']) {
            return Err(CallError::InvalidInput(format!("unsupported path `{}` in a commit", file.path)));
        }
        match &file.content {
            Some(content) => {
                let name = file.path.rsplit('/').next().unwrap_or_default();
                part(&format!("name=\"/{}\"; filename=\"{name}\"", file.path), content);
            }
            None => part("name=\"files\"", format!("/{}", file.path).as_bytes()),
        }
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(body)
}

/// Bitbucket refuses the commit with 409 if the parent is not the head of the branch; but a branch that does not exist
/// is created, so its head is read first.
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/#api-repositories-workspace-repo-slug-src-post>
pub(crate) fn commit(api: &Api<'_>, name: &str, new: &NewCommit) -> Result<String, CallError> {
    let moved =
        || CallError::InvalidInput(format!("the head of `{}` of `{name}` is not {}", new.branch, new.parent));
    if repositories::branch(api, name, &new.branch)?.as_deref() != Some(&new.parent) {
        return Err(moved());
    }
    let boundary = boundary(new);
    let kind = format!("multipart/form-data; boundary={boundary}");
    let answer = api.post(&format!("{}/src", repository(name)), &kind, form(new, &boundary)?)?;
    if answer.status == 409 {
        return Err(moved());
    }
    let answer = good(answer, &format!("a commit on `{}` of `{name}`", new.branch))?;
    // The new commit is named by the header `Location`.
    let named = answer.header("location").and_then(|it| it.rsplit('/').next()).unwrap_or_default();
    if named.len() == new.parent.len() && named.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Ok(named.to_owned());
    }
    match repositories::branch(api, name, &new.branch)? {
        Some(head) if head != new.parent => Ok(head),
        _ => Err(CallError::Unavailable(format!("Bitbucket does not show the new commit of `{name}` yet"))),
    }
}

pub(crate) fn pull(api: &Api<'_>, name: &str, new: &NewPull) -> Result<Pull, CallError> {
    let body = json!({
        "title": new.title,
        "description": inert(&new.body),
        "source": { "branch": { "name": new.head_ref } },
        "destination": { "branch": { "name": new.base_ref } },
    });
    let answer = api.write(Method::Post, &format!("{}/pullrequests", repository(name)), &body)?;
    let answer = good(answer, &format!("a pull request of `{name}` from `{}`", new.head_ref))?;
    let pull = pulls::pull_of(api, name, &answer.body)?;
    if pull.id.is_empty() || text(&answer.body, "/state").is_empty() {
        return Err(CallError::Other(format!("Bitbucket returns no pull request of `{name}`")));
    }
    Ok(pull)
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_sdk::provider::FileEdit;

    fn new(files: &[(&str, Option<&[u8]>)]) -> NewCommit {
        let edit = |(path, content): &(&str, Option<&[u8]>)| FileEdit {
            path: (*path).to_owned(),
            content: content.map(<[u8]>::to_vec),
        };
        NewCommit {
            branch: "fix".to_owned(),
            parent: "p".repeat(40),
            message: "Fix".to_owned(),
            files: files.iter().map(edit).collect(),
        }
    }

    #[test]
    fn a_form_has_the_fields_and_files_of_a_commit() {
        let new = new(&[("a/b.tf", Some(b"palisade-0 \xff")), ("gone.tf", None)]);
        assert_eq!(boundary(&new), "palisade-1");
        let text = String::from_utf8_lossy(&form(&new, "B").unwrap()).replace("\r\n", "\n");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn no_content_keeps_a_boundary_from_being_found() {
        let all = (0..20_000).map(|number| format!("palisade-{number}\n")).collect::<Vec<_>>().concat();
        for (content, expected) in [
            (all.as_str(), "palisade-20000"),
            ("palisade-", "palisade-0"),
            ("palisade-12", "palisade-0"),
            ("palisade-01", "palisade-2"),
            ("palisade-99999999999999999999 palisade-0", "palisade-1"),
        ] {
            assert_eq!(boundary(&new(&[("a", Some(content.as_bytes()))])), expected);
        }
    }

    #[test]
    fn a_path_that_ends_its_header_is_refused() {
        for path in ["", "a\"b", "a\r\nb", "a\\b"] {
            assert!(form(&new(&[(path, None)]), "B").is_err(), "{path}");
        }
    }
}
