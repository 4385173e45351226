//! Terraform's functions (the language's *Built-in Functions* pages), a family a file.
