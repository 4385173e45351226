//! Never returns from its start function, which runs before any call. It must be refused at the first call, `describe`.
#![expect(unsafe_code, reason = "the start function is found by its name")]

use palisade_test_guests::pack::Pack;

/// Called when an instance starts.
#[unsafe(no_mangle)]
pub extern "C" fn _initialize() {
    loop {
        std::hint::spin_loop();
    }
}

/// The guest.
#[derive(Debug)]
pub struct StartLoop;

impl Pack for StartLoop {
    const NAME: &'static str = "start-loop";
}

palisade_test_guests::export_pack!(StartLoop);
