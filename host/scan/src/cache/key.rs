//! What a plugin is asked, as a key.

use palisade_catalog::{Capability, Plugin};
use palisade_domain::{Environment, Mount, Work};
use palisade_sandbox::{JudgeRequest, Pack, Parser};
use palisade_source::Digest;
use serde::Serialize;

/// Goes up when the host asks, checks or reads in another way than before, so that what was kept means something
/// else.
const MEANING: u32 = 5;

fn key(what: &impl Serialize) -> Option<Digest> {
    let bytes = postcard::to_allocvec(&(MEANING, env!("CARGO_PKG_VERSION"), what)).ok()?;
    Some(Digest::of(&bytes))
}

/// Who is asked. Bounds are part of it: an answer that a smaller one would have stopped must not come back.
fn parser_key<'a>(plugin: &'a Plugin, parser: &Parser) -> (&'a str, [u8; 32], String) {
    (&plugin.manifest.name, plugin.digest.0, format!("{:?}", parser.limits()))
}

/// Which units there are among these candidates.
pub(super) fn claim(
    plugin: &Plugin,
    parser: &Parser,
    candidates: &[String],
    formats: usize,
) -> Option<Digest> {
    key(&("claim", parser_key(plugin, parser), candidates, formats))
}

/// What a unit says.
pub(super) fn parse(
    plugin: &Plugin,
    parser: &Parser,
    work: &Work,
    mounts: &[Mount],
    environment: &Environment,
) -> Option<Digest> {
    key(&("parse", parser_key(plugin, parser), work, mounts, environment))
}

/// What a pack says of a batch, which is given by its digest, or of a part of it, which is given by its name. The
/// moment counts only for packs that may know it.
pub(super) fn judge(
    plugin: &Plugin,
    pack: &Pack,
    request: &JudgeRequest<'_>,
    batch: Digest,
    part: &str,
) -> Option<Digest> {
    let clock = plugin.manifest.reach().contains(&Capability::Clock);
    let moment = clock.then_some(request.moment.0);
    let pack = (&plugin.manifest.name, plugin.digest.0, format!("{:?}", pack.limits()), &pack.settings().0);
    let terms = (request.enabled, request.parameters, request.environment, request.list_passed, moment);
    key(&("judge", pack, terms, batch.0, part))
}

/// What is left of a scan that was asked for like this.
pub(crate) fn record(what: &impl Serialize) -> Option<Digest> {
    key(&("record", what))
}

/// A result that rests on these looks.
pub(super) fn result(of: Digest, looks: &impl Serialize) -> Option<Digest> {
    key(&("result", of.0, looks))
}
