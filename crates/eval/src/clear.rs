//! CLEAR MOT metrics (Bernardin and Stiefelhagen, 2008).

use crate::overlap::Overlap;
use crate::sequence::{Frame, Sequence, reaches};

/// Two boxes are a match where they overlap at least this much.
const THRESHOLD: f64 = 0.5;
/// More than any sum of overlaps can make up for: who was matched stays matched.
const CONTINUATION: f64 = 1000.0;
const MOSTLY_TRACKED: f64 = 0.8;
const PARTLY_TRACKED: f64 = 0.2;

/// Errors of detection and identity, frame by frame.
///
/// ```text
/// MOTA = (TP - FP - IDSW) / (TP + FN)     MODA = (TP - FP) / (TP + FN)
/// MOTP = mean overlap over TP             sMOTA = (sum of overlaps - FP - IDSW) / (TP + FN)
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clear {
    /// What was counted.
    pub counts: Counts,
    /// MOTA, 1 at best and without a lower end.
    pub mota: f64,
    /// MOTP.
    pub motp: f64,
    /// MODA.
    pub moda: f64,
    /// `sMOTA`.
    pub smota: f64,
    /// TP / (TP + FN).
    pub recall: f64,
    /// TP / (TP + FP).
    pub precision: f64,
    /// Share of people who are mostly tracked.
    pub mostly_tracked: f64,
    /// Share of people who are partly tracked.
    pub partly_tracked: f64,
    /// Share of people who are mostly lost.
    pub mostly_lost: f64,
}

/// What CLEAR counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Matches, TP.
    pub true_positives: u64,
    /// FN.
    pub false_negatives: u64,
    /// FP.
    pub false_positives: u64,
    /// IDSW: a person is matched by another track than the last time.
    pub id_switches: u64,
    /// Frag: a person is matched again after frames in which they were not.
    pub fragmentations: u64,
    /// People who are matched in more than 80% of their frames.
    pub mostly_tracked: u64,
    /// People in between.
    pub partly_tracked: u64,
    /// People who are matched in less than 20% of their frames.
    pub mostly_lost: u64,
    /// Sum of the overlaps of all matches.
    pub overlap: f64,
}

/// What is remembered about one person.
#[derive(Clone, Default)]
struct Person {
    present: u64,
    matched: u64,
    /// How often a match began.
    begun: u64,
    last_track: Option<usize>,
    /// The track that matched in the frame before, leaving out frames without truth or tracks.
    previous: Option<usize>,
    /// Whether there was one, while a frame is taken.
    was_matched: bool,
}

impl Clear {
    /// Scores one sequence.
    #[must_use]
    pub fn of(sequence: &Sequence) -> Self {
        let (truth_boxes, track_boxes) = (sequence.truth_boxes(), sequence.track_boxes());
        if truth_boxes == 0 || track_boxes == 0 {
            return Self::of_nothing(truth_boxes, track_boxes, sequence.truth_ids as u64);
        }
        let mut people = vec![Person::default(); sequence.truth_ids];
        let mut counts = Counts::default();
        let mut before = Vec::new();
        for frame in &sequence.frames {
            step(frame, &mut people, &mut before, &mut counts);
        }
        counts.false_negatives = truth_boxes - counts.true_positives;
        counts.false_positives = track_boxes - counts.true_positives;
        for person in &people {
            let share = person.matched as f64 / person.present as f64;
            counts.mostly_tracked += u64::from(share > MOSTLY_TRACKED);
            counts.partly_tracked += u64::from((PARTLY_TRACKED..=MOSTLY_TRACKED).contains(&share));
            counts.mostly_lost += u64::from(share < PARTLY_TRACKED);
            counts.fragmentations += person.begun.saturating_sub(1);
        }
        Self::from(counts)
    }

    /// The convention where there is no truth or no track: ratios are 0, and everyone is lost.
    fn of_nothing(truth_boxes: u64, track_boxes: u64, people: u64) -> Self {
        let counts = Counts {
            false_negatives: truth_boxes,
            false_positives: track_boxes,
            mostly_lost: people,
            ..Counts::default()
        };
        Self { counts, mostly_lost: 1.0, ..Self::default() }
    }

    /// All sequences as one: counts are added.
    #[must_use]
    pub fn combined(all: &[&Self]) -> Self {
        let mut sum = Counts::default();
        for Self { counts, .. } in all {
            sum.true_positives += counts.true_positives;
            sum.false_negatives += counts.false_negatives;
            sum.false_positives += counts.false_positives;
            sum.id_switches += counts.id_switches;
            sum.fragmentations += counts.fragmentations;
            sum.mostly_tracked += counts.mostly_tracked;
            sum.partly_tracked += counts.partly_tracked;
            sum.mostly_lost += counts.mostly_lost;
            sum.overlap += counts.overlap;
        }
        Self::from(sum)
    }
}

impl From<Counts> for Clear {
    fn from(counts: Counts) -> Self {
        let [tp, fn_, fp, switches] =
            [counts.true_positives, counts.false_negatives, counts.false_positives, counts.id_switches]
                .map(|count| count as f64);
        let per_truth = |value: f64| value / (tp + fn_).max(1.0);
        let people = counts.mostly_tracked + counts.partly_tracked + counts.mostly_lost;
        let per_person = |value: u64| value as f64 / people.max(1) as f64;
        Self {
            mota: per_truth(tp - fp - switches),
            motp: counts.overlap / tp.max(1.0),
            moda: per_truth(tp - fp),
            smota: per_truth(counts.overlap - fp - switches),
            recall: per_truth(tp),
            precision: tp / (tp + fp).max(1.0),
            mostly_tracked: per_person(counts.mostly_tracked),
            partly_tracked: per_person(counts.partly_tracked),
            mostly_lost: per_person(counts.mostly_lost),
            counts,
        }
    }
}

/// Takes a frame; `before` has those who were matched in the one before it, and then those of this one.
fn step(frame: &Frame, people: &mut [Person], before: &mut Vec<usize>, counts: &mut Counts) {
    for &id in &frame.truth {
        people[id].present += 1;
    }
    if frame.truth.is_empty() || frame.tracks.is_empty() {
        return;
    }
    let matches = matches(frame, people);
    for &id in &*before {
        people[id].was_matched = std::mem::take(&mut people[id].previous).is_some();
    }
    for &Overlap { row, column, value } in &matches {
        let (id, track) = (frame.truth[row], frame.tracks[column]);
        let person = &mut people[id];
        counts.true_positives += 1;
        counts.overlap += value;
        counts.id_switches += u64::from(person.last_track.is_some_and(|last| last != track));
        person.matched += 1;
        person.begun += u64::from(!person.was_matched);
        person.last_track = Some(track);
        person.previous = Some(track);
    }
    for &id in &*before {
        people[id].was_matched = false;
    }
    before.clear();
    before.extend(matches.iter().map(|pair| frame.truth[pair.row]));
}

/// Those who were matched before stay so while they overlap; the rest overlaps as much as it can.
fn matches(frame: &Frame, people: &[Person]) -> Vec<Overlap> {
    frame.assign(|overlap| {
        if !reaches(overlap.value, THRESHOLD) {
            return 0.0;
        }
        let continued = people[frame.truth[overlap.row]].previous == Some(frame.tracks[overlap.column]);
        if continued { CONTINUATION + overlap.value } else { overlap.value }
    })
}
