//! Builtins and the language, held against what OPA documents. Cases and answers are written by us; a case whose
//! answer the engine does not give says so, and what it gives, under `gets`.

mod case;
mod cases;
mod hostile;
mod table;
