//! A control's comment, split at its fixed headings.

/// The documentation of a control, in Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// The first line.
    pub title: String,
    /// Why a violation is bad.
    pub why: String,
    /// What the fix may break.
    pub impact: String,
    /// Remediations: format (empty for all) and text. `## Fix` applies to all formats, `## Fix (helm)` to one.
    pub remedies: Vec<(String, String)>,
    /// An input that violates it.
    pub failing_example: String,
    /// An input that does not.
    pub passing_example: String,
}

/// The text in the first fenced block, or the whole text if there is none.
fn fenced(text: &str) -> String {
    let mut lines = text.lines().skip_while(|line| !line.trim_start().starts_with("```"));
    if lines.next().is_none() {
        return text.trim().to_owned();
    }
    let inner: Vec<&str> = lines.take_while(|line| !line.trim_start().starts_with("```")).collect();
    inner.join("\n") + "\n"
}

impl Docs {
    pub(crate) fn parse(comment: &str) -> Docs {
        let mut docs = Docs::default();
        // rustdoc keeps the space after the slashes; so does the macro.
        let lines = comment.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        let mut heading = String::new();
        let mut body = String::new();
        for line in lines.chain(["## "]) {
            if let Some(next) = line.strip_prefix("## ") {
                docs.section(&heading, &body);
                next.trim().clone_into(&mut heading);
                body.clear();
            } else if heading.is_empty() && docs.title.is_empty() {
                line.trim().clone_into(&mut docs.title);
            } else {
                body.push_str(line);
                body.push('\n');
            }
        }
        docs
    }

    fn section(&mut self, heading: &str, body: &str) {
        let text = body.trim().to_owned();
        match heading {
            "Why" => self.why = text,
            "Impact" => self.impact = text,
            "Fix" => self.remedies.push((String::new(), text)),
            "Fails" => self.failing_example = fenced(body),
            "Passes" => self.passing_example = fenced(body),
            other => {
                if let Some(format) = other.strip_prefix("Fix (").and_then(|rest| rest.strip_suffix(')')) {
                    self.remedies.push((format.to_owned(), text));
                }
            }
        }
    }
}
