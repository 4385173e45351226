//! Every payload that GitHub publishes: how it is read, and how damaged copies of it are read.

#[cfg(test)]
mod payloads {
    use std::fmt::Write as _;
    use std::fs;

    use palisade_provider_github::understand;
    use palisade_sdk::CallError;
    use palisade_sdk::provider::{Delivery, Understood};
    use palisade_sdk::testing::deliveries::{contracts, damage, is_complete, shown};
    use serde_json::{Value, json};

    /// The payloads, by kind and file name; empty if this machine has none.
    fn payloads() -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        for kind in fs::read_dir(contracts(env!("CARGO_MANIFEST_DIR")).join("github/webhook-payloads"))
            .into_iter()
            .flatten()
            .flatten()
        {
            for file in fs::read_dir(kind.path()).into_iter().flatten().flatten() {
                let name = |path: std::ffi::OsString| path.into_string().unwrap();
                let text = fs::read_to_string(file.path()).unwrap();
                all.push((name(kind.file_name()), name(file.file_name()), text));
            }
        }
        all.sort();
        if all.is_empty() {
            assert!(
                std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(),
                "GitHub's payloads are required here"
            );
            println!("SKIPPED: GitHub's payloads are not on this machine");
        }
        all
    }

    fn read(kind: &str, body: &[u8]) -> Result<Understood, CallError> {
        understand(Delivery { headers: &[("x-github-event", kind), ("X-GitHub-Delivery", "d-1")], body })
    }

    fn check(kind: &str, file: &str, text: &str) -> String {
        let found = read(kind, text.as_bytes()).unwrap();
        let [event] = &found.events[..] else { panic!("{kind}/{file}: {:?}", found.events) };
        assert_eq!((event.kind.as_str(), event.id.as_str(), event.payload.as_str()), (kind, "d-1", text));
        let hints: Vec<String> = found.hints.iter().map(shown).collect();
        let visible = match event.public {
            None => "no repository",
            Some(true) => "public",
            Some(false) => "private",
        };
        format!(
            "{:<62} {:<26} {:<14} {visible:<14} {:<12} {:<8} {}",
            format!(
                "{kind}/{}",
                file.trim_end_matches(".json").trim_end_matches("payload").trim_end_matches('.')
            ),
            if event.action.is_empty() { "-" } else { &event.action },
            if found.account.is_empty() { "no account" } else { "installation" },
            event.actor.kind,
            if event.occurred_ms == 0 { "no time" } else { "time" },
            if hints.is_empty() { "-".to_owned() } else { hints.join(", ") },
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
        for (kind, file, text) in &payloads {
            writeln!(table, "{}", check(kind, file, text).trim_end()).unwrap();
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn what_is_damaged_is_read_as_far_as_it_goes() {
        // `cargo xtask test --all` tests each place, other runs each eleventh.
        let every = if std::env::var_os("PALISADE_TEST_ALL").is_some() { 1 } else { 11 };
        let mut damaged = 0;
        for (kind, file, text) in payloads() {
            damaged += damage(&text, every, |it| match read(&kind, &it.body) {
                Ok(found) if it.whole => {
                    assert!(
                        found.hints.iter().all(is_complete),
                        "{kind}/{file} {}: {:?}",
                        it.what,
                        found.hints
                    );
                }
                Err(CallError::InvalidInput(_)) if !it.whole => {}
                other => panic!("{kind}/{file} {}: {other:?}", it.what),
            });
        }
        println!("{damaged} damaged payloads");
    }

    #[test]
    fn what_is_no_delivery_is_refused_with_a_reason() {
        type Headers = &'static [(&'static str, &'static str)];
        let cases: [(Headers, &[u8], &str); 6] = [
            (&[], b"{}", "missing header `X-GitHub-Event`"),
            (&[("X-GitHub-Event", "")], b"{}", "missing header `X-GitHub-Event`"),
            (&[("X-GitHub-Event", "ping")], b"", "the body is not valid JSON"),
            (&[("X-GitHub-Event", "ping")], b"payload=%7B%7D", "the body is not valid JSON"),
            (&[("X-GitHub-Event", "ping")], b"[]", "the body is not a JSON object"),
            (&[("X-GitHub-Event", "ping")], b"{\"a\": \"\xff\"}", "the body is not UTF-8"),
        ];
        for (headers, body, words) in cases {
            let found = understand(Delivery { headers, body });
            let refused = matches!(&found, Err(CallError::InvalidInput(why)) if why.starts_with(words));
            assert!(refused, "{headers:?} {body:?}: {found:?}");
        }
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
            let shown: Vec<String> = found.hints.iter().map(shown).collect();
            assert_eq!(shown.join(", "), hints, "{what}");
        }
    }
}
