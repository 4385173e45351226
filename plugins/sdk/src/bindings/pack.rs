//! The world `pack`.

use crate::control::Stricter;
use crate::pack as plain;
use crate::tape;

#[expect(clippy::same_length_and_capacity, reason = "generated")]
#[doc(hidden)]
pub mod generated {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "palisade:worlds/pack",
        generate_all,
        pub_export_macro: true,
        export_macro_name: "export_world",
        default_bindings_module: "palisade_sdk::bindings::pack::generated",
    });
}

use generated::exports::palisade::pack::pack as world;
use generated::palisade::host::log;
use generated::palisade::types::{core, tape as wire};

#[doc(hidden)]
pub use core::CallError;
#[doc(hidden)]
pub use world::{Guest, Info, Judgement, Request};

tape::convert_batch!(batch: wire => tape);

fn control(control: crate::control::ControlInfo) -> world::Control {
    let docs = control.docs;
    world::Control {
        id: control.id,
        title: docs.title,
        severity: match control.severity {
            crate::Severity::Low => core::Severity::Low,
            crate::Severity::Medium => core::Severity::Medium,
            crate::Severity::High => core::Severity::High,
            crate::Severity::Critical => core::Severity::Critical,
        },
        scope: match control.scope {
            crate::control::Scope::Component => world::Scope::Component,
            crate::control::Scope::Tree => world::Scope::Tree,
            crate::control::Scope::Document => world::Scope::Document,
        },
        subjects: control.kinds,
        shapes: control.shapes,
        related: control.related,
        formats: control.formats,
        aliases: control.aliases,
        policies: control.policies,
        docs: world::Docs {
            why: docs.why,
            impact: docs.impact,
            remedies: docs
                .remedies
                .into_iter()
                .map(|(format, text)| world::Remedy { format, text })
                .collect(),
            failing_example: docs.failing_example,
            passing_example: docs.passing_example,
        },
        parameters: control
            .parameters
            .into_iter()
            .map(|it| world::Parameter {
                name: it.name.to_owned(),
                title: it.title.to_owned(),
                schema: it.schema.to_owned(),
                default: it.default.to_owned(),
                stricter: match it.stricter {
                    Stricter::None => world::Stricter::None,
                    Stricter::Larger => world::Stricter::Larger,
                    Stricter::Smaller => world::Stricter::Smaller,
                    Stricter::FewerItems => world::Stricter::FewerItems,
                    Stricter::MoreItems => world::Stricter::MoreItems,
                },
            })
            .collect(),
        safe_fixes: control.safe_fixes,
    }
}

#[doc(hidden)]
pub fn describe(pack: &impl plain::Judge) -> Info {
    crate::log::install_panic_hook();
    Info { title: pack.title(), controls: pack.controls().into_iter().map(control).collect() }
}

#[doc(hidden)]
pub fn judge(pack: &impl plain::Judge, request: Request) -> Result<Judgement, CallError> {
    crate::log::install_panic_hook();
    let request = plain::Request {
        batch: batch(request.batch),
        subjects: request.subjects,
        enabled: request.enabled,
        parameters: request.parameters.into_iter().map(|it| (it.key, it.value)).collect(),
        environment: request.environment,
        list_passed: request.list_passed,
    };
    let judgement = pack.judge(&request).map_err(call_error)?;
    Ok(Judgement {
        outcomes: judgement
            .outcomes
            .into_iter()
            .map(|it| world::Outcome {
                control: it.control,
                resource: it.resource,
                node: it.node,
                related_nodes: it.related_nodes,
                kind: match it.kind {
                    crate::rule::Found::Failed => world::OutcomeKind::Failed,
                    crate::rule::Found::Unknown => world::OutcomeKind::Unknown,
                },
                instance: it.instance,
                message: it.message,
                fix: it.fix,
            })
            .collect(),
        passed: judgement.passed,
        passes: judgement
            .passes
            .into_iter()
            .map(|(control, resource)| world::Pass { control, resource })
            .collect(),
        diagnostics: judgement.diagnostics.into_iter().map(diagnostic).collect(),
    })
}

call_errors!();
diagnostics!();
log_lines!();

/// Makes the crate a component of the world `pack`. The argument is a path to a static [`Judge`](crate::pack::Judge),
/// usually a [`Pack`](crate::pack::Pack). Has no effect on native targets.
#[macro_export]
macro_rules! export_pack {
    ($pack:path) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::bindings::pack as palisade;
            struct Component;
            impl palisade::Guest for Component {
                fn describe() -> palisade::Info {
                    palisade::describe(&$pack)
                }
                fn judge(request: palisade::Request) -> Result<palisade::Judgement, palisade::CallError> {
                    palisade::judge(&$pack, request)
                }
            }
            $crate::bindings::pack::generated::export_world!(Component);
        };
    };
}
