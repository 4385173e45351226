//! Describes eleven thousand controls. It must be refused.

use palisade_test_guests::pack::{Info, Pack, control, info};

/// The guest.
#[derive(Debug)]
pub struct ControlsFlood;

impl Pack for ControlsFlood {
    const NAME: &'static str = "controls-flood";

    fn describe() -> Info {
        info((0..11_000).map(|number| control(&format!("flood-{number}"))).collect())
    }
}

palisade_test_guests::export_pack!(ControlsFlood);
