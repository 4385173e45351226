//! YAML for `yamlencode` and `yamldecode`.

mod read;
mod scalar;
mod write;

pub(crate) use read::decode;
pub(crate) use write::encode;
