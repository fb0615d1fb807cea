//! What of a sequence is not scored, and why: nothing is left out without a word where it may be a mistake.

use std::collections::BTreeSet;

use footfall_eval::{Benchmark, FrameRange, TrackBox, TruthBox};
use footfall_formats::mot::{Cadence, TruthRow};
use footfall_formats::ordinal;

/// How many boxes of the ground truth are left out, each for its first reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    boxes: u64,
    /// Of frames that are not scored.
    frames: u64,
    first: u64,
    last: u64,
    zero_marked: u64,
    /// With a mark between 0 and 1.
    unsure: u64,
    /// Of other classes than pedestrians.
    classes: u64,
}

impl LeftOut {
    pub(crate) fn of(rows: &[TruthRow], range: FrameRange, benchmark: Benchmark) -> Self {
        let frames = rows.iter().map(|row| row.frame);
        let (first, last) = (frames.clone().min().unwrap_or(0), frames.max().unwrap_or(0));
        let mut left_out = Self { boxes: rows.len() as u64, first, last, ..Self::default() };
        for row in rows {
            let reason = match () {
                () if !range.contains(row.frame) => &mut left_out.frames,
                () if row.mark == 0.0 => &mut left_out.zero_marked,
                () if !row.is_considered() => &mut left_out.unsure,
                () if benchmark.has_classes() && row.class != 1 => &mut left_out.classes,
                () => continue,
            };
            *reason += 1;
        }
        left_out
    }

    /// Whether nothing is left, of something.
    pub(crate) fn is_all(&self) -> bool {
        self.boxes > 0 && self.frames + self.zero_marked + self.unsure + self.classes == self.boxes
    }

    /// Of a sequence of which nothing is left.
    pub(crate) fn all(&self) -> String {
        let Self { boxes, frames, first, last, zero_marked, unsure, classes } = self;
        let reasons = [
            (frames, format!("{frames} are in other frames than those to be scored ({first} to {last})")),
            (zero_marked, format!("{zero_marked} are marked 0 in the seventh column")),
            (
                unsure,
                format!(
                    "{unsure} have a mark between 0 and 1 in the seventh column, where the ground truth has 1 and a \
                     tracker its confidence: is this a tracker's file?"
                ),
            ),
            (classes, format!("{classes} are of another class than 1, pedestrians")),
        ];
        let told: Vec<String> =
            reasons.into_iter().filter(|(count, _)| **count > 0).map(|(_, reason)| reason).collect();
        format!("nothing is left to score of {boxes} boxes of the ground truth: {}", told.join("; "))
    }

    /// Of one of which something is left, where that may be a mistake.
    pub(crate) fn note(&self) -> Option<String> {
        (self.unsure > 0).then(|| {
            format!(
                "{} of {} boxes of the ground truth are not scored, with a mark between 0 and 1 in the seventh column: \
                 is this a tracker's file?",
                self.unsure, self.boxes
            )
        })
    }
}

/// Where tracks and ground truth tell of different frames; `tracks` are of `range` and others.
pub(crate) fn apart(truth: &[TruthBox], tracks: &[TrackBox], range: FrameRange) -> Vec<String> {
    let frames = |all: &mut dyn Iterator<Item = u64>| -> BTreeSet<u64> {
        all.filter(|frame| range.contains(*frame)).collect()
    };
    let true_frames = frames(&mut truth.iter().map(|row| row.frame));
    let track_frames = frames(&mut tracks.iter().map(|row| row.frame));
    let mut notes = Vec::new();
    if true_frames.is_empty() {
        notes.push(
            "the ground truth has nobody in the frames to be scored: every box of the tracks is false".into(),
        );
    }
    if tracks.is_empty() {
        notes.push("there are no tracks: everybody counts as missed".to_owned());
    } else if !true_frames.is_empty() && true_frames.is_disjoint(&track_frames) {
        let ends = |all: &mut dyn Iterator<Item = u64>| {
            let cadence = Cadence::of(all.collect::<BTreeSet<_>>());
            let (first, last) = cadence.ends();
            format!("{first} to {last}")
        };
        notes.push(format!(
            "tracks and ground truth have no frame in common: tracks are of frames {}, the ground truth of {}. Are both \
             of this sequence, with frames counted from 1?",
            ends(&mut tracks.iter().map(|row| row.frame)),
            ends(&mut true_frames.iter().copied()),
        ));
    } else {
        let [tracked, true_stride] =
            [&track_frames, &true_frames].map(|frames| Cadence::of(frames.iter().copied()).stride());
        if tracked > true_stride {
            notes.push(format!(
                "tracks are of every {} frame only: in the others everybody counts as missed",
                ordinal(tracked)
            ));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use footfall_eval::{Benchmark, FrameRange, TrackBox, TruthBox};
    use footfall_formats::mot::TruthRow;
    use footfall_track::Bbox;

    use super::{LeftOut, apart};

    const RANGE: FrameRange = FrameRange { first: 1, last: 10 };
    const BOX: Bbox = Bbox::new(0.0, 0.0, 30.0, 80.0);

    #[test]
    fn each_box_is_left_out_for_one_reason() {
        let row = |frame, mark, class| TruthRow { frame, id: 1, bbox: BOX, mark, class };
        let rows = [row(11, 0.0, 7), row(2, 0.0, 7), row(3, 0.9, 7), row(3, -0.5, 1), row(4, 1.0, 7)];
        let left_out = LeftOut::of(&rows, RANGE, Benchmark::Mot17);
        let told = left_out.all();
        for words in [
            "of 5 boxes",
            "1 are in other frames",
            "1 are marked 0",
            "2 have a mark",
            "1 are of another class",
        ] {
            assert!(told.contains(words), "{words} in {told}");
        }
        assert!(left_out.note().unwrap().starts_with("2 of 5 boxes"));
        let fine = [row(1, 1.0, 1), row(2, 0.0, 1)];
        assert_eq!(LeftOut::of(&fine, RANGE, Benchmark::Mot17).note(), None, "marks of 0 are usual");
        assert!(!LeftOut::of(&rows[4..], RANGE, Benchmark::Mot15).all().contains("class"));
    }

    #[test]
    fn frames_that_do_not_meet_are_told() {
        let truth = |frames: &[u64]| -> Vec<TruthBox> {
            let row = |&frame| TruthBox { frame, id: 1, bbox: BOX, considered: true, class: 1 };
            frames.iter().map(row).collect()
        };
        let tracks = |frames: &[u64]| -> Vec<TrackBox> {
            frames.iter().map(|&frame| TrackBox { frame, id: 1, bbox: BOX }).collect()
        };
        for (true_frames, track_frames, words) in [
            (&[1, 2, 3][..], &[7, 8][..], "tracks are of frames 7 to 8, the ground truth of 1 to 3"),
            (&[1, 2, 3], &[101, 102], "tracks are of frames 101 to 102"),
            (&[1, 2, 3], &[], "there are no tracks"),
            (&[], &[1], "the ground truth has nobody"),
            (&[1, 2, 3, 4, 5, 6, 7], &[1, 3, 5, 7], "every 2nd frame only"),
        ] {
            let notes = apart(&truth(true_frames), &tracks(track_frames), RANGE);
            assert!(notes.len() == 1 && notes[0].contains(words), "{notes:?}");
        }
        for (true_frames, track_frames) in [(&[1, 2, 3][..], &[3, 4, 5][..]), (&[1, 3, 5], &[1, 3, 5])] {
            assert_eq!(apart(&truth(true_frames), &tracks(track_frames), RANGE), [""; 0]);
        }
    }
}
