//! Guests are untrusted: for any batch, nothing panics and everything ends.

use std::collections::BTreeSet;

use palisade_tape::{Batch, Builder};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::arbitrary::{anything, built, cells, number};
use crate::render;

/// Uses a batch like the host and a pack, without validation.
fn use_it(batch: &Batch, bits: u32) {
    render::walk_everything(batch);
    let some = batch.extract(&render::rows(batch, bits));
    render::walk_everything(&some);
    let mut rows: BTreeSet<u32> = render::rows(batch, u32::MAX);
    rows.extend([40, u32::MAX]);
    let mut builder = Builder::new();
    builder.append(batch, &rows);
    builder.append(&some, &rows);
    render::walk_everything(builder.batch());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn anything_at_all_ends(batch in anything(), bits in any::<u32>()) {
        let valid = batch.validate().is_ok();
        use_it(&batch, bits);
        if valid {
            prop_assert_eq!(batch.extract(&render::rows(&batch, bits)).validate(), Ok(()));
        }
    }

    #[test]
    fn one_wrong_number_ends(
        batch in built(),
        place in any::<Index>(),
        value in number(),
        kind in any::<u8>(),
        bits in any::<u32>(),
    ) {
        let mut batch = batch;
        let kinds = batch.nodes.kinds.len();
        let place = place.index(kinds + cells(&mut batch).len());
        if let Some(cell) = batch.nodes.kinds.get_mut(place) {
            *cell = kind % 10;
        } else {
            *cells(&mut batch)[place - kinds] = value;
        }
        if batch.validate().is_ok() {
            let rows = render::rows(&batch, bits);
            let part = batch.extract(&rows);
            prop_assert_eq!(part.validate(), Ok(()));
            let expected: Vec<String> =
                rows.iter().filter_map(|row| batch.resource(*row)).map(render::resource).collect();
            prop_assert_eq!(render::resources(&part), expected);
        }
        use_it(&batch, bits);
    }
}
