//! The operations that read: status, relevant members of the response, and the description of it.

use serde_json::{Value, json};

use crate::support::{API, SHOP, World};

#[tokio::test]
async fn the_caller_and_projects() {
    let world = World::new().await;
    let user = world.fake.user("palisade");
    let me = [
        ("/authenticatedUser/id", json!(user.id)),
        ("/authenticatedUser/providerDisplayName", json!("palisade")),
    ];
    world.check("GET", "/acme/_apis/connectionData?api-version=7.1-preview", None, 200, &me).await;
    let one = [("/count", json!(1)), ("/value/0/name", json!("platform"))];
    let projects = world.check("GET", "/acme/_apis/projects", None, 200, &one).await;
    let id = projects["value"][0]["id"].as_str().unwrap();
    world
        .check("GET", &format!("/acme/_apis/projects/{id}"), None, 200, &[("/name", json!("platform"))])
        .await;
    world.check("GET", "/ACME/_apis/projects/Platform", None, 200, &[("/id", json!(id))]).await;
    let absent = [("/typeKey", json!("ProjectDoesNotExistWithNameException"))];
    world.check("GET", "/acme/_apis/projects/none", None, 404, &absent).await;
    let hooks = "/acme/_apis/permissions/cb594ebe-87dd-4fc9-ac2c-6a10a4c92046";
    let path = format!("{hooks}/7?tokens=PublisherSecurity");
    world.check("GET", &path, None, 200, &[("/value", json!([true]))]).await;
    world.fake.allow_hooks(3);
    world.check("GET", &path, None, 200, &[("/value", json!([false]))]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn repositories() {
    let world = World::new().await;
    let one = world.fake.repository(SHOP).unwrap();
    let shown =
        [("/id", json!(one.id)), ("/defaultBranch", json!("refs/heads/main")), ("/isDisabled", json!(false))];
    world.check("GET", API, None, 200, &shown).await;
    world
        .check("GET", &format!("/acme/{}/_apis/git/repositories/{}", one.project, one.id), None, 200, &shown)
        .await;
    let absent = [("/typeKey", json!("GitRepositoryNotFoundException"))];
    world.check("GET", "/acme/platform/_apis/git/repositories/none", None, 404, &absent).await;
    world.fake.add_repository("Data Platform/Web Shop", &[("a.tf", "")]).unwrap();
    let spaced = "/acme/Data%20Platform/_apis/git/repositories/Web%20Shop";
    let page = json!(format!("{}/acme/Data%20Platform/_git/Web%20Shop", world.fake.url()));
    world.check("GET", spaced, None, 200, &[("/webUrl", page)]).await;
    world.fake.add_empty_repository("platform/empty").unwrap();
    let listed =
        world.check("GET", "/acme/platform/_apis/git/repositories", None, 200, &[("/count", json!(2))]).await;
    assert_eq!(listed["value"][1].get("defaultBranch"), None);
    world.fake.rename_repository(SHOP, "store").unwrap();
    world.check("GET", API, None, 404, &[]).await;
    let renamed = format!("/acme/platform/_apis/git/repositories/{}", one.id);
    world.check("GET", &renamed, None, 200, &[("/name", json!("store"))]).await;
    world
        .check("GET", &format!("{renamed}/refs?filter=heads/main"), None, 200, &[("/count", json!(1))])
        .await;
    world.fake.set_disabled("platform/store", true).unwrap();
    world.check("GET", &renamed, None, 200, &[("/isDisabled", json!(true))]).await;
    world.check("GET", &format!("{renamed}/refs"), None, 404, &absent).await;
    world.fake.delete_repository("platform/store").unwrap();
    world.check("GET", &renamed, None, 404, &absent).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_in_a_repository() {
    let world = World::new().await;
    let (base, head) = (&world.base, &world.head);
    let get = async |path: &str, status, members: &[(&str, Value)]| {
        world.check("GET", &format!("{API}{path}"), None, status, members).await
    };
    let version = format!("versionDescriptor.version={head}&versionDescriptor.versionType=commit");
    let all =
        get(&format!("/items?scopePath=/&recursionLevel=full&{version}"), 200, &[("/count", json!(4))]).await;
    let paths: Vec<&str> =
        all["value"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/", "/deploy", "/deploy/shop.yaml", "/main.tf"]);
    let one = [("/count", json!(3)), ("/value/0/path", json!("/")), ("/value/1/isFolder", json!(true))];
    get("/items?recursionLevel=oneLevel", 200, &one).await;
    get("/items?scopePath=/deploy", 200, &[("/count", json!(1)), ("/value/0/isFolder", json!(true))]).await;
    let branch = "versionDescriptor.version=feature&versionDescriptor.versionType=branch";
    get(&format!("/items?scopePath=/main.tf&{branch}"), 200, &[("/value/0/gitObjectType", json!("blob"))])
        .await;
    get("/items?scopePath=/none", 404, &[("/typeKey", json!("GitItemNotFoundException"))]).await;
    let unknown = [("/typeKey", json!("GitUnresolvableToCommitException"))];
    get("/items?versionDescriptor.version=none&versionDescriptor.versionType=branch", 404, &unknown).await;
    let text = world.send("GET", &format!("{API}/items?scopePath=/main.tf&$format=text"), None).await;
    assert_eq!(text.text().await.unwrap(), "variable \"a\" {}\n");
    let archive = world.send("GET", &format!("{API}/items?scopePath=/&$format=zip&{version}"), None).await;
    assert_eq!(archive.headers()["content-type"], "application/zip");
    assert!(archive.bytes().await.unwrap().starts_with(b"PK"));
    let wanted = json!({ "itemDescriptors": [{ "path": "/deploy", "version": "main", "versionType": "branch", "recursionLevel": "oneLevel" }] });
    let batch = [("/value/0/1/path", json!("/deploy/shop.yaml"))];
    world.check("POST", &format!("{API}/itemsbatch"), Some(wanted), 200, &batch).await;
    let commit = get(&format!("/commits/{head}?changeCount=9"), 200, &[("/parents", json!([base]))]).await;
    assert_eq!(commit["changes"][0]["item"]["path"], "/main.tf");
    get(&format!("/commits/{}", "0".repeat(40)), 404, &[]).await;
    let tree = commit["treeId"].as_str().unwrap();
    let entries = get(
        &format!("/trees/{tree}?recursive=true"),
        200,
        &[("/treeEntries/1/relativePath", json!("deploy/shop.yaml"))],
    )
    .await;
    let blob = entries["treeEntries"][1]["objectId"].as_str().unwrap();
    get(&format!("/blobs/{blob}"), 200, &[("/size", json!(10))]).await;
    get(&format!("/blobs/{tree}"), 404, &[]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn what_differs() {
    let world = World::new().await;
    let (base, head) = (&world.base, &world.head);
    let later =
        world.fake.commit(SHOP, "main", &[("deploy/shop.yaml", None), ("x/new.tf", Some("\n"))]).unwrap();
    let path = |query: &str| format!("{API}/diffs/commits?baseVersion=main&targetVersion=feature{query}");
    let common = [
        ("/commonCommit", json!(base)),
        ("/baseCommit", json!(later)),
        ("/targetCommit", json!(head)),
        ("/aheadCount", json!(1)),
        ("/behindCount", json!(1)),
        ("/allChangesIncluded", json!(true)),
    ];
    let shown = world.check("GET", &path("&diffCommonCommit=true"), None, 200, &common).await;
    assert_eq!(shown["changes"].as_array().unwrap().len(), 1);
    // Against the branch itself: a folder that no longer exists, one that is new, and their files.
    let shown = world.check("GET", &path(""), None, 200, &[("/allChangesIncluded", json!(true))]).await;
    let changes: Vec<(&str, &str)> = shown["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["item"]["path"].as_str().unwrap(), it["changeType"].as_str().unwrap()))
        .collect();
    let expected = [
        ("/deploy", "add"),
        ("/x", "delete"),
        ("/deploy/shop.yaml", "add"),
        ("/main.tf", "edit"),
        ("/x/new.tf", "delete"),
    ];
    assert_eq!(changes, expected);
    let page = world
        .check("GET", &path("&$top=2&$skip=2"), None, 200, &[("/allChangesIncluded", json!(false))])
        .await;
    assert_eq!(page["changes"][0]["item"]["path"], "/deploy/shop.yaml");
    let bases = |other: &str| format!("{API}/commits/{head}/mergebases?otherCommitId={other}");
    world.check("GET", &bases(&later), None, 200, &[("/value/0/commitId", json!(base))]).await;
    let alone = world.fake.commit_unrelated(SHOP, "alone", &[("a", "b")]).unwrap();
    world.check("GET", &bases(&alone), None, 200, &[("/count", json!(0))]).await;
    world.check("GET", &bases(&"1".repeat(40)), None, 404, &[]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn policies() {
    let world = World::new().await;
    let one = world.fake.repository(SHOP).unwrap();
    let context = ("palisade", "palisade");
    let id = world.fake.require_status(SHOP, "main", context, Some("palisade"), true).unwrap();
    let branch = |name: &str| {
        format!(
            "/acme/platform/_apis/git/policy/configurations?repositoryId={}&refName=refs/heads/{name}",
            one.id
        )
    };
    let shown = [
        ("/count", json!(1)),
        ("/value/0/type/displayName", json!("Status")),
        ("/value/0/isBlocking", json!(true)),
        ("/value/0/settings/statusGenre", json!("palisade")),
        ("/value/0/settings/authorId", json!(world.fake.user("palisade").id)),
        ("/value/0/settings/scope/0/refName", json!("refs/heads/main")),
    ];
    world.check("GET", &branch("main"), None, 200, &shown).await;
    world.check("GET", &branch("feature"), None, 200, &[("/count", json!(0))]).await;
    let all = "/acme/platform/_apis/policy/configurations";
    world.check("GET", all, None, 200, &[("/count", json!(1))]).await;
    let other = json!("0609b952-1397-4640-95ec-e00a01b2c241");
    let build = format!("{all}?policyType={}", other.as_str().unwrap());
    world.check("GET", &build, None, 200, &[("/count", json!(0))]).await;
    world.check("GET", &format!("{all}/{id}"), None, 200, &[("/id", json!(id))]).await;
    let scope = json!([{ "repositoryId": null, "refName": "refs/heads/releases/", "matchKind": "prefix" }]);
    let new = json!({ "isEnabled": true, "isBlocking": true, "type": { "id": other }, "settings": { "scope": scope } });
    let made = world.check("POST", all, Some(new), 200, &[("/type/displayName", json!("Build"))]).await;
    world.check("GET", &branch("releases/1"), None, 200, &[("/count", json!(1))]).await;
    let default =
        json!({ "scope": [{ "repositoryId": null, "refName": null, "matchKind": "DefaultBranch" }] });
    let new = json!({ "isEnabled": true, "isBlocking": true, "type": { "id": other }, "settings": default });
    world.check("POST", all, Some(new), 200, &[]).await;
    world.check("GET", &branch("main"), None, 200, &[("/count", json!(2))]).await;
    world.check("GET", &branch("feature"), None, 200, &[("/count", json!(0))]).await;
    world.check("DELETE", &format!("{all}/{}", made["id"]), None, 204, &[]).await;
    world.check("GET", &branch("releases/1"), None, 200, &[("/count", json!(0))]).await;
    world
        .check(
            "GET",
            "/acme/platform/_apis/policy/types",
            None,
            200,
            &[("/value/0/displayName", json!("Status"))],
        )
        .await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}
