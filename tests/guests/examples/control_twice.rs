//! Describes two controls with one id. It must be refused.

use palisade_test_guests::pack::{Info, Pack, control, info};

/// The guest.
#[derive(Debug)]
pub struct ControlTwice;

impl Pack for ControlTwice {
    const NAME: &'static str = "control-twice";

    fn describe() -> Info {
        info(vec![control(Self::NAME), control(Self::NAME)])
    }
}

palisade_test_guests::export_pack!(ControlTwice);
