//! Every delivery of Bitbucket that projects have recorded: how it is read, and how damaged copies of it are read.

#[cfg(test)]
mod payloads {
    use std::fmt::Write as _;
    use std::path::Path;

    use palisade_provider_bitbucket::understand;
    use palisade_sdk::CallError;
    use palisade_sdk::provider::{Delivery, Understood};
    use palisade_sdk::testing::deliveries::{
        NOT_OBJECTS, check_damaged, check_refused, published, shown_hints, shown_names, shown_visibility,
    };
    use serde_json::{Value, json};

    /// Folders whose files are deliveries; all others have responses of the API.
    const DELIVERIES: [&str; 6] = [
        "atlantis",
        "drone-go-scm/webhooks",
        "go-playground-webhooks",
        "jenkins-bitbucket-branch-source/events",
        "jenkins-bitbucket-branch-source/webhooks",
        "jenkins-x-go-scm/webhooks",
    ];

    /// The kind of an event by parts of the path of its file: the recordings lack the header.
    const KINDS: [(&str, &str); 42] = [
        ("atlantis/bitbucket-cloud-comment-event", "pullrequest:comment_created"),
        ("commit-comment-created", "repo:commit_comment_created"),
        ("issue-comment-created", "issue:comment_created"),
        ("issue-created", "issue:created"),
        ("issue-updated", "issue:updated"),
        ("approval-removed", "pullrequest:unapproved"),
        ("request-approved", "pullrequest:approved"),
        ("request-comment-created", "pullrequest:comment_created"),
        ("request-comment-deleted", "pullrequest:comment_deleted"),
        ("request-comment-updated", "pullrequest:comment_updated"),
        ("request-created", "pullrequest:created"),
        ("request-declined", "pullrequest:rejected"),
        ("request-merged", "pullrequest:fulfilled"),
        ("request-updated", "pullrequest:updated"),
        ("commit-status-created", "repo:commit_status_created"),
        ("commit-status-updated", "repo:commit_status_updated"),
        ("repo-fork", "repo:fork"),
        ("repo-push", "repo:push"),
        ("repo-updated", "repo:updated"),
        ("pull-event-created", "pullrequest:created"),
        ("pull-event-fulfilled", "pullrequest:fulfilled"),
        ("pull-event-rejected", "pullrequest:rejected"),
        ("pull-event-updated", "pullrequest:updated"),
        ("pipeline_hook_created", "repo:commit_status_created"),
        ("pipeline_hook_update", "repo:commit_status_updated"),
        ("pr_comment_created", "pullrequest:comment_created"),
        ("pr_comment_deleted", "pullrequest:comment_deleted"),
        ("pr_created", "pullrequest:created"),
        ("pr_declined", "pullrequest:rejected"),
        ("pr_fulfilled", "pullrequest:fulfilled"),
        ("pr_updated", "pullrequest:updated"),
        ("pullrequest_created", "pullrequest:created"),
        ("pullrequest_rejected", "pullrequest:rejected"),
        ("pullrequest_updated", "pullrequest:updated"),
        ("PullRequest/createPayload", "pullrequest:created"),
        ("PullRequest/fulfilled", "pullrequest:fulfilled"),
        ("PullRequest/rejected", "pullrequest:rejected"),
        ("PullRequest/update", "pullrequest:updated"),
        ("signed_payload", "repo:push"),
        ("Push/", "repo:push"),
        ("push", "repo:push"),
        ("ed.json", "repo:push"),
    ];

    fn kind(file: &str) -> &'static str {
        let found = KINDS.iter().find(|(part, _)| file.contains(part));
        found.unwrap_or_else(|| panic!("no kind for {file}")).1
    }

    /// The deliveries, by path and text; empty if this machine has none.
    fn payloads() -> Vec<(String, String)> {
        let is_delivery = |file: &str| DELIVERIES.iter().any(|it| Path::new(file).starts_with(it));
        published(env!("CARGO_MANIFEST_DIR"), "bitbucket/fixtures", is_delivery)
    }

    fn read(kind: &str, body: &[u8]) -> Result<Understood, CallError> {
        understand(Delivery { headers: &[("x-event-key", kind), ("X-Request-UUID", "d-1")], body })
    }

    fn check(file: &str, text: &str) -> String {
        let kind = kind(file);
        let found = read(kind, text.as_bytes()).unwrap();
        assert_eq!(found.account, "");
        let [event] = &found.events[..] else { panic!("{file}: {:?}", found.events) };
        let key = format!("{}:{}", event.kind, event.action);
        assert_eq!((key.as_str(), event.id.as_str(), event.payload.as_str()), (kind, "d-1", text));
        let visible = shown_visibility(event.public, "unknown");
        format!(
            "{:<84} {kind:<28} {:<18} {:<34} {visible:<8} {:<8} {:<9} {} | {}",
            file.trim_end_matches(".json"),
            event.actor.login,
            format!("{} {}", event.organization, event.repository),
            if event.occurred_ms == 0 { "no time" } else { "time" },
            shown_hints(&found.hints),
            if event.actor.id.is_empty() { "no actor" } else { &event.actor.kind },
            shown_names(&event.properties)
        )
    }

    #[test]
    fn every_payload_is_taken_for_what_it_is() {
        let payloads = payloads();
        if payloads.is_empty() {
            return;
        }
        assert_eq!(payloads.len(), 59);
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
        check_refused(&NOT_OBJECTS, |body| read("repo:push", body));
        let missing = "missing header `X-Event-Key`";
        check_refused(&[(&[][..], missing), (&[("X-Event-Key", "")], missing)], |headers| {
            understand(Delivery { headers, body: b"{}" })
        });
        // Bitbucket adds new kinds of events.
        for (key, kind, action) in [("repo:never_heard_of", "repo", "never_heard_of"), ("odd", "odd", "")] {
            let found = read(key, b"{}").unwrap();
            let event = &found.events[0];
            assert_eq!((found.hints.len(), event.kind.as_str(), event.action.as_str()), (0, kind, action));
        }
    }

    /// Hints of events that the recorded payloads lack: the key, the body and the expected hint.
    #[test]
    fn hints_that_no_payload_shows() {
        let pull = |comment: &str| {
            json!({"pullrequest": {"id": 7, "source": {"commit": {"hash": "0123456789ab"}}},
                "repository": {"full_name": "acme/shop"}, "comment": {"content": {"raw": comment}}})
        };
        let comment = "pullrequest:comment_created";
        for (what, key, body, hints) in [
            ("new commits", "pullrequest:push", pull(""), "pull 7"),
            ("an approval", "pullrequest:approved", pull(""), ""),
            ("a request", comment, pull("/palisade recheck"), "check pull 7 again"),
            (
                "a request with more text",
                comment,
                pull(" /palisade recheck \r\nplease"),
                "check pull 7 again",
            ),
            ("a request that is changed", "pullrequest:comment_updated", pull("/palisade recheck"), ""),
            ("no request", comment, pull("please /palisade recheck"), ""),
            (
                "a number as text",
                "pullrequest:created",
                json!({"pullrequest": {"id": "7"}, "repository": {"full_name": "acme/shop"}}),
                "pull 7",
            ),
            ("no number", "pullrequest:created", json!({"repository": {"full_name": "acme/shop"}}), ""),
            ("no repository", "pullrequest:created", json!({"pullrequest": {"id": 7}}), ""),
            ("a new repository", "repo:created", json!({}), "repositories"),
            ("a deleted repository", "repo:deleted", json!({}), "repositories"),
            ("a repository that moved", "repo:transfer", json!({}), "repositories"),
            ("an imported repository", "repo:imported", json!({}), "repositories"),
            ("a push", "repo:push", json!({}), ""),
        ] {
            let found = read(key, &serde_json::to_vec(&body).unwrap()).unwrap();
            assert_eq!(shown_hints(&found.hints), hints, "{what}");
        }
    }

    /// A commit of a delivery is abbreviated, and is passed on like that.
    #[test]
    fn a_pull_request_has_the_commit_and_branch_of_the_delivery() {
        let body = json!({"pullrequest": {"id": 7,
            "source": {"commit": {"hash": "0123456789ab"}, "branch": {"name": "feature"}},
            "destination": {"branch": {"name": "main"}, "commit": {"hash": Value::Null}}},
            "repository": {"full_name": "acme/shop"}});
        let found = read("pullrequest:updated", body.to_string().as_bytes()).unwrap();
        insta::assert_debug_snapshot!(found.hints);
    }
}
