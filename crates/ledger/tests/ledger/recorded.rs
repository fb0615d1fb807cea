//! A recording may be counted again.

use std::time::Duration;

use footfall_count::Direction::{In, Out};
use footfall_count::{Condition, Uncounted};
use footfall_ledger::{
    CrossingEntry, Ending, Entry, Error, Event, Origin, Place, PlaceKind, Row, RunInfo, Start, VisitEntry,
};

use crate::common::{Shelf, at, crossing, digest, frames, recording, seconds};

#[test]
fn what_was_recorded_is_read_with_its_time_of_day() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&recording()).unwrap();
    run.record(&[crossing(15, 7, In)]).unwrap();
    let row = &shelf.all()[0];
    assert_eq!(row.at, at("2026-03-01T10:00:01.5Z"));
    assert_eq!((row.source.as_str(), row.run, row.time), ("monday.mp4", run.id(), 1.5));
    assert_eq!(row.event, Event::Crossing { line: "door".into(), direction: In, track: 7, frame: 15 });
    let json = serde_json::to_value(row).unwrap();
    assert_eq!(
        (&json["kind"], &json["direction"], &json["at"]),
        (&"crossing".into(), &"in".into(), &"2026-03-01T10:00:01.5Z".into())
    );
}

#[test]
fn counting_twice_adds_nothing_under_any_name_and_file_time() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let entries = [crossing(1, 1, In), crossing(2, 2, Out), crossing(2, 3, In)];
    let first = ledger.begin(&recording()).unwrap();
    assert_eq!(first.record(&entries).unwrap().added, 3);
    first.end(Ending::Done).unwrap();
    let before = shelf.all();

    let Origin::Recorded { content, .. } = recording().origin else { unreachable!() };
    let start = Start::Assumed(at("2026-04-01T00:00:00Z"));
    let copied =
        RunInfo { source: "copy.mp4".into(), origin: Origin::Recorded { content, start }, ..recording() };
    let again = ledger.begin(&copied).unwrap();
    let recorded = again.record(&entries).unwrap();
    assert_eq!((recorded.added, recorded.known), (0, 3));
    assert_eq!(shelf.all(), before);
}

#[test]
fn a_count_that_was_cut_short_goes_on() {
    let shelf = Shelf::new();
    let entries: Vec<_> = (1..=10).map(|frame| crossing(frame, frame, In)).collect();
    shelf.open().begin(&recording()).unwrap().record(&entries[..4]).unwrap();
    let run = shelf.open().begin(&recording()).unwrap();
    for entry in &entries {
        run.record(std::slice::from_ref(entry)).unwrap();
    }
    assert_eq!(frames(&shelf.all()), (1..=10).collect::<Vec<_>>());
}

#[test]
fn a_stretch_that_was_told_of_up_to_a_cut_goes_on_behind_it() {
    let shelf = Shelf::new();
    let span = |from, to| {
        let (from, to) = (Duration::from_secs(from), Duration::from_secs(to));
        Entry::Uncounted(Uncounted { reason: Condition::LowRate, from, to })
    };
    let spans = || -> Vec<_> {
        let told = |row: &Row| match &row.event {
            Event::Uncounted { until, .. } => (row.time, until.duration_since(row.at).as_secs_f64()),
            other => panic!("{other:?}"),
        };
        shelf.all().iter().map(told).collect()
    };
    let tell = |entries: &[Entry]| shelf.open().begin(&recording()).unwrap().record(entries).unwrap();
    assert_eq!(tell(&[span(0, 60), span(60, 75)]).added, 2);
    // The whole recording, then the same once more, and a shorter part of it: nothing is told twice.
    assert_eq!(tell(&[span(0, 60), span(60, 120)]).added, 1);
    assert_eq!(tell(&[span(0, 60), span(60, 120)]).known, 2);
    assert_eq!(tell(&[span(0, 60), span(60, 90)]).known, 2);
    assert_eq!(spans(), [(0.0, 60.0), (60.0, 15.0), (75.0, 45.0)]);
    assert_eq!(tell(&[span(60, 121)]).added, 1, "and it goes on from there");
    assert_eq!(spans()[3], (120.0, 1.0));
}

#[test]
fn details_are_kept_and_are_no_part_of_the_identity() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&recording()).unwrap();
    let Entry::Crossing(mut entry) = crossing(1, 1, In) else { unreachable!() };
    entry.detail.insert("confidence".into(), 0.5.into());
    run.record(&[Entry::Crossing(entry.clone())]).unwrap();
    let later = CrossingEntry { detail: serde_json::Map::new(), ..entry };
    assert_eq!(run.record(&[Entry::Crossing(later)]).unwrap().known, 1);
    assert_eq!(shelf.all()[0].detail["confidence"], 0.5);
}

#[test]
fn counting_in_another_way_is_refused_or_replaces_what_was_there() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    ledger.begin(&recording()).unwrap().record(&[crossing(1, 1, In), crossing(5, 2, In)]).unwrap();
    let mut other = recording();
    other.places[0].config = digest("another door");
    let mut newer = recording();
    newer.version = "0.2.0".into();
    let Origin::Recorded { content, .. } = recording().origin else { unreachable!() };
    let mut moved = recording();
    moved.origin = Origin::Recorded { content, start: Start::Given(at("2026-03-02T10:00:00Z")) };
    for (info, word) in [(&other, "another configuration"), (&newer, "0.1.0"), (&moved, "2026-03-02")] {
        let error = ledger.begin(info).err().unwrap();
        assert!(matches!(error, Error::CountedOtherwise(_)), "{error}");
        let text = error.to_string();
        assert!(text.contains(word) && text.contains("--recount") && text.contains("monday.mp4"), "{text}");
    }
    assert_eq!(frames(&shelf.all()), [1, 5], "a refusal changes nothing");

    for mut info in [other, newer, moved] {
        info.recount = true;
        ledger.begin(&info).unwrap().record(&[crossing(2, 1, In)]).unwrap();
        assert_eq!(frames(&shelf.all()), [2]);
    }
    assert_eq!(shelf.all()[0].at, at("2026-03-02T10:00:00.2Z"));
    assert!(shelf.all()[0].seq.0 > 4, "numbers are never used twice");
}

#[test]
fn another_line_and_another_recording_are_other_counts() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    ledger.begin(&recording()).unwrap().record(&[crossing(1, 1, In)]).unwrap();
    let mut till = recording();
    till.places[0].name = "till".into();
    let Entry::Crossing(entry) = crossing(1, 1, In) else { unreachable!() };
    let at_till = Entry::Crossing(CrossingEntry { line: "till".into(), ..entry });
    assert_eq!(ledger.begin(&till).unwrap().record(&[at_till]).unwrap().added, 1);
    let start = Start::Given(at("2026-03-01T10:00:00Z"));
    let mut tuesday = recording();
    tuesday.origin = Origin::Recorded { content: digest("other pixels"), start };
    assert_eq!(ledger.begin(&tuesday).unwrap().record(&[crossing(1, 1, In)]).unwrap().added, 1);
    assert_eq!(shelf.all().len(), 3);
}

#[test]
fn runs_tell_how_they_went() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&recording()).unwrap();
    run.scene(seconds(30), &[]).unwrap();
    ledger.begin(&recording()).unwrap().end(Ending::Failed).unwrap();
    let runs = shelf.reader().runs().unwrap();
    assert_eq!(runs[0].seen, Some(at("2026-03-01T10:00:03Z")));
    assert_eq!((runs[0].ended, runs[0].outcome.as_deref()), (None, None), "killed, or under way");
    assert_eq!(runs[1].outcome.as_deref(), Some("failed"));
    assert_eq!((runs[1].version.as_str(), &runs[1].config), ("0.1.0", &digest("config").to_string()));
}

#[test]
fn a_line_and_a_zone_of_one_name_are_counted_and_replaced_apart() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let mut both = recording();
    both.places.push(Place::new(PlaceKind::Zone, "door", digest("zone")));
    let (entered, left) = (seconds(1), seconds(9));
    let detail = serde_json::Map::new();
    let visit = Entry::Visit(VisitEntry { zone: "door".into(), track: 1, frame: 1, entered, left, detail });
    for added in [2, 0] {
        let recorded = ledger.begin(&both).unwrap().record(&[crossing(1, 1, In), visit.clone()]).unwrap();
        assert_eq!(recorded.added, added);
    }
    both.places[1].config = digest("another zone");
    assert!(ledger.begin(&both).is_err());
    both.recount = true;
    ledger.begin(&both).unwrap();
    assert!(shelf.all().is_empty(), "both are counted anew");
    for kind in [PlaceKind::Line, PlaceKind::Zone] {
        assert_eq!(shelf.reader().places(kind).unwrap(), ["door"]);
    }
}
