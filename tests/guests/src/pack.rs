//! A well-behaved pack.

pub use palisade_sdk::bindings::pack::generated::exports::palisade::pack::pack::{
    Control, Docs, Outcome, OutcomeKind, Parameter, Pass, Scope, Stricter,
};
pub use palisade_sdk::bindings::pack::generated::palisade::host::{clock, log, settings};
pub use palisade_sdk::bindings::pack::generated::palisade::types::core::Severity;
pub use palisade_sdk::bindings::pack::{CallError, Guest, Info, Judgement, Request};

/// An index that refers to nothing.
pub const NONE: u32 = u32::MAX;

/// A well-behaved pack, of which a guest overrides a part.
pub trait Pack {
    /// The id of its one control. No two packs may share one.
    const NAME: &'static str;

    /// Describes the pack.
    fn describe() -> Info {
        info(vec![control(Self::NAME)])
    }

    /// Judges the subjects.
    fn judge(request: Request) -> Result<Judgement, CallError> {
        Ok(nothing(&request))
    }
}

/// A pack with these controls.
pub fn info(controls: Vec<Control>) -> Info {
    Info { title: "A guest of the tests".to_owned(), controls }
}

/// A control over pods and deployments.
pub fn control(id: &str) -> Control {
    Control {
        id: id.to_owned(),
        title: "A control of the tests".to_owned(),
        severity: Severity::High,
        scope: Scope::Component,
        subjects: vec!["Pod".to_owned(), "Deployment".to_owned()],
        shapes: Vec::new(),
        related: Vec::new(),
        formats: Vec::new(),
        aliases: Vec::new(),
        policies: Vec::new(),
        docs: Docs {
            why: String::new(),
            impact: String::new(),
            remedies: Vec::new(),
            failing_example: String::new(),
            passing_example: String::new(),
        },
        parameters: Vec::new(),
        safe_fixes: Vec::new(),
    }
}

/// A judgement without outcomes.
pub fn nothing(request: &Request) -> Judgement {
    Judgement {
        outcomes: Vec::new(),
        passed: vec![0; request.enabled.len()],
        passes: Vec::new(),
        diagnostics: Vec::new(),
    }
}

/// A judgement with one outcome.
pub fn one(request: &Request, outcome: Outcome) -> Judgement {
    Judgement { outcomes: vec![outcome], ..nothing(request) }
}

/// A violation of the first control by the first subject.
pub fn outcome(request: &Request) -> Outcome {
    Outcome {
        control: request.enabled.first().copied().unwrap_or_default(),
        resource: request.subjects.first().copied().unwrap_or_default(),
        node: NONE,
        related_nodes: Vec::new(),
        kind: OutcomeKind::Failed,
        instance: String::new(),
        message: String::new(),
        fix: None,
    }
}

/// Makes an example a component of the world `pack`. Has no effect in a native build.
#[macro_export]
macro_rules! export_pack {
    ($pack:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::pack::{CallError, Guest, Info, Judgement, Pack, Request};
            struct Component;
            impl Guest for Component {
                fn describe() -> Info {
                    palisade_sdk::log::install_panic_hook();
                    <$pack as Pack>::describe()
                }
                fn judge(request: Request) -> Result<Judgement, CallError> {
                    palisade_sdk::log::install_panic_hook();
                    <$pack as Pack>::judge(request)
                }
            }
            palisade_sdk::bindings::pack::generated::export_world!(Component);
        };
    };
}
