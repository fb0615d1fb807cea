//! A book in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use footfall_count::{CountInterval, Direction, Doubt, Role, Site};
use jiff::tz::TimeZone;
use serde_json::json;

use jiff::Timestamp;

use footfall_serve::told::{About, Batch, VERSION};
use footfall_serve::{
    Beside, Book, Bucket, Claim, Counts, CountsQuery, Entry, Mark, NewMark, NewSale, Opening, Pages, Part,
    Period, PeriodSum, PortError, Report, ReportQuery, Sold, Total, VisitCount, Waiting, ZoneSum,
};

/// Crossings in memory.
#[derive(Debug)]
pub(crate) struct MemoryBook {
    zone: TimeZone,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: Vec<Entry>,
    /// When a visit began, at which source, in which zone.
    visits: Vec<(Timestamp, String, String)>,
    cursors: BTreeMap<String, u64>,
    /// What receivers refused for good: sequence and reason, by reader.
    refused: BTreeMap<String, BTreeMap<u64, String>>,
    memory: BTreeMap<String, String>,
    marks: Vec<Mark>,
    /// By till and time.
    sales: BTreeMap<(String, Timestamp), NewSale>,
    head: u64,
    /// What the clock says, where it is not the machine's.
    now: Option<Timestamp>,
    /// How often it was set.
    steps: u64,
    /// Another program that has the cursors.
    holder: Option<String>,
    /// How many groups came in, and of how many people on average.
    groups: Option<(u64, f64)>,
    /// What stands beside the counts of each period.
    beside: Beside,
}

impl MemoryBook {
    /// An empty book whose days end at midnight in `zone`.
    pub(crate) fn new(zone: TimeZone) -> Self {
        Self { zone, kept: Mutex::default() }
    }

    /// Adds a crossing; its sequence is given here.
    pub(crate) fn add(&self, mut entry: Entry) {
        let mut kept = self.kept();
        kept.head += 1;
        entry.sequence = kept.head;
        kept.entries.push(entry);
    }

    /// Removes all but the last `count` crossings, as retention does.
    pub(crate) fn forget_all_but(&self, count: usize) {
        let mut kept = self.kept();
        let surplus = kept.entries.len().saturating_sub(count);
        kept.entries.drain(..surplus);
    }

    /// Adds a visit that began at `at`.
    pub(crate) fn visit(&self, at: Timestamp, source: &str, zone: &str) {
        let mut kept = self.kept();
        kept.head += 1;
        kept.visits.push((at, source.to_owned(), zone.to_owned()));
    }

    /// So many groups came in, of so many people on average.
    pub(crate) fn group(&self, groups: u64, size: f64) {
        let mut kept = self.kept();
        kept.head += 1;
        kept.groups = Some((groups, size));
    }

    /// This stands beside the counts of each period.
    pub(crate) fn put_beside(&self, beside: Beside) {
        let mut kept = self.kept();
        kept.head += 1;
        kept.beside = beside;
    }

    /// Sets the clock, which stands still from then on.
    pub(crate) fn set_clock(&self, to: Timestamp) {
        let mut kept = self.kept();
        (kept.now, kept.steps) = (Some(to), kept.steps + 1);
    }

    /// Has another program hold the cursors, or nobody.
    pub(crate) fn hold(&self, holder: Option<&str>) {
        self.kept().holder = holder.map(ToOwned::to_owned);
    }

    /// How far a reader has come.
    pub(crate) fn cursor(&self, reader: &str) -> u64 {
        self.kept().cursors.get(reader).copied().unwrap_or(0)
    }

    /// Sets a reader back, as a kill before its cursor was moved does.
    pub(crate) fn set_back(&self, reader: &str, cursor: u64) {
        self.kept().cursors.insert(reader.to_owned(), cursor);
    }

    /// What the receiver of a reader has refused for good.
    pub(crate) fn refusals(&self, reader: &str) -> BTreeMap<u64, String> {
        self.kept().refused.get(reader).cloned().unwrap_or_default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn select(&self, limit: usize, wanted: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        self.kept().entries.iter().filter(|e| wanted(e)).take(limit).cloned().collect()
    }
}

impl Book for MemoryBook {
    fn head(&self) -> Result<u64, PortError> {
        Ok(self.kept().head)
    }

    fn after(&self, cursor: u64, limit: usize) -> Result<Vec<Entry>, PortError> {
        Ok(self.select(limit, |e| e.sequence > cursor))
    }

    fn last(&self, limit: usize) -> Result<Vec<Entry>, PortError> {
        let kept = self.kept();
        let surplus = kept.entries.len().saturating_sub(limit);
        Ok(kept.entries.iter().skip(surplus).cloned().collect())
    }

    fn places(&self, _: Timestamp, _: Timestamp, _: &Waiting) -> Result<Option<(u64, u64)>, PortError> {
        let head = self.kept().head;
        Ok((head > 0).then_some((1, head)))
    }

    fn between(
        &self,
        (from, to): (Timestamp, Timestamp),
        cursor: u64,
        last: u64,
        limit: usize,
        _: &Waiting,
    ) -> Result<Vec<Entry>, PortError> {
        let is_behind = |e: &Entry| e.sequence > cursor && e.sequence <= last;
        Ok(self.select(limit, |e| is_behind(e) && from <= e.at && e.at < to))
    }

    fn counts(&self, query: &CountsQuery, limit: usize, _: &Waiting) -> Result<Counts, PortError> {
        let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|w| w == name);
        let mut sums = BTreeMap::<_, (u64, u64, Doubt)>::new();
        for entry in &self.kept().entries {
            let inside = query.from <= entry.at && entry.at < query.to;
            if inside && is(&query.source, &entry.source) && is(&query.line, &entry.line) {
                let start = query.by.floor(entry.at, &self.zone);
                let sum = sums.entry((start, entry.source.clone(), entry.line.clone())).or_default();
                match entry.direction {
                    Direction::In => sum.0 += 1,
                    Direction::Out => sum.1 += 1,
                }
                sum.2.add(entry.direction, entry.confidence.unwrap_or(1.0), None);
            }
        }
        let bucket = |((start, source, line), (entered, left, doubt))| Bucket {
            start,
            source,
            line,
            entered,
            left,
            role: Role::Entrance,
            in_total: true,
            doubt,
        };
        let mut buckets: Vec<_> = sums.into_iter().map(bucket).collect();
        let mut next = None;
        if buckets.len() > limit {
            let last = buckets[limit - 1].start;
            let end = buckets.iter().position(|bucket| bucket.start > last).unwrap_or(buckets.len());
            next = buckets.get(end).map(|bucket| bucket.start);
            buckets.truncate(end);
        }
        Ok(Counts { buckets, next })
    }

    fn periods(&self, query: &CountsQuery, waiting: &Waiting) -> Result<Vec<PeriodSum>, PortError> {
        let (groups, beside) = {
            let kept = self.kept();
            (kept.groups, kept.beside)
        };
        let mut sums = BTreeMap::<Timestamp, (u64, u64, Doubt)>::new();
        for bucket in self.counts(query, usize::MAX, waiting)?.buckets {
            let sum = sums.entry(bucket.start).or_default();
            (sum.0, sum.1) = (sum.0 + bucket.entered, sum.1 + bucket.left);
            sum.2.absorb(bucket.doubt);
        }
        let period = |(start, (entered, left, doubt)): (Timestamp, (u64, u64, Doubt))| {
            let inside = self.occupancy(query.to)?;
            Ok(PeriodSum {
                start,
                end: query.to,
                entered,
                entered_range: CountInterval::of(entered, doubt.entered),
                left,
                left_range: CountInterval::of(left, doubt.left),
                occupancy: inside,
                peak: inside,
                came_unseen: 0,
                left_unseen: 0,
                groups: groups.map(|groups| groups.0),
                group_size: groups.map(|groups| groups.1),
                beside,
                uncounted: 0.0,
                uncountable: None,
            })
        };
        sums.into_iter().map(period).collect()
    }

    fn zones(&self, query: &CountsQuery, _: &Waiting) -> Result<Vec<ZoneSum>, PortError> {
        let start = query.by.floor(query.from, &self.zone);
        let sum = |VisitCount { source, zone, visits }| ZoneSum {
            start,
            source,
            zone,
            visits,
            dwell: Some(10.0),
            longest: Some(20.0),
            peak: 1,
        };
        Ok(self.visits(query.from)?.into_iter().map(sum).collect())
    }

    fn occupancy(&self, at: Timestamp) -> Result<u64, PortError> {
        // Whoever stayed over midnight left unseen.
        let midnight = Period::Day.floor(at, &self.zone);
        let mut site = Site::default();
        for entry in self.kept().entries.iter().filter(|e| midnight <= e.at && e.at < at) {
            site.add(entry.direction);
        }
        Ok(site.inside)
    }

    fn changes(&self) -> Result<u64, PortError> {
        let kept = self.kept();
        Ok(kept.head + kept.steps)
    }

    fn totals(&self) -> Result<(u64, Vec<Total>), PortError> {
        let kept = self.kept();
        let mut sums = BTreeMap::<_, (u64, u64)>::new();
        for entry in &kept.entries {
            let sum = sums.entry((entry.source.clone(), entry.line.clone())).or_default();
            match entry.direction {
                Direction::In => sum.0 += 1,
                Direction::Out => sum.1 += 1,
            }
        }
        let total = |((source, line), (entered, left))| Total { source, line, entered, left };
        Ok((kept.head, sums.into_iter().map(total).collect()))
    }

    fn visits(&self, from: Timestamp) -> Result<Vec<VisitCount>, PortError> {
        let mut sums = BTreeMap::<_, u64>::new();
        for (_, source, zone) in self.kept().visits.iter().filter(|(at, ..)| *at >= from) {
            *sums.entry((source.clone(), zone.clone())).or_default() += 1;
        }
        let count = |((source, zone), visits)| VisitCount { source, zone, visits };
        Ok(sums.into_iter().map(count).collect())
    }

    fn opening(&self, _: Timestamp) -> Opening {
        Opening::Unknown
    }

    /// Its rows are those of `counts`.
    fn report(
        &self,
        query: &ReportQuery,
        most: usize,
        waiting: &Waiting,
    ) -> Result<Option<Report>, PortError> {
        let ReportQuery { from, to, by, source, line, .. } = query.clone();
        let counts = self.counts(&CountsQuery { from, to, by, source, line }, most + 1, waiting)?.buckets;
        let row = |bucket: &Bucket| {
            let Bucket { start, source, line, entered, left, .. } = bucket;
            serde_json::json!({
                "from": start.to_string(), "source": source, "line": line, "in": entered, "out": left
            })
        };
        let rows: Vec<_> = counts.iter().map(row).collect();
        let marks = self.marks(Some(from), Some(to))?;
        Ok((rows.len() <= most).then_some(Report { rows, marks, ..Report::default() }))
    }

    fn marks(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<Vec<Mark>, PortError> {
        let mut marks = self.kept().marks.clone();
        marks.retain(|mark| from.is_none_or(|from| mark.to > from) && to.is_none_or(|to| mark.from < to));
        Ok(marks)
    }

    fn mark(&self, new: &NewMark) -> Result<Option<i64>, PortError> {
        let mut kept = self.kept();
        let is_known = |source: &String| kept.entries.iter().any(|entry| entry.source == *source);
        if new.source.as_ref().is_some_and(|source| !is_known(source)) {
            return Ok(None);
        }
        let id = kept.marks.last().map_or(1, |mark| mark.id + 1);
        let NewMark { from, to, source, uncounted, note } = new.clone();
        kept.marks.push(Mark { id, at: from, from, to, source, uncounted, note, taken_back: None });
        Ok(Some(id))
    }

    fn take_back(&self, id: i64) -> Result<bool, PortError> {
        let mut kept = self.kept();
        let mark = kept.marks.iter_mut().find(|mark| mark.id == id && mark.taken_back.is_none());
        Ok(mark.map(|mark| mark.taken_back = Some(mark.to)).is_some())
    }

    fn sell(&self, till: &str, sales: &[NewSale]) -> Result<Sold, PortError> {
        let mut kept = self.kept();
        let mut sold = Sold::default();
        for sale in sales {
            match kept.sales.insert((till.to_owned(), sale.at), *sale) {
                None => sold.added += 1,
                Some(known) if known == *sale => sold.known += 1,
                Some(_) => sold.replaced += 1,
            }
        }
        Ok(sold)
    }

    fn claim(&self, reader: &str) -> Result<Claim, PortError> {
        let kept = self.kept();
        if let Some(holder) = &kept.holder {
            return Ok(Claim::Held { holder: holder.clone() });
        }
        let position = kept.cursors.get(reader).copied().unwrap_or(0);
        Ok(Claim::Ours { position })
    }

    fn pass(&self, reader: &str, cursor: u64, refused: &[(u64, String)]) -> Result<(), PortError> {
        let mut kept = self.kept();
        let before = kept.cursors.insert(reader.to_owned(), cursor);
        assert!(before.is_none_or(|before| before <= cursor), "a cursor goes back: {before:?} to {cursor}");
        kept.refused.entry(reader.to_owned()).or_default().extend(refused.iter().cloned());
        Ok(())
    }

    fn refused(&self, reader: &str) -> Result<u64, PortError> {
        Ok(self.kept().refused.get(reader).map_or(0, |refused| refused.len() as u64))
    }

    fn memory(&self, reader: &str) -> Result<Option<String>, PortError> {
        Ok(self.kept().memory.get(reader).cloned())
    }

    fn remember(&self, reader: &str, value: &str) -> Result<(), PortError> {
        self.kept().memory.insert(reader.to_owned(), value.to_owned());
        Ok(())
    }

    fn now(&self) -> Result<Timestamp, PortError> {
        Ok(self.kept().now.unwrap_or_else(Timestamp::now))
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
}

impl Pages for MemoryBook {
    fn page(&self, after: u64, limit: usize) -> Result<Batch, PortError> {
        let entries: Vec<_> =
            self.after(after, limit)?.iter().map(|entry| json!({"seq": entry.sequence})).collect();
        let through = entries.last().and_then(|last| last["seq"].as_u64()).unwrap_or(after);
        Ok(Batch { version: VERSION, ledger: "memory".into(), base: 0, after, through, entries, lost: None })
    }

    fn about(&self) -> Result<About, PortError> {
        let (ledger, told) = ("memory".to_owned(), 0);
        Ok(About {
            version: VERSION,
            ledger,
            told,
            after: 0,
            runs: Vec::new(),
            clock: Vec::new(),
            lines: Vec::new(),
            settings: None,
        })
    }

    fn identity(&self) -> Result<String, PortError> {
        Ok("memory".into())
    }

    fn part(&self, ledger: &str) -> Result<Option<Part>, PortError> {
        let end = self.head()?;
        Ok((ledger == "memory").then_some(Part { base: 0, end, is_pruned: false }))
    }
}
