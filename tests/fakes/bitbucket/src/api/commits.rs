//! Commits, and the differences between two of them.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::page::{Sizes, page};
use super::{Call, commit, repository};
use crate::Inner;
use crate::reply::{Answer, Refused, error, not_found};

/// The pages of differences are larger than others (the example of the operation has `"pagelen": 500`).
const DIFFERENCES: Sizes = Sizes { default: 500, most: 5000, numbered: true };

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let (one, sha) = commit(fake, call)?;
    let shown = fake.commit(&one, &sha);
    shown.map(|shown| Reply::json(200, &shown)).ok_or_else(|| not_found("Commit").into())
}

/// Two commits, and the repository that has both.
struct Range {
    repository: String,
    /// The state to compare with.
    old: String,
    /// The commit with the changes.
    new: String,
}

/// The commits that the parameter `spec` names: one, which is compared with its first parent; or two, the one with the
/// changes first. Links of pull requests have another form, `WORKSPACE/REPO:NEW\rOLD`, as in recorded responses.
fn range(fake: &Inner, call: &Call) -> Result<Range, Refused> {
    let spec = call.parameter("spec");
    let here = repository(&fake.state(), call)?.full_name.clone();
    let (source, commits) = match spec.rsplit_once(':') {
        Some((source, commits)) => {
            let role = fake.state().role(&call.caller.nickname, source);
            (role.map(|_| source.to_owned()).ok_or_else(|| Refused::from(not_found("Commit")))?, commits)
        }
        None => (here.clone(), spec),
    };
    let repository = fake.together(&source, &here);
    let find = |name: &str| {
        let found = fake.host.git.resolve(&repository, name);
        found.ok_or_else(|| Refused::from(not_found("Commit")))
    };
    let two = commits.split_once("..").or_else(|| commits.split_once('\r'));
    let (new, old) = match two {
        Some((new, old)) => (find(new)?, find(old)?),
        None => (find(commits)?, find(&format!("{commits}^"))?),
    };
    let old = if call.query("topic") == Some("true") {
        fake.host.git.merge_base(&repository, &old, &new).unwrap_or(old)
    } else {
        old
    };
    Ok(Range { repository, old, new })
}

/// A file that differs.
struct Change {
    status: char,
    old: String,
    new: String,
    added: u64,
    removed: u64,
}

/// The files that differ, with renamed ones as one change.
fn changes(fake: &Inner, range: &Range) -> Vec<Change> {
    let compare = ["diff-tree", "-r", "-z", "-M", &range.old, &range.new];
    let read = |form: &str| {
        let bytes = fake.host.git.run(&range.repository, &[&compare[..], &[form]].concat());
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    };
    let (raw, counts) = (read("--raw"), read("--numstat"));
    let (mut raw, mut counts) = (raw.split('\0'), counts.split('\0'));
    let mut all = Vec::new();
    while let Some(facts) = raw.next().filter(|facts| !facts.is_empty()) {
        let status = facts.rsplit(' ').next().and_then(|word| word.chars().next()).unwrap_or('M');
        let old = raw.next().unwrap_or_default().to_owned();
        let renamed = matches!(status, 'R' | 'C');
        let new = if renamed { raw.next().unwrap_or_default().to_owned() } else { old.clone() };
        let numbers: Vec<u64> =
            counts.next().unwrap_or_default().split('\t').map(|one| one.parse().unwrap_or(0)).collect();
        if renamed {
            counts.nth(1);
        }
        let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
        all.push(Change { status, old, new, added: number(0), removed: number(1) });
    }
    all
}

pub(super) fn diffstat(fake: &Inner, call: &Call) -> Answer {
    let range = range(fake, call)?;
    let side = |sha: &str, path: &str| {
        let address = format!("{}/repositories/{}/src/{sha}/{path}", fake.api_url, range.repository);
        json!({
            "type": "commit_file", "path": path, "escaped_path": path,
            "links": { "self": { "href": address } },
        })
    };
    let shown = |one: &Change| {
        let status = match one.status {
            'A' => "added",
            'D' => "removed",
            'R' => "renamed",
            _ => "modified",
        };
        json!({
            "type": "diffstat", "status": status, "lines_added": one.added, "lines_removed": one.removed,
            "old": (one.status != 'A').then(|| side(&range.old, &one.old)),
            "new": (one.status != 'D').then(|| side(&range.new, &one.new)),
        })
    };
    let all: Vec<Value> = changes(fake, &range).iter().map(shown).collect();
    page(fake, call, all, DIFFERENCES)
}

pub(super) fn diff(fake: &Inner, call: &Call) -> Answer {
    let range = range(fake, call)?;
    let context = format!("-U{}", call.query("context").unwrap_or("3"));
    let renames = if call.query("renames") == Some("false") { "--no-renames" } else { "-M" };
    let mut arguments = vec!["diff", "--no-color", "--no-ext-diff", &context, renames];
    if call.query("ignore_whitespace") == Some("true") {
        arguments.push("-w");
    }
    arguments.extend([range.old.as_str(), &range.new, "--"]);
    arguments.extend(call.query.iter().filter(|(name, _)| name == "path").map(|(_, path)| path.as_str()));
    let bytes = fake.host.git.run(&range.repository, &arguments);
    Ok(Reply::with(200, "text/plain", bytes.unwrap_or_default()))
}

pub(super) fn merge_base(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let (first, second) = call.parameter("revspec").split_once("..").unwrap_or_default();
    let find = |name: &str| {
        let found = fake.host.git.resolve(&one.full_name, name);
        found.ok_or_else(|| Refused::from(error(404, &format!("Commit not found: {name}"))))
    };
    let (first, second) = (find(first)?, find(second)?);
    let base = fake.host.git.merge_base(&one.full_name, &first, &second);
    let shown = base.and_then(|sha| fake.commit(&one, &sha));
    shown.map(|shown| Reply::json(200, &shown)).ok_or_else(|| not_found("Common ancestor").into())
}
