//! `NanoDet`: boxes as distributions over distances (Li et al. 2020, Generalized Focal Loss).
//!
//! For each of N cells, level by level, the probabilities of the classes, the sigmoid applied, and 4 x bins logits of
//! the sides. They come as two outputs, `scores` [1, N] or [1, N, classes] and `boxes` [1, N, 4 x bins], or as one, [1, N,
//! classes + 4 x bins], as the published export has it. `NanoDet-Plus` has a level more, of stride 64, and measures from
//! the corners of cells rather than from their centres.

use footfall_track::{Bbox, Detection};

use crate::detect::evidence::{Evidence, Seen};
use crate::detect::family::{Cell, Family, Known, cell_count, cells};
use crate::detect::people::{Classes, People};
use crate::detect::recipe::{Recipe, Usual};
use crate::letterbox::Placement;
use crate::metadata::Metadata;
use crate::normalise::Colour;
use crate::reading::Fact;
use crate::tensor::Tensor;
use crate::{ModelFault, Size};

const SCORES: &str = "scores";
const BOXES: &str = "boxes";
const STRIDES: [usize; 3] = [8, 16, 32];
const PLUS_STRIDES: [usize; 4] = [8, 16, 32, 64];
/// Bins of the published networks, and of `NanoDet-g`.
const USUAL_BINS: [usize; 2] = [8, 11];

/// As published: `ImageNet`'s mean and deviation in BGR.
const RECIPE: Recipe = Recipe {
    colour: Colour::Bgr,
    mean: [103.53, 116.28, 123.675],
    std: [57.375, 57.12, 58.395],
    placement: Placement::Centre,
    pad: 0,
};

/// A `NanoDet`, or a `NanoDet-Plus`.
pub(super) struct NanoDet {
    known: Known,
    head: Head,
    /// Scores of a cell.
    classes: usize,
}

/// What the numbers of a cell's sides mean.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    strides: Vec<usize>,
    bins: usize,
    /// The point of a cell that sides are measured from, in strides from its corner.
    origin: f64,
}

impl NanoDet {
    pub(super) const NAME: &str = "nanodet";
    pub(super) const PLUS: &str = "nanodet-plus";

    /// # Errors
    /// When the model has no such outputs, or it is not known which class is people.
    pub(super) fn new(evidence: &Evidence<'_>, is_plus: bool) -> Result<Self, ModelFault> {
        let expected = "outputs scores [1, N] and boxes [1, N, 4 * bins], or one [1, N, classes + 4 * bins]";
        let fault = || evidence.signature.fault(expected);
        let metadata = evidence.metadata;
        let (outputs, cells, classes, bins) = if let Some((scores, boxes)) = two(evidence) {
            let classes = scores.shape.get(2).copied().unwrap_or(1);
            (vec![scores, boxes], scores.shape[1], classes, boxes.shape[2] / 4)
        } else {
            let output = evidence.only().ok_or_else(fault)?;
            let &[cells, width] = output.inner() else { return Err(fault()) };
            let bins = joined_bins(width, metadata).ok_or_else(fault)?;
            (vec![output], cells, width - 4 * bins, bins)
        };
        let usual = if is_plus { PLUS_STRIDES.to_vec() } else { STRIDES.to_vec() };
        let strides = metadata.strides.clone().unwrap_or(usual);
        if metadata.bins.is_some_and(|named| named != bins) || cell_count(evidence.input, &strides) != cells {
            return Err(fault());
        }
        let people = People::new(metadata, Classes::of(classes))?;
        let head = Head { strides, bins, origin: if is_plus { 0.0 } else { 0.5 } };
        Ok(Self { known: known(metadata, &outputs, &head, people, is_plus), head, classes })
    }

    /// Whether an output could have the scores and the sides of all cells, of either kind.
    pub(super) fn fits(evidence: &Evidence<'_>, output: &Seen, is_plus: bool) -> bool {
        let &[cells, width] = output.inner() else { return false };
        let strides: &[usize] = if is_plus { &PLUS_STRIDES } else { &STRIDES };
        cells == cell_count(evidence.input, strides) && joined_bins(width, evidence.metadata).is_some()
    }

    /// Whether there are two outputs as a `NanoDet` has them.
    pub(super) fn has_two(evidence: &Evidence<'_>) -> bool {
        two(evidence).is_some()
    }
}

/// `scores` and `boxes`.
fn two<'a>(evidence: &'a Evidence<'_>) -> Option<(&'a Seen, &'a Seen)> {
    let scores = evidence.find(|seen| seen.name == SCORES && seen.element.is_float())?;
    let boxes = evidence.find(|seen| seen.name == BOXES && seen.element.is_float())?;
    match (scores.shape.as_slice(), boxes.shape.as_slice()) {
        ([_, rows] | [_, rows, _], [_, same, sides]) if rows == same && *sides > 4 && sides % 4 == 0 => {
            Some((scores, boxes))
        }
        _ => None,
    }
}

/// The bins of a side, where scores and sides stand together in so many numbers: those that leave a number of classes
/// that is stated or well known.
fn joined_bins(width: usize, metadata: &Metadata) -> Option<usize> {
    let classes = |bins: usize| width.checked_sub(4 * bins).filter(|&classes| classes > 0);
    if let Some(bins) = metadata.bins {
        return classes(bins).map(|_| bins);
    }
    let named = metadata.names.as_ref().map(Vec::len);
    let is_likely = |count: usize| named.map_or(count == 1 || count == 80, |named| named == count);
    USUAL_BINS.into_iter().find(|&bins| classes(bins).is_some_and(is_likely))
}

fn known(metadata: &Metadata, outputs: &[&Seen], head: &Head, people: People, is_plus: bool) -> Known {
    let shapes: Vec<_> = outputs.iter().map(|seen| format!("{} is {:?}", seen.name, seen.shape)).collect();
    let strides = head.strides.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let why = format!("{}: a row for each cell of strides {strides}", shapes.join(", "));
    Known {
        name: if is_plus { NanoDet::PLUS } else { NanoDet::NAME },
        why,
        usual: Usual { recipe: RECIPE, is_guess: false },
        outputs: outputs.iter().map(|seen| seen.name.clone()).collect(),
        people,
        has_doubles: metadata.nms.unwrap_or(true),
        facts: vec![
            Fact::stated_or(metadata, "strides", strides, "there are as many rows as such cells"),
            Fact::stated_or(metadata, "bins", head.bins, "by the shape of its outputs"),
        ],
    }
}

impl Head {
    /// The box of one cell: distances from its origin to the left, top, right and bottom side.
    fn bbox(&self, logits: &[f32], cell: Cell) -> Bbox {
        let stride = cell.stride as f64;
        let distance = |side: usize| expectation(&logits[side * self.bins..(side + 1) * self.bins]) * stride;
        let (left, top) = (distance(0), distance(1));
        let x = (cell.column as f64 + self.origin) * stride;
        let y = (cell.row as f64 + self.origin) * stride;
        Bbox::new(x - left, y - top, left + distance(2), top + distance(3))
    }

    /// Appends everyone from `floor` up: a score and the logits of the sides for each cell of an input of this size.
    fn decode<'a>(
        &self,
        rows: impl Iterator<Item = (f32, &'a [f32])>,
        input: Size,
        floor: f32,
        found: &mut Vec<Detection>,
    ) {
        for ((confidence, logits), cell) in rows.zip(cells(input, &self.strides)) {
            if confidence >= floor {
                found.push(Detection { bbox: self.bbox(logits, cell), confidence });
            }
        }
    }
}

/// The expected bin under a softmax of the logits, `sum(i * softmax(z)_i)`: equation 6 of the paper.
fn expectation(logits: &[f32]) -> f64 {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut total, mut moment) = (0.0, 0.0);
    for (bin, &logit) in logits.iter().enumerate() {
        let weight = f64::from(logit - highest).exp();
        total += weight;
        moment += weight * bin as f64;
    }
    moment / total
}

impl Family for NanoDet {
    fn known(&self) -> &Known {
        &self.known
    }

    fn decode(
        &self,
        outputs: &[Tensor<'_>],
        input: Size,
        floor: f32,
        found: &mut Vec<Detection>,
    ) -> Result<(), ModelFault> {
        let Self { head, classes, .. } = self;
        let (names, people) = (&self.known.outputs, &self.known.people);
        let (cells, sides) = (cell_count(input, &head.strides), 4 * head.bins);
        let best = |row: &[f32]| people.best(|class| row[class]);
        if let [rows] = outputs {
            rows.expect_shape(&names[0], &[1, cells, classes + sides])?;
            let rows = rows.values.chunks_exact(classes + sides).map(|row| row.split_at(*classes));
            head.decode(rows.map(|(scores, logits)| (best(scores), logits)), input, floor, found);
            return Ok(());
        }
        let shape = [1, cells, *classes];
        outputs[0].expect_shape(&names[0], &shape[..outputs[0].shape.len().clamp(2, 3)])?;
        outputs[1].expect_shape(&names[1], &[1, cells, sides])?;
        let scores = outputs[0].values.chunks_exact(*classes).map(best);
        head.decode(scores.zip(outputs[1].values.chunks_exact(sides)), input, floor, found);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{Head, STRIDES};
    use crate::Size;
    use crate::detect::nms;

    /// Outputs, and what the reference in numpy makes of them; `assets/make.py` wrote it.
    #[derive(Deserialize)]
    struct Golden {
        size: Size,
        bins: usize,
        floor: f32,
        nms_iou: f64,
        scores: Vec<f32>,
        logits: Vec<f32>,
        ltrb: Vec<[f64; 4]>,
        kept_scores: Vec<f32>,
    }

    #[test]
    fn decodes_as_the_reference_does() {
        let golden: Golden = serde_json::from_str(include_str!("../../assets/nanodet.json")).unwrap();
        let head = Head { strides: STRIDES.to_vec(), bins: golden.bins, origin: 0.5 };
        let rows = golden.scores.iter().copied().zip(golden.logits.chunks_exact(4 * golden.bins));
        let mut found = Vec::new();
        head.decode(rows, golden.size, golden.floor, &mut found);
        let kept = nms::suppress(found, golden.nms_iou, usize::MAX);
        let scores: Vec<f32> = kept.iter().map(|detection| detection.confidence).collect();
        assert_eq!(scores, golden.kept_scores);
        for (detection, expected) in kept.iter().zip(&golden.ltrb) {
            let bbox = &detection.bbox;
            for (ours, theirs) in [bbox.x, bbox.y, bbox.right(), bbox.bottom()].iter().zip(expected) {
                assert!((ours - theirs).abs() < 1e-4, "{bbox:?} is not {expected:?}");
            }
        }
    }
}
