//! Which spots a query is about, and what each of them is counted as.

use crate::quarters::{Spot, SpotId, SpotKind, Spots};

/// Tells of a spot its place among what is counted, if it has one. Each spot is looked up once.
#[derive(Debug)]
pub(crate) struct Choice<'q> {
    sources: &'q [String],
    names: Names<'q>,
    known: Vec<Place>,
}

/// What a row of counts is of: a source, a name, both, or all that there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowKey {
    pub(crate) source: Option<String>,
    pub(crate) name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    NotLookedUp,
    None,
    At(usize),
}

#[derive(Debug)]
enum Names<'q> {
    /// Each has a place of its own: in order, each once.
    Each(&'q [String]),
    /// All have one place; none: all that are in the totals.
    Sum(&'q [String]),
    /// All have one place; none: all that there are.
    Any(&'q [String]),
    /// Each row has a place of its own, of these names; none: of all, and where it names no line of all that are in
    /// the totals.
    Rows(&'q [RowKey], &'q [String]),
}

impl<'q> Choice<'q> {
    /// Each of `names`, which are in order and there once, is counted for itself; of `sources`, none: all.
    pub(crate) fn each_of(names: &'q [String], sources: &'q [String]) -> Self {
        Self { sources, names: Names::Each(names), known: Vec::new() }
    }

    /// All of `names` are counted together; without any, all that are in the totals.
    pub(crate) fn sum_of(names: &'q [String], sources: &'q [String]) -> Self {
        Self { sources, names: Names::Sum(names), known: Vec::new() }
    }

    /// All of `names`, none: all, whether they are in the totals or not.
    pub(crate) fn any_of(names: &'q [String], sources: &'q [String]) -> Self {
        Self { sources, names: Names::Any(names), known: Vec::new() }
    }

    /// Each of `rows` is counted for itself, as far as it is of `names`; without any, a row that names no line is of
    /// all that are in the totals.
    pub(crate) fn rows(rows: &'q [RowKey], names: &'q [String], sources: &'q [String]) -> Self {
        Self { sources, names: Names::Rows(rows, names), known: Vec::new() }
    }

    /// The place of a spot.
    pub(crate) fn place(&mut self, spot: SpotId, spots: &Spots) -> Option<usize> {
        let index = spot.0 as usize;
        if self.known.len() <= index {
            self.known.resize(index + 1, Place::NotLookedUp);
        }
        if self.known[index] == Place::NotLookedUp {
            self.known[index] = self.look_up(spot, spots).map_or(Place::None, Place::At);
        }
        match self.known[index] {
            Place::At(place) => Some(place),
            Place::None | Place::NotLookedUp => None,
        }
    }

    fn look_up(&self, spot: SpotId, spots: &Spots) -> Option<usize> {
        let spot = spots.get(spot)?;
        if !self.sources.is_empty() && !self.sources.contains(&spot.source_name) {
            return None;
        }
        match self.names {
            Names::Each(names) => names.binary_search(&spot.name).ok(),
            Names::Sum([]) => is_in_total(spot, spots).then_some(0),
            Names::Any([]) => Some(0),
            Names::Sum(names) | Names::Any(names) => names.contains(&spot.name).then_some(0),
            Names::Rows(rows, names) => rows.iter().position(|row| {
                let is_among = match &row.name {
                    Some(name) => *name == spot.name && (names.is_empty() || names.contains(name)),
                    None if names.is_empty() => is_in_total(spot, spots),
                    None => names.contains(&spot.name),
                };
                is_among && row.source.as_ref().is_none_or(|source| *source == spot.source_name)
            }),
        }
    }
}

/// Zones and gaps are.
fn is_in_total(spot: &Spot, spots: &Spots) -> bool {
    spot.kind != SpotKind::Line || spots.standing(spot).in_total
}
