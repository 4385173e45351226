//! The cost of a pack of 300 rules without a sandbox: reading it, and judging one document and ten thousand.
//!
//! `cargo bench --package palisade-rego-engine`; with `--write FOLDER` the pack and the documents are written there, so
//! that `palisade pack build` and `palisade scan` can be measured with the same input.

use std::fs;
use std::path::Path;
use std::time::Instant;

use palisade_rego_engine::{Rego, answer};
use palisade_rego_order::{Order, Task};
use palisade_sdk::pack::{Judge, Request};
use palisade_sdk::tape::{Builder, Kind, NONE, Resource};

const RULES: u32 = 300;
const DOCUMENTS: u32 = 10_000;

fn rule(number: u32) -> (String, String) {
    let text = format!(
        "package main\n\nimport rego.v1\n\n# METADATA\n# title: Rule {number}\n# description: It is there to be measured.\ndeny_{number} contains msg if {{\n\tsome i, container in input.spec.template.spec.containers\n\tstartswith(container.image, \"registry{number}.example/\")\n\tnot container.resources.limits.memory\n\tmsg := sprintf(\"container %s of rule %d at %d\", [container.name, {number}, i])\n}}\n"
    );
    (format!("policy/rule_{number}.rego"), text)
}

fn manifest(number: u32) -> String {
    format!(
        "kind: Deployment\nmetadata:\n  name: web-{number}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: registry{}.example/app:1\n        - name: log\n          image: docker.io/log:1\n",
        number % 600
    )
}

/// The documents as a parser would return them.
fn batch(documents: u32) -> palisade_sdk::tape::Batch {
    let mut out = Builder::new();
    let (kind, format) = (out.text("document"), out.text("yaml"));
    for number in 0..documents {
        let document = out.document(&format!("{number}.yaml"), "yaml");
        let root = out.open(Kind::Mapping, 0, NONE, NONE);
        let text = |out: &mut Builder, key: &str, value: &str| {
            let key = out.text(key);
            out.scalar(Kind::Text, key, NONE, value, NONE);
        };
        text(&mut out, "kind", "Deployment");
        let mut open = Vec::new();
        for key in ["spec", "template", "spec"] {
            let key = out.text(key);
            open.push(out.open(Kind::Mapping, key, NONE, NONE));
        }
        let key = out.text("containers");
        let list = out.open(Kind::Sequence, key, NONE, NONE);
        for (name, image) in [
            ("app", format!("registry{}.example/app:1", number % 600)),
            ("log", "docker.io/log:1".to_owned()),
        ] {
            let item = out.open(Kind::Mapping, 0, NONE, NONE);
            text(&mut out, "name", name);
            text(&mut out, "image", &image);
            out.close(item, None);
        }
        out.close(list, None);
        while let Some(mark) = open.pop() {
            out.close(mark, None);
        }
        let root = out.close(root, None);
        let address = out.text(&format!("{number}.yaml"));
        out.resource(Resource {
            address,
            kind,
            provider: 0,
            name: 0,
            format,
            document,
            root,
            origin: NONE,
            module: 0,
        });
    }
    out.finish()
}

fn judge(documents: u32) -> usize {
    let request = Request {
        batch: batch(documents),
        subjects: (0..documents).collect(),
        enabled: (0..RULES).collect(),
        parameters: Vec::new(),
        environment: String::new(),
        list_passed: false,
    };
    Rego.judge(&request).map_or(0, |it| it.outcomes.len())
}

fn write(folder: &Path) -> std::io::Result<()> {
    let put = |path: &str, text: &str| {
        let path = folder.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)
    };
    (1..=RULES).map(rule).try_for_each(|(path, text)| put(&format!("pack/{path}"), &text))?;
    put("one/0.yaml", &manifest(0))?;
    (0..DOCUMENTS)
        .try_for_each(|number| put(&format!("many/{}/{number}.yaml", number / 500), &manifest(number)))
}

#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|it| it == "--write") {
        return write(Path::new(arguments.get(at + 1).map_or("rego-bench", |it| it)));
    }
    let timed = |what: &str, work: &mut dyn FnMut() -> usize| {
        let start = Instant::now();
        let found = work();
        println!("{what}: {:.1} ms ({found})", start.elapsed().as_secs_f64() * 1_000.0);
    };
    let order = Order {
        task: Task::Build,
        title: String::new(),
        namespaces: Vec::new(),
        files: (1..=RULES).map(rule).collect(),
    };
    timed("read, compiled and primed, native", &mut || answer(order.clone()).controls.len());
    timed("one document, first time, native", &mut || judge(1));
    timed("one document, native", &mut || judge(1));
    timed("10,000 documents, native", &mut || judge(DOCUMENTS));
    Ok(())
}
