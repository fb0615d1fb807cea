//! `NanoDet`: boxes as distributions over distances (Li et al. 2020, Generalized Focal Loss).
//!
//! Outputs `scores` [1, N], the sigmoid applied, and `boxes` [1, N, 4 x bins], logits; N cells,
//! level by level.

use footfall_track::{Bbox, Detection};

use crate::detect::family::{Cell, Family, cell_count, cells};
use crate::detect::recipe::Recipe;
use crate::letterbox::Placement;
use crate::metadata::Metadata;
use crate::normalise::Colour;
use crate::session::Model;
use crate::signature::{FREE, Signature};
use crate::{Error, ModelFault, Size};

const SCORES: &str = "scores";
const BOXES: &str = "boxes";
const STRIDES: [usize; 3] = [8, 16, 32];

/// As published: `ImageNet`'s mean and deviation in BGR.
const RECIPE: Recipe = Recipe {
    colour: Colour::Bgr,
    mean: [103.53, 116.28, 123.675],
    std: [57.375, 57.12, 58.395],
    placement: Placement::Centre,
    pad: 0,
    stride: 32,
};

/// A one-class `NanoDet`.
pub(super) struct NanoDet {
    strides: Vec<usize>,
    bins: usize,
}

impl NanoDet {
    pub(super) const NAME: &str = "nanodet";

    /// # Errors
    /// When the model has no such outputs.
    pub(super) fn new(signature: &Signature, metadata: &Metadata) -> Result<Self, ModelFault> {
        let expected = "float outputs scores [1, N] and boxes [1, N, 4 * bins]";
        signature.pictures()?;
        let (Some(scores), Some(boxes)) = (signature.output(SCORES), signature.output(BOXES)) else {
            return Err(signature.fault(expected));
        };
        let sides = match (scores.shape.as_slice(), boxes.shape.as_slice()) {
            ([_, _], [_, _, sides]) => *sides,
            _ => return Err(signature.fault(expected)),
        };
        let known =
            usize::try_from(sides).ok().filter(|sides| *sides > 0 && sides % 4 == 0).map(|sides| sides / 4);
        match (known, metadata.bins) {
            (Some(bins), None) => Ok(Self::with(bins, metadata)),
            (Some(bins), Some(named)) if bins == named => Ok(Self::with(bins, metadata)),
            (None, Some(named)) if sides == FREE => Ok(Self::with(named, metadata)),
            _ => Err(signature.fault(expected)),
        }
    }

    fn with(bins: usize, metadata: &Metadata) -> Self {
        Self { strides: metadata.strides.clone().unwrap_or_else(|| STRIDES.to_vec()), bins }
    }

    /// Appends everyone from `floor` up: `scores` `[N]` and box logits `boxes` `[N, 4 x bins]` of
    /// all cells of an input of this size.
    fn decode(&self, scores: &[f32], boxes: &[f32], input: Size, floor: f32, found: &mut Vec<Detection>) {
        let logits = boxes.chunks_exact(4 * self.bins);
        for ((&confidence, logits), cell) in scores.iter().zip(logits).zip(cells(input, &self.strides)) {
            if confidence >= floor {
                found.push(Detection { bbox: bbox(logits, self.bins, cell), confidence });
            }
        }
    }
}

/// The box of one cell: distances from its centre to the left, top, right and bottom side.
fn bbox(logits: &[f32], bins: usize, cell: Cell) -> Bbox {
    let stride = cell.stride as f64;
    let distance = |side: usize| expectation(&logits[side * bins..(side + 1) * bins]) * stride;
    let (left, top) = (distance(0), distance(1));
    let x = (cell.column as f64 + 0.5) * stride;
    let y = (cell.row as f64 + 0.5) * stride;
    Bbox::new(x - left, y - top, left + distance(2), top + distance(3))
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
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn recipe(&self, metadata: &Metadata) -> Recipe {
        RECIPE.or(metadata)
    }

    fn run(
        &self,
        model: &mut Model,
        shape: [usize; 4],
        floor: f32,
        found: &mut Vec<Detection>,
    ) -> Result<(), Error> {
        let input = Size::new(shape[2], shape[3]);
        let count = cell_count(input, &self.strides);
        model.run(shape, [SCORES, BOXES], |[scores, boxes]| {
            scores.expect_shape(SCORES, &[1, count])?;
            boxes.expect_shape(BOXES, &[1, count, 4 * self.bins])?;
            self.decode(scores.values, boxes.values, input, floor, found);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::NanoDet;
    use crate::Size;
    use crate::detect::nms;
    use crate::metadata::Metadata;

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
        let nanodet = NanoDet::with(golden.bins, &Metadata::default());
        let mut found = Vec::new();
        nanodet.decode(&golden.scores, &golden.logits, golden.size, golden.floor, &mut found);
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
