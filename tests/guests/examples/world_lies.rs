//! A pack whose manifest declares the world `parser`. It must be refused.

#![cfg_attr(target_arch = "wasm32", expect(unsafe_code, reason = "what the bindings export"))]

#[expect(clippy::same_length_and_capacity, reason = "what the bindings are made of")]
mod generated {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "palisade:worlds/pack",
        generate_all,
    });
}

use generated::exports::palisade::pack::pack::{CallError, Guest, Info, Judgement, Request};

/// The guest.
#[derive(Debug)]
pub struct WorldLies;

impl Guest for WorldLies {
    fn describe() -> Info {
        Info { title: String::new(), controls: Vec::new() }
    }
    fn judge(_request: Request) -> Result<Judgement, CallError> {
        Err(CallError::Other("never asked".to_owned()))
    }
}

#[cfg(target_arch = "wasm32")]
generated::export!(WorldLies with_types_in generated);
