//! Builtins and the language, held against what OPA documents. Cases and answers are written by us; a case whose
//! answer the engine does not give says so, and what it gives, under `gets`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "it is all tests, helpers too")]
#![expect(clippy::print_stdout, reason = "the tables of what passes are for a reader")]

mod case;
mod cases;
mod hostile;
mod table;
