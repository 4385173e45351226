//! Markdown pages of controls.

use std::fmt::Write as _;

use palisade_domain::{Control, Docs, Severity, Stricter};

use crate::clean::clean_lines;
use crate::escape::{code, fenced, row, words};
use crate::words::counted;

fn list(names: &[String]) -> String {
    names.iter().map(|it| code(it)).collect::<Vec<_>>().join(", ")
}

fn section(page: &mut String, title: &str, text: &str) {
    if !text.trim().is_empty() {
        let _ = write!(page, "\n## {title}\n\n{}\n", clean_lines(text.trim()));
    }
}

fn example(page: &mut String, title: &str, text: &str) {
    if !text.trim().is_empty() {
        let _ = write!(page, "\n## {title}\n\n{}", fenced(text));
    }
}

fn remedies(page: &mut String, docs: &Docs) {
    let known: Vec<_> = docs.remedies.iter().filter(|it| !it.text.trim().is_empty()).collect();
    if known.is_empty() {
        return;
    }
    page.push_str("\n## Remediation\n");
    for remedy in known {
        if !remedy.format.is_empty() {
            let _ = write!(page, "\n### {}\n", words(&remedy.format));
        }
        let _ = write!(page, "\n{}\n", clean_lines(remedy.text.trim()));
    }
}

/// The file name of a control's page.
pub fn control_page_name(control: &Control) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    format!("{}.md", control.id.chars().map(safe).collect::<String>())
}

/// A Markdown page about one control. Markdown of the pack is kept; all other text is escaped.
pub fn control_page(control: &Control) -> String {
    let mut page = format!("# {}\n\n", words(&control.title));
    let mut facts = vec![
        ("Control", code(&control.id)),
        ("Severity", control.severity.to_string()),
        ("Pack", code(&control.pack)),
        ("Kinds", list(&control.kinds)),
        ("Formats", list(&control.formats)),
        ("Policies", list(&control.policies)),
        ("The same rule elsewhere", list(&control.aliases)),
        ("Safe fixes", list(&control.safe_fixes)),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    page.push_str("| | |\n| --- | --- |\n");
    for (name, value) in facts {
        page.push_str(&row([name, &value]));
    }
    let docs = &control.docs;
    section(&mut page, "Why", &docs.why);
    remedies(&mut page, docs);
    section(&mut page, "Change impact", &docs.impact);
    example(&mut page, "Violates it", &docs.failing_example);
    example(&mut page, "Fulfils it", &docs.passing_example);
    if !control.parameters.is_empty() {
        page.push_str(
            "\n## Parameters\n\n| Name | Meaning | Default | In `palisade.toml` |\n| --- | --- | --- | --- |\n",
        );
        for it in &control.parameters {
            let repository = match it.stricter {
                Stricter::None => "not allowed",
                Stricter::Larger => "larger numbers",
                Stricter::Smaller => "smaller numbers",
                Stricter::FewerItems => "fewer items",
                Stricter::MoreItems => "more items",
            };
            page.push_str(&row([&code(&it.name), &words(&it.title), &code(&it.default), repository]));
        }
    }
    page
}

/// A Markdown index of all controls: a table for each pack, the worst first.
pub fn controls_index(controls: &[Control]) -> String {
    let mut sorted: Vec<&Control> = controls.iter().collect();
    sorted.sort_by(|a, b| (&a.pack, b.severity, &a.id).cmp(&(&b.pack, a.severity, &b.id)));
    let mut page = String::from("# Controls\n\n");
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .map(|it| format!("{} {it}", controls.iter().filter(|control| control.severity == it).count()))
        .collect();
    let _ = writeln!(page, "{}: {}", counted(controls.len() as u64, "control"), counts.join(", "));
    for pack in sorted.chunk_by(|a, b| a.pack == b.pack) {
        let name = pack.first().map_or("", |it| it.pack.as_str());
        let _ = write!(page, "\n## {}\n\n| Control | Severity | Title |\n| --- | --- | --- |\n", words(name));
        for it in pack {
            let link = format!("[{}]({})", code(&it.id), control_page_name(it));
            page.push_str(&row([&link, it.severity.name(), &words(&it.title)]));
        }
    }
    page
}
