//! Check runs, with the history of all writes.

use serde_json::Value;

/// One write to a check run.
#[derive(Clone, Debug)]
pub struct Write {
    /// When it was received, RFC 3339 with fractions of seconds.
    pub time: String,
    /// The body of the request.
    pub body: Value,
}

/// A check run.
#[derive(Clone, Debug)]
pub struct Check {
    /// Number of the check run.
    pub id: u64,
    /// `owner/name` of its repository.
    pub repository: String,
    /// Its commit.
    pub sha: String,
    /// Its suite.
    pub suite: u64,
    /// Name.
    pub name: String,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// Its result, such as `success`.
    pub conclusion: Option<String>,
    /// The id that the App gave it.
    pub external_id: Option<String>,
    /// Address of the details.
    pub details_url: Option<String>,
    /// When it began, RFC 3339.
    pub started_at: Option<String>,
    /// When it ended, RFC 3339.
    pub completed_at: Option<String>,
    /// Title of its output.
    pub title: Option<String>,
    /// Summary of its output, Markdown.
    pub summary: Option<String>,
    /// Text of its output, Markdown.
    pub text: Option<String>,
    /// All annotations; every write appends.
    pub annotations: Vec<Value>,
    /// Every write; the first one created it.
    pub history: Vec<Write>,
}

impl Check {
    /// Applies a write: annotations are appended, everything else is replaced.
    pub(crate) fn write(&mut self, body: &Value) {
        let set = |place: &mut Option<String>, from: &Value, name: &str| {
            if let Some(new) = from.get(name).and_then(Value::as_str) {
                *place = Some(new.to_owned());
            }
        };
        if let Some(name) = body.get("name").and_then(Value::as_str) {
            name.clone_into(&mut self.name);
        }
        if let Some(status) = body.get("status").and_then(Value::as_str) {
            status.clone_into(&mut self.status);
        }
        set(&mut self.conclusion, body, "conclusion");
        set(&mut self.external_id, body, "external_id");
        set(&mut self.details_url, body, "details_url");
        set(&mut self.started_at, body, "started_at");
        set(&mut self.completed_at, body, "completed_at");
        if self.conclusion.is_some() && body.get("conclusion").is_some() {
            "completed".clone_into(&mut self.status);
            self.completed_at.get_or_insert_with(palisade_fake_host::clock::now);
        } else if self.status != "completed" {
            self.conclusion = None;
            self.completed_at = None;
        }
        if let Some(output) = body.get("output") {
            set(&mut self.title, output, "title");
            set(&mut self.summary, output, "summary");
            set(&mut self.text, output, "text");
            if let Some(more) = output.get("annotations").and_then(Value::as_array) {
                self.annotations.extend(more.iter().cloned());
            }
        }
        self.history.push(Write { time: jiff::Timestamp::now().to_string(), body: body.clone() });
    }
}
