//! YAML, as `yamlencode` writes and `yamldecode` reads it.

mod read;
mod scalar;
mod write;

pub(crate) use read::decode;
pub(crate) use write::encode;
