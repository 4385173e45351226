//! Origins of values: places with their causes and references.

use std::cell::RefCell;

use palisade_terraform_values::NO_ORIGIN;

use crate::files::FileId;
use crate::syntax::Span;

/// A row of [`Origins`].
pub(crate) type OriginId = u32;

/// A place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: FileId,
    pub(crate) span: Span,
    /// The outer place that decided it.
    pub(crate) parent: OriginId,
    /// A row of the evaluator's references, if the value comes from a resource.
    pub(crate) reference: u32,
}

impl Place {
    /// Whether it is in a range of a file.
    pub(crate) fn lies_in(&self, file: FileId, span: Span) -> bool {
        self.file == file && self.span.start >= span.start && self.span.end <= span.end
    }
}

/// All places that were added.
#[derive(Default)]
pub(crate) struct Origins(RefCell<Vec<Place>>);

impl Origins {
    /// Adds a place.
    pub(crate) fn add(&self, place: Place) -> OriginId {
        let mut all = self.0.borrow_mut();
        let id = u32::try_from(all.len()).unwrap_or(NO_ORIGIN);
        all.push(place);
        id
    }

    /// A place without causes.
    pub(crate) fn plain(&self, file: FileId, span: Span) -> OriginId {
        self.add(Place { file, span, parent: NO_ORIGIN, reference: NO_ORIGIN })
    }

    /// The place in this row.
    pub(crate) fn get(&self, id: OriginId) -> Option<Place> {
        self.0.borrow().get(id as usize).copied()
    }

    /// The first place among a place and its causes that is outside a range of a file.
    pub(crate) fn outside(&self, mut id: OriginId, file: FileId, span: Span) -> OriginId {
        while let Some(place) = self.get(id) {
            if !place.lies_in(file, span) {
                return id;
            }
            id = place.parent;
        }
        NO_ORIGIN
    }
}
