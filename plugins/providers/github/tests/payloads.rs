//! Every payload that GitHub publishes: how it is read, and how damaged copies of it are read.

#[cfg(test)]
mod payloads {
    use std::fmt::Write as _;
    use std::fs;
    use std::path::PathBuf;

    use palisade_provider_github::understand;
    use palisade_sdk::CallError;
    use palisade_sdk::provider::{Delivery, Hint, Understood};
    use serde_json::{Value, json};

    /// The payloads, by kind and file name; empty if this machine has none.
    fn payloads() -> Vec<(String, String, String)> {
        let shared = std::env::var_os("PALISADE_SHARED").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared"),
            PathBuf::from,
        );
        let mut all = Vec::new();
        for kind in
            fs::read_dir(shared.join("contracts/github/webhook-payloads")).into_iter().flatten().flatten()
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

    fn shown(hint: &Hint) -> String {
        match hint {
            Hint::Pull { id, .. } => format!("pull {id}"),
            Hint::MergeGroup { base_ref, .. } => format!("merge group for {base_ref}"),
            Hint::Rerun { external_id: None, .. } => "run all checks again".to_owned(),
            Hint::Rerun { .. } => "run the check again".to_owned(),
            Hint::Integration => "integration".to_owned(),
            Hint::Repositories => "repositories".to_owned(),
        }
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

    /// Pointers to every part of a value.
    fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(map) => {
                map.iter().map(|(key, it)| (key.replace('~', "~0").replace('/', "~1"), it)).collect()
            }
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, it)| (index.to_string(), it)).collect()
            }
            _ => Vec::new(),
        };
        for (key, child) in children {
            let path = format!("{at}/{key}");
            pointers(child, &path, into);
            into.push(path);
        }
    }

    fn no_part_is_empty(hint: &Hint) -> bool {
        match hint {
            Hint::Pull { repository, id, .. } => !repository.is_empty() && !id.is_empty(),
            Hint::MergeGroup { repository, head_sha, base_sha, base_ref } => {
                [repository, head_sha, base_sha, base_ref].iter().all(|it| !it.is_empty())
            }
            Hint::Rerun { repository, head_sha, .. } => !repository.is_empty() && !head_sha.is_empty(),
            Hint::Integration | Hint::Repositories => true,
        }
    }

    /// Removes the value at a pointer.
    fn remove(value: &mut Value, pointer: &str) {
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        match value.pointer_mut(parent).unwrap() {
            Value::Object(map) => {
                map.remove(&last.replace("~1", "/").replace("~0", "~"));
            }
            Value::Array(items) => {
                items.remove(last.parse().unwrap());
            }
            other => panic!("{pointer} is in {other}"),
        }
    }

    /// Checks that a damaged payload is read and that its hints are complete.
    fn survives(kind: &str, file: &str, path: &str, body: &Value) {
        let bytes = serde_json::to_vec(body).unwrap();
        let found = read(kind, &bytes).unwrap_or_else(|error| panic!("{kind}/{file} {path}: {error:?}"));
        assert!(found.hints.iter().all(no_part_is_empty), "{kind}/{file} {path}: {:?}", found.hints);
    }

    #[test]
    fn what_is_damaged_is_read_as_far_as_it_goes() {
        let others = [
            Value::Null,
            json!(true),
            json!(-1),
            json!(1e300),
            json!(""),
            json!("\u{1b}x"),
            json!([]),
            json!({}),
        ];
        // `cargo xtask test --all` tests each place, other runs each eleventh.
        let every = if std::env::var_os("PALISADE_TEST_ALL").is_some() { 1 } else { 11 };
        let mut damaged = 0;
        for (kind, file, text) in payloads() {
            let whole: Value = serde_json::from_str(&text).unwrap();
            let mut all = Vec::new();
            pointers(&whole, "", &mut all);
            for (row, path) in all.iter().enumerate().step_by(every) {
                // Deeper than the parts that are read, each place gets only one of the replacements.
                let deep = path.matches('/').count() > 3;
                let here = if deep { &others[row % others.len()..][..1] } else { &others[..] };
                for other in here {
                    let mut body = whole.clone();
                    *body.pointer_mut(path).unwrap() = other.clone();
                    survives(&kind, &file, path, &body);
                }
                let mut body = whole.clone();
                remove(&mut body, path);
                survives(&kind, &file, path, &body);
                damaged += here.len() + 1;
            }
            // Cut before and after each value and each name.
            let ends = text.trim_end().char_indices().filter(|(_, it)| "{}[]:,".contains(*it));
            let ends = ends.flat_map(|(at, _)| [at, at + 1]).filter(|end| *end < text.trim_end().len());
            for end in ends.step_by(every) {
                let found = read(&kind, &text.as_bytes()[..end]);
                assert!(
                    matches!(found, Err(CallError::InvalidInput(_))),
                    "{kind}/{file} cut at {end}: {found:?}"
                );
                damaged += 1;
            }
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
            ("a repository put away", "repository", json!({"action": "archived"}), "repositories"),
        ] {
            let found = read(kind, &serde_json::to_vec(&body).unwrap()).unwrap();
            let shown: Vec<String> = found.hints.iter().map(shown).collect();
            assert_eq!(shown.join(", "), hints, "{what}");
        }
    }
}
