//! The summary of a check: one comment on each of its pull requests.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::text::cut;
use palisade_sdk::provider::{Check, CheckState, Method, comment};
use serde_json::{Value, json};

use crate::api::{Api, found, good};
use crate::pulls;

/// The maximum number of characters of a comment.
const MOST: usize = 32_768;
/// The number of characters to which a summary is cut whose comment is longer: the text may double, since the `@` of
/// names is made inert.
const SHORTER: usize = 14_000;
/// How long our account is stored, in seconds.
const KEEP: u32 = 86_400;

/// The id of the token's account. Access tokens have none.
fn account(api: &Api<'_>) -> Result<Option<String>, CallError> {
    let email = &api.settings.email;
    if email.is_empty() {
        return Ok(None);
    }
    let key = format!("account/{email}");
    if let Some(kept) = api.host().remember(&key).and_then(|it| String::from_utf8(it).ok()) {
        return Ok(Some(kept));
    }
    let user = good(api.get("/user", None)?, "the account of the token")?;
    let uuid = text(&user.body, "/uuid").to_owned();
    if uuid.is_empty() {
        return Ok(None);
    }
    api.host().keep(&key, uuid.as_bytes(), KEEP);
    Ok(Some(uuid))
}

/// The comments with the mark of this check's integration, the oldest first. Without an account, others may have written
/// them too.
fn marked(
    api: &Api<'_>,
    list: &str,
    check: &Check,
    account: Option<&str>,
) -> Result<Vec<comment::Comment>, CallError> {
    let all = api.every(&format!("{list}?pagelen=100"), "the comments of a pull request")?;
    let ours = |it: &&Value| {
        !flag(it, "/deleted")
            && account.is_none_or(|uuid| text(it, "/user/uuid") == uuid)
            && comment::key(&check.owner, text(it, "/content/raw")) == Some(comment::SUMMARY)
    };
    let mut found: Vec<comment::Comment> = all
        .iter()
        .filter(ours)
        .map(|it| comment::Comment {
            id: id(it, "/id"),
            key: comment::SUMMARY.to_owned(),
            body: text(it, "/content/raw").to_owned(),
            resolved: false,
        })
        .collect();
    found.sort_by_key(|it| it.id.parse::<u64>().unwrap_or(u64::MAX));
    Ok(found)
}

/// The text of the summary, or none to leave it as it is.
fn wanted(check: &Check, existing: Option<&comment::Comment>) -> Option<String> {
    let whole = comment::summary(check, existing)?;
    if whole.chars().count() <= MOST {
        return Some(whole);
    }
    let shorter = Check { summary: cut(&check.summary, SHORTER), ..check.clone() };
    comment::summary(&shorter, existing)
}

/// Sends a text to a comment that exists. False if it belongs to another user, since only its author may change it.
fn update(api: &Api<'_>, list: &str, comment: &str, body: &str) -> Result<bool, CallError> {
    let text = json!({ "content": { "raw": body } });
    let answer = api.write(Method::Put, &format!("{list}/{}", part(comment)), &text)?;
    if matches!(answer.status, 403 | 404) {
        return Ok(false);
    }
    good(answer, "the summary of a pull request").map(|_| true)
}

fn create(api: &Api<'_>, list: &str, body: &str) -> Result<(), CallError> {
    let text = json!({ "content": { "raw": body } });
    good(api.write(Method::Post, list, &text)?, "the summary of a pull request").map(drop)
}

/// Creates or updates the summary of a pull request.
pub(crate) fn write(api: &Api<'_>, target: &str, pull: &str, check: &Check) -> Result<(), CallError> {
    if check.state != CheckState::Completed {
        return Ok(());
    }
    let list = format!("{}/comments", pulls::path(target, pull)?);
    let account = account(api)?;
    let marked = marked(api, &list, check, account.as_deref())?;
    if account.is_some() {
        let first = marked.first();
        match (wanted(check, first), first) {
            (None, _) => {}
            (Some(body), Some(first)) if update(api, &list, &first.id, &body)? => {}
            (Some(body), _) => create(api, &list, &body)?,
        }
        for extra in marked.iter().skip(1) {
            found(api.delete(&format!("{list}/{}", part(&extra.id)))?, "an older summary")?;
        }
        return Ok(());
    }
    // An access token has no account: a comment is ours if it can be changed.
    for it in &marked {
        let body = wanted(check, Some(it)).unwrap_or_else(|| it.body.clone());
        if update(api, &list, &it.id, &body)? {
            return Ok(());
        }
    }
    match wanted(check, None) {
        Some(body) => create(api, &list, &body),
        None => Ok(()),
    }
}
