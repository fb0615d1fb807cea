//! What is scored: true passages beside counted ones.

use std::collections::BTreeMap;

use footfall_eval::counting::Passage;

/// One sequence's passages, a list a line.
#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) lines: BTreeMap<String, Pair>,
}

/// The passages of one line.
#[derive(Debug, Default)]
pub(super) struct Pair {
    pub(super) truth: Vec<Passage>,
    pub(super) counted: Vec<Passage>,
}
