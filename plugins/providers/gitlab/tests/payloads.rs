//! Every delivery that others publish: how it is read, and how damaged copies of it are read.

#[cfg(test)]
mod payloads {
    use std::fmt::Write as _;
    use std::path::Path;

    use palisade_provider_gitlab::understand;
    use palisade_sdk::CallError;
    use palisade_sdk::provider::{Delivery, Understood};
    use palisade_sdk::testing::deliveries::{
        NOT_OBJECTS, check_damaged, check_refused, published, shown_hints, shown_names, shown_visibility,
    };
    use serde_json::{Value, json};

    /// Folders and files that are responses of the API: beginnings of their paths.
    const RESPONSES: [&str; 13] = [
        "atlantis/detailed-",
        "atlantis/gitlab-get-",
        "atlantis/group-",
        "atlantis/pipeline-",
        "drone-go-scm/",
        "go-gitlab/create_",
        "go-gitlab/get_",
        "go-gitlab/list_",
        "own/discussion",
        "own/external_status_checks",
        "own/group_hooks",
        "own/merge_request_status_checks",
        "own/",
    ];

    /// Deliveries in those folders.
    const DELIVERIES: [&str; 2] = ["drone-go-scm/webhooks/", "own/external_status_check_delivery"];

    fn is_delivery(name: &str) -> bool {
        Path::new(name).extension().is_some_and(|it| it == "json")
            && (DELIVERIES.iter().any(|it| name.starts_with(it))
                || !RESPONSES.iter().any(|it| name.starts_with(it)))
    }

    /// The deliveries by the name of their file; empty if this machine has none.
    fn payloads() -> Vec<(String, String)> {
        published(env!("CARGO_MANIFEST_DIR"), "gitlab/fixtures", is_delivery)
    }

    fn read(body: &[u8]) -> Result<Understood, CallError> {
        let headers = [("x-gitlab-event", "Some Hook"), ("Idempotency-Key", "d-1"), ("webhook-id", "d-2")];
        understand(Delivery { headers: &headers, body })
    }

    fn check(file: &str, text: &str) -> String {
        let found = read(text.as_bytes()).unwrap();
        let [event] = &found.events[..] else { panic!("{file}: {:?}", found.events) };
        assert_eq!((event.id.as_str(), event.payload.as_str()), ("d-1", text));
        assert_eq!(found.account, "", "the endpoint belongs to one connection");
        let visible = shown_visibility(event.public, "-");
        let or = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        format!(
            "{:<68} {:<22} {:<22} {:<14} {:<30} {visible:<8} {:<8} {:<18} {}",
            file.trim_end_matches(".json"),
            event.kind,
            or(&event.action),
            or(&format!("{} {}", event.actor.kind, event.actor.login).trim().replace(' ', ":")),
            or(&event.repository),
            if event.occurred_ms == 0 { "no time" } else { "time" },
            or(&shown_hints(&found.hints)),
            or(&shown_names(&event.properties)),
        )
    }

    #[test]
    fn every_payload_is_taken_for_what_it_is() {
        let payloads = payloads();
        if payloads.is_empty() {
            return;
        }
        let mut table = String::new();
        for (file, text) in &payloads {
            writeln!(table, "{}", check(file, text).trim_end()).unwrap();
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn what_is_damaged_is_read_as_far_as_it_goes() {
        let damaged = check_damaged(&payloads(), &[], |_, body| read(body));
        println!("{damaged} damaged deliveries");
    }

    #[test]
    fn what_is_no_delivery_is_refused_with_a_reason() {
        check_refused(&NOT_OBJECTS, |body| read(body));
        // GitLab adds new kinds of events. The header names them if the body does not.
        for (body, kind) in [("{\"object_kind\": \"never_heard_of\"}", "never_heard_of"), ("{}", "Some Hook")]
        {
            let found = read(body.as_bytes()).unwrap();
            assert_eq!((found.hints.len(), found.events[0].kind.as_str()), (0, kind));
        }
    }

    /// Hints of events that the published payloads lack: the body and the expected hint.
    #[test]
    fn hints_that_no_payload_shows() {
        let project = json!({"path_with_namespace": "g/p"});
        let merge = |attributes: Value, changes: Value| {
            json!({"object_kind": "merge_request", "project": project, "object_attributes": attributes,
                "changes": changes})
        };
        let update = |changes: Value| merge(json!({"action": "update", "iid": 7}), changes);
        let note = |text: &str, kind: &str, action: &str, system: bool| {
            json!({"object_kind": "note", "project": project, "merge_request": {"iid": 7},
                "object_attributes": {"note": text, "noteable_type": kind, "action": action, "system": system}})
        };
        let train = |reference: &str, status: &str, message: &str| {
            json!({"object_kind": "pipeline", "project": project, "merge_request": {"target_branch": "main"},
                "commit": {"message": message},
                "object_attributes": {"ref": reference, "sha": "abc", "status": status,
                    "source": "merge_request_event"}})
        };
        let at = "refs/merge-requests/7/train";
        let named = "Merge branch topic with refs/heads/main into refs/merge-requests/7/train";
        for (what, body, hints) in [
            ("another target", update(json!({"target_branch": {}})), "pull 7"),
            ("ready", update(json!({"draft": {"previous": true, "current": false}})), "pull 7"),
            ("another target, older", update(json!({"merge_status": {"current": "unchecked"}})), "pull 7"),
            ("a checked merge", update(json!({"merge_status": {"current": "can_be_merged"}})), ""),
            ("another title", update(json!({"title": {}})), ""),
            ("new commits", merge(json!({"action": "update", "iid": 7, "oldrev": "a"}), json!({})), "pull 7"),
            ("approved", merge(json!({"action": "approved", "iid": 7}), json!({})), ""),
            ("a number as text", merge(json!({"action": "open", "iid": "7"}), json!({})), "pull 7"),
            ("no number", merge(json!({"action": "open"}), json!({})), ""),
            ("a request", note("/palisade recheck", "MergeRequest", "create", false), "check pull 7 again"),
            (
                "an older server",
                note(" /palisade recheck \nplease", "MergeRequest", "", false),
                "check pull 7 again",
            ),
            ("another line", note("please\n/palisade recheck", "MergeRequest", "create", false), ""),
            ("another command", note("/palisade recheck all", "MergeRequest", "create", false), ""),
            ("an edited request", note("/palisade recheck", "MergeRequest", "update", false), ""),
            ("on a commit", note("/palisade recheck", "Commit", "create", false), ""),
            ("of GitLab", note("/palisade recheck", "MergeRequest", "create", true), ""),
            ("a train", train(at, "pending", ""), "merge group for main"),
            ("a train by its commit", train("topic", "created", named), "merge group for main"),
            ("a train that ended", train(at, "success", ""), ""),
            ("merged results", train("refs/merge-requests/7/merge", "pending", ""), ""),
            ("a branch of that name", train("refs/merge-requests/x/train", "pending", ""), ""),
            ("a renamed project", json!({"event_name": "project_rename"}), "repositories"),
            ("a new subgroup", json!({"event_name": "subgroup_create"}), "repositories"),
        ] {
            let found = read(&serde_json::to_vec(&body).unwrap()).unwrap();
            assert_eq!(shown_hints(&found.hints), hints, "{what}");
        }
    }
}
