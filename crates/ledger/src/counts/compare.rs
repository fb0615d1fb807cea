//! Counts beside those of an earlier time.

use std::collections::BTreeMap;

use footfall_calendar::with_offset;
use footfall_count::Direction;
use jiff::{Timestamp, ToSpan as _, ZonedDateTime};
use serde::{Serialize, Serializer};

use super::periods::{Micros, seconds};
use super::{Choice, Count, Query, RowKey, Span};
use crate::Period;
use crate::error::Error;
use crate::quarters::Part;
use crate::reader::{Range, Reader};

/// With which earlier time counts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// The week before: the same weekday, seven days earlier.
    Week,
    /// The year before: the same weekday of the same week, 52 weeks earlier; of a month, the same month.
    Year,
}

impl Compare {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Week, Self::Year];

    /// `week`, `year`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Year => "year",
        }
    }

    /// Whether periods of this kind have one in that earlier time.
    #[must_use]
    pub fn fits(self, by: Period) -> bool {
        self == Self::Year || by != Period::Month
    }

    /// The moment in the earlier time.
    fn earlier(self, at: Timestamp, query: &Query) -> Timestamp {
        let local = at.to_zoned_datetime(query.zone.clone());
        let span = match (self, query.by) {
            (Self::Week, _) => 1.week(),
            (Self::Year, Period::Month) => 1.year(),
            (Self::Year, _) => 52.weeks(),
        };
        local.checked_sub(span).map_or(at, |zoned| zoned.timestamp())
    }
}

/// A period's counts in an earlier time. None of them is known where nothing was recorded yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Before {
    /// Where that period begins.
    #[serde(serialize_with = "with_offset")]
    pub from: ZonedDateTime,
    /// Where it ends; of a period that is not over, as much of the earlier one as has passed of this one.
    #[serde(serialize_with = "with_offset")]
    pub to: ZonedDateTime,
    /// Crossings with direction `in`.
    #[serde(rename = "in")]
    pub entered: Option<u64>,
    /// Crossings with direction `out`.
    #[serde(rename = "out")]
    pub left: Option<u64>,
    /// Time in which at least one of the sources was not counted, in seconds.
    pub uncounted: Option<f64>,
    /// How many more came in now, as a share of then; none where nobody did.
    #[serde(serialize_with = "rounded")]
    pub change: Option<f64>,
}

#[allow(clippy::ref_option, reason = "serde asks for it")]
fn rounded<S: Serializer>(share: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    share.map(|share| (share * 1e4).round() / 1e4).serialize(serializer)
}

/// Which row of which period.
type Key = (Timestamp, RowKey);

impl Reader {
    /// As [`each_count`](Self::each_count), each with its [`Before`].
    ///
    /// # Errors
    /// As [`each_count`](Self::each_count).
    pub fn each_count_compared<E: From<Error>>(
        &self,
        query: &Query,
        with: Compare,
        mut take: impl FnMut(Count) -> Result<(), E>,
    ) -> Result<(), E> {
        self.as_of_one_moment(|| {
            let Some(whole) = self.extent(query)? else { return Ok(()) };
            let range = Range {
                from: Some(with.earlier(whole.from, query)),
                to: Some(with.earlier(whole.to, query)),
            };
            let earlier = Query { range, ..query.clone() };
            let known = self.recorded(&query.sources)?.map(|span| span.from);
            let mut before: BTreeMap<Key, (u64, u64, f64)> = BTreeMap::new();
            self.each_count(&earlier, |count| {
                let key = (count.from.timestamp(), RowKey { source: count.source, name: count.line });
                before.insert(key, (count.entered, count.left, count.uncounted));
                Ok::<_, E>(())
            })?;
            let now = Timestamp::now();
            self.each_count(query, |count| {
                let (from, to) = (count.from.timestamp(), count.to.timestamp());
                let start = query.by.floor(with.earlier(from, query), &query.zone);
                let is_under_way = from < now && now < to;
                let end =
                    if is_under_way { with.earlier(now, query) } else { query.by.next(start, &query.zone) };
                let row = RowKey { source: count.source.clone(), name: count.line.clone() };
                let numbers = if known.is_none_or(|known| end <= known) {
                    None
                } else if is_under_way {
                    Some(self.passed(query, &row, Span { from: start, to: end })?)
                } else {
                    before.get(&(start, row)).copied()
                };
                let local = |time: Timestamp| time.to_zoned_datetime(query.zone.clone());
                let change = numbers.filter(|then| then.0 > 0);
                let before = Before {
                    from: local(start),
                    to: local(end),
                    entered: numbers.map(|then| then.0),
                    left: numbers.map(|then| then.1),
                    uncounted: numbers.map(|then| then.2),
                    change: change.map(|then| count.entered as f64 / then.0 as f64 - 1.0),
                };
                take(Count { before: Some(before), ..count })
            })
        })
    }

    /// In, out and uncounted time of a row in a span that need not be a whole period.
    fn passed(&self, query: &Query, row: &RowKey, span: Span) -> Result<(u64, u64, f64), Error> {
        let rows = std::slice::from_ref(row);
        let mut choice = Choice::rows(rows, &query.lines, &query.sources);
        let marks = self.marked(Range { from: Some(span.from), to: Some(span.to) }, &query.sources)?;
        let (mut entered, mut left) = (0, 0);
        let (within, mut spots) = (Micros::from(span), self.spots()?);
        self.each_quarter(within, Part::CROSSINGS, &mut spots, |quarter, spots| {
            for passage in quarter.crossings.iter().filter(|p| p.at >= within.from && p.at < within.to) {
                let source = spots.get(passage.spot).map_or("", |spot| &spot.source_name);
                if !passage.counts()
                    || choice.place(passage.spot, spots).is_none()
                    || marks.has(passage.at, source)
                {
                    continue;
                }
                match passage.direction {
                    Direction::In => entered += 1,
                    Direction::Out => left += 1,
                }
            }
            Ok::<_, Error>(())
        })?;
        let sources = row.source.clone().map_or_else(|| query.sources.clone(), |source| vec![source]);
        let gaps = self.uncounted(Range { from: Some(span.from), to: Some(span.to) }, &sources)?;
        let uncounted = gaps.iter().map(|gap| {
            let gap = Micros::from(*gap);
            seconds(gap.from.max(within.from), gap.to.min(within.to)).max(0.0)
        });
        Ok((entered, left, uncounted.sum()))
    }
}
