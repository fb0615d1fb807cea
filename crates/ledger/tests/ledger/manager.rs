//! What a manager asks: each source and line, opening hours, sales, marks, and the same of an earlier time.

use footfall_count::Direction::{self, In, Out};
use footfall_ledger::jiff::{SignedDuration, Timestamp, tz::TimeZone};
use footfall_ledger::{
    Compare, Count, CrossingEntry, Ending, Entry, Error, Hours, Ledger, NewMark, Notebook, Period, Query,
    Range, RunInfo, Sale, SiteHours, Span, VisitEntry,
};
use serde_json::Map;

use crate::common::{Shelf, at, camera, seconds};

const ZONE: &str = "Europe/Zurich";

/// Somebody passes a line at these moments, at a camera.
fn pass(ledger: &Ledger, source: &str, passages: &[(&str, &str, Direction)]) {
    let run = ledger.begin(&RunInfo { source: source.into(), places: vec![], ..camera() }).unwrap();
    let start = at(passages[0].0);
    run.anchor(start);
    for (number, &(time, line, direction)) in (1..).zip(passages) {
        let time = at(time).duration_since(start);
        let entry = CrossingEntry {
            line: line.into(),
            direction,
            track: number,
            frame: number,
            time: time.try_into().unwrap(),
            detail: Map::new(),
        };
        run.scene(entry.time, &[Entry::Crossing(entry)]).unwrap();
    }
    run.end(Ending::Done).unwrap();
}

fn query(from: &str, to: &str, by: Period) -> Query {
    let zone = TimeZone::get(ZONE).unwrap();
    Query { range: Range { from: Some(at(from)), to: Some(at(to)) }, by, zone, ..Query::default() }
}

/// Source, line, in and out of each row.
fn rows(counts: &[Count]) -> Vec<(&str, &str, u64, u64)> {
    counts
        .iter()
        .map(|count| {
            let (source, line) = (count.source.as_deref(), count.line.as_deref());
            (source.unwrap_or(""), line.unwrap_or(""), count.entered, count.left)
        })
        .collect()
}

/// A Monday at two cameras, both with a line called `door`.
fn shop() -> Shelf {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let front = [
        ("2026-03-23T08:30:00+01:00", "door", In),
        ("2026-03-23T10:00:00+01:00", "door", In),
        ("2026-03-23T10:10:00+01:00", "till", In),
        ("2026-03-23T11:00:00+01:00", "door", Out),
    ];
    pass(&ledger, "front", &front);
    pass(
        &ledger,
        "back",
        &[("2026-03-23T10:30:00+01:00", "door", In), ("2026-03-23T19:00:00+01:00", "door", Out)],
    );
    shelf
}

fn monday(by: Period) -> Query {
    query("2026-03-23T00:00:00+01:00", "2026-03-24T00:00:00+01:00", by)
}

#[test]
fn lines_of_one_name_at_two_sources_are_two_and_sources_are_told_apart() {
    let reader = shop().reader();
    let of = |query: &Query| reader.counts(query).unwrap();
    let day = monday(Period::Day);
    assert_eq!(rows(&of(&day)), [("", "", 4, 2)]);
    let each_line = of(&Query { per_line: true, ..day.clone() });
    assert_eq!(rows(&each_line), [("back", "door", 1, 1), ("front", "door", 2, 1), ("front", "till", 1, 0)]);
    let each_source = of(&Query { per_source: true, ..day.clone() });
    assert_eq!(rows(&each_source), [("back", "", 1, 1), ("front", "", 3, 1)]);
    let both = of(&Query { per_source: true, per_line: true, ..day.clone() });
    assert_eq!(rows(&both), [("back", "door", 1, 1), ("front", "door", 2, 1), ("front", "till", 1, 0)]);
    // Where no name is there twice, nothing is said of sources.
    let front = Query { per_line: true, sources: vec!["front".into()], ..day.clone() };
    assert_eq!(rows(&of(&front)), [("", "door", 2, 1), ("", "till", 1, 0)]);
    let till = Query { per_line: true, lines: vec!["till".into()], ..day };
    assert_eq!(rows(&of(&till)), [("", "till", 1, 0)]);
    // Each source has its own time that was not counted.
    let gaps: Vec<f64> = each_source.iter().map(|count| count.uncounted).collect();
    assert!(gaps[0] < gaps[1], "front was looked at until 11:00, back until 19:00: {gaps:?}");
    assert!(each_line[0].uncounted == gaps[0] && each_line[1].uncounted == gaps[1]);
}

#[test]
fn what_comes_outside_of_the_opening_hours_is_told_apart() {
    let reader = shop().reader();
    let hours = SiteHours {
        all: Hours::new([("mon", "09:00-18:30")], []).unwrap(),
        own: [("back".to_owned(), Hours::new([("mon", "06:00-24:00")], []).unwrap())].into(),
    };
    let counts = reader.counts(&Query { hours, per_source: true, ..monday(Period::Day) }).unwrap();
    let outside: Vec<_> = counts.iter().map(|count| (count.entered_outside, count.left_outside)).collect();
    assert_eq!(outside, [(Some(0), Some(0)), (Some(1), Some(0))]);
    assert_eq!(rows(&counts), [("back", "", 1, 1), ("front", "", 3, 1)], "they are in the sums all the same");
    let without = reader.counts(&monday(Period::Day)).unwrap();
    assert_eq!((without[0].entered_outside, without[0].marked, without[0].transactions), (None, None, None));
}

#[test]
fn a_span_that_is_marked_is_uncounted_until_that_is_taken_back_and_no_entry_is_changed() {
    let shelf = shop();
    let (reader, day) = (shelf.reader(), monday(Period::Day));
    let (entries, before) = (shelf.all(), reader.counts(&day).unwrap());
    let span = Span { from: at("2026-03-23T09:45:00+01:00"), to: at("2026-03-23T10:45:00+01:00") };
    let mut notebook = Notebook::open(shelf.path()).unwrap();
    let mut mark = |source: Option<&str>, uncounted, note: &str| {
        let new = NewMark { span, source: source.map(str::to_owned), uncounted, note: note.into() };
        notebook.mark(&new).unwrap()
    };
    let note = mark(None, false, "a party");
    assert_eq!(reader.counts(&day).unwrap(), before, "a note changes nothing");
    let id = mark(Some("front"), true, "the camera was turned");
    let marked = reader.counts(&day).unwrap();
    assert_eq!((rows(&marked), marked[0].marked), (vec![("", "", 2, 2)], Some(2)));
    let reasons = reader.uncounted_reasons(&day).unwrap();
    assert!(reasons.contains(&("marked".into(), 3600.0)), "{reasons:?}");
    let mut tallies = (0, 0);
    let add = |tally: footfall_ledger::PeriodTally| {
        tallies = (tallies.0 + tally.tally.entered, tallies.1 + tally.tally.left);
        Ok::<_, Error>(())
    };
    reader.each_tally(&day, add).unwrap();
    assert_eq!(tallies, (2, 2));
    assert_eq!(reader.inside(&day, at("2026-03-23T10:50:00+01:00")).unwrap(), 2, "one each");
    let all = mark(None, true, "");
    assert_eq!(rows(&reader.counts(&day).unwrap()), [("", "", 1, 2)]);
    for id in [id, all] {
        assert!(notebook.take_back(id).unwrap() && !notebook.take_back(id).unwrap());
    }
    assert_eq!(reader.counts(&day).unwrap(), before);
    assert_eq!(shelf.all(), entries);
    let known = reader.marks(Range::default()).unwrap();
    assert_eq!(
        known.iter().filter(|mark| mark.taken_back.is_none()).map(|mark| mark.id).collect::<Vec<_>>(),
        [note]
    );
    assert_eq!((known.len(), reader.marks_of(&day).unwrap().len()), (3, 1));
}

#[test]
fn what_is_marked_has_no_stays_either() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    run.anchor(at("2026-03-23T10:00:00+01:00"));
    let stay = |second: u64| {
        let (entered, left) = (seconds(10 * second), seconds(10 * second + 50));
        Entry::Visit(VisitEntry {
            zone: "till".into(),
            track: second,
            frame: second,
            entered,
            left,
            detail: Map::new(),
        })
    };
    run.record(&[stay(10), stay(2000)]).unwrap();
    let reader = shelf.reader();
    let span = Span { from: at("2026-03-23T10:00:00+01:00"), to: at("2026-03-23T10:10:00+01:00") };
    let new = NewMark { span, source: None, uncounted: true, note: String::new() };
    let day = monday(Period::Day);
    assert_eq!(reader.counts(&day).unwrap()[0].visits, 2);
    Notebook::open(shelf.path()).unwrap().mark(&new).unwrap();
    assert_eq!(reader.counts(&day).unwrap()[0].visits, 1);
    assert_eq!(reader.zone_counts(&day).unwrap()[0].visits, 1);
}

#[test]
fn sales_stand_beside_those_who_came_and_the_same_told_twice_is_there_once() {
    let shelf = shop();
    let sale = |time: &str, transactions, amount| Sale { at: at(time), transactions, amount };
    let mut notebook = Notebook::open(shelf.path()).unwrap();
    let sales = [
        sale("2026-03-23T10:00:00+01:00", 1, Some(12.5)),
        sale("2026-03-23T10:59:59+01:00", 2, None),
        sale("2026-03-23T12:00:00+01:00", 1, Some(4.0)),
    ];
    let sold = notebook.sell("", &sales).unwrap();
    assert_eq!((sold.added, sold.replaced, sold.known), (3, 0, 0));
    let again = notebook.sell("", &[sales[0], sale("2026-03-23T12:00:00+01:00", 2, Some(8.0))]).unwrap();
    assert_eq!((again.added, again.replaced, again.known), (0, 1, 1));
    notebook.sell("kiosk", &[sale("2026-03-23T10:00:00+01:00", 1, Some(1.0))]).unwrap();
    let counts = shelf.reader().counts(&monday(Period::Hour)).unwrap();
    let of = |hour: usize| (counts[hour].transactions, counts[hour].amount, counts[hour].conversion);
    assert_eq!(of(10), (Some(4), Some(13.5), Some(4.0 / 3.0)));
    assert_eq!(of(12), (Some(2), Some(8.0), None), "nobody came in");
    assert_eq!(of(9), (Some(0), None, None));
    let each = shelf.reader().counts(&Query { per_source: true, ..monday(Period::Day) }).unwrap();
    assert!(each.iter().all(|count| count.transactions.is_none()), "a till is of no camera");
}

#[test]
fn periods_stand_beside_those_of_the_week_and_the_year_before() {
    let shelf = shop();
    let ledger = shelf.open();
    let later = [
        ("2026-03-30T10:00:00+02:00", "door", In),
        ("2026-03-30T10:10:00+02:00", "door", In),
        ("2027-03-22T10:10:00+01:00", "door", In),
    ];
    pass(&ledger, "front", &later);
    let reader = shelf.reader();
    let compared = |query: &Query, with| {
        let mut counts = Vec::new();
        let take = |count| {
            counts.push(count);
            Ok::<_, Error>(())
        };
        reader.each_count_compared(query, with, take).unwrap();
        counts
    };
    // Clocks were set in between: the hour of the wall is the same.
    let hours = compared(
        &query("2026-03-30T10:00:00+02:00", "2026-03-30T11:00:00+02:00", Period::Hour),
        Compare::Week,
    );
    let before = hours[0].before.clone().unwrap();
    assert_eq!(before.from.to_string(), "2026-03-23T10:00:00+01:00[Europe/Zurich]");
    assert_eq!(
        (hours[0].entered, before.entered, before.left, before.change),
        (2, Some(3), Some(0), Some(2.0 / 3.0 - 1.0))
    );
    let lines = Query {
        per_line: true,
        ..query("2026-03-30T00:00:00+02:00", "2026-03-31T00:00:00+02:00", Period::Day)
    };
    let lines = compared(&lines, Compare::Week);
    let entered = |count: &Count| (count.entered, count.before.as_ref().unwrap().entered);
    assert_eq!(lines.iter().map(entered).collect::<Vec<_>>(), [(0, Some(1)), (2, Some(2)), (0, Some(1))]);
    // 52 weeks later it is the same weekday; a month is the same month.
    let day = compared(
        &query("2027-03-22T00:00:00+01:00", "2027-03-23T00:00:00+01:00", Period::Day),
        Compare::Year,
    );
    assert_eq!(entered(&day[0]), (1, Some(4)));
    let month = compared(
        &query("2027-03-01T00:00:00+01:00", "2027-04-01T00:00:00+02:00", Period::Month),
        Compare::Year,
    );
    assert_eq!((month.len(), entered(&month[0])), (1, (1, Some(6))));
    // Before anything was recorded nothing is known: that is not nobody.
    let first = compared(&monday(Period::Day), Compare::Week);
    assert_eq!((first[0].entered, first[0].before.as_ref().unwrap().entered), (4, None));
}

#[test]
fn a_day_that_is_not_over_is_compared_with_as_much_of_the_earlier_one() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let now = Timestamp::now();
    let week = SignedDuration::from_hours(7 * 24);
    let text = |time: Timestamp| time.to_string();
    let (early, late) =
        (text(now - week - SignedDuration::from_mins(2)), text(now - week + SignedDuration::from_mins(2)));
    pass(&ledger, "front", &[(&early, "door", In), (&late, "door", In)]);
    let reader = shelf.reader();
    let mut entered = Vec::new();
    let range = Range { from: Some(now), to: Some(now + SignedDuration::from_secs(1)) };
    let query = Query { range, by: Period::Week, ..Query::default() };
    reader
        .each_count_compared(&query, Compare::Week, |count| {
            entered.push(count.before.unwrap().entered);
            Ok::<_, Error>(())
        })
        .unwrap();
    assert_eq!(entered, [Some(1)]);
}
