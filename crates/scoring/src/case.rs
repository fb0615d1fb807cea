//! What is scored: true passages beside counted ones.

use std::collections::BTreeMap;

use footfall_eval::counting::Passage;

/// One sequence's passages, a list a line.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) lines: BTreeMap<String, Pair>,
}

/// The passages of one line.
#[derive(Debug, Default)]
pub(crate) struct Pair {
    pub(crate) truth: Vec<Passage>,
    pub(crate) counted: Vec<Passage>,
}
