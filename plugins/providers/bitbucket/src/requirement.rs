//! Whether a branch requires our build status.

use palisade_sdk::CallError;
use palisade_sdk::provider::Requirement;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::text::matches;
use serde_json::Value;

use crate::api::{self, Api};

/// What Bitbucket's merge checks do not restrict.
const LIMIT: &str = "Bitbucket counts the build statuses of a commit and does not name them, so that everyone with \
                     write access can add or overwrite one";

/// Whether a restriction applies to a branch; a rule of the branching model is not resolved.
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-branch-restrictions/>
fn applies(rule: &Value, branch: &str) -> bool {
    text(rule, "/branch_match_kind") != "branching_model" && matches(text(rule, "/pattern"), branch)
}

/// A restriction that demands successful builds and none that failed or runs, and one that prevents a merge with
/// unresolved merge checks (Bitbucket Premium); without it, users are only warned.
/// <https://support.atlassian.com/bitbucket-cloud/docs/suggest-or-require-checks-before-a-merge/>
pub(crate) fn requirement(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    check: &str,
) -> Result<Requirement, CallError> {
    let page = format!("{}/{repository}/admin/branch-restrictions", api.settings.web);
    let place = format!("{}/branch-restrictions?pagelen=100", api::repository(repository));
    let rules = match api.every(&place, &format!("the branch restrictions of `{repository}`")) {
        Ok(rules) => rules,
        Err(CallError::Denied(why)) => {
            return Ok(Requirement {
                required: false,
                how: format!(
                    "the branch restrictions cannot be read ({why}): create the token with the scope \
                     `admin:repository:bitbucket`, or check {page}"
                ),
            });
        }
        Err(other) => return Err(other),
    };
    let of_kind = |kind: &'static str| rules.iter().filter(move |it| text(it, "/kind") == kind);
    let counts = |it: &Value| it.get("value").and_then(Value::as_u64).is_none_or(|it| it > 0);
    let builds = of_kind("require_passing_builds_to_merge").any(|it| applies(it, branch) && counts(it));
    let enforced = of_kind("enforce_merge_checks").any(|it| applies(it, branch));
    let modelled = of_kind("require_passing_builds_to_merge")
        .any(|it| text(it, "/branch_match_kind") == "branching_model");
    let add_builds = "choose *Minimum number of successful builds for the last commit with no failed builds and no in \
                      progress builds*";
    let enforce = "choose *Prevent a merge with unresolved merge checks* (Bitbucket Premium)";
    let edit =
        format!("open {page} (*Repository settings*, *Branch restrictions*), edit the rule of `{branch}`");
    let how = match (builds, enforced) {
        (true, true) => LIMIT.to_owned(),
        (true, false) => format!("{edit}, and {enforce}. {LIMIT}"),
        (false, true) => format!("{edit}, and {add_builds}, so that \"{check}\" counts. {LIMIT}"),
        (false, false) => {
            format!("{edit} or add one, {add_builds}, so that \"{check}\" counts, and {enforce}. {LIMIT}")
        }
    };
    let required = builds && enforced;
    let note = match (required, modelled) {
        (true, _) => "",
        (false, true) => {
            ". Rules of the project and of the branching model are not read here: one of these exists"
        }
        (false, false) => ". Rules of the project are not read here",
    };
    Ok(Requirement { required, how: format!("{how}{note}") })
}
