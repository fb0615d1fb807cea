//! Counting up, against counting by hand.

use std::time::Duration;

use footfall_count::Direction::{self, In, Out};
use footfall_count::{Condition, Uncounted};
use footfall_ledger::jiff::civil::time;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::jiff::{SignedDuration, Timestamp};
use footfall_ledger::{
    Count, CrossingEntry, Entry, Origin, Period, Query, Range, Run, RunInfo, Start, VisitEntry, ZoneCount,
};
use proptest::prelude::*;

use crate::common::{Shelf, at, camera, digest, recording};

/// A run over a recording that began at `start`.
fn begin(shelf: &Shelf, start: &str) -> Run {
    let origin = Origin::Recorded { content: digest(start), start: Start::Given(at(start)) };
    shelf.open().begin(&RunInfo { origin, ..recording() }).unwrap()
}

fn pass(run: &Run, line: &str, minutes: u64, direction: Direction) {
    run.record(&[passage(line, minutes, direction)]).unwrap();
}

fn passage(line: &str, minutes: u64, direction: Direction) -> Entry {
    Entry::Crossing(CrossingEntry {
        line: line.into(),
        direction,
        track: 1,
        frame: minutes,
        time: Duration::from_secs(60 * minutes),
        detail: serde_json::Map::new(),
    })
}

fn zurich(by: Period) -> Query {
    Query { by, zone: TimeZone::get("Europe/Zurich").unwrap(), ..Query::default() }
}

fn shown(counts: &[Count]) -> Vec<(String, u64, u64, u64)> {
    let row = |c: &Count| (c.from.strftime("%d %H:%M%:z").to_string(), c.entered, c.left, c.occupancy);
    counts.iter().map(row).collect()
}

#[test]
fn each_hour_of_the_day_in_which_clocks_are_set_is_counted_once() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-10-25T00:30:00+02:00");
    for hour in 0..5 {
        pass(&run, "door", 60 * hour, In);
    }
    let hours = shelf.reader().counts(&zurich(Period::Hour)).unwrap();
    assert_eq!(
        shown(&hours),
        [
            ("25 00:00+02:00", 1),
            ("25 01:00+02:00", 2),
            ("25 02:00+02:00", 3),
            ("25 02:00+01:00", 4),
            ("25 03:00+01:00", 5)
        ]
        .map(|(from, inside)| (from.to_owned(), 1, 0, inside))
    );
    let days = shelf.reader().counts(&zurich(Period::Day)).unwrap();
    assert_eq!(shown(&days), [("25 00:00+02:00".to_owned(), 5, 0, 0)], "and at four nobody is inside");
    assert_eq!((days[0].peak, days[0].left_unseen), (5, 5));
    assert_eq!(
        days[0].to.timestamp().duration_since(days[0].from.timestamp()),
        SignedDuration::from_hours(25)
    );
}

#[test]
fn occupancy_is_never_negative_and_what_was_corrected_is_shown() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-06-01T10:00:00Z");
    for (minute, direction) in [(0, Out), (1, In), (2, In), (3, Out), (4, Out), (5, Out), (61, In)] {
        pass(&run, "door", minute, direction);
    }
    let query = Query { reset: None, ..Query::default() };
    let hours = shelf.reader().counts(&query).unwrap();
    let numbers = |c: &Count| (c.entered, c.left, c.occupancy, c.peak, c.came_unseen, c.left_unseen);
    assert_eq!(hours.iter().map(numbers).collect::<Vec<_>>(), [(2, 4, 0, 2, 2, 0), (1, 0, 1, 1, 0, 0)]);
}

#[test]
fn occupancy_goes_on_from_before_the_range_and_starts_anew_at_night() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-06-01T22:00:00Z");
    pass(&run, "door", 0, In);
    pass(&run, "door", 1, In);
    pass(&run, "door", 8 * 60, Out);
    let mut query =
        Query { range: Range { from: Some(at("2026-06-02T03:30:00Z")), to: None }, ..Query::default() };
    let hours = shelf.reader().counts(&query).unwrap();
    let inside: Vec<_> = hours.iter().map(|c| (c.occupancy, c.peak, c.left_unseen)).collect();
    assert_eq!(inside, [(2, 2, 0), (0, 0, 2), (0, 0, 0), (0, 0, 0)]);
    assert_eq!(hours[3].came_unseen, 1);
    query.reset = Some(time(3, 45, 0, 0));
    let hours = shelf.reader().counts(&query).unwrap();
    assert_eq!(
        (hours[0].occupancy, hours[0].peak, hours[0].left_unseen),
        (0, 2, 2),
        "in the middle of a period"
    );
    query.reset = None;
    let hours = shelf.reader().counts(&query).unwrap();
    assert_eq!(hours.iter().map(|c| c.occupancy).collect::<Vec<_>>(), [2, 2, 2, 1]);
}

#[test]
fn lines_and_sources_are_chosen_and_each_line_stands_for_itself() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-06-01T10:00:00Z");
    pass(&run, "door", 0, In);
    pass(&run, "till", 1, Out);
    pass(&run, "till", 2, In);
    let reader = shelf.reader();
    let total = |query: &Query| {
        let counts = reader.counts(query).unwrap();
        counts.iter().map(|c| (c.line.clone(), c.entered, c.left)).collect::<Vec<_>>()
    };
    assert_eq!(total(&Query::default()), [(None, 2, 1)]);
    assert_eq!(total(&Query { lines: vec!["till".into()], ..Query::default() }), [(None, 1, 1)]);
    let each = Query { per_line: true, ..Query::default() };
    assert_eq!(total(&each), [(Some("door".into()), 1, 0), (Some("till".into()), 1, 1)]);
    assert_eq!(total(&Query { sources: vec!["elsewhere".into()], ..Query::default() }), []);
}

#[test]
fn different_visitors_are_those_who_came_for_the_first_time() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-06-01T10:00:00Z");
    let come = |minutes, coming: Option<u64>| {
        let mut entry = passage("door", minutes, In);
        let Entry::Crossing(crossing) = &mut entry else { unreachable!() };
        crossing.detail.extend(coming.map(|coming| ("coming".to_owned(), coming.into())));
        entry
    };
    run.record(&[come(0, Some(1)), come(1, Some(2)), come(2, Some(1)), come(3, None), come(61, Some(3))])
        .unwrap();
    let hours = shelf.reader().counts(&Query::default()).unwrap();
    let told: Vec<_> = hours.iter().map(|c| (c.entered, c.visitors, c.again)).collect();
    assert_eq!(told, [(4, Some(2), Some(1)), (1, Some(0), Some(1))]);
    let plain = Shelf::new();
    pass(&begin(&plain, "2026-06-01T10:00:00Z"), "door", 0, In);
    assert_eq!(plain.reader().counts(&Query::default()).unwrap()[0].visitors, None, "nobody told them apart");
}

#[test]
fn staff_are_a_sum_of_their_own() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-06-01T10:00:00Z");
    let staff = |minutes, direction| {
        let mut entry = passage("door", minutes, direction);
        let Entry::Crossing(crossing) = &mut entry else { unreachable!() };
        crossing.detail.insert("staff".to_owned(), "Anna".into());
        entry
    };
    run.record(&[staff(0, In), passage("door", 1, In), staff(2, Out), staff(61, Out)]).unwrap();
    let reader = shelf.reader();
    let hours = reader.counts(&Query::default()).unwrap();
    let told: Vec<_> = hours.iter().map(|c| (c.entered, c.left, c.occupancy, c.peak, c.staff)).collect();
    assert_eq!(told, [(1, 0, 1, 1, 2), (0, 0, 1, 1, 1)]);
    assert!(hours.iter().all(|count| count.came_unseen == 0));
    let (last, totals) = reader.totals().unwrap();
    let total = &totals[0];
    assert_eq!(last, reader.last().unwrap());
    assert_eq!((total.tally.entered, total.tally.left), (1, 0));
}

fn stay(zone: &str, track: u64, entered: u64, left: u64) -> Entry {
    let (entered, left) = (Duration::from_secs(entered), Duration::from_secs(left));
    let detail = serde_json::Map::new();
    Entry::Visit(VisitEntry { zone: zone.into(), track, frame: 1, entered, left, detail })
}

#[test]
fn dwell_is_the_mean_of_the_stays_that_began_then() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-06-01T10:00:00Z");
    run.record(&[stay("shelf", 1, 0, 10), stay("shelf", 2, 3599, 3629), stay("shelf", 3, 3600, 3605)])
        .unwrap();
    let hours = shelf.reader().counts(&Query::default()).unwrap();
    let visits: Vec<_> = hours.iter().map(|c| (c.visits, c.dwell)).collect();
    assert_eq!(visits, [(2, Some(20.0)), (1, Some(5.0))]);
}

#[test]
fn each_zone_stands_for_itself() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-10-25T02:30:00+02:00");
    let stays =
        [("shelf", 1, 0, 60), ("shelf", 2, 30, 1900), ("till", 3, 1830, 1840), ("shelf", 4, 1900, 2000)];
    run.record(&stays.map(|(zone, track, entered, left)| stay(zone, track, entered, left))).unwrap();
    pass(&run, "door", 90, In);
    let shown = |query: &Query| {
        let counts = shelf.reader().zone_counts(query).unwrap();
        let row = |c: &ZoneCount| {
            let label = format!("{} {}", c.from.strftime("%H:%M%:z"), c.zone);
            (label, c.visits, c.dwell, c.longest, c.occupancy, c.peak)
        };
        counts.iter().map(row).collect::<Vec<_>>()
    };
    let hours = [
        ("02:00+02:00 shelf", 2, Some(965.0), Some(1870.0), 1, 2),
        ("02:00+02:00 till", 0, None, None, 0, 0),
        ("02:00+01:00 shelf", 1, Some(100.0), Some(100.0), 0, 1),
        ("02:00+01:00 till", 1, Some(10.0), Some(10.0), 0, 1),
        ("03:00+01:00 shelf", 0, None, None, 0, 0),
        ("03:00+01:00 till", 0, None, None, 0, 0),
    ];
    let hours = hours.map(|(label, a, b, c, d, e)| (label.to_owned(), a, b, c, d, e));
    assert_eq!(shown(&zurich(Period::Hour))[..4], hours[..4]);
    let second = Range { from: Some(at("2026-10-25T01:00:00Z")), to: Some(at("2026-10-25T01:59:00Z")) };
    let one = Query { range: second, zones: vec!["shelf".into()], ..zurich(Period::Hour) };
    assert_eq!(shown(&one), hours[2..3], "whoever was there before is known");
}

#[test]
fn uncounted_time_is_the_union_of_its_spans_in_each_period() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-06-01T10:00:00Z");
    let span =
        |reason, from, to| Uncounted { reason, from: Duration::from_secs(from), to: Duration::from_secs(to) };
    for span in [
        span(Condition::Dark, 3500, 3700),
        span(Condition::Covered, 3550, 3650),
        span(Condition::Dark, 3700, 3710),
        span(Condition::Frozen, 4000, 4001),
    ] {
        run.record(&[Entry::Uncounted(span)]).unwrap();
    }
    let hours = shelf.reader().counts(&Query::default()).unwrap();
    assert_eq!(hours.iter().map(|c| c.uncounted).collect::<Vec<_>>(), [100.0, 111.0]);
    assert_eq!(shelf.reader().uncounted(Range::default(), &[]).unwrap().len(), 2);
    let reasons = shelf.reader().uncounted_reasons(&Query::default()).unwrap();
    assert_eq!(
        reasons,
        [("dark", 210.0), ("covered", 100.0), ("frozen", 1.0)].map(|(why, s)| (why.to_owned(), s))
    );
}

#[test]
fn a_camera_that_nobody_counts_is_uncounted_until_the_range_ends() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    shelf.clock.set(at("2020-01-01T10:00:00Z"));
    run.scene(Duration::ZERO, &[]).unwrap();
    let until = |to| Query { range: Range { from: None, to: Some(at(to)) }, ..Query::default() };
    let reader = shelf.reader();
    let uncounted =
        |query: &Query| reader.counts(query).unwrap().iter().map(|c| c.uncounted).collect::<Vec<_>>();
    assert_eq!(uncounted(&until("2020-01-01T11:30:00Z")), [3600.0, 3600.0], "periods are whole");
    let reasons = reader.uncounted_reasons(&until("2020-01-01T11:30:00Z")).unwrap();
    assert_eq!(reasons, [("stopped".to_owned(), 7200.0)]);
    assert_eq!(uncounted(&Query::default()), [0.0], "what is not asked for is not known to be missing");
}

#[test]
fn periods_without_anybody_are_there_and_too_many_are_refused() {
    let shelf = Shelf::new();
    let run = begin(&shelf, "2026-06-01T10:00:00Z");
    pass(&run, "door", 0, In);
    pass(&run, "door", 180, Out);
    assert_eq!(shelf.reader().counts(&Query::default()).unwrap().len(), 4);
    let range = Range { from: Some(at("1970-01-01T00:00:00Z")), to: Some(at("2026-01-01T00:00:00Z")) };
    let error = shelf.reader().counts(&Query { range, by: Period::Minute, ..Query::default() }).unwrap_err();
    assert!(error.to_string().contains("periods"), "{error}");
    assert!(Shelf::new().open().path().exists());
    let empty = Shelf::new();
    drop(empty.open());
    assert!(empty.reader().counts(&Query::default()).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// The definition, minute by minute.
    #[test]
    fn every_crossing_is_in_its_period_and_occupancy_is_what_a_walk_through_all_gives(
        passes in prop::collection::btree_map(0u64..6000, any::<bool>(), 1..40), by in 0usize..3,
    ) {
        let shelf = Shelf::new();
        let start: Timestamp = at("2026-10-24T12:00:00Z");
        let run = begin(&shelf, &start.to_string());
        let entries: Vec<_> =
            passes.iter().map(|(&minute, &is_in)| passage("door", minute, if is_in { In } else { Out })).collect();
        run.record(&entries).unwrap();
        let query = zurich(Period::ALL[by]);
        let counts = shelf.reader().counts(&query).unwrap();
        prop_assert_eq!(counts.iter().map(|c| c.entered + c.left).sum::<u64>(), passes.len() as u64);
        prop_assert!(counts.windows(2).all(|pair| pair[0].to == pair[1].from));
        let mut inside = 0u64;
        let mut walk = passes.iter().peekable();
        let mut minute = 0u64;
        for count in &counts {
            let end = count.to.timestamp();
            let (mut entered, mut left) = (0, 0);
            loop {
                let now = start + SignedDuration::from_mins(minute.cast_signed());
                if now >= end { break; }
                let local = now.to_zoned_datetime(query.zone.clone());
                if (local.hour(), local.minute()) == (4, 0) { inside = 0; }
                if walk.peek().is_some_and(|(at, _)| **at == minute) {
                    if *walk.next().unwrap().1 { entered += 1; inside += 1; }
                    else { left += 1; inside = inside.saturating_sub(1); }
                }
                minute += 1;
            }
            prop_assert_eq!((count.entered, count.left, count.occupancy), (entered, left, inside));
        }
    }
}
