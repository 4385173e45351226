//! What a component of each world exports, and the plain types of the SDK turned into the contract's and back.
//! Plugin authors never look in here.

#[cfg(feature = "pack")]
pub mod pack;
#[cfg(feature = "parser")]
pub mod parser;
#[cfg(feature = "provider")]
pub mod provider;
