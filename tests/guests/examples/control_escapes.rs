//! Describes a control whose id would clear the terminal. It must be refused with a harmless message.

use palisade_test_guests::pack::{Info, Pack, control, info};

/// The guest.
#[derive(Debug)]
pub struct ControlEscapes;

impl Pack for ControlEscapes {
    const NAME: &'static str = "control-escapes";

    fn describe() -> Info {
        info(vec![control("\u{1b}[2J")])
    }
}

palisade_test_guests::export_pack!(ControlEscapes);
