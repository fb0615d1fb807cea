//! The same scores as the published implementation, on scenes that it was asked about by
//! `scripts/eval/make_goldens.py`.

use std::collections::BTreeMap;

use footfall_eval::{Benchmark, Error, Scores, Selection, Sequence, TrackBox, TruthBox, check_frames};
use footfall_track::Bbox;
use serde::Deserialize;

const TOLERANCE: f64 = 1e-9;

/// Frame, id, x, y, width, height, mark, class.
type TruthRow = (u64, u64, f64, f64, f64, f64, u8, u64);
/// Frame, id, x, y, width, height.
type TrackRow = (u64, u64, f64, f64, f64, f64);

#[derive(Deserialize)]
struct Group {
    benchmark: String,
    scenes: Vec<Scene>,
    combined: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Scene {
    name: String,
    length: u64,
    truth: Vec<TruthRow>,
    tracks: Vec<TrackRow>,
    expected: Option<BTreeMap<String, f64>>,
}

impl Scene {
    fn boxes(&self) -> (Vec<TruthBox>, Vec<TrackBox>) {
        let truth = self.truth.iter().map(|&(frame, id, x, y, w, h, mark, class)| {
            let bbox = Bbox::new(x, y, w, h);
            TruthBox { frame, id, bbox, considered: mark != 0, class }
        });
        let tracks = self.tracks.iter().map(|&(frame, id, x, y, w, h)| {
            let bbox = Bbox::new(x, y, w, h);
            TrackBox { frame, id, bbox }
        });
        (truth.collect(), tracks.collect())
    }

    fn score(&self, benchmark: Benchmark) -> Result<Scores, Error> {
        let (truth, tracks) = self.boxes();
        check_frames(&truth, &tracks, self.length)?;
        let range = Selection::All.of(self.length);
        Ok(Scores::of(&Sequence::new(&truth, &tracks, range, benchmark)?))
    }
}

fn check(group: &Group) {
    let benchmark = match group.benchmark.as_str() {
        "MOT15" => Benchmark::Mot15,
        "MOT17" => Benchmark::Mot17,
        "MOT20" => Benchmark::Mot20,
        other => panic!("no benchmark {other}"),
    };
    let mut all = Vec::new();
    for scene in &group.scenes {
        match (&scene.expected, scene.score(benchmark)) {
            (Some(expected), Ok(scores)) => {
                check_fields(&scene.name, &scores, expected);
                all.push(scores);
            }
            (None, Err(_)) => {}
            (Some(_), Err(error)) => panic!("{}: {error}", scene.name),
            (None, Ok(_)) => panic!("{}: scored, and the reference refuses it", scene.name),
        }
    }
    let combined = Scores::combined(&all.iter().collect::<Vec<_>>());
    check_fields("combined", &combined, &group.combined);
}

fn check_fields(name: &str, scores: &Scores, expected: &BTreeMap<String, f64>) {
    let fields = scores.fields();
    assert_eq!(fields.len(), expected.len());
    for (field, value) in fields {
        let (value, expected) = (value.as_f64(), expected[field]);
        assert!((value - expected).abs() < TOLERANCE, "{name} {field}: {value}, expected {expected}");
    }
}

#[test]
fn mot15() {
    check(&serde_json::from_str(include_str!("golden/mot15.json")).unwrap());
}

#[test]
fn mot17_with_distractors() {
    check(&serde_json::from_str(include_str!("golden/mot17.json")).unwrap());
}

#[test]
fn mot20_with_distractors() {
    check(&serde_json::from_str(include_str!("golden/mot20.json")).unwrap());
}

#[test]
fn empty_broken_and_ambiguous_files() {
    check(&serde_json::from_str(include_str!("golden/odd.json")).unwrap());
}

#[test]
fn a_range_is_scored_as_if_it_were_the_sequence() {
    let group: Group = serde_json::from_str(include_str!("golden/mot17.json")).unwrap();
    for scene in &group.scenes {
        let (truth, tracks) = scene.boxes();
        let range = Selection::SecondHalf.of(scene.length);
        let scored = Scores::of(&Sequence::new(&truth, &tracks, range, Benchmark::Mot17).unwrap());

        let moved = |frame: u64| range.contains(frame).then(|| frame + 1 - range.first);
        let truth: Vec<TruthBox> =
            truth.iter().filter_map(|row| Some(TruthBox { frame: moved(row.frame)?, ..*row })).collect();
        let tracks: Vec<TrackBox> =
            tracks.iter().filter_map(|row| Some(TrackBox { frame: moved(row.frame)?, ..*row })).collect();
        let all = Selection::All.of(range.count());
        let cut = Scores::of(&Sequence::new(&truth, &tracks, all, Benchmark::Mot17).unwrap());
        assert_eq!(scored, cut);
        assert!(scored.boxes.truth > 0);
    }
}
