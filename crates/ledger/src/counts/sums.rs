//! Passages, stays and gaps, added up by period and line.

use std::collections::BTreeMap;

use footfall_count::{CountInterval, Direction, Site};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Span;
use super::nights::Nights;
use super::query::{Count, Passage, Query};

/// The sums so far.
pub(super) struct Sums<'a> {
    zone: &'a TimeZone,
    periods: Vec<Span>,
    pub(super) nights: Option<Nights>,
    per_line: bool,
    lines: BTreeMap<Option<String>, LineSums>,
    /// Number and total seconds of stays, by period.
    visits: Vec<(u64, f64)>,
    /// Whether visitors were told apart anywhere.
    knows_visitors: bool,
}

/// One line's sums, or those of all lines together.
struct LineSums {
    site: Site,
    counts: Vec<Tallied>,
    /// The period in which the last thing happened.
    at: Option<usize>,
}

#[derive(Clone, Copy, Default)]
struct Tallied {
    entered: u64,
    left: u64,
    doubt: (f64, f64),
    occupancy: u64,
    peak: u64,
    drift: (u64, u64),
    /// Those who came first, and again, of those of whom it is known.
    comings: (u64, u64),
    staff: u64,
}

impl<'a> Sums<'a> {
    pub(super) fn new(query: &'a Query, periods: Vec<Span>, lines: Vec<Option<String>>) -> Self {
        let count = periods.len();
        let start = periods.first().map_or(Timestamp::MIN, |first| first.from);
        let fresh = || LineSums { site: Site::default(), counts: vec![Tallied::default(); count], at: None };
        Self {
            zone: &query.zone,
            nights: query.reset.map(|time| Nights::before(start, time, &query.zone)),
            per_line: query.per_line,
            lines: lines.into_iter().map(|line| (line, fresh())).collect(),
            visits: vec![(0, 0.0); count],
            knows_visitors: false,
            periods,
        }
    }

    /// The period that `time` lies in; `None` before the first one.
    fn index(&self, time: Timestamp) -> Option<usize> {
        self.periods.partition_point(|period| period.from <= time).checked_sub(1)
    }

    pub(super) fn pass(&mut self, passage: &Passage) {
        self.reset_until(passage.at);
        let index = self.index(passage.at);
        self.knows_visitors |= passage.coming.is_some() && index.is_some();
        let line = if self.per_line { Some(passage.line.clone()) } else { None };
        if let Some(sums) = self.lines.get_mut(&line) {
            sums.go_to(index);
            sums.pass(passage);
        }
    }

    fn reset_until(&mut self, time: Timestamp) {
        while let Some(night) = self.nights.as_ref().map(Nights::next).filter(|&night| night <= time) {
            let index = self.index(night);
            for sums in self.lines.values_mut() {
                sums.go_to(index);
                sums.reset(index.is_some_and(|index| self.periods[index].from == night));
            }
            self.nights.as_mut().map(Nights::advance);
        }
    }

    pub(super) fn visit(&mut self, span: Span) {
        if let Some((count, seconds)) = self.index(span.from).and_then(|index| self.visits.get_mut(index)) {
            *count += 1;
            *seconds += span.to.duration_since(span.from).as_secs_f64();
        }
    }

    pub(super) fn finish(mut self, uncounted: &[Span]) -> Vec<Count> {
        if let Some(last) = self.periods.last().map(|last| last.to) {
            self.reset_until(last.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(last));
        }
        let last = self.periods.len().checked_sub(1);
        for sums in self.lines.values_mut() {
            sums.go_to(last);
        }
        let mut counts = Vec::with_capacity(self.periods.len() * self.lines.len());
        let mut next = 0;
        for (index, &period) in self.periods.iter().enumerate() {
            next += uncounted[next..].iter().take_while(|span| span.to <= period.from).count();
            let here = uncounted[next..].iter().take_while(|span| span.from < period.to);
            let seconds = here.map(|span| span.seconds_in(period)).fold(0.0, |sum, seconds| sum + seconds);
            for (line, sums) in &self.lines {
                counts.push(self.count(line.as_ref(), index, &sums.counts[index], seconds));
            }
        }
        counts
    }

    fn count(&self, line: Option<&String>, index: usize, tallied: &Tallied, uncounted: f64) -> Count {
        let (visits, seconds) = self.visits[index];
        let entered = interval(tallied.entered, tallied.doubt.0);
        let left = interval(tallied.left, tallied.doubt.1);
        let local = |time: Timestamp| time.to_zoned_datetime(self.zone.clone());
        Count {
            line: line.cloned(),
            from: local(self.periods[index].from),
            to: local(self.periods[index].to),
            entered: tallied.entered,
            entered_low: entered.low,
            entered_high: entered.high,
            entered_doubt: tallied.doubt.0,
            left: tallied.left,
            left_low: left.low,
            left_high: left.high,
            left_doubt: tallied.doubt.1,
            occupancy: tallied.occupancy,
            peak: tallied.peak,
            came_unseen: tallied.drift.0,
            left_unseen: tallied.drift.1,
            visitors: self.knows_visitors.then_some(tallied.comings.0),
            staff: tallied.staff,
            again: self.knows_visitors.then_some(tallied.comings.1),
            visits,
            dwell: (visits > 0).then(|| seconds / visits as f64),
            uncounted,
        }
    }
}

/// Nobody counted is nobody; else what the crossings' confidence leaves open.
fn interval(count: u64, doubt: f64) -> CountInterval {
    if count == 0 { CountInterval { low: 0, high: 0 } } else { CountInterval::of(count, doubt) }
}

impl LineSums {
    /// Closes the periods before `index`, each with those who were inside all through it.
    fn go_to(&mut self, index: Option<usize>) {
        let Some(index) = index else { return };
        let first = self.at.map_or(0, |at| at + 1);
        for count in self.counts.iter_mut().take(index + 1).skip(first) {
            count.occupancy = self.site.inside;
            count.peak = self.site.inside;
        }
        self.at = Some(self.at.map_or(index, |at| at.max(index)));
    }

    fn pass(&mut self, passage: &Passage) {
        if passage.is_staff {
            if let Some(count) = self.at.and_then(|at| self.counts.get_mut(at)) {
                count.staff += 1;
            }
            return;
        }
        let unexplained = self.site.unexplained;
        self.site.add(passage.direction);
        let Some(count) = self.at.and_then(|at| self.counts.get_mut(at)) else { return };
        let lack = 1.0 - passage.confidence.clamp(0.0, 1.0);
        match passage.direction {
            Direction::In => {
                count.entered += 1;
                count.doubt.0 += lack;
            }
            Direction::Out => {
                count.left += 1;
                count.doubt.1 += lack;
            }
        }
        match passage.coming {
            Some(0 | 1) => count.comings.0 += 1,
            Some(_) => count.comings.1 += 1,
            None => {}
        }
        count.drift.0 += self.site.unexplained - unexplained;
        count.occupancy = self.site.inside;
        count.peak = count.peak.max(count.occupancy);
    }

    /// Nobody is inside; `at_start` says that the period begins with this.
    fn reset(&mut self, at_start: bool) {
        let day = self.site.reset();
        let Some(count) = self.at.and_then(|at| self.counts.get_mut(at)) else { return };
        count.drift.1 += day.site.inside;
        count.occupancy = 0;
        if at_start {
            count.peak = 0;
        }
    }
}
