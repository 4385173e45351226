//! What the published description lacks: an operation, and the parameters that all lists have.

use serde_json::{Value, json};

/// The query parameter that every operation has (developer.atlassian.com, "REST APIs", section "Partial responses").
pub(crate) const EVERYWHERE: &[&str] = &["fields"];

/// The query parameters that lists have (the same page, sections "Pagination" and "Filter and sort API objects").
pub(crate) const LISTS: &[&str] = &["page", "pagelen", "q", "sort"];

/// The query parameter of the links from a pull request to its differences, as in recorded responses.
pub(crate) const DIFFERENCES: &[&str] = &["from_pullrequest_id"];

/// An operation that the trimmed description does not contain (developer.atlassian.com, "Commits", "Get the common
/// ancestor between two commits"): two commits with two dots between them. Other repositories cannot be named.
pub(crate) fn operations() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let parameter = |name: &str, schema: &Value| json!({ "name": name, "in": "path", "required": true, "schema": schema });
    let range = json!({ "type": "string", "pattern": "^[^:]+[.][.][^:]+$" });
    let commit = json!({
        "type": "object", "required": ["type", "hash"],
        "properties": { "type": { "enum": ["commit"] }, "hash": { "type": "string", "pattern": "^[0-9a-f]{40}$" } },
    });
    json!({
        "openapi": "3.0.0",
        "components": {},
        "paths": { "/repositories/{workspace}/{repo_slug}/merge-base/{revspec}": { "get": {
            "parameters": [
                parameter("workspace", &text), parameter("repo_slug", &text), parameter("revspec", &range),
            ],
            "responses": { "200": { "content": { "application/json": { "schema": commit } } } },
        } } },
    })
}

#[cfg(test)]
mod test {
    use palisade_fake_host::Specification;

    use crate::api::SPANNING;

    #[test]
    fn ranges_of_two_commits() {
        let described =
            Specification::read::<&str>(&[], SPANNING).unwrap().extend(super::operations()).unwrap();
        let table = [
            ("3a8b42..9ff173", true),
            ("release/1.0..main", true),
            ("3a8b42", false),
            ("3a8b42..", false),
            ("acme/shop:3a8b42..9ff173", false),
        ];
        for (range, is_valid) in table {
            let path = format!("/repositories/acme/shop/merge-base/{range}");
            let operation = described.find("GET", &path).unwrap();
            assert_eq!(described.parameters(&operation, &[]).is_empty(), is_valid, "{range}");
        }
    }
}
