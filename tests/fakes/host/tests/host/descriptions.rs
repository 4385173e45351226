//! The description of each provider: one valid and one invalid request, and a response.

use std::path::PathBuf;

use palisade_fake_host::{Specification, shared};
use serde_json::{Value, json};

/// The files of a provider's description. `None`, with a printed reason, if they are absent.
fn description(files: &[&str], spanning: &'static [&'static str]) -> Option<Specification> {
    let contracts = shared(None).join("contracts");
    let files: Vec<PathBuf> = files.iter().map(|file| contracts.join(file)).collect();
    if let Some(absent) = files.iter().find(|file| !file.is_file()) {
        assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "{} is absent", absent.display());
        println!("skipped: {} is absent", absent.display());
        return None;
    }
    Some(Specification::read(&files, spanning).unwrap())
}

/// A request, and what the errors must contain; none if it is valid.
struct Case {
    method: &'static str,
    address: &'static str,
    body: Value,
    errors: &'static [&'static str],
}

fn case(method: &'static str, address: &'static str, body: Value, errors: &'static [&'static str]) -> Case {
    Case { method, address, body, errors }
}

fn check(specification: &Specification, template: &str, cases: &[Case]) {
    for Case { method, address, body, errors } in cases {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let query: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let operation = specification.find(method, path).unwrap_or_else(|| panic!("{method} {path}"));
        assert_eq!(operation.template, template);
        let mut wrong = specification.parameters(&operation, &query);
        wrong.extend(specification.body(&operation, Some(body).filter(|body| !body.is_null())));
        assert_eq!(wrong.len(), errors.len(), "{method} {address} {body}: {wrong:#?}");
        for (wrong, expected) in wrong.iter().zip(*errors) {
            assert!(wrong.contains(expected), "{method} {address} {body}: {wrong}");
        }
    }
}

#[test]
fn github() {
    let files = ["github/patched/openapi.api.github.com.json"];
    let Some(specification) = description(&files, &["path", "ref"]) else { return };
    let checks = "/repos/acme/shop/check-runs";
    let sha = "0".repeat(40);
    check(
        &specification,
        "/repos/{owner}/{repo}/check-runs",
        &[
            case("POST", checks, json!({ "name": "n", "head_sha": sha }), &[]),
            case("POST", checks, json!({ "name": 7, "head_sha": sha }), &["/name"]),
            case("POST", checks, Value::Null, &["the body is missing"]),
        ],
    );
    check(
        &specification,
        "/repos/{owner}/{repo}/pulls",
        &[
            case("GET", "/repos/acme/shop/pulls?state=open&page=2", Value::Null, &[]),
            case("GET", "/repos/acme/shop/pulls?page=two", Value::Null, &["the query parameter `page`"]),
            case("GET", "/repos/acme/shop/pulls?colour=red", Value::Null, &["`colour` is not known"]),
        ],
    );
    let file = specification.find("GET", "/repos/acme/shop/contents/a/b.tf").unwrap();
    assert_eq!(file.parameters["path"], "a/b.tf");
}

#[test]
fn gitlab() {
    let Some(specification) = description(&["gitlab/patched/openapi_v2.json"], &[]) else { return };
    let status = "/api/v4/projects/acme%2Fshop/statuses/0123456789";
    check(
        &specification,
        "/api/v4/projects/{id}/statuses/{sha}",
        &[
            case("POST", status, json!({ "state": "success", "name": "palisade" }), &[]),
            case("POST", status, json!({ "state": "done", "name": "palisade" }), &["/state"]),
            case("POST", status, json!({ "name": "palisade" }), &["state"]),
            case("POST", status, Value::Null, &["the body is missing"]),
        ],
    );
    let requests = "/api/v4/projects/{id}/merge_requests";
    check(
        &specification,
        requests,
        &[
            case("GET", "/api/v4/projects/7/merge_requests?iids[]=1&iids[]=2&labels=a,b", Value::Null, &[]),
            case("GET", "/api/v4/projects/7/merge_requests?iids=1,x", Value::Null, &["`iids`: /1"]),
            case(
                "GET",
                "/api/v4/projects/7/merge_requests?state[]=all",
                Value::Null,
                &["`state[]` is not known"],
            ),
        ],
    );
    let one = specification.find("GET", "/api/v4/projects/acme%2Fshop").unwrap();
    assert_eq!(one.parameters["id"], "acme/shop");
}

#[test]
fn bitbucket() {
    let files = ["bitbucket/patched/openapi-2.0.2026-08.json"];
    let Some(specification) = description(&files, &["path"]) else { return };
    let status = "/repositories/acme/shop/commit/0123456789/statuses/build";
    check(
        &specification,
        "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build",
        &[
            case("POST", status, json!({ "type": "build", "key": "k", "state": "SUCCESSFUL" }), &[]),
            case("POST", status, json!({ "type": "build", "key": "k", "state": "DONE" }), &["/state"]),
        ],
    );
    let root = specification.find("GET", "/repositories/acme/shop/src/main/").unwrap();
    assert_eq!(root.parameters["path"], "");
    // The parameters of a path apply to all of its operations.
    assert_eq!(specification.parameters(&root, &[]), Vec::<String>::new());
}

#[test]
fn azure_devops() {
    let files = ["audit", "core", "git", "policy", "serviceHooks"];
    let files = files.map(|area| format!("azuredevops/patched/{area}-7.1.swagger2.json"));
    let Some(specification) = description(&files.each_ref().map(String::as_str), &[]) else { return };
    let git = "/acme/shop/_apis/git/repositories/infra";
    let status = |query| -> &'static str { String::leak(format!("{git}/commits/01ab/statuses{query}")) };
    let body = json!({ "state": "succeeded", "context": { "name": "palisade", "genre": "gate" } });
    check(
        &specification,
        "/{organization}/{project}/_apis/git/repositories/{repositoryId}/commits/{commitId}/statuses",
        &[
            case("POST", status("?api-version=7.1"), body.clone(), &[]),
            case("POST", status("?api-version=7.1"), json!({ "state": "done" }), &["/state"]),
            case("POST", status(""), body, &["the query parameter `api-version` is missing"]),
            case("POST", status("?api-version=7.1"), Value::Null, &["the body is missing"]),
        ],
    );
    // Each area has a file of its own.
    let one = specification.find("GET", "/acme/_apis/hooks/consumers/web").unwrap();
    assert_eq!(one.template, "/{organization}/_apis/hooks/consumers/{consumerId}");
    let project = specification.find("GET", "/acme/_apis/projects/shop").unwrap();
    assert_eq!(specification.answer(&project, 200, &json!({ "name": "shop" })), Vec::<String>::new());
    assert_eq!(specification.answer(&project, 200, &json!({ "name": 7 })).len(), 1);
    assert_eq!(specification.answer(&project, 418, &Value::Null), ["the status 418 is not foreseen"]);
}

#[test]
fn files_that_are_not_descriptions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let table = [
        ("", "EOF"),
        ("{}", "it is neither OpenAPI 3.0 nor Swagger 2.0"),
        (r#"{ "openapi": "3.1.0" }"#, "it is neither OpenAPI 3.0 nor Swagger 2.0"),
        (r#"{ "openapi": "3.0.0" }"#, "it has no paths"),
        (r#"{ "openapi": "3.0.0", "paths": {} }"#, "it has no components"),
    ];
    for (text, expected) in table {
        std::fs::write(&file, text).unwrap();
        let error = Specification::read(&[&file], &[]).err().unwrap().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
