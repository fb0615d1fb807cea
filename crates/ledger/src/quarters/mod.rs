//! The entries of each quarter of an hour, kept ready for counting up.
//!
//! A report over years goes through every crossing of these years, and a row of the table of entries costs
//! microseconds. So what counts of the entries is kept a second time: in order of time, 16 bytes for each,
//! those of a quarter in one row. They are the same crossings, and so every period of every time zone, every
//! choice of lines and sources and every sum comes out as from the entries, to the last bit.
//!
//! Triggers in the database mark a quarter as stale in the very transaction that adds to it, takes from it
//! or changes it, whoever does so. Readers take a stale quarter's entries instead, and the writer sums it up
//! again once it has gone on to the next one. So quarters never say anything else than the entries, and a
//! crossing costs one mark.

mod check;
mod gather;
mod kept;
mod mark;
mod read;
mod seal;
mod spots;

pub(crate) use check::check;
pub(crate) use mark::{Aside, Coming, Company, Passage, Stretch};
pub(crate) use read::{Part, Telling, bounds, each, meet, tells};
pub(crate) use seal::{rebuild, seal, seal_all, spots_now};
pub(crate) use spots::{Spot, SpotId, SpotKind, Spots};

/// Microseconds in a quarter of an hour.
pub(crate) const QUARTER: i64 = 900_000_000;

/// The quarter that `utc` lies in: where it begins, in microseconds since 1970-01-01 UTC.
pub(crate) fn floor(utc: i64) -> i64 {
    utc.saturating_sub(utc.rem_euclid(QUARTER))
}

/// What is counted of one quarter of an hour.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Quarter {
    /// Where it begins, in microseconds since 1970-01-01 UTC.
    pub(crate) start: i64,
    /// Crossings, by time, then in the order in which they were written down.
    pub(crate) crossings: Vec<Passage>,
    /// Stays in zones that began in it, likewise.
    pub(crate) visits: Vec<Stretch>,
    /// Time that began in it and was not counted: for each spot spans that neither touch nor overlap; by
    /// spot, then by time.
    pub(crate) gaps: Vec<Stretch>,
    /// Groups of which the first came in it, by time, then in the order in which they were written down.
    pub(crate) companies: Vec<Company>,
    /// The least and the greatest place in the sequence of its crossings without those of staff.
    pub(crate) bounds: Option<(i64, i64)>,
}

impl Quarter {
    fn is_empty(&self) -> bool {
        self.crossings.is_empty()
            && self.visits.is_empty()
            && self.gaps.is_empty()
            && self.companies.is_empty()
    }

    fn tells_comings(&self) -> bool {
        self.crossings.iter().any(|passage| passage.coming != Coming::Unknown)
    }
}
