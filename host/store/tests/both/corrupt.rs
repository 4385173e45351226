//! A row with invalid JSON is an error that names it, and is never read as empty.

use palisade_store::{
    Page, ScanKind, StoreError, Trigger, repository::audit::Act, repository::scans::NewScan,
};

use super::support::{Place, raw, scene};

on_both! { a_corrupt_row_is_named }

async fn a_corrupt_row_is_named(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let source = &scene.source;
    let scan = store
        .scans()
        .create(NewScan {
            source_id: source.clone(),
            kind: ScanKind::Full,
            trigger: Trigger::Demand,
            pull_number: None,
            head_sha: String::new(),
            base_sha: String::new(),
        })
        .await
        .unwrap()
        .id;
    let act = Act {
        actor: "ann".to_owned(),
        action: "source.create".to_owned(),
        object_kind: "source".to_owned(),
        object_id: source.clone(),
        detail: serde_json::json!({"name": "infra"}),
    };
    store.audit().append(act).await.unwrap();
    for (table, id, column, text, what) in [
        ("source", source.as_str(), "folders", "", "not JSON from line 1, column 0"),
        ("source", source, "folders", "[\"/prod\"", "not JSON from line 1, column 8"),
        ("source", source, "folders", "{}", "JSON of another form than expected from line 1, column 0"),
        (
            "source",
            source,
            "parameters",
            "[4711]",
            "JSON of another form than expected from line 1, column 0",
        ),
        (
            "source",
            source,
            "required_check",
            "{}",
            "JSON of another form than expected from line 1, column 2",
        ),
        (
            "integration",
            &scene.integration,
            "warnings",
            "null",
            "JSON of another form than expected from line 1, column 4",
        ),
        ("connection", &scene.connection, "settings", "hush", "not JSON from line 1, column 1"),
        (
            "scan",
            &scan,
            "counts",
            "{\"files\": -1}",
            "JSON of another form than expected from line 1, column 12",
        ),
        ("audit", "1", "detail", "{", "not JSON from line 1, column 1"),
    ] {
        let of = format!("{table} WHERE CAST(id AS TEXT) = '{id}'");
        raw(&store, &format!("CREATE TABLE kept AS SELECT {column} AS kept FROM {of}")).await;
        assert_eq!(
            raw(
                &store,
                &format!("UPDATE {}", of.replace(" WHERE", &format!(" SET {column} = '{text}' WHERE")))
            )
            .await,
            1
        );
        let page = Page::first(5);
        let read = [
            store.sources().list(&page).await.map(drop),
            store.integrations().list(&page).await.map(drop),
            store.connections().list(&page).await.map(drop),
            store.scans().list(&page).await.map(drop),
            store.audit().list(None, 5).await.map(drop),
        ];
        let errors: Vec<StoreError> = read.into_iter().filter_map(Result::err).collect();
        let [StoreError::Corrupt(why)] = &errors[..] else { panic!("{table}.{column}: {errors:?}") };
        let place = format!("row `{id}` of table `{table}` is corrupt: column `{column}` is {what}");
        assert_eq!(why, &format!("{place}: restore a backup"));
        let back = of.replace(" WHERE", &format!(" SET {column} = (SELECT kept FROM kept) WHERE"));
        raw(&store, &format!("UPDATE {back}")).await;
        raw(&store, "DROP TABLE kept").await;
    }
    assert_eq!(store.audit_verify().await.unwrap(), 1, "what is put back is the same text");
}
