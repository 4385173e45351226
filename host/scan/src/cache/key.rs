//! Keys of the cache: the input of a call of a plugin.

use palisade_catalog::{Capability, Plugin};
use palisade_domain::{Environment, Mount, Work};
use palisade_sandbox::{JudgeRequest, Pack, Parser};
use palisade_source::Digest;
use serde::Serialize;

/// Must be increased when the host asks, checks or reads in another way, so that older entries are not used.
const MEANING: u32 = 5;

fn key(what: &impl Serialize) -> Option<Digest> {
    let bytes = postcard::to_allocvec(&(MEANING, env!("CARGO_PKG_VERSION"), what)).ok()?;
    Some(Digest::of(&bytes))
}

/// The plugin that is called. Its limits are part of the key: an answer that a smaller limit would have stopped must
/// not be used.
fn parser_key<'a>(plugin: &'a Plugin, parser: &Parser) -> (&'a str, [u8; 32], String) {
    (&plugin.manifest.name, plugin.digest.0, format!("{:?}", parser.limits()))
}

/// Key of a call that claims units among these candidates.
pub(super) fn claim(
    plugin: &Plugin,
    parser: &Parser,
    candidates: &[String],
    formats: usize,
) -> Option<Digest> {
    key(&("claim", parser_key(plugin, parser), candidates, formats))
}

/// Key of a call that parses a unit.
pub(super) fn parse(
    plugin: &Plugin,
    parser: &Parser,
    work: &Work,
    mounts: &[Mount],
    environment: &Environment,
) -> Option<Digest> {
    key(&("parse", parser_key(plugin, parser), work, mounts, environment))
}

/// Key of a call that judges a batch, given by its digest, or a part of it, given by name. The clock is part of the key
/// only for packs that may read it.
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

/// Key of the record of a scan with these settings.
pub(crate) fn record(what: &impl Serialize) -> Option<Digest> {
    key(&("record", what))
}

/// Key of a result that depends on these looks.
pub(super) fn result(of: Digest, looks: &impl Serialize) -> Option<Digest> {
    key(&("result", of.0, looks))
}
