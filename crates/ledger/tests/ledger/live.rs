//! Live sources: time of day, gaps, health.

use std::time::Duration;

use footfall_count::Direction::{In, Out};
use footfall_count::{Condition, HealthChange, Uncounted};
use footfall_ledger::{Ending, Entry, Event, Row};

use crate::common::{Shelf, at, camera, crossing, frames, seconds};

fn uncounted(rows: &[Row]) -> Vec<(&str, String, String)> {
    let span = |row: &'_ Row| match &row.event {
        Event::Uncounted { reason, until } => Some((reason.clone(), row.at.to_string(), until.to_string())),
        _ => None,
    };
    let spans = rows.iter().filter_map(span);
    spans
        .map(|(reason, from, to)| (if reason == "stopped" { "stopped" } else { "other" }, from, to))
        .collect()
}

#[test]
fn time_zero_is_found_when_the_first_scene_comes() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    shelf.clock.pass(20); // it takes a while to connect
    run.scene(seconds(10), &[crossing(10, 1, In)]).unwrap();
    shelf.clock.pass(3); // frames are late; their own time counts
    run.scene(seconds(15), &[crossing(15, 2, In)]).unwrap();
    let times: Vec<_> = shelf.all().iter().map(|row| row.at.to_string()).collect();
    assert_eq!(times, ["2026-11-24T09:00:20Z", "2026-11-24T09:00:20.5Z"]);
}

#[test]
fn time_zero_can_be_told() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    run.anchor(at("2026-11-24T08:59:59Z"));
    run.scene(seconds(10), &[crossing(10, 1, In)]).unwrap();
    run.anchor(at("2000-01-01T00:00:00Z"));
    run.scene(seconds(20), &[crossing(20, 2, In)]).unwrap();
    let times: Vec<_> = shelf.all().iter().map(|row| row.at.to_string()).collect();
    assert_eq!(times, ["2026-11-24T09:00:00Z", "2026-11-24T09:00:01Z"]);
}

#[test]
fn each_run_of_a_camera_is_new_and_the_time_between_is_uncounted() {
    let shelf = Shelf::new();
    for _ in 0..2 {
        let run = shelf.open().begin(&camera()).unwrap();
        run.scene(seconds(0), &[]).unwrap();
        shelf.clock.pass(10);
        run.scene(seconds(100), &[crossing(100, 1, In)]).unwrap();
        assert_eq!(run.record(&[crossing(100, 1, In)]).unwrap().known, 1, "a repetition in one run is none");
        // Killed here: the run does not end.
        shelf.clock.pass(60);
    }
    let rows = shelf.all();
    assert_eq!(frames(&rows), [100, 100]);
    let gap = ("stopped", "2026-11-24T09:00:10Z".to_owned(), "2026-11-24T09:01:10Z".to_owned());
    assert_eq!(uncounted(&rows), [gap]);
}

#[test]
fn until_when_was_counted_is_noted_every_few_seconds() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    let seen = || shelf.reader().runs().unwrap()[0].seen.map(|seen| seen.to_string());
    run.scene(seconds(0), &[]).unwrap();
    shelf.clock.pass(4);
    run.scene(seconds(40), &[]).unwrap();
    assert_eq!(seen().unwrap(), "2026-11-24T09:00:00Z");
    shelf.clock.pass(1);
    run.scene(seconds(50), &[]).unwrap();
    assert_eq!(seen().unwrap(), "2026-11-24T09:00:05Z");
    run.scene(seconds(51), &[]).unwrap();
    run.end(Ending::Stopped).unwrap();
    assert_eq!(seen().unwrap(), "2026-11-24T09:00:05Z", "only what was written before");
}

#[test]
fn a_clock_that_is_set_is_written_down_and_followed() {
    for (set, seconds_set) in [("2026-11-24T08:00:10Z", -3600.0), ("2027-11-24T09:00:10Z", 31_536_000.0)] {
        let shelf = Shelf::new();
        let run = shelf.open().begin(&camera()).unwrap();
        run.scene(seconds(0), &[crossing(1, 1, In)]).unwrap();
        shelf.clock.pass(10);
        shelf.clock.set(at(set));
        run.scene(seconds(100), &[crossing(100, 1, Out)]).unwrap();
        run.scene(seconds(101), &[crossing(101, 2, In)]).unwrap();
        let rows = shelf.all();
        assert!(rows.is_sorted_by_key(|row| row.seq));
        assert_eq!(frames(&rows), [1, 100, 101], "in the true order");
        assert_eq!(rows[2].at, at(set));
        let step = Event::Health { condition: "clock_step".into(), raised: true, frame: None };
        assert_eq!(rows[1].event, step);
        assert_eq!(rows[1].detail["seconds"], seconds_set);
        assert!(shelf.reader().health().unwrap()[0].raised.is_empty(), "it is over at once");
    }
}

#[test]
fn a_clock_that_went_back_between_runs_is_written_down() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    run.scene(seconds(0), &[crossing(1, 1, In)]).unwrap();
    drop(run);
    shelf.clock.set(at("2026-11-24T08:30:00Z"));
    shelf.open().begin(&camera()).unwrap().scene(seconds(0), &[crossing(1, 1, In)]).unwrap();
    let rows = shelf.all();
    assert_eq!(frames(&rows), [1, 1]);
    assert_eq!(rows[1].detail["seconds"], -1800.0);
    assert!(uncounted(&rows).is_empty());
}

#[test]
fn health_is_what_was_raised_last_and_is_not_over() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    let change = |condition, raised, time| {
        let evidence = std::collections::BTreeMap::from([("sharpness".to_owned(), 12.5)]);
        Entry::Health(HealthChange { condition, raised, time: seconds(time), frame: Some(time), evidence })
    };
    let blurred = change(Condition::Blurred, true, 1);
    run.record(&[blurred, change(Condition::Covered, true, 2), change(Condition::Covered, false, 3)])
        .unwrap();
    let health = &shelf.reader().health().unwrap()[0];
    assert_eq!(health.source, "door camera");
    assert_eq!(health.raised, [("blurred".to_owned(), at("2026-11-24T08:59:59.8Z"))]);
    assert!(health.running);
    run.record(&[change(Condition::Blurred, false, 4)]).unwrap();
    assert!(shelf.reader().health().unwrap()[0].raised.is_empty());
    assert_eq!(shelf.all()[0].detail["sharpness"], 12.5);
    drop((run, ledger));
    assert!(!shelf.reader().health().unwrap()[0].running, "nobody writes");
}

#[test]
fn an_uncounted_span_is_kept_once_with_its_reason() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    run.scene(Duration::ZERO, &[]).unwrap();
    let span = Uncounted { reason: Condition::Disconnected, from: seconds(10), to: seconds(40) };
    for _ in 0..2 {
        run.record(&[Entry::Uncounted(span)]).unwrap();
    }
    let span = ("other", "2026-11-24T09:00:01Z".to_owned(), "2026-11-24T09:00:04Z".to_owned());
    assert_eq!(uncounted(&shelf.all()), [span]);
}
