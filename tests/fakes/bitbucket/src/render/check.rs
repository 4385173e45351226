//! Statuses, reports and annotations.

use serde_json::{Map, Value, json};

use crate::Inner;
use crate::render::segment;
use crate::state::{Annotation, BuildStatus, Report, Repository, text};

/// An object with all members of a body and these.
fn merged(body: &Value, more: Value) -> Value {
    let mut all: Map<String, Value> = body.as_object().cloned().unwrap_or_default();
    if let Value::Object(more) = more {
        all.extend(more);
    }
    Value::Object(all)
}

impl Inner {
    /// A build status. It does not name who wrote it: neither the schema `commitstatus` nor recorded responses do.
    pub(crate) fn status(&self, one: &Repository, sha: &str, status: &BuildStatus) -> Value {
        let name = &one.full_name;
        let commit = format!("/repositories/{name}/commit/{sha}");
        let member = |name: &str| status.body.get(name).cloned().unwrap_or(Value::Null);
        let title = match member("name") {
            Value::Null => json!(status.key),
            name => name,
        };
        json!({
            "type": "build", "key": status.key, "state": status.state, "name": title,
            "description": text(&status.body, "description"), "url": member("url"), "refname": member("refname"),
            "repository": self.short_repository(one), "commit": self.short_commit(name, sha),
            "created_on": status.created_at, "updated_on": status.updated_at,
            "links": {
                "self": self.link(&format!("{commit}/statuses/build/{}", status.key)),
                "commit": self.link(&commit),
            },
        })
    }

    /// A report.
    pub(crate) fn report(&self, one: &Repository, sha: &str, report: &Report) -> Value {
        let path = format!("/repositories/{}/commit/{sha}/reports/{}", one.full_name, segment(&report.uuid));
        let own = json!({
            "type": "report", "uuid": report.uuid, "external_id": report.external_id,
            "created_on": report.created_at, "updated_on": report.updated_at,
            "links": { "self": self.link(&path) },
        });
        merged(&report.body, own)
    }
}

/// An annotation.
pub(crate) fn annotation(one: &Annotation) -> Value {
    let own = json!({
        "type": "report_annotation", "uuid": one.uuid, "external_id": one.external_id,
        "created_on": one.created_at, "updated_on": one.updated_at,
    });
    merged(&one.body, own)
}
