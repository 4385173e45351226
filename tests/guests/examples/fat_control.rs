//! Describes a control with 100,000 aliases. Each finding has the aliases of its control, so a host that accepted them
//! would pay for them with every finding. It must be refused.

use palisade_test_guests::pack::{Control, Info, Pack, control, info};

/// The guest.
#[derive(Debug)]
pub struct FatControl;

impl Pack for FatControl {
    const NAME: &'static str = "fat-control";

    fn describe() -> Info {
        let aliases = (0..100_000).map(|number| format!("alias-{number}")).collect();
        info(vec![Control { aliases, ..control(Self::NAME) }])
    }
}

palisade_test_guests::export_pack!(FatControl);
