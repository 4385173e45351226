//! The component that runs a folder of Rego.
//!
//! It is built once, as a core module without a folder. When it gets one (`export`), it reads it with `palisade-rego`
//! and evaluates every control once with an empty input, so that the engine is prepared; its memory then becomes the
//! pack. As a pack it describes the folder's controls (`describe`) and judges (`judge`): a resource or document becomes
//! the `input` of a rule (`input`), and the path that a result names becomes a place in a file (`place`).

mod describe;
mod export;
mod input;
mod judge;
mod place;

use std::cell::RefCell;

use palisade_rego::{Program, Settings};
use palisade_sdk::CallError;
use palisade_sdk::control::ControlInfo;
use palisade_sdk::pack::{Judge, Judgement, Request};

pub use export::answer;

/// The loaded folder.
#[derive(Default)]
struct Loaded {
    title: String,
    program: Option<Program>,
}

thread_local! {
    /// The folder of this pack. A guest has only one thread.
    static LOADED: RefCell<Loaded> = RefCell::default();
}

/// A pack written in Rego.
#[derive(Clone, Copy, Debug)]
pub struct Rego;

impl Judge for Rego {
    fn title(&self) -> String {
        LOADED.with_borrow(|loaded| loaded.title.clone())
    }

    fn controls(&self) -> Vec<ControlInfo> {
        LOADED.with_borrow(|loaded| {
            let controls = loaded.program.iter().flat_map(Program::controls);
            controls.map(describe::control).collect()
        })
    }

    fn judge(&self, request: &Request) -> Result<Judgement, CallError> {
        LOADED.with_borrow_mut(|loaded| match &mut loaded.program {
            Some(program) => Ok(judge::judge(program, request)),
            None => {
                Err(CallError::Other("it has read no folder: build it with `palisade pack build`".to_owned()))
            }
        })
    }
}

/// The settings for reading folders: all available builtins are enabled.
fn settings() -> Settings {
    let register = |engine: &mut regorus::Engine| {
        palisade_rego_builtins::register(engine).map_err(|error| error.to_string())
    };
    Settings {
        extensions: palisade_rego_builtins::extensions(),
        register: Some(register),
        ..Settings::default()
    }
}

palisade_sdk::export_pack!(Rego);
