//! Tests of builtins and the language against OPA's documentation. We wrote the cases and results; a case where the
//! engine deviates has the engine's result under `gets`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "it is all tests, helpers too")]
#![expect(clippy::print_stdout, reason = "the tables of what passes are for a reader")]

mod case;
mod cases;
mod hostile;
mod table;
