//! Every payload that GitHub publishes: how it is read, and how damaged copies of it are read.

#[cfg(test)]
mod payloads {
    use std::fmt::Write as _;

    use palisade_provider_github::understand;
    use palisade_sdk::CallError;
    use palisade_sdk::provider::{Delivery, Understood};
    use palisade_sdk::testing::deliveries::{
        NOT_OBJECTS, check_damaged, check_refused, published, shown_hints, shown_visibility,
    };
    use serde_json::{Value, json};

    /// The payloads, by path and text; empty if this machine has none.
    fn payloads() -> Vec<(String, String)> {
        published(env!("CARGO_MANIFEST_DIR"), "github/webhook-payloads", |_| true)
    }

    /// The kind of an event: the folder of its file.
    fn kind(file: &str) -> &str {
        file.split('/').next().unwrap()
    }

    fn read(kind: &str, body: &[u8]) -> Result<Understood, CallError> {
        understand(Delivery { headers: &[("x-github-event", kind), ("X-GitHub-Delivery", "d-1")], body })
    }

    fn check(file: &str, text: &str) -> String {
        let kind = kind(file);
        let found = read(kind, text.as_bytes()).unwrap();
        let [event] = &found.events[..] else { panic!("{file}: {:?}", found.events) };
        assert_eq!((event.kind.as_str(), event.id.as_str(), event.payload.as_str()), (kind, "d-1", text));
        let hints = shown_hints(&found.hints);
        let visible = shown_visibility(event.public, "no repository");
        format!(
            "{:<62} {:<26} {:<14} {visible:<14} {:<12} {:<8} {}",
            file.trim_end_matches(".json").trim_end_matches("payload").trim_end_matches('.'),
            if event.action.is_empty() { "-" } else { &event.action },
            if found.account.is_empty() { "no account" } else { "installation" },
            event.actor.kind,
            if event.occurred_ms == 0 { "no time" } else { "time" },
            if hints.is_empty() { "-" } else { &hints },
        )
    }

    #[test]
    fn every_payload_is_taken_for_what_it_is() {
        let payloads = payloads();
        if payloads.is_empty() {
            return;
        }
        assert_eq!(payloads.len(), 134);
        let mut table = String::new();
        for (file, text) in &payloads {
            writeln!(table, "{}", check(file, text).trim_end()).unwrap();
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn what_is_damaged_is_read_as_far_as_it_goes() {
        let damaged = check_damaged(&payloads(), &[], |file, body| read(kind(file), body));
        println!("{damaged} damaged deliveries");
    }

    #[test]
    fn what_is_no_delivery_is_refused_with_a_reason() {
        check_refused(&NOT_OBJECTS, |body| read("ping", body));
        let missing = "missing header `X-GitHub-Event`";
        check_refused(&[(&[][..], missing), (&[("X-GitHub-Event", "")], missing)], |headers| {
            understand(Delivery { headers, body: b"{}" })
        });
        // GitHub adds new kinds of events.
        let found = read("never_heard_of", b"{\"action\": \"made\"}").unwrap();
        assert_eq!((found.hints.len(), found.events[0].kind.as_str()), (0, "never_heard_of"));
    }

    /// Hints of events that the published payloads lack: `kind`, the body and the expected hint.
    #[test]
    fn hints_that_no_payload_shows() {
        let pull = |action: &str, changes: Value| json!({"action": action, "changes": changes, "pull_request": {"number": 7}, "repository": {"full_name": "o/r"}});
        let comment = |text: &str| json!({"action": "created", "issue": {"number": 7, "pull_request": {}}, "comment": {"body": text}, "repository": {"full_name": "o/r"}});
        for (what, kind, body, hints) in [
            ("another base", "pull_request", pull("edited", json!({"base": {}})), "pull 7"),
            ("another title", "pull_request", pull("edited", json!({"title": {}})), ""),
            ("ready", "pull_request", pull("ready_for_review", json!(null)), "pull 7"),
            (
                "a number as text",
                "pull_request",
                json!({"action": "opened", "pull_request": {"number": "7"},
                "repository": {"full_name": "o/r"}}),
                "pull 7",
            ),
            (
                "no number",
                "pull_request",
                json!({"action": "opened", "repository": {"full_name": "o/r"}}),
                "",
            ),
            ("an owner of another name", "installation_target", json!({"action": "renamed"}), "integration"),
            ("a request by a comment", "issue_comment", comment("/palisade recheck"), "check pull 7 again"),
            ("another comment", "issue_comment", comment("please /palisade recheck"), ""),
            (
                "a request in an issue",
                "issue_comment",
                json!({"action": "created", "issue": {"number": 7}, "comment": {"body": "/palisade recheck"}, "repository": {"full_name": "o/r"}}),
                "",
            ),
            ("a repository put away", "repository", json!({"action": "archived"}), "repositories"),
        ] {
            let found = read(kind, &serde_json::to_vec(&body).unwrap()).unwrap();
            assert_eq!(shown_hints(&found.hints), hints, "{what}");
        }
    }
}
