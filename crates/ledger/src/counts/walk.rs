//! A walk through passages, stays and gaps in order of time, which gives each period's counts as soon as it
//! is over.

use footfall_count::{CountInterval, Site};
use jiff::Timestamp;

use super::aside::{Aside, aside};
use super::gapped::{Gapped, Lost};
use super::line_sums::{LineSums, Sums};
use super::nights::Nights;
use super::periods::{Micros, Periods, seconds};
use super::rows::Rows;
use super::{Choice, RowKey, Span};
use super::{Count, Query};
use crate::beside::Beside;
use crate::quarters::{Company, Quarter, Spots, Stretch};

/// Where the walk has come to.
pub(super) struct Walk<'q> {
    query: &'q Query,
    rows: &'q Rows,
    lines: Vec<LineSums>,
    of_lines: Choice<'q>,
    of_zones: Choice<'q>,
    of_sources: Choice<'q>,
    nights: Option<Nights>,
    /// Those behind the present one.
    periods: Periods<'q>,
    next: Option<Span>,
    /// `None` before the first one, and after the last one.
    present: Option<Span>,
    /// Before that the calendar has nothing: no night, and no period that ends or begins. In microseconds.
    quiet: i64,
    /// Of each source that rows name, or of all together.
    gapped: Vec<Gapped>,
    knows: Knows,
    /// What was said and sold beside the counts.
    beside: Beside,
}

/// What there is to say in any of the periods.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub(super) struct Knows {
    /// Visitors are told apart.
    pub(super) visitors: bool,
    /// Groups are.
    pub(super) groups: bool,
    /// Passages are counted once that several cameras have seen.
    pub(super) twice: bool,
    /// At some time pictures came that nobody could count in.
    pub(super) uncountable: bool,
}

impl<'q> Walk<'q> {
    /// Begins where nobody is inside: at the first of `nights`, or where there is nothing before. `gapped` has
    /// what was not counted and began before.
    pub(super) fn new(
        query: &'q Query,
        rows: &'q Rows,
        mut periods: Periods<'q>,
        nights: Option<Nights>,
        gapped: Vec<Gapped>,
        knows: Knows,
        beside: Beside,
    ) -> Self {
        let line = |key: &RowKey| LineSums { key: key.clone(), site: Site::default(), sums: Sums::default() };
        Self {
            query,
            rows,
            lines: rows.keys.iter().map(line).collect(),
            of_lines: rows.of_lines(query),
            // Stays are of zones: with each line for itself they are nobody's.
            of_zones: Choice::rows(
                if query.per_line { &[] } else { &rows.keys },
                &query.zones,
                &query.sources,
            ),
            of_sources: rows.of_sources(query),
            nights,
            next: periods.next(),
            periods,
            present: None,
            quiet: i64::MIN,
            gapped,
            knows,
            beside,
        }
    }

    /// Takes what happened in a quarter before `end`, and gives the periods that are over with that.
    pub(super) fn quarter<E>(
        &mut self,
        quarter: &Quarter,
        spots: &Spots,
        end: i64,
        give: &mut impl FnMut(Count) -> Result<(), E>,
    ) -> Result<(), E> {
        for gap in &quarter.gaps {
            if let Some(source) = self.of_sources.place(gap.spot, spots)
                && let Some(spot) = spots.get(gap.spot)
            {
                self.gapped[source].add(&spot.name, Micros { from: gap.from, to: gap.to });
            }
        }
        let mut aside = aside(quarter, end).into_iter().peekable();
        for passage in quarter.crossings.iter().take_while(|passage| passage.at < end) {
            let Some(line) = self.of_lines.place(passage.spot, spots) else { continue };
            while let Some(other) = aside.next_if(|other| other.at() <= passage.at) {
                self.take(&other, spots, give)?;
            }
            self.advance(passage.at, give)?;
            let is_told = self.present.is_some();
            let source = spots.get(passage.spot).map_or("", |spot| &spot.source_name);
            let is_marked = self.beside.is_marked(passage.at, source);
            let is_outside = self.is_outside(passage.at, source);
            if let Some(line) = self.lines.get_mut(line) {
                if is_marked {
                    line.sums.marked += u64::from(is_told);
                } else {
                    line.pass(passage, is_told, is_outside);
                }
            }
        }
        aside.try_for_each(|other| self.take(&other, spots, give))
    }

    fn take<E>(
        &mut self,
        other: &Aside<'_>,
        spots: &Spots,
        give: &mut impl FnMut(Count) -> Result<(), E>,
    ) -> Result<(), E> {
        match other {
            Aside::Visit(visit) => self.visit(visit, spots, give),
            Aside::Company(company) => self.company(company, spots, give),
        }
    }

    fn company<E>(
        &mut self,
        company: &Company,
        spots: &Spots,
        give: &mut impl FnMut(Count) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(row) = self.of_lines.place(company.spot, spots) else { return Ok(()) };
        self.advance(company.at, give)?;
        let source = spots.get(company.spot).map_or("", |spot| &spot.source_name);
        if self.present.is_some() && !self.beside.is_marked(company.at, source) {
            let groups = &mut self.lines[row].sums.groups;
            groups.0 += 1;
            groups.1 += company.size;
        }
        Ok(())
    }

    fn visit<E>(
        &mut self,
        visit: &Stretch,
        spots: &Spots,
        give: &mut impl FnMut(Count) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(row) = self.of_zones.place(visit.spot, spots) else { return Ok(()) };
        self.advance(visit.from, give)?;
        let source = spots.get(visit.spot).map_or("", |spot| &spot.source_name);
        if self.present.is_some() && !self.beside.is_marked(visit.from, source) {
            let visits = &mut self.lines[row].sums.visits;
            visits.0 += 1;
            visits.1 += seconds(visit.from, visit.to);
        }
        Ok(())
    }

    /// Nothing more comes: gives the periods that are left.
    pub(super) fn finish<E>(mut self, give: &mut impl FnMut(Count) -> Result<(), E>) -> Result<(), E> {
        let end = self.periods.end().as_microsecond();
        self.advance(end - 1, give)?;
        self.go_to(end, give)
    }

    /// Lets all happen that the calendar has up to `time`.
    fn advance<E>(&mut self, time: i64, give: &mut impl FnMut(Count) -> Result<(), E>) -> Result<(), E> {
        if time < self.quiet {
            return Ok(());
        }
        while let Some((night, at)) = self.nights.as_ref().map(|nights| (nights.next(), nights.next_over()))
            && at <= time
        {
            self.go_to(at, give)?;
            let at_start = self.present.is_some_and(|present| present.from == night);
            let is_told = self.present.is_some();
            self.lines.iter_mut().for_each(|line| line.reset(is_told, at_start));
            self.nights.as_mut().map(Nights::advance);
        }
        self.go_to(time, give)?;
        let night = self.nights.as_ref().map(Nights::next_over);
        let change = self.present.map(|present| present.to).or_else(|| self.next.map(|next| next.from));
        self.quiet = night.into_iter().chain(change.map(Timestamp::as_microsecond)).min().unwrap_or(i64::MAX);
        Ok(())
    }

    /// Gives the periods that are over at `time`, and begins those that have begun.
    fn go_to<E>(&mut self, time: i64, give: &mut impl FnMut(Count) -> Result<(), E>) -> Result<(), E> {
        loop {
            if let Some(present) = self.present.take_if(|present| present.to.as_microsecond() <= time) {
                self.give(present, give)?;
            }
            let has_begun = |next: &mut Span| next.from.as_microsecond() <= time;
            if self.present.is_some() {
                return Ok(());
            }
            let Some(next) = self.next.take_if(has_begun) else { return Ok(()) };
            self.next = self.periods.next();
            self.present = Some(next);
            for LineSums { site, sums, .. } in &mut self.lines {
                *sums = Sums { occupancy: site.inside, peak: site.inside, ..Sums::default() };
            }
        }
    }

    fn give<E>(&mut self, period: Span, give: &mut impl FnMut(Count) -> Result<(), E>) -> Result<(), E> {
        let lost: Vec<_> = self.gapped.iter_mut().map(|gapped| gapped.lost_in(period.into())).collect();
        let sold = self.beside.sold(period.into());
        for (row, line) in self.lines.iter().enumerate() {
            give(self.count(line, period, lost[self.rows.gaps_of(row)], sold))?;
        }
        Ok(())
    }

    fn is_outside(&self, at: i64, source: &str) -> bool {
        let hours = self.query.hours.of(source).zip(Timestamp::from_microsecond(at).ok());
        hours.is_some_and(|(hours, moment)| !hours.is_open(moment, &self.query.zone))
    }

    fn count(&self, line: &LineSums, period: Span, lost: Lost, sold: Option<(u64, Option<f64>)>) -> Count {
        let sums = &line.sums;
        let (visits, seconds) = sums.visits;
        let (groups, grouped) = sums.groups;
        let (knows_hours, is_whole) = (!self.query.hours.is_empty(), line.key == RowKey::default());
        let sold = sold.filter(|_| is_whole);
        let entered = CountInterval::of(sums.entered, sums.doubt.entered);
        let left = CountInterval::of(sums.left, sums.doubt.left);
        Count {
            source: line.key.source.clone(),
            line: line.key.name.clone(),
            from: period.from.to_zoned_datetime(self.query.zone.clone()),
            to: period.to.to_zoned_datetime(self.query.zone.clone()),
            entered: sums.entered,
            entered_low: entered.low,
            entered_high: entered.high,
            entered_doubt: sums.doubt.entered.none,
            entered_hidden: sums.doubt.entered.hidden,
            left: sums.left,
            left_low: left.low,
            left_high: left.high,
            left_doubt: sums.doubt.left.none,
            left_hidden: sums.doubt.left.hidden,
            occupancy: sums.occupancy,
            peak: sums.peak,
            came_unseen: sums.drift.0,
            left_unseen: sums.drift.1,
            visitors: self.knows.visitors.then_some(sums.comings.0),
            staff: sums.staff,
            twice: self.knows.twice.then_some(sums.twice),
            again: self.knows.visitors.then_some(sums.comings.1),
            groups: self.knows.groups.then_some(groups),
            group_size: (groups > 0).then(|| grouped as f64 / groups as f64),
            visits,
            dwell: (visits > 0).then(|| seconds / visits as f64),
            uncounted: lost.uncounted,
            uncountable: self.knows.uncountable.then_some(lost.uncountable),
            entered_outside: knows_hours.then_some(sums.outside.0),
            left_outside: knows_hours.then_some(sums.outside.1),
            marked: self.beside.has_marks().then_some(sums.marked),
            transactions: sold.map(|sold| sold.0),
            amount: sold.and_then(|sold| sold.1),
            conversion: sold.filter(|_| sums.entered > 0).map(|sold| sold.0 as f64 / sums.entered as f64),
            before: None,
        }
    }
}
