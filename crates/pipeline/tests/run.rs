//! The run with fakes at its four ports: order, loss, back-pressure, failures and shutdown.

#[allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "part of this test")]
mod fakes;

use std::sync::atomic::Ordering;
use std::time::Duration;

use fakes::{Camera, Collected, Collector, Film, Walker, pipeline};
use footfall_pipeline::{BoxError, Ended, Frame, Options, RunError, Source, SourceInfo, Stop};

#[test]
fn every_frame_of_a_recording_arrives_once_and_in_order() {
    for workers in [1, 2, 5] {
        let collected = Collected::default();
        let mut run = pipeline(Film::new(200), workers);
        run.sinks.push(Collector::boxed(&collected));
        let outcome = run.run(&Options::default(), &Stop::new());
        assert!(outcome.error.is_none(), "{:?}", outcome.error);
        assert_eq!(collected.frames(), (1..=200).collect::<Vec<_>>());
        assert!(collected.is_complete());
        let summary = outcome.summary;
        assert_eq!(
            (summary.ended, summary.read, summary.processed, summary.dropped),
            (Ended::Source, 200, 200, 0)
        );
        assert_eq!(summary.footage, Duration::from_millis(19_900));
        assert_eq!(summary.people, 1);
        let stages: Vec<_> = summary.stages.iter().map(|s| (s.name, s.workers, s.frames)).collect();
        let expected = [
            ("read", 1, 200),
            ("detect", workers, 200),
            ("embed", workers, 200),
            ("track", 1, 200),
            ("write", 1, 200),
        ];
        assert_eq!(stages, expected);
    }
}

#[test]
fn a_person_who_walks_over_the_line_is_counted() {
    let outcome = pipeline(Film::new(100), 2).run(&Options::default(), &Stop::new());
    let tally = outcome.summary.tallies[0];
    assert_eq!((tally.entered, tally.left), (1, 0));
}

#[test]
fn without_embedders_people_are_tracked_by_motion() {
    let mut run = pipeline(Film::new(50), 1);
    run.embedders.clear();
    let summary = run.run(&Options::default(), &Stop::new()).summary;
    assert_eq!((summary.processed, summary.people), (50, 1));
    assert!(summary.stages.iter().all(|s| s.name != "embed"));
}

/// A camera that is waited for.
struct Waited(Camera);

/// From one frame to the next.
const PAUSE: Duration = Duration::from_millis(10);

impl Source for Waited {
    fn info(&self) -> &SourceInfo {
        self.0.info()
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        std::thread::sleep(PAUSE);
        self.0.next_frame()
    }
}

#[test]
fn waiting_for_a_camera_is_no_work() {
    let (camera, _go_on) = Camera::new(50);
    let summary = pipeline(Waited(camera), 1).run(&Options::default(), &Stop::new()).summary;
    let read = summary.stages.iter().find(|stage| stage.name == "read").unwrap();
    assert_eq!(read.frames, 50);
    assert!(read.busy < 50 * PAUSE / 2, "nothing was computed in {:?}", read.busy);
}

#[test]
fn a_slow_sink_holds_the_source_back() {
    let collected = Collected::default();
    let (workers, queue) = (2, 3);
    let mut film = Film::new(300);
    film.written = Some(collected.clone());
    let ahead = film.ahead.clone();
    let mut run = pipeline(film, workers);
    run.sinks.push(Collector::boxed(&collected));
    let _ = run.run(&Options { queue, ..Options::default() }, &Stop::new());
    // Two queues; the detectors' workers; one frame in the hands of the reader, one in the sink's, and
    // two in the tracker's.
    let bound = 2 * queue + workers + 4;
    assert!(ahead.load(Ordering::SeqCst) <= bound as u64, "{} frames ahead", ahead.load(Ordering::SeqCst));
}

#[test]
fn a_limit_ends_the_run_there() {
    let collected = Collected::default();
    let mut run = pipeline(Film::new(100), 2);
    run.sinks.push(Collector::boxed(&collected));
    let summary = run.run(&Options { max_frames: Some(7), ..Options::default() }, &Stop::new()).summary;
    assert_eq!((summary.ended, summary.read, summary.processed), (Ended::Limit, 7, 7));
    assert_eq!(collected.frames(), (1..=7).collect::<Vec<_>>());
}

#[test]
fn a_request_to_stop_finishes_what_is_on_its_way() {
    let (stop, collected) = (Stop::new(), Collected::default());
    let mut film = Film::new(u64::MAX);
    film.stop_at = Some((40, stop.clone()));
    let mut run = pipeline(film, 2);
    run.sinks.push(Collector::boxed(&collected));
    let summary = run.run(&Options::default(), &stop).summary;
    assert_eq!((summary.ended, summary.read, summary.processed), (Ended::Stopped, 40, 40));
    assert!(collected.is_complete());
}

#[test]
fn a_source_that_breaks_keeps_what_it_gave() {
    let collected = Collected::default();
    let mut film = Film::new(100);
    film.breaks_after = Some(30);
    let mut run = pipeline(film, 2);
    run.sinks.push(Collector::boxed(&collected));
    let outcome = run.run(&Options::default(), &Stop::new());
    assert!(matches!(outcome.error, Some(RunError::Read { .. })), "{:?}", outcome.error);
    assert_eq!((outcome.summary.ended, outcome.summary.processed), (Ended::Failed, 30));
    assert_eq!(collected.frames().len(), 30);
    assert!(collected.is_complete(), "outputs hold what was processed");
}

#[test]
fn a_source_that_breaks_at_once_leaves_nothing() {
    let collected = Collected::default();
    let mut film = Film::new(100);
    film.breaks_after = Some(0);
    let mut run = pipeline(film, 2);
    run.sinks.push(Collector::boxed(&collected));
    assert!(run.run(&Options::default(), &Stop::new()).error.is_some());
    assert!(!collected.is_complete());
}

#[test]
fn a_network_that_fails_ends_the_run_with_its_error() {
    let collected = Collected::default();
    let mut run = pipeline(Film::new(u64::MAX), 3);
    run.detectors = (0..3).map(|_| Walker::failing_at(25)).collect();
    run.sinks.push(Collector::boxed(&collected));
    let outcome = run.run(&Options::default(), &Stop::new());
    let Some(RunError::Stage { stage: "detect", frame: 25, .. }) = outcome.error else {
        panic!("{:?}", outcome.error);
    };
    assert_eq!(collected.frames(), (1..25).collect::<Vec<_>>(), "all before the failure, nothing after");
    assert!(collected.is_complete());
}

#[test]
fn a_sink_that_fails_ends_the_run_and_the_others_are_completed() {
    let (good, bad) = (Collected::default(), Collected::default());
    let mut run = pipeline(Film::new(u64::MAX), 2);
    run.sinks.push(Collector::boxed(&good));
    run.sinks.push(Collector::failing_at(&bad, 12));
    let outcome = run.run(&Options::default(), &Stop::new());
    assert!(matches!(&outcome.error, Some(RunError::Write { .. })), "{:?}", outcome.error);
    assert!(good.is_complete());
    assert!(!bad.is_complete());
}

#[test]
fn a_stage_that_panics_is_an_error_and_hangs_nobody() {
    let mut run = pipeline(Film::new(u64::MAX), 2);
    run.detectors = (0..2).map(|_| Walker::panicking_at(9)).collect();
    let outcome = run.run(&Options::default(), &Stop::new());
    assert!(matches!(outcome.error, Some(RunError::Panic { stage: "detect" })), "{:?}", outcome.error);
}

#[test]
fn a_live_source_drops_at_the_door_and_every_frame_is_accounted_for() {
    let collected = Collected::default();
    let (camera, go_on) = Camera::new(500);
    let mut run = pipeline(camera, 1);
    run.sinks.push(Collector::gated(&collected, go_on));
    let summary = run.run(&Options::default(), &Stop::new()).summary;
    assert_eq!(summary.read, 500);
    assert_eq!(summary.read, summary.processed + summary.dropped);
    assert!(summary.dropped > 400, "the sink took nothing until the camera was through");
    let frames = collected.frames();
    assert!(frames.is_sorted());
    assert_eq!(frames.last(), Some(&500), "the newest frame is never the one that is dropped");
}

#[test]
fn what_a_live_source_leaves_open_is_decided_at_its_end() {
    let (camera, sink, left) = fakes::paced(37);
    let mut run = pipeline(camera, 1);
    run.sinks.push(sink);
    let summary = run.run(&Options::default(), &Stop::new()).summary;
    assert_eq!((summary.processed, summary.dropped), (37, 0));
    assert_eq!(left.lock().unwrap().as_slice(), ["door"], "passed, and too near to the line to be sure");
    assert_eq!(summary.tallies[0].entered, 1);
}
