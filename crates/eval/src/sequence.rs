//! One sequence, prepared for scoring by the rules of `MOTChallenge`.

use footfall_track::Bbox;

use crate::assignment::assign_sparse;
use crate::by_frame::ByFrame;
use crate::error::{Error, Side};
use crate::overlap::{Overlap, overlaps};
use crate::range::FrameRange;
use crate::unique::Pair;

/// A box of the ground truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruthBox {
    /// The frame, from 1.
    pub frame: u64,
    /// Who.
    pub id: u64,
    /// Where, in pixels.
    pub bbox: Bbox,
    /// Whether it is scored: zero-marked boxes are not.
    pub considered: bool,
    /// 1 is a pedestrian. MOT15 has no classes.
    pub class: u64,
}

/// A box of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackBox {
    /// The frame, from 1.
    pub frame: u64,
    /// Who.
    pub id: u64,
    /// Where, in pixels.
    pub bbox: Bbox,
}

/// Whose rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Benchmark {
    /// No classes: everyone who is not zero-marked is scored.
    Mot15,
    /// MOT16 and MOT17: pedestrians (1) are scored; a track's box on a person on a vehicle (2), a
    /// static person (7), a distractor (8) or a reflection (12) is neither right nor wrong.
    Mot17,
    /// As MOT17, with other vehicles (6) among the distractors.
    Mot20,
}

/// A sequence whose ids are numbered from 0 and whose boxes all count.
#[derive(Clone, Debug)]
pub struct Sequence {
    pub(crate) frames: Vec<Frame>,
    pub(crate) truth_ids: usize,
    pub(crate) track_ids: usize,
}

/// One frame: who is there, and whose boxes overlap. Rows are truth, columns tracks.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) truth: Vec<usize>,
    pub(crate) tracks: Vec<usize>,
    pub(crate) overlaps: Vec<Overlap>,
}

/// The boxes of one frame before ids are numbered.
struct Kept {
    truth: Vec<u64>,
    tracks: Vec<u64>,
    overlaps: Vec<Overlap>,
}

/// A box must overlap this much with a distractor to be taken away.
const DISTRACTOR_OVERLAP: f64 = 0.5;
const PEDESTRIAN: u64 = 1;
const LAST_CLASS: u64 = 13;

impl Benchmark {
    /// Whether only pedestrians are scored, by a class in the ground truth.
    #[must_use]
    pub fn has_classes(self) -> bool {
        self != Self::Mot15
    }

    fn is_distractor(self, class: u64) -> bool {
        matches!(class, 2 | 7 | 8 | 12) || (self == Self::Mot20 && class == 6)
    }
}

impl Sequence {
    /// Prepares the frames of `range`; boxes of other frames are left out. Within a frame the order
    /// of rows is kept: it decides between assignments of equal worth.
    ///
    /// # Errors
    /// When an id stands on two boxes of a frame, and for a class that the benchmark does not know.
    pub fn new(
        truth: &[TruthBox],
        tracks: &[TrackBox],
        range: FrameRange,
        benchmark: Benchmark,
    ) -> Result<Self, Error> {
        let truth = ByFrame::of(truth, range, |row| row.frame);
        let tracks = ByFrame::of(tracks, range, |row| row.frame);
        check_unique(&truth, Side::Truth, |row| (row.frame, row.id))?;
        check_unique(&tracks, Side::Tracks, |row| (row.frame, row.id))?;
        let (mut people, mut found) = (Vec::new(), Vec::new());
        let frame = |index| {
            truth.collect(index, &mut people);
            tracks.collect(index, &mut found);
            prepared(&people, &found, benchmark)
        };
        let kept: Vec<Kept> = (0..range.count() as usize).map(frame).collect::<Result<_, _>>()?;
        Ok(Self::numbered(kept))
    }

    fn numbered(kept: Vec<Kept>) -> Self {
        let truth_ids = distinct(kept.iter().flat_map(|frame| &frame.truth));
        let track_ids = distinct(kept.iter().flat_map(|frame| &frame.tracks));
        let numbers = |ids: &[u64], of: &[u64]| -> Vec<usize> {
            of.iter().filter_map(|id| ids.binary_search(id).ok()).collect()
        };
        let frames = kept.into_iter().map(|frame| Frame {
            truth: numbers(&truth_ids, &frame.truth),
            tracks: numbers(&track_ids, &frame.tracks),
            overlaps: frame.overlaps,
        });
        Self { frames: frames.collect(), truth_ids: truth_ids.len(), track_ids: track_ids.len() }
    }

    /// Number of ground-truth boxes that are scored.
    #[must_use]
    pub fn truth_boxes(&self) -> u64 {
        self.frames.iter().map(|frame| frame.truth.len() as u64).sum()
    }

    /// Number of tracks' boxes that are scored.
    #[must_use]
    pub fn track_boxes(&self) -> u64 {
        self.frames.iter().map(|frame| frame.tracks.len() as u64).sum()
    }

    /// How often each truth and each track is there.
    pub(crate) fn presence(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut truth, mut tracks) = (vec![0.0; self.truth_ids], vec![0.0; self.track_ids]);
        for frame in &self.frames {
            for &id in &frame.truth {
                truth[id] += 1.0;
            }
            for &id in &frame.tracks {
                tracks[id] += 1.0;
            }
        }
        (truth, tracks)
    }
}

impl Frame {
    /// The assignment with the largest sum of `score`, of pairs that overlap.
    pub(crate) fn assign(&self, score: impl Fn(&Overlap) -> f64) -> Vec<Overlap> {
        assigned(self.truth.len(), self.tracks.len(), &self.overlaps, score)
    }
}

/// The assignment with the largest sum of `score`; pairs without a score are left out.
fn assigned(
    rows: usize,
    columns: usize,
    overlaps: &[Overlap],
    score: impl Fn(&Overlap) -> f64,
) -> Vec<Overlap> {
    let scored = |o: &Overlap| Some((o.row, o.column, score(o))).filter(|(_, _, score)| *score > 0.0);
    let pairs: Vec<Pair> = overlaps.iter().filter_map(scored).collect();
    let find = |pair| overlaps.binary_search_by_key(&pair, |o: &Overlap| (o.row, o.column)).ok();
    let assigned = assign_sparse(rows, columns, &pairs);
    assigned.into_iter().filter_map(find).map(|index| overlaps[index]).collect()
}

/// Checks that no box stands behind the end of a sequence of `length` frames.
///
/// # Errors
/// For the first one that does.
pub fn check_frames(truth: &[TruthBox], tracks: &[TrackBox], length: u64) -> Result<(), Error> {
    let beyond = |frame: u64| frame > length;
    if let Some(row) = truth.iter().find(|row| beyond(row.frame)) {
        return Err(Error::BeyondEnd { side: Side::Truth, frame: row.frame, length });
    }
    match tracks.iter().find(|row| beyond(row.frame)) {
        Some(row) => Err(Error::BeyondEnd { side: Side::Tracks, frame: row.frame, length }),
        None => Ok(()),
    }
}

fn check_unique<T: Copy>(
    rows: &ByFrame<'_, T>,
    side: Side,
    key: impl Fn(&T) -> (u64, u64),
) -> Result<(), Error> {
    let mut ids = Vec::new();
    for index in 0..rows.frames() {
        ids.clear();
        ids.extend(rows.frame(index).map(&key));
        ids.sort_unstable();
        if let Some(&(frame, id)) = ids.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| &pair[0]) {
            return Err(Error::DuplicateId { side, frame, id });
        }
    }
    Ok(())
}

fn distinct<'a>(ids: impl Iterator<Item = &'a u64>) -> Vec<u64> {
    let mut ids: Vec<u64> = ids.copied().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn prepared(truth: &[TruthBox], tracks: &[TrackBox], benchmark: Benchmark) -> Result<Kept, Error> {
    let boxes: Vec<Bbox> = truth.iter().map(|row| row.bbox).collect();
    let track_boxes: Vec<Bbox> = tracks.iter().map(|row| row.bbox).collect();
    let overlaps = overlaps(&boxes, &track_boxes);
    let mut kept_tracks = vec![true; tracks.len()];
    if benchmark.has_classes() && !truth.is_empty() && !tracks.is_empty() {
        if let Some(row) = truth.iter().find(|row| !(PEDESTRIAN..=LAST_CLASS).contains(&row.class)) {
            return Err(Error::UnknownClass { frame: row.frame, class: row.class });
        }
        let score = |o: &Overlap| if reaches(o.value, DISTRACTOR_OVERLAP) { o.value } else { 0.0 };
        for pair in assigned(truth.len(), tracks.len(), &overlaps, score) {
            kept_tracks[pair.column] = !benchmark.is_distractor(truth[pair.row].class);
        }
    }
    let scored = |row: &TruthBox| row.considered && (!benchmark.has_classes() || row.class == PEDESTRIAN);
    let rows = places(truth.iter().map(scored));
    let columns = places(kept_tracks.iter().copied());
    let kept = |o: &Overlap| Some(Overlap { row: rows[o.row]?, column: columns[o.column]?, value: o.value });
    Ok(Kept {
        truth: truth.iter().zip(&rows).filter(|(_, place)| place.is_some()).map(|(row, _)| row.id).collect(),
        tracks: tracks
            .iter()
            .zip(&columns)
            .filter(|(_, place)| place.is_some())
            .map(|(row, _)| row.id)
            .collect(),
        overlaps: overlaps.iter().filter_map(kept).collect(),
    })
}

/// Whether an overlap is at least `threshold`, give or take the last bit.
pub(crate) fn reaches(overlap: f64, threshold: f64) -> bool {
    overlap >= threshold - f64::EPSILON
}

/// The new place of each row that is kept.
fn places(kept: impl Iterator<Item = bool>) -> Vec<Option<usize>> {
    let mut next = 0;
    kept.map(|kept| {
        next += usize::from(kept);
        kept.then(|| next - 1)
    })
    .collect()
}
