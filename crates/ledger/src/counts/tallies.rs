//! Ins and outs alone, by period, source and line.

use std::collections::BTreeMap;

use footfall_count::{Doubt, Tally};
use jiff::Timestamp;

use super::periods::{Micros, Periods};
use super::{Choice, Query, Span};
use crate::drawn::Standing;
use crate::error::Error;
use crate::quarters::{Part, Passage, SpotId, Spots};
use crate::reader::{Range, Reader};

/// One line's ins and outs in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodTally {
    /// Where the period begins.
    pub from: Timestamp,
    /// The source's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// Crossings, without those of staff.
    pub tally: Tally,
    /// What the line is for.
    pub standing: Standing,
    /// How far that is in doubt.
    pub doubt: Doubt,
}

impl Reader {
    /// Crossings without those of staff, or in time that is marked, by period, source and line, where there are any,
    /// whether they are in the totals or not; by time, then by source and line. Much less work than
    /// [`each_count`](Self::each_count): nobody is followed inside.
    ///
    /// # Errors
    /// As [`each_count`](Self::each_count).
    pub fn each_tally<E: From<Error>>(
        &self,
        query: &Query,
        mut take: impl FnMut(PeriodTally) -> Result<(), E>,
    ) -> Result<(), E> {
        self.as_of_one_moment(|| {
            let Some(whole) = self.extent(query)? else { return Ok(()) };
            let mut periods = Periods::new(query, whole)?;
            let mut spots = self.spots()?;
            let mut choice = Choice::any_of(&query.lines, &query.sources);
            let mut sums = Sums::default();
            let mut present: Option<Span> = None;
            let marks = self.marked(Range { from: Some(whole.from), to: Some(whole.to) }, &query.sources)?;
            let whole = Micros::from(whole);
            self.each_quarter(whole, Part::CROSSINGS, &mut spots, |quarter, spots| {
                for passage in quarter.crossings.iter().filter(|p| p.at >= whole.from && p.at < whole.to) {
                    let source = spots.get(passage.spot).map_or("", |spot| &spot.source_name);
                    let is_chosen = choice.place(passage.spot, spots).is_some();
                    if !passage.counts() || !is_chosen || marks.has(passage.at, source) {
                        continue;
                    }
                    while present.is_none_or(|present| present.to.as_microsecond() <= passage.at) {
                        sums.give(present, spots, &mut take)?;
                        present = periods.next();
                    }
                    sums.add(passage);
                }
                Ok::<_, E>(())
            })?;
            sums.give(present, &spots, &mut take)
        })
    }
}

/// Of each spot, in the present period.
#[derive(Default)]
struct Sums {
    by_spot: Vec<(Tally, Doubt)>,
    touched: Vec<SpotId>,
}

impl Sums {
    fn add(&mut self, passage: &Passage) {
        let index = passage.spot.0 as usize;
        if self.by_spot.len() <= index {
            self.by_spot.resize(index + 1, Default::default());
        }
        let (tally, doubt) = &mut self.by_spot[index];
        if *tally == Tally::default() {
            self.touched.push(passage.spot);
        }
        tally.add(passage.direction);
        doubt.add(passage.direction, passage.confidence.into(), passage.hidden.map(f64::from));
    }

    /// Gives what there is, under names: several recordings may have one.
    fn give<E>(
        &mut self,
        period: Option<Span>,
        spots: &Spots,
        take: &mut impl FnMut(PeriodTally) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(Span { from, .. }) = period else { return Ok(()) };
        let mut named: BTreeMap<(&str, &str, bool), (Tally, Doubt, Standing)> = BTreeMap::new();
        for id in self.touched.drain(..) {
            let (found, unsure) = std::mem::take(&mut self.by_spot[id.0 as usize]);
            let Some(spot) = spots.get(id) else { continue };
            let standing = spots.standing(spot);
            let key = (&*spot.source_name, &*spot.name, standing.in_total);
            let new = (Tally::default(), Doubt::default(), standing);
            let (tally, doubt, _) = named.entry(key).or_insert(new);
            tally.entered += found.entered;
            tally.left += found.left;
            doubt.absorb(unsure);
        }
        named.into_iter().try_for_each(|((source, line, _), (tally, doubt, standing))| {
            take(PeriodTally {
                from,
                source: source.to_owned(),
                line: line.to_owned(),
                tally,
                standing,
                doubt,
            })
        })
    }
}
