//! Who is inside at some moment.

use footfall_count::Site;
use jiff::Timestamp;

use super::nights::Nights;
use super::periods::Micros;
use super::{Choice, Query};
use crate::error::Error;
use crate::quarters::Part;
use crate::reader::{Range, Reader};

impl Reader {
    /// How many are inside right before `moment`, by the lines, sources, time zone and reset of `query`: those
    /// who have come in since nobody was, less those who have left.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn inside(&self, query: &Query, moment: Timestamp) -> Result<u64, Error> {
        self.as_of_one_moment(|| {
            let nights = query.reset.map(|time| Nights::before(moment, time, &query.zone));
            let since = nights.map_or(i64::MIN, |nights| nights.next().as_microsecond());
            let range = Micros { from: since, to: moment.as_microsecond() };
            let mut spots = self.spots()?;
            let mut choice = Choice::sum_of(&query.lines, &query.sources);
            let marks = self.marked(Range { from: None, to: Some(moment) }, &query.sources)?;
            let mut site = Site::default();
            self.each_quarter(range, Part::CROSSINGS, &mut spots, |quarter, spots| {
                let within = quarter.crossings.iter().filter(|p| p.at >= range.from && p.at < range.to);
                for passage in within.filter(|passage| passage.counts()) {
                    let source = spots.get(passage.spot).map_or("", |spot| &spot.source_name);
                    if choice.place(passage.spot, spots).is_some() && !marks.has(passage.at, source) {
                        site.add(passage.direction);
                    }
                }
                Ok::<_, Error>(())
            })?;
            Ok(site.inside)
        })
    }
}
