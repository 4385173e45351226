//! The steps at Bitbucket that precede the settings.

use palisade_sdk::provider::Step;
use palisade_sdk::provider::describe::step;

use crate::connection::SCOPES;

/// The permissions of app passwords that older instructions name, and the scopes that replace them.
const REPLACED: [(&str, &str); 4] = [
    ("Account: Read", "`read:user:bitbucket`, `read:workspace:bitbucket`"),
    (
        "Repositories: Read, Write, Admin",
        "`read:repository:bitbucket`, `write:repository:bitbucket`, `admin:repository:bitbucket`",
    ),
    ("Pull requests: Read, Write", "`read:pullrequest:bitbucket`, `write:pullrequest:bitbucket`"),
    (
        "Webhooks: Read and write",
        "`read:webhook:bitbucket`, `write:webhook:bitbucket`, `delete:webhook:bitbucket`",
    ),
];

/// The steps, in order.
pub(crate) fn steps() -> Vec<Step> {
    let scopes = SCOPES.iter().map(|it| {
        let optional = if it.required { "" } else { " (optional)" };
        format!("- `{}`, {}{optional}\n", it.name, it.purpose)
    });
    let replaced = REPLACED.map(|(permission, scopes)| format!("- *{permission}*: {scopes}\n"));
    vec![
        step(
            "Create a designated account",
            "Add an account of its own to the workspace, and make it an administrator of the repositories, or of the \
             workspace if threat detection is used: only administrators can create webhooks.",
        ),
        step(
            "Create an API token",
            format!(
                "Signed in as that account, in the Atlassian account settings under *Security*, *Create and manage \
                 API tokens*, *Create API token with scopes*, choose *Bitbucket* and these scopes:\n\n{}\nThe token \
                 has an expiry date: replace it before. Enter the email of the account in the settings.",
                scopes.collect::<String>()
            ),
        ),
        step(
            "App passwords of older instructions",
            format!(
                "App passwords ended on 28 July 2026, so *Personal settings*, *App passwords* no longer exists. The \
                 scopes of an API token replace their permissions:\n\n{}",
                replaced.concat()
            ),
        ),
        step(
            "Or create an access token",
            "In the settings of the workspace, of a project or of a repository, under *Access tokens*, with the \
             permissions *Repositories: Read, Write, Admin*, *Pull requests: Read, Write* and *Webhooks: Read and \
             write*. Leave the email in the settings empty.",
        ),
        step(
            "Copy the Workspace ID",
            "From the settings of the workspace, under *Workspace ID*. Bitbucket Data Center is not supported: it has \
             another API (REST 1.0), other events and other permissions.",
        ),
    ]
}
