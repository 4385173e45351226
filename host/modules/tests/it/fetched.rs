//! Modules of registries.

use crate::server::{Place, Reply, Server, gz, main_tf, read, tar};

#[test]
fn a_registry_gives_the_newest_version_that_fits() {
    let server = Server::start();
    server.registry(&["1.0.0", "1.2.3", "2.0.0", "1.3.0-rc1"]);
    for version in ["1.2.3", "2.0.0"] {
        server.on(
            &format!("/v1/modules/org/vpc/aws/{version}/download"),
            Reply::pointer(format!("/files/{version}.tar.gz//top")),
        );
        let text = format!("# {version}");
        let files =
            [("top/main.tf", text.as_str()), ("top/modules/sub/main.tf", "# sub"), ("other/x.tf", "# x")];
        server.on(&format!("/files/{version}.tar.gz"), Reply(200, vec![], gz(&tar(&files))));
    }
    let place = Place::allowing(&[&server]);
    let source = format!("{}/org/vpc/aws", server.host());

    let package = place.resolve(&source, "~> 1.0").unwrap();
    assert_eq!(main_tf(&package), "# 1.2.3");
    assert!(
        package.name.starts_with("registry/127.0.0.1-") && package.name.contains("/org/vpc/aws@1.2.3"),
        "{}",
        package.name
    );
    assert_eq!(package.folder, "top");
    let package = place.resolve(&format!("{source}//modules/sub"), "").unwrap();
    assert_eq!((main_tf(&package).as_str(), package.folder.as_str()), ("# sub", "top/modules/sub"));
    assert_eq!(read(&package, "top/main.tf"), "# 2.0.0", "what is above the folder is there too");
    let why = place.why(&format!("{source}//modules/none"), "");
    assert!(why.contains("folder `top/modules/none` not found"), "{why}");

    // A cached version is not requested again. A constraint is, but not its package.
    let before = server.paths().len();
    assert_eq!(main_tf(&place.resolve(&source, "1.2.3").unwrap()), "# 1.2.3");
    assert_eq!(server.paths().len(), before);
    place.resolve(&source, "~> 1.0").unwrap();
    let since = server.paths()[before..].to_vec();
    assert_eq!(since, ["/.well-known/terraform.json", "/v1/modules/org/vpc/aws/versions"]);

    // Offline, a constraint resolves to the same version as before.
    for (version, expected) in [("~> 1.0", "# 1.2.3"), ("", "# 2.0.0"), ("2.0.0", "# 2.0.0")] {
        assert_eq!(main_tf(&place.offline(&source, version).unwrap()), expected, "{version}");
    }
    let error = place.offline(&source, "~> 2.0").err().unwrap().to_string();
    assert!(error.contains("the scan is offline"), "{error}");

    let why = place.why(&source, "~> 3.0");
    assert!(
        why.contains("no version matches `~> 3.0`: the registry has 1.0.0, 1.2.3, 2.0.0, 1.3.0-rc1"),
        "{why}"
    );
    let why = place.why(&source, "newest");
    assert!(why.contains("invalid version `newest`"), "{why}");
}

#[test]
fn one_scan_asks_once() {
    let server = Server::start();
    server.registry(&["1.0.0"]).on("/v1/modules/org/vpc/aws/1.0.0/download", Reply::pointer("./1.tar"));
    server.on("/v1/modules/org/vpc/aws/1.0.0/1.tar", Reply(200, vec![], tar(&[("main.tf", "# 1")])));
    let place = Place::allowing(&[&server]);
    let modules = place.modules(false);
    let source = format!("{}/org/vpc/aws", server.host());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| modules.resolve("terraform-module", &source, "").unwrap());
        }
    });
    assert_eq!(server.paths().len(), 4, "{:?}", server.paths());
    let error = modules.resolve("helm-chart", "x", "").err().unwrap().to_string();
    assert!(error.contains("`helm-chart`"), "{error}");
}

#[test]
fn a_server_at_fault_is_asked_again_and_a_hanging_one_is_left() {
    let server = Server::start();
    let file = "/vpc.tar";
    server.on(file, Reply(503, vec![], vec![])).on(file, Reply(500, vec![], vec![]));
    server.on(file, Reply(200, vec![], tar(&[("main.tf", "# 1")])));
    let place = Place::allowing(&[&server]);
    let source = format!("{}{file}", server.url());
    assert_eq!(main_tf(&place.resolve(&source, "").unwrap()), "# 1");
    assert_eq!(server.paths().len(), 3);

    let broken = Server::start();
    broken.on(file, Reply(502, vec![], vec![]));
    let hanging = Server::hanging();
    let gone = Server::start();
    let place = Place::allowing(&[&broken, &hanging, &gone]);
    let why = place.why(&format!("{}{file}", broken.url()), "");
    assert!(why.contains("the server returns 502"), "{why}");
    assert_eq!(broken.paths().len(), 3);
    let why = place.why(&format!("{}{file}", hanging.url()), "");
    assert!(why.contains("no response within 2 s"), "{why}");
    let url = gone.url();
    drop(gone);
    let why = place.why(&format!("{url}{file}"), "");
    assert!(why.contains("refused"), "{why}");
}

#[test]
fn a_page_points_to_the_module() {
    let server = Server::start();
    server.on("/vpc", Reply::pointer("files/vpc.tar//in"));
    server.on("/files/vpc.tar", Reply(200, vec![], tar(&[("in/x/main.tf", "# 1")])));
    server.on("/round", Reply::pointer("/round"));
    server.on("/plain", Reply::text("<html>"));
    let place = Place::allowing(&[&server]);
    let package = place.resolve(&format!("{}/vpc//x", server.url()), "");
    // `files/…` is neither a path nor a URL: Terraform's relative paths begin with `./` or `/`.
    assert!(package.is_err());
    server.on("/vpc2", Reply::pointer("/files/vpc.tar//in"));
    let source = format!("{}/vpc2//x", server.url());
    assert_eq!(main_tf(&place.resolve(&source, "").unwrap()), "# 1");
    assert_eq!(main_tf(&place.offline(&source, "").unwrap()), "# 1");
    let why = place.why(&format!("{}/round", server.url()), "");
    assert!(why.contains("too many pages"), "{why}");
    let why = place.why(&format!("{}/plain", server.url()), "");
    assert!(why.contains("neither an archive"), "{why}");
}
