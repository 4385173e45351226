//! Whether a branch requires a check.
//!
//! A branch policy of the type *Status* requires a status of a genre and a name, and may accept it of one account only
//! (<https://learn.microsoft.com/azure/devops/repos/git/pr-status-policy>).

use palisade_sdk::CallError;
use palisade_sdk::provider::Requirement;
use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::rest::part;
use serde_json::Value;

use crate::api::{Api, User, branch_name, split};
use crate::check::GENRE;
use crate::repositories::repository;

/// The type of policies that require a status.
const STATUS: &str = "cbdc66da-9728-4af8-aada-9a5a32e4a226";

/// A branch of a repository, in the terms of a scope.
struct Branch<'a> {
    /// The id of the repository.
    repository: &'a str,
    name: &'a str,
    is_default: bool,
}

/// Whether one of the scopes of a policy has a branch.
fn has_branch(policy: &Value, branch: &Branch<'_>) -> bool {
    let reference = format!("refs/heads/{}", branch.name);
    let scopes = policy.pointer("/settings/scope").and_then(Value::as_array);
    scopes.into_iter().flatten().any(|scope| {
        // Without a repository, the policy is for all repositories of the project.
        let repository = text(scope, "/repositoryId");
        let is_here = repository.is_empty() || repository.eq_ignore_ascii_case(branch.repository);
        let pattern = text(scope, "/refName");
        let kind = text(scope, "/matchKind").to_ascii_lowercase();
        let is_branch = match kind.as_str() {
            "defaultbranch" => branch.is_default,
            "prefix" => reference.starts_with(pattern),
            _ => pattern.is_empty() || reference == pattern,
        };
        is_here && is_branch
    })
}

/// Whether a policy blocks a pull request until the status of a check is a success. With the conditional applicability,
/// a pull request without the status can be completed, and with a path filter, one that changes other files.
fn requires(policy: &Value, check: &str, branch: &Branch<'_>) -> bool {
    let applicability = policy.pointer("/settings/policyApplicability").unwrap_or(&Value::Null);
    let is_conditional =
        applicability.as_u64() == Some(1) || text(applicability, "").eq_ignore_ascii_case("conditional");
    let paths = policy.pointer("/settings/filenamePatterns").and_then(Value::as_array);
    flag(policy, "/isEnabled")
        && flag(policy, "/isBlocking")
        && !flag(policy, "/isDeleted")
        && !is_conditional
        && paths.is_none_or(Vec::is_empty)
        && text(policy, "/type/id").eq_ignore_ascii_case(STATUS)
        && text(policy, "/settings/statusGenre") == GENRE
        && text(policy, "/settings/statusName") == check
        && has_branch(policy, branch)
}

/// Whether a policy accepts the status of this user only.
fn is_restricted(policy: &Value, user: &User) -> bool {
    user.is(policy, "/settings/authorId")
}

/// Whether a branch rejects changes without a check that only the account of the token can write. If the policy accepts
/// any account, each contributor can write it, and so can a pipeline of the pull request.
pub(crate) fn requirement(
    api: &Api<'_>,
    full_name: &str,
    branch: &str,
    check: &str,
) -> Result<Requirement, CallError> {
    let (project, _) = split(full_name)?;
    let found = repository(api, full_name)?;
    let found =
        found.ok_or_else(|| CallError::InvalidInput(format!("repository `{full_name}` not found")))?;
    let here = Branch {
        repository: text(&found, "/id"),
        name: branch,
        is_default: branch_name(text(&found, "/defaultBranch")) == branch,
    };
    let place = format!(
        "/{}/_apis/git/policy/configurations?repositoryId={}&refName={}&policyType={STATUS}",
        part(project),
        part(here.repository),
        part(&format!("refs/heads/{branch}"))
    );
    let all = api.every(&place, &format!("the branch policies of `{full_name}`"))?;
    let policies: Vec<&Value> = all.iter().filter(|it| requires(it, check, &here)).collect();
    let user = api.user()?;
    let page = format!(
        "{}/{}/_settings/repositories?repo={}&_a=policiesMid&refs=refs/heads/{}",
        api.settings.base,
        part(project),
        part(here.repository),
        part(branch)
    );
    let fields = format!(
        "status `{GENRE}/{check}`, policy requirement *Required*, authorized account `{}`, *Reset status whenever there \
         are new changes*, applicability *Apply by default*, no path filter",
        user.name
    );
    let how = if policies.is_empty() {
        format!(
            "open {page} (*Project settings*, *Repositories*, *Policies*, *Branch policies* of `{branch}`), and add a \
             policy under *Status checks*: {fields}"
        )
    } else {
        format!(
            "`{GENRE}/{check}` is required, but the policy accepts it of any account, so that others can write it: open \
             {page} (*Project settings*, *Repositories*, *Policies*, *Branch policies* of `{branch}`), and edit the \
             policy `{}` under *Status checks*: {fields}",
            policies.first().map(|it| id(it, "/id")).unwrap_or_default()
        )
    };
    Ok(Requirement { required: policies.iter().any(|it| is_restricted(it, &user)), how })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_scope_has_branches() {
        for (scope, branch, is_default, expected) in [
            (
                json!([{"repositoryId": null, "refName": "refs/heads/main", "matchKind": "Exact"}]),
                "main",
                true,
                true,
            ),
            (
                json!([{"repositoryId": "R1", "refName": "refs/heads/main", "matchKind": "exact"}]),
                "main",
                true,
                true,
            ),
            (
                json!([{"repositoryId": "r2", "refName": "refs/heads/main", "matchKind": "Exact"}]),
                "main",
                true,
                false,
            ),
            (json!([{"refName": "refs/heads/main", "matchKind": "Exact"}]), "maintenance", false, false),
            (json!([{"refName": "refs/heads/release/", "matchKind": "Prefix"}]), "release/1", false, true),
            (json!([{"refName": "refs/heads/release/", "matchKind": "Prefix"}]), "main", true, false),
            (json!([{"refName": null, "matchKind": "DefaultBranch"}]), "main", true, true),
            (json!([{"refName": null, "matchKind": "DefaultBranch"}]), "topic", false, false),
            (json!([{"repositoryId": "r1"}]), "main", true, true),
            (json!([]), "main", true, false),
            (json!(null), "main", true, false),
        ] {
            let policy = json!({ "settings": { "scope": scope } });
            let branch = Branch { repository: "r1", name: branch, is_default };
            assert_eq!(has_branch(&policy, &branch), expected, "{scope} {}", branch.name);
        }
    }

    #[test]
    fn only_a_blocking_policy_of_the_status_requires_it() {
        let policy = json!({
            "isEnabled": true, "isBlocking": true, "isDeleted": false, "type": { "id": STATUS },
            "settings": {
                "statusGenre": "palisade", "statusName": "Check", "policyApplicability": null, "filenamePatterns": [],
                "scope": [{ "refName": "refs/heads/main", "matchKind": "Exact" }],
            },
        });
        let branch = Branch { repository: "r1", name: "main", is_default: true };
        assert!(requires(&policy, "Check", &branch));
        for (pointer, value) in [
            ("/isEnabled", json!(false)),
            ("/isBlocking", json!(false)),
            ("/isDeleted", json!(true)),
            ("/type/id", json!("0609b952-1397-4640-95ec-e00a01b2c241")),
            ("/settings/statusGenre", json!("other")),
            ("/settings/statusName", json!("other")),
            ("/settings/policyApplicability", json!(1)),
            ("/settings/policyApplicability", json!("conditional")),
            ("/settings/scope", json!([])),
            ("/settings/filenamePatterns", json!(["/infra/*"])),
        ] {
            let mut other = policy.clone();
            *other.pointer_mut(pointer).unwrap() = value;
            assert!(!requires(&other, "Check", &branch), "{pointer}");
        }
    }
}
