//! The text of the contract. Bindings are generated from this folder: its own package is `palisade:worlds`, and `deps`
//! has the packages that it uses.

use wit_parser::{PackageId, Resolve};

/// The name and text of each package, dependencies first.
pub const PACKAGES: [(&str, &str); 8] = [
    ("types", include_str!("../deps/types/types.wit")),
    ("host", include_str!("../deps/host/host.wit")),
    ("parser", include_str!("../deps/parser/parser.wit")),
    ("pack", include_str!("../deps/pack/pack.wit")),
    ("detector", include_str!("../deps/detector/detector.wit")),
    ("provider", include_str!("../deps/provider/provider.wit")),
    ("notifier", include_str!("../deps/notifier/notifier.wit")),
    ("worlds", include_str!("../worlds.wit")),
];

/// All packages, and the package of the worlds.
///
/// # Errors
/// If a text is invalid.
pub fn resolve() -> Result<(Resolve, PackageId), String> {
    let mut resolve = Resolve::default();
    let mut last = Err("there is no package".to_owned());
    for (name, text) in PACKAGES {
        let pushed = resolve.push_source(&format!("{name}.wit"), text);
        last = Ok(pushed.map_err(|error| format!("{error:#}"))?);
    }
    last.map(|package| (resolve, package))
}
