//! Judges: converts a resource or document to an input, and the results of rules to outcomes.

use std::collections::BTreeSet;
use std::rc::Rc;

use palisade_rego::{Control, Dialect, Found, Program, Scope, Step};
use palisade_sdk::pack::{Judgement, Request};
use palisade_sdk::rule::{Found as Kind, Outcome};
use palisade_sdk::tape::{NONE, Relations};
use palisade_sdk::{Diagnostic, Level, Node, ResourceView};

use crate::describe::{self, scope};
use crate::input::{self, Input};
use crate::place;

pub(crate) fn judge(program: &mut Program, request: &Request) -> Judgement {
    let mut judgement = Judgement { passed: vec![0; request.enabled.len()], ..Judgement::default() };
    let enabled = request.enabled.iter().map(|index| Some(program.controls().get(*index as usize)?.clone()));
    let enabled: Vec<_> = enabled.map(|it| it.map(|it| (describe::control(&it), it))).collect();
    let relations = Relations::of(&request.batch);
    // One diagnostic for each failing control is enough: its outcomes name each resource.
    let mut failed = BTreeSet::new();
    for row in &request.subjects {
        let Some(resource) = request.batch.resource(*row) else { continue };
        let mut inputs = Inputs { resource, relations: &relations, config: None };
        for ((index, enabled), passed) in request.enabled.iter().zip(&enabled).zip(&mut judgement.passed) {
            let Some((info, control)) = enabled else { continue };
            if info.start(resource).is_none() {
                continue;
            }
            let input = inputs.of(control, &info.shapes);
            let question =
                Question { control, index: *index, resource, relations: &relations, input: &input };
            let (outcomes, diagnostic) = question.ask(program);
            judgement
                .diagnostics
                .extend(diagnostic.filter(|it| it.level != Level::Error || failed.insert(*index)));
            if outcomes.is_empty() {
                *passed += 1;
                if request.list_passed {
                    judgement.passes.push((*index, *row));
                }
            }
            judgement.outcomes.extend(outcomes);
        }
    }
    judgement
}

/// The inputs of controls for one resource; an input that several controls share is built once.
struct Inputs<'b> {
    resource: ResourceView<'b>,
    relations: &'b Relations,
    config: Option<Rc<Input>>,
}

impl Inputs<'_> {
    fn of(&mut self, control: &Control, shapes: &[String]) -> Rc<Input> {
        if control.dialect == Dialect::Own && scope(control) != Scope::Document {
            return Rc::new(input::resource(self.resource, shapes, self.relations));
        }
        Rc::clone(self.config.get_or_insert_with(|| Rc::new(input::config(self.resource))))
    }
}

/// One control for one resource.
struct Question<'b> {
    control: &'b Control,
    index: u32,
    resource: ResourceView<'b>,
    relations: &'b Relations,
    input: &'b Input,
}

impl Question<'_> {
    fn ask(&self, program: &mut Program) -> (Vec<Outcome>, Option<Diagnostic>) {
        let Self { control, input, .. } = self;
        let verdict = match program.judge(self.index as usize, &input.value) {
            Ok(verdict) => verdict,
            Err(failure) => {
                let message = format!("the rule could not be evaluated: {}", failure.what);
                let diagnostic =
                    self.diagnostic(Level::Error, "rego-rule-failed", format!("{}: {message}", control.id));
                return (vec![self.outcome(Kind::Unknown, NONE, message)], Some(diagnostic));
            }
        };
        if let Some(unknown) = self.hangs_on() {
            // With another value there, the result might be different in either case.
            return (vec![self.outcome(Kind::Unknown, unknown.0, unknown.1)], None);
        }
        if verdict.excepted && !verdict.found.is_empty() {
            let text = format!(
                "{}: {} found, and excepted by the pack's `exception`",
                control.id,
                verdict.found.len()
            );
            return (Vec::new(), Some(self.diagnostic(Level::Note, "rego-exception", text)));
        }
        (verdict.found.into_iter().map(|found| self.violation(found)).collect(), None)
    }

    fn violation(&self, found: Found) -> Outcome {
        let title = &self.control.metadata.title;
        let mut message = if found.message.is_empty() { title.clone() } else { found.message };
        let place = |path: &[Step]| place::node(self.control, self.resource, self.relations, path);
        let node = found.path.as_deref().map_or(NONE, &place);
        if found.path.is_none() {
            message.push_str(" (the rule names no place)");
        }
        let mut related_nodes: Vec<u32> = found
            .others
            .iter()
            .map(|path| place(path))
            .filter(|other| *other != NONE && *other != node)
            .collect();
        related_nodes.dedup();
        Outcome { related_nodes, instance: found.instance, ..self.outcome(Kind::Failed, node, message) }
    }

    /// An unknown value that the control reads: its node, and the message.
    fn hangs_on(&self) -> Option<(u32, String)> {
        let reads = self.control.reads();
        let anything = self.control.reads_all();
        if self.input.cut {
            return Some((NONE, "depends on values that cannot be known".to_owned()));
        }
        let named = self.control.names();
        let touched = |path: &[Step]| {
            anything
                || reads.iter().any(|pattern| touches(pattern, path))
                // What is below a named place is read where the name is used, or not at all.
                || named.iter().any(|pattern| path.len() <= pattern.len() && touches(pattern, path))
        };
        let (_, node) = self.input.unknowns.iter().find(|(path, _)| touched(path))?;
        let batch = self.resource.batch();
        let message = match Node::new(batch, *node).as_unknown() {
            Some(unknown) => format!(
                "depends on `{}`, which cannot be known: {}",
                batch.text(unknown.expression),
                batch.text(unknown.reason)
            ),
            None => "depends on a value that cannot be known".to_owned(),
        };
        Some((*node, message))
    }

    fn outcome(&self, kind: Kind, node: u32, message: String) -> Outcome {
        Outcome {
            control: self.index,
            resource: self.resource.row(),
            node,
            related_nodes: Vec::new(),
            kind,
            instance: String::new(),
            message,
            fix: None,
        }
    }

    fn diagnostic(&self, level: Level, code: &str, message: String) -> Diagnostic {
        let span = self.resource.origin().map(palisade_sdk::Span::from);
        Diagnostic { level, code: code.to_owned(), message, path: self.resource.path().to_owned(), span }
    }
}

/// Whether a read of a rule is at, above or below a place.
fn touches(pattern: &[Option<Step>], path: &[Step]) -> bool {
    pattern.iter().zip(path).all(|(read, step)| read.as_ref().is_none_or(|read| read == step))
}
