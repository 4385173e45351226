//! The merge base of a head and a commit of the repository.

use std::collections::{BTreeMap, BTreeSet};

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::part;
use serde_json::Value;

use crate::api::{Api, found, repository};
use crate::pulls;

/// The maximum number of commits at which the changes of a pull request may begin.
const MOST_STARTS: usize = 20;

/// What Bitbucket returns for two commits.
enum Common {
    /// Their merge base.
    Base(String),
    /// They have no common history.
    Nothing,
    /// The repository does not have one of them, or has them without a common history.
    NotFound,
}

/// The merge base of two commits of the same repository.
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/#api-repositories-workspace-repo-slug-merge-base-revspec-get>
fn common(api: &Api<'_>, target: &str, one: &str, other: &str) -> Result<Common, CallError> {
    if one == other {
        return Ok(Common::Base(one.to_owned()));
    }
    let place = format!("{}/merge-base/{}..{}", repository(target), part(one), part(other));
    let answer = found(api.get(&place, None)?, &format!("the merge base of {one} and {other}"))?;
    Ok(match answer {
        None => Common::NotFound,
        Some(it) => match text(&it.body, "/hash") {
            "" => Common::Nothing,
            hash => Common::Base(hash.to_owned()),
        },
    })
}

fn has(api: &Api<'_>, target: &str, commit: &str) -> Result<bool, CallError> {
    let place = format!("{}/commit/{}", repository(target), part(commit));
    Ok(found(api.get(&place, None)?, &format!("commit {commit} of `{target}`"))?.is_some())
}

fn unavailable(target: &str, head: &str, base: &str) -> CallError {
    // A newly pushed commit does not reach all of Bitbucket's servers at once.
    CallError::Unavailable(format!("Bitbucket cannot compare {head} with {base} of `{target}` yet"))
}

/// The parents of the commits that are reached from a head, as far as they are not such commits themselves. None if the
/// head is not in the list.
fn starts(commits: &[Value], head: &str) -> Option<BTreeSet<String>> {
    let parents: BTreeMap<&str, Vec<&str>> = commits
        .iter()
        .map(|it| {
            let list = it.get("parents").and_then(Value::as_array);
            (text(it, "/hash"), list.into_iter().flatten().map(|it| text(it, "/hash")).collect())
        })
        .collect();
    let (first, _) = parents.get_key_value(head)?;
    let (mut seen, mut next) = (BTreeSet::from([*first]), vec![*first]);
    let mut outside = BTreeSet::new();
    while let Some(commit) = next.pop() {
        for parent in parents.get(commit).into_iter().flatten().copied().filter(|it| !it.is_empty()) {
            if !parents.contains_key(parent) {
                outside.insert(parent.to_owned());
            } else if seen.insert(parent) {
                next.push(parent);
            }
        }
    }
    Some(outside)
}

/// The merge base of a head of a fork, whose commits the repository does not have. The commits of the pull request are
/// those of the head that the target branch lacks. So each common ancestor of the head and a commit of that branch is
/// one of the parents at which these commits start, or an ancestor of one; and the parents are commits of the
/// repository.
fn of_fork(
    api: &Api<'_>,
    target: &str,
    head: &str,
    base: &str,
    pull: &str,
) -> Result<Option<String>, CallError> {
    let place = format!("{}/commits?pagelen=100", pulls::path(target, pull)?);
    let what = format!("the commits of pull request {pull} of `{target}`");
    let commits = api.every_found(&place, &what)?.unwrap_or_default();
    let starts = starts(&commits, head).ok_or_else(|| unavailable(target, head, base))?;
    if starts.len() > MOST_STARTS {
        return Err(CallError::Other(format!("{what} start at more than {MOST_STARTS} commits")));
    }
    let mut best: Option<String> = None;
    for start in starts {
        match (common(api, target, &start, base)?, &best) {
            (Common::NotFound, _) => return Err(unavailable(target, &start, base)),
            (Common::Nothing, _) => {}
            (Common::Base(found), None) => best = Some(found),
            (Common::Base(found), Some(known)) => {
                // The better one is the descendant. If neither is, both are merge bases.
                if matches!(common(api, target, known, &found)?, Common::Base(it) if it == *known) {
                    best = Some(found);
                }
            }
        }
    }
    Ok(best)
}

pub(crate) fn merge_base(
    api: &Api<'_>,
    target: &str,
    head: &str,
    base: &str,
    pull: Option<&str>,
) -> Result<Option<String>, CallError> {
    match (common(api, target, head, base)?, pull) {
        (Common::Base(found), _) => Ok(Some(found)),
        (Common::Nothing, _) => Ok(None),
        (Common::NotFound, Some(pull)) => of_fork(api, target, head, base, pull),
        (Common::NotFound, None) => {
            if has(api, target, head)? && has(api, target, base)? {
                return Ok(None);
            }
            Err(unavailable(target, head, base))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_start_at_commits_outside_of_the_list() {
        let commits = |all: &[(&str, &[&str])]| -> Vec<Value> {
            let parents = |list: &[&str]| list.iter().map(|it| json!({ "hash": it })).collect::<Vec<_>>();
            all.iter().map(|(hash, list)| json!({ "hash": hash, "parents": parents(list) })).collect()
        };
        for (what, all, expected) in [
            ("one", &[("h", &["m"][..])][..], Some(&["m"][..])),
            ("two in a row", &[("h", &["a"]), ("a", &["m"])], Some(&["m"])),
            ("a merge of the target branch", &[("h", &["a", "n"]), ("a", &["m"])], Some(&["m", "n"])),
            ("another root", &[("h", &["r"]), ("r", &[])], Some(&[])),
            ("commits that the head does not have", &[("h", &["m"]), ("x", &["y"])], Some(&["m"])),
            ("the head is missing", &[("a", &["m"])], None),
            ("nothing", &[], None),
        ] {
            let found = starts(&commits(all), "h");
            let found = found.as_ref().map(|it| it.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), expected, "{what}");
        }
    }
}
