//! What holds for all providers: the real adapters in the real sandbox, and a fake of each provider that checks every
//! request against the provider's own description.

mod bad_input;
mod canary;
mod crash;
mod end_to_end;
mod interface;
mod overwritten;
