//! The native syntax, read by hcl-edit.
