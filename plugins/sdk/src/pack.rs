//! The world `pack`: a list of controls, and how they judge a batch.

use crate::control::ControlInfo;
use crate::related::Index;
use crate::rule::{Findings, Outcome, Subject};
use crate::tape::{Batch, ResourceView};
use crate::{CallError, Control, Diagnostic};

/// The kind in a control that judges every kind.
pub const EVERY_KIND: &str = "*";

/// A list of controls.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    /// The title for users.
    pub title: &'static str,
    /// The controls, in a fixed order.
    pub controls: &'static [&'static Control],
}

/// What to judge; see `palisade:pack`.
#[derive(Clone, Debug)]
pub struct Request {
    /// The resources.
    pub batch: Batch,
    /// Rows of the resources to judge.
    pub subjects: Vec<u32>,
    /// Indices of the controls to run.
    pub enabled: Vec<u32>,
    /// `control-id.name` and the value as JSON.
    pub parameters: Vec<(String, String)>,
    /// The environment's name.
    pub environment: String,
    /// Whether to list the passes.
    pub list_passed: bool,
}

/// All outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Failed and unknown outcomes.
    pub outcomes: Vec<Outcome>,
    /// Number of passes of each enabled control.
    pub passed: Vec<u32>,
    /// Control and resource of each pass, if requested.
    pub passes: Vec<(u32, u32)>,
    /// Messages about the input.
    pub diagnostics: Vec<Diagnostic>,
}

/// The interface of a component of the world `pack`. [`Pack`] implements it for controls in Rust.
pub trait Judge {
    /// The title for users.
    fn title(&self) -> String;
    /// Its controls, in a fixed order.
    fn controls(&self) -> Vec<ControlInfo>;
    /// Judges resources.
    fn judge(&self, request: &Request) -> Result<Judgement, CallError>;
}

impl Judge for Pack {
    fn title(&self) -> String {
        self.title.to_owned()
    }

    fn controls(&self) -> Vec<ControlInfo> {
        self.controls.iter().map(|it| it.describe()).collect()
    }

    fn judge(&self, request: &Request) -> Result<Judgement, CallError> {
        Ok(Pack::judge(self, request))
    }
}

impl Control {
    /// The node where the rule of this control starts in a resource; none if the resource is not a subject.
    pub fn start<'b>(&self, resource: ResourceView<'b>) -> Option<crate::Node<'b>> {
        let attribute = self.judges.iter().find_map(|it| it.start(resource));
        attribute.or_else(|| start(resource, self.kinds, self.shapes, self.formats))
    }
}

impl ControlInfo {
    /// The node where the rule of this control starts in a resource; none if the resource is not a subject.
    pub fn start<'b>(&self, resource: ResourceView<'b>) -> Option<crate::Node<'b>> {
        start(resource, &self.kinds, &self.shapes, &self.formats)
    }
}

fn start<'b, T: AsRef<str>>(
    resource: ResourceView<'b>,
    kinds: &[T],
    shapes: &[T],
    formats: &[T],
) -> Option<crate::Node<'b>> {
    let names = |names: &[T], name: &str| names.iter().any(|it| it.as_ref() == name);
    if !formats.is_empty() && !names(formats, resource.format()) {
        return None;
    }
    let of_kind = || names(kinds, resource.kind()) || names(kinds, EVERY_KIND);
    let shaped = shapes.iter().find_map(|shape| resource.shape(shape.as_ref()));
    shaped.or_else(|| of_kind().then(|| resource.root()))
}

impl Pack {
    /// Judges resources; the result is the same natively and in the sandbox.
    pub fn judge(&self, request: &Request) -> Judgement {
        let mut judgement = Judgement { passed: vec![0; request.enabled.len()], ..Judgement::default() };
        let related = Index::default();
        for row in &request.subjects {
            let Some(resource) = request.batch.resource(*row) else { continue };
            for (index, passed) in request.enabled.iter().zip(&mut judgement.passed) {
                let Some(control) = self.controls.get(*index as usize) else { continue };
                let Some(start) = control.start(resource) else { continue };
                let subject = Subject {
                    resource,
                    start,
                    parameters: &request.parameters,
                    control: control.id,
                    index: &related,
                };
                let before = judgement.outcomes.len();
                let mut findings = Findings {
                    outcomes: &mut judgement.outcomes,
                    control: *index,
                    resource: *row,
                    root: resource.root().index(),
                };
                control.rule.judge(control, &subject, &mut findings);
                if judgement.outcomes.len() == before {
                    *passed += 1;
                    if request.list_passed {
                        judgement.passes.push((*index, *row));
                    }
                }
            }
        }
        judgement
    }
}
