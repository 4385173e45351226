//! Lists of several pages, with numbers and with keys.

use palisade_fake_gitlab::Options;

use palisade_fake_host::Forge as _;

use crate::support::{PROJECT, SHOP, World};

#[tokio::test]
async fn several_hundred_projects() {
    let world = World::with(Options::default()).await;
    for number in 1..230 {
        world.fake.add_repository(&format!("acme/p{number:03}"), &[("a.tf", "")]).unwrap();
    }
    let whole = "/projects?membership=true&simple=true";
    let table = [
        (format!("{whole}&per_page=100"), vec![100, 100, 30]),
        (format!("{whole}&per_page=500"), vec![100, 100, 30]),
        (format!("{whole}&search=p0"), vec![20, 20, 20, 20, 19]),
        (format!("{whole}&pagination=keyset&order_by=id&sort=asc&per_page=100"), vec![100, 100, 30]),
        (format!("{whole}&pagination=keyset&order_by=id&per_page=100"), vec![100, 100, 30]),
    ];
    for (path, expected) in table {
        let (sizes, all) = world.pages(&path).await;
        assert_eq!(sizes, expected, "{path}");
        let mut ids: Vec<u64> = all.iter().map(|one| one["id"].as_u64().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), expected.iter().sum::<usize>(), "{path}");
    }
    let first = world.send("GET", &format!("{whole}&per_page=100"), None).await;
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("x-total"), header("x-total-pages"), header("x-next-page")),
        ("230".into(), "3".into(), "2".into())
    );
    let keyset = world.send("GET", &format!("{whole}&pagination=keyset&order_by=id"), None).await;
    assert!(!keyset.headers().contains_key("x-total"));
    let other = format!("{whole}&pagination=keyset&order_by=name");
    assert_eq!(world.ask("GET", &other, None).await.0, 405);
    world.clean();
}

#[tokio::test]
async fn a_list_without_an_end() {
    let world = World::new().await;
    world.fake.host().faults.never_end("/repository/branches$");
    let mut next = format!("{PROJECT}/repository/branches?per_page=1");
    for page in 2..5 {
        let response = world.send("GET", &next, None).await;
        let link = response.headers()["link"].to_str().unwrap().to_owned();
        let items: Vec<serde_json::Value> = response.json().await.unwrap();
        assert_eq!((items.len(), &items[0]["name"]), (1, &serde_json::json!("feature")));
        let expected = format!("{PROJECT}/repository/branches?per_page=1&page={page}");
        assert_eq!(link, format!("<{}/api/v4{expected}>; rel=\"next\"", world.fake.url()));
        next = expected;
    }
    world.fake.host().faults.never_end("");
    assert_eq!(world.pages(&format!("{PROJECT}/repository/branches?per_page=1")).await.0, [1, 1]);
    world.clean();
}

#[tokio::test]
async fn branches_and_trees() {
    let world = World::new().await;
    let files: Vec<String> = (0..45).map(|number| format!("many/f{number:02}.tf")).collect();
    let files: Vec<_> = files.iter().map(|path| (path.as_str(), Some("x\n"))).collect();
    world.fake.commit(SHOP, "main", &files).unwrap();
    for number in 0..48 {
        world.fake.branch(SHOP, &format!("b{number:02}"), "main").unwrap();
    }
    let (branches, tree) =
        (format!("{PROJECT}/repository/branches"), format!("{PROJECT}/repository/tree?path=many"));
    let table = [
        (format!("{branches}?per_page=20"), vec![20, 20, 10], "name"),
        (format!("{branches}?per_page=20&pagination=keyset"), vec![20, 20, 10], "name"),
        (format!("{tree}&per_page=20"), vec![20, 20, 5], "name"),
    ];
    for (path, expected, member) in table {
        let (sizes, all) = world.pages(&path).await;
        assert_eq!(sizes, expected, "{path}");
        let names: Vec<&str> = all.iter().map(|one| one[member].as_str().unwrap()).collect();
        assert!(names.is_sorted(), "{names:?}");
    }
    world.clean();
}
