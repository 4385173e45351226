//! Every published delivery of Azure DevOps: how it is read, and how damaged copies of it are read.

#[cfg(test)]
mod payloads {
    use std::fmt::Write as _;

    use palisade_provider_azure_devops::understand;
    use palisade_sdk::CallError;
    use palisade_sdk::provider::{Delivery, Event, Understood};
    use palisade_sdk::testing::deliveries::{
        NOT_OBJECTS, check_damaged, check_refused, published, shown_hints, shown_names, shown_visibility,
    };
    use serde_json::{Value, json};

    /// Responses of the API, which are published in the same folders: names of files or of their beginnings.
    const RESPONSES: [&str; 14] = [
        "atlantis/",
        "drone-go-scm/branch",
        "drone-go-scm/commit",
        "drone-go-scm/compare",
        "drone-go-scm/content",
        "drone-go-scm/hook.",
        "drone-go-scm/hooks.",
        "drone-go-scm/pr.",
        "drone-go-scm/projects",
        "drone-go-scm/repo",
        "drone-go-scm/tags",
        "jenkins-x-go-scm/branch",
        "jenkins-x-go-scm/pr",
        "jenkins-x-go-scm/repo",
    ];

    /// The deliveries by name; empty if this machine has none.
    fn payloads() -> Vec<(String, String)> {
        let is_delivery = |name: &str| !RESPONSES.iter().any(|it| name.starts_with(it));
        published(env!("CARGO_MANIFEST_DIR"), "azuredevops/fixtures", is_delivery)
    }

    fn read(body: &[u8]) -> Result<Understood, CallError> {
        understand(Delivery { headers: &[("content-type", "application/json")], body })
    }

    fn only(found: &Understood) -> &Event {
        let [event] = &found.events[..] else { panic!("{:?}", found.events) };
        event
    }

    #[test]
    fn every_delivery_is_taken_for_what_it_is() {
        let payloads = payloads();
        if payloads.is_empty() {
            return;
        }
        assert_eq!(payloads.len(), 20);
        let mut table = String::new();
        for (name, text) in &payloads {
            let found = read(text.as_bytes()).unwrap();
            let event = only(&found);
            assert_eq!((event.payload.as_str(), found.account.as_str()), (text.as_str(), ""), "{name}");
            assert!(event.occurred_ms > 0 && !event.id.is_empty(), "{name}");
            let public = shown_visibility(event.public, "unknown");
            let or_none = |it: &str| if it.is_empty() { "-".to_owned() } else { it.to_owned() };
            writeln!(
                table,
                "{:<62} {:<42} {:<20} {:<40} {public:<8} {:<24} {:<30} {}",
                name.trim_end_matches(".json"),
                event.kind,
                or_none(&event.organization),
                or_none(&event.repository),
                or_none(&event.actor.login),
                shown_names(&event.properties),
                or_none(&shown_hints(&found.hints)),
            )
            .unwrap();
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn what_is_damaged_is_read_as_far_as_it_goes() {
        // Only the kind of the event is indispensable.
        let damaged = check_damaged(&payloads(), &["/eventType"], |_, body| read(body));
        println!("{damaged} damaged deliveries");
    }

    #[test]
    fn another_body_is_refused_with_a_reason() {
        check_refused(&NOT_OBJECTS, |body| read(body));
        let missing = "missing `eventType`";
        check_refused(&[(&b"{}"[..], missing), (b"{\"eventType\": 1}", missing)], |body| read(body));
        // New kinds of events are added.
        let found = read(b"{\"eventType\": \"never.heard.of\"}").unwrap();
        assert_eq!((found.hints.len(), only(&found).kind.as_str()), (0, "never.heard.of"));
    }

    fn of(kind: &str, resource: &Value) -> Understood {
        let body =
            json!({ "eventType": kind, "subscriptionId": "s", "notificationId": 7, "resource": resource });
        read(&serde_json::to_vec(&body).unwrap()).unwrap()
    }

    fn repository() -> Value {
        json!({ "name": "my repo", "project": { "name": "my project", "visibility": "private" } })
    }

    /// Hints of events that the published deliveries lack.
    #[test]
    fn hints_that_no_delivery_shows() {
        let comment = "ms.vss-code.git-pullrequest-comment-event";
        let pull = json!({ "pullRequestId": 7, "repository": repository() });
        let commented = |text: &str| json!({ "comment": { "content": text }, "pullRequest": pull });
        for (what, kind, resource, hints) in [
            ("an update", "git.pullrequest.updated", pull.clone(), "pull 7"),
            (
                "a number as text",
                "git.pullrequest.created",
                json!({ "pullRequestId": "7", "repository": repository() }),
                "pull 7",
            ),
            ("no number", "git.pullrequest.created", json!({ "repository": repository() }), ""),
            ("no repository", "git.pullrequest.merged", json!({ "pullRequestId": 7 }), ""),
            ("no resource", "git.pullrequest.merged", json!(null), ""),
            (
                "a request by a comment",
                comment,
                commented(" /palisade recheck \r\nplease"),
                "check pull 7 again",
            ),
            ("another comment", comment, commented("please\n/palisade recheck"), ""),
            (
                "a deleted comment",
                comment,
                json!({ "comment": { "content": "/palisade recheck", "isDeleted": true }, "pullRequest": pull }),
                "",
            ),
            ("version 1.0 of a comment", comment, json!({ "content": "/palisade recheck" }), ""),
            ("a new repository", "git.repo.created", json!({ "repository": repository() }), "repositories"),
            ("a deleted repository", "git.repo.deleted", json!({}), "repositories"),
            ("another name", "git.repo.renamed", json!({}), "repositories"),
            ("a disabled repository", "git.repo.statuschanged", json!({}), "repositories"),
            ("a push", "git.push", json!({ "repository": repository() }), ""),
        ] {
            let found = of(kind, &resource);
            assert_eq!(shown_hints(&found.hints), hints, "{what}");
        }
    }

    /// Fields of events that the published deliveries lack.
    #[test]
    fn events_that_no_delivery_shows() {
        let user = json!({ "id": "u", "displayName": "Ada", "uniqueName": "ada@example.com" });
        let project =
            json!({ "name": "my project", "visibility": "public", "url": "https://dev.azure.com/o/_apis/x" });
        for (what, kind, resource, expected) in [
            (
                "another name",
                "git.repo.renamed",
                json!({ "repository": repository(), "initiatedBy": user, "oldName": "a", "newName": "my repo" }),
                ("my project/my repo", "ada@example.com", "", Some(false)),
            ),
            (
                "a deleted repository",
                "git.repo.deleted",
                json!({ "project": project, "repositoryName": "r", "initiatedBy": { "id": "u", "displayName": "Ada" } }),
                ("my project/r", "Ada", "o", Some(true)),
            ),
            (
                "an update, whose actor is not named",
                "git.pullrequest.updated",
                json!({ "createdBy": user, "repository": repository() }),
                ("my project/my repo", "", "", Some(false)),
            ),
        ] {
            let found = of(kind, &resource);
            let event = only(&found);
            let shown = (
                event.repository.as_str(),
                event.actor.login.as_str(),
                event.organization.as_str(),
                event.public,
            );
            assert_eq!(shown, expected, "{what}");
            assert_eq!(event.id, "s/7", "{what}");
        }
    }
}
