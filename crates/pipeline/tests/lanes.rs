//! Several sources in one run, with fakes at the ports: each keeps its own order and outcome, none
//! starves, one that fails ends alone, and what the hub shows and takes.

#[allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "part of this test")]
mod fakes;

use std::time::Duration;

use fakes::{Camera, Collected, Collector, Film, Walker, parts, pipeline};
use footfall_pipeline::{Ended, Kind, Lane, Options, Outcome, Phase, Pipeline, RunError, Source, Stop};

/// A run over `sources`, each with a collector, with `workers` shared by all.
fn run_all(sources: Vec<(Box<dyn Source>, &Collected)>, workers: usize, options: &Options) -> Outcome {
    let rig = pipeline(Film::new(0), workers);
    let lane = |(index, (source, collected)): (usize, (Box<dyn Source>, &Collected))| {
        Lane::new(format!("source {index}"), parts(source, vec![Collector::boxed(collected)]))
    };
    let lanes = sources.into_iter().enumerate().map(lane).collect();
    Pipeline { lanes, detectors: rig.detectors, embedders: rig.embedders }.run(options, &Stop::new())
}

#[test]
fn each_of_several_recordings_comes_out_as_it_does_alone() {
    let alone = |frames| pipeline(Film::new(frames), 2).run(&Options::default(), &Stop::new()).summary;
    for workers in [1, 3] {
        let collected: Vec<_> = (0..5).map(|_| Collected::default()).collect();
        let lengths = [150_u64, 40, 150, 0, 90];
        let sources = lengths.iter().zip(&collected).map(|(&n, c)| (Film::new(n).boxed(), c)).collect();
        let outcome = run_all(sources, workers, &Options::default());
        assert!(outcome.error.is_none(), "{:?}", outcome.error);
        for ((lane, &frames), collected) in outcome.lanes.iter().zip(&lengths).zip(&collected) {
            assert!(lane.error.is_none());
            assert_eq!(collected.frames(), (1..=frames).collect::<Vec<_>>());
            assert!(collected.is_complete());
            let (summary, expected) = (&lane.summary, alone(frames));
            assert_eq!((summary.ended, summary.read, summary.processed), (Ended::Source, frames, frames));
            assert_eq!(
                (&summary.tallies, summary.people, summary.tracked, summary.footage),
                (&expected.tallies, expected.people, expected.tracked, expected.footage)
            );
        }
        let frames = |name| outcome.stages.iter().find(|s| s.name == name).map(|s| (s.workers, s.frames));
        assert_eq!(frames("detect"), Some((workers, 430)), "the workers are shared");
        assert_eq!(frames("track"), Some((5, 430)), "each source has a tracker of its own");
    }
}

#[test]
fn a_source_that_fails_ends_alone() {
    let (good, bad) = (Collected::default(), Collected::default());
    let mut film = Film::new(100);
    film.breaks_after = Some(10);
    let sources = vec![(film.boxed(), &bad), (Film::new(200).boxed(), &good)];
    let outcome = run_all(sources, 2, &Options::default());
    assert!(outcome.error.is_none());
    assert!(matches!(outcome.lanes[0].error, Some(RunError::Read { .. })));
    assert_eq!((outcome.lanes[0].summary.ended, bad.frames().len()), (Ended::Failed, 10));
    assert!(bad.is_complete() && good.is_complete());
    assert_eq!((outcome.lanes[1].summary.ended, good.frames().len()), (Ended::Source, 200));
}

#[test]
fn a_network_that_fails_ends_all() {
    let collected = [Collected::default(), Collected::default()];
    let mut rig = pipeline(Film::new(0), 2);
    rig.detectors = (0..2).map(|_| Walker::failing_at(25)).collect();
    let lanes = collected.iter().enumerate().map(|(index, collected)| {
        let sinks = vec![Collector::boxed(collected)];
        Lane::new(index.to_string(), parts(Film::new(u64::MAX).boxed(), sinks))
    });
    let pipeline = Pipeline { lanes: lanes.collect(), detectors: rig.detectors, embedders: rig.embedders };
    let outcome = pipeline.run(&Options::default(), &Stop::new());
    assert!(matches!(outcome.error, Some(RunError::Stage { stage: "detect", frame: 25, .. })));
    for (lane, collected) in outcome.lanes.iter().zip(&collected) {
        assert_eq!(lane.summary.ended, Ended::Failed);
        let frames = collected.frames();
        assert_eq!(frames, (1..=frames.len() as u64).collect::<Vec<_>>(), "in order, without holes");
    }
}

#[test]
fn a_live_source_is_served_beside_recordings_and_accounts_for_every_frame() {
    let collected: Vec<_> = (0..3).map(|_| Collected::default()).collect();
    let (camera, _gate) = Camera::new(3000);
    let sources =
        vec![(Film::new(100).boxed(), &collected[0]), (Box::new(camera) as Box<dyn Source>, &collected[1])];
    let outcome = run_all(sources, 1, &Options::default());
    let live = &outcome.lanes[1].summary;
    assert_eq!((live.read, live.read), (3000, live.processed + live.dropped));
    assert_eq!(collected[1].frames().last(), Some(&3000), "the newest frame is never dropped");
    assert_eq!(collected[0].frames().len(), 100, "and a recording loses none");
}

#[test]
fn a_source_that_comes_later_joins_and_one_that_never_comes_holds_nobody_up() {
    let (first, second) = (Collected::default(), Collected::default());
    let rig = pipeline(Film::new(0), 1);
    let collector = Collector::boxed(&second);
    let late = Lane::later(
        "late",
        Box::new(move |feed| {
            assert_eq!(feed.status().phase, Phase::Opening);
            Ok(Some(parts(Film::new(30).boxed(), vec![collector])))
        }),
    );
    let never = Lane::later("never", Box::new(|_| Err("no such camera".into())));
    let lanes =
        vec![Lane::new("first", parts(Film::new(50).boxed(), vec![Collector::boxed(&first)])), late, never];
    let pipeline = Pipeline { lanes, detectors: rig.detectors, embedders: rig.embedders };
    let hub = pipeline.hub();
    let outcome = pipeline.run(&Options::default(), &Stop::new());
    assert_eq!((first.frames().len(), second.frames().len()), (50, 30));
    assert!(outcome.error.is_none());
    let info = outcome.lanes[1].info.as_ref().unwrap();
    assert_eq!((info.kind, info.width), (Kind::Recorded, 8));
    assert!(outcome.lanes[2].info.is_none());
    let error = outcome.lanes[2].error.as_ref().unwrap().to_string();
    assert_eq!(error, "reading never: no such camera");
    assert_eq!(hub.feed("late").unwrap().status().phase, Phase::Ended(Ended::Source));
}

#[test]
fn a_stop_ends_a_run_whose_source_was_never_opened() {
    let stop = Stop::new();
    let asked = stop.clone();
    let opener = Box::new(move |_: &_| {
        asked.request();
        assert!(asked.wait(Duration::from_mins(1)));
        Ok(None)
    });
    let rig = pipeline(Film::new(0), 1);
    let lanes = vec![Lane::later("late", opener)];
    let pipeline = Pipeline { lanes, detectors: rig.detectors, embedders: rig.embedders };
    let outcome = pipeline.run(&Options::default(), &stop);
    assert!(outcome.error.is_none());
    assert_eq!(outcome.lanes[0].summary.ended, Ended::Stopped);
}

#[test]
fn the_hub_shows_the_latest_scene_and_changes_the_lines_without_losing_a_frame() {
    let collected = Collected::default();
    let mut film = Film::new(100);
    let held = film.hold_at(20);
    let lane = Lane::new("door", parts(film.boxed(), vec![Collector::boxed(&collected)]));
    let feed = lane.feed().clone();
    let rig = pipeline(Film::new(0), 1);
    let pipeline = Pipeline { lanes: vec![lane], detectors: rig.detectors, embedders: rig.embedders };
    let hub = pipeline.hub();
    let running = std::thread::spawn(move || pipeline.run(&Options::default(), &Stop::new()));
    // The film is held while it is asked for frame 20: most of those before it come through.
    let long = Duration::from_mins(1);
    let scene = hub.feed("door").unwrap().scene_after(10, long).unwrap();
    assert!((11..20).contains(&scene.frame.number));
    assert_eq!((scene.seen.lines.len(), scene.seen.lines[0].name()), (1, "door"));
    feed.change(|_, counter| {
        let line = "window:140,200,140,0".parse().unwrap();
        *counter = footfall_count::Counter::new(vec![line], footfall_count::Config::default()).unwrap();
    });
    drop(held);
    let outcome = running.join().unwrap();
    assert_eq!(collected.frames(), (1..=100).collect::<Vec<_>>());
    let last = hub.feed("door").unwrap().scene().unwrap();
    assert_eq!((last.frame.number, last.seen.lines[0].name()), (100, "window"));
    let summary = &outcome.lanes[0].summary;
    assert_eq!(summary.lines, ["window"]);
    assert_eq!((summary.tallies[0].entered, summary.tallies[0].left), (1, 0), "passed after the change");
    assert!(feed.scene_after(100, long).is_none(), "there will be no more");
}
