//! What was counted, against what has happened.

use std::collections::{BTreeMap, HashSet};

use footfall_count::Direction;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Event, Kind, Period, Query, Range, Reader, Seq};

use crate::calendar::Calendar;

/// In and out.
type Sums = BTreeMap<Timestamp, [u64; 2]>;

/// What has happened while somebody looked on, and how far it was compared.
#[derive(Default)]
pub(crate) struct Truth {
    /// The identities of all crossings in the ledger, also of those that are old and gone.
    pub(crate) identities: HashSet<String>,
    /// Those that passed in each hour, by a clock that is never wrong.
    hours: Sums,
    /// How far the ledger was read.
    position: Option<Seq>,
    /// Up to when times were compared.
    compared: Option<Timestamp>,
    /// How many hours and days were, in which anybody passed.
    pub(crate) compared_hours: usize,
    pub(crate) compared_days: usize,
}

impl Truth {
    /// A life that began at `begin` is over, in which `said` was said last: what it has left in the ledger is who
    /// has passed since, each once and in order. Gives the last one.
    pub(crate) fn add(&mut self, reader: &Reader, calendar: &Calendar, begin: Timestamp, said: u64) -> u64 {
        let mut numbers = Vec::new();
        loop {
            let position = self.position.unwrap_or(Seq(0));
            let rows = reader.entries_after(position, &Kind::ALL, 5000).unwrap();
            let Some(last) = rows.last() else { break };
            self.position = Some(last.seq);
            for row in rows {
                if let Event::Crossing { track, .. } = row.event {
                    numbers.push(track);
                    assert!(self.identities.insert(row.id.to_string()), "{track} is there twice");
                }
            }
        }
        let last = numbers.last().copied().unwrap();
        assert!((said..=said + 1).contains(&last), "{said} was said last, {last} is there");
        let passed: Vec<_> = calendar.passages(begin, last).collect();
        assert!(
            numbers.iter().eq(passed.iter().map(|passage| &passage.number)),
            "after {begin}, up to {last}"
        );
        for passage in passed {
            let hour = hour_of(passage.at);
            self.hours.entry(hour).or_default()[usize::from(passage.direction == Direction::Out)] += 1;
        }
        last
    }

    /// Since the last time, hour by hour and day by day.
    pub(crate) fn compare(&mut self, reader: &Reader, calendar: &Calendar, until: Timestamp) {
        let from = self.compared.unwrap_or_else(|| calendar.start_of(0));
        let zone = calendar.zone();
        let (from, until) = (day_of(from, &zone), day_of(until, &zone));
        let hours: Sums = self.hours.range(from..until).map(|(hour, sums)| (*hour, *sums)).collect();
        let mut days = Sums::new();
        for (hour, sums) in &hours {
            let day = days.entry(day_of(*hour, &zone)).or_default();
            *day = [day[0] + sums[0], day[1] + sums[1]];
        }
        for (by, truth, compared) in
            [(Period::Hour, hours, &mut self.compared_hours), (Period::Day, days, &mut self.compared_days)]
        {
            let range = Range { from: Some(from), to: Some(until) };
            let counts = reader.counts(&Query { range, by, zone: zone.clone(), ..Query::default() }).unwrap();
            let found = counts.iter().map(|count| (count.from.timestamp(), [count.entered, count.left]));
            let found: Sums = found.filter(|(_, sums)| *sums != [0, 0]).collect();
            let wrong: Vec<_> = truth
                .iter()
                .filter(|(at, sums)| found.get(at) != Some(sums))
                .map(|(at, sums)| (at, sums, found.get(at)))
                .collect();
            assert!(wrong.is_empty() && found.len() == truth.len(), "{by:?}: {wrong:?}");
            *compared += truth.len();
        }
        self.compared = Some(until);
    }

    /// How many have passed since.
    pub(crate) fn passed_since(&self, from: Timestamp) -> u64 {
        self.hours.range(from..).map(|(_, sums)| sums[0] + sums[1]).sum()
    }
}

/// When the hour began that it is in: zones of whole hours have their hours where UTC has them.
fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(3600) * 3600).unwrap()
}

/// When the day began that it is in.
fn day_of(at: Timestamp, zone: &TimeZone) -> Timestamp {
    at.to_zoned_datetime(zone.clone()).start_of_day().unwrap().timestamp()
}
