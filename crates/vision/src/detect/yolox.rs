//! YOLOX: anchor-free boxes, relative to their cells (Ge et al. 2021).
//!
//! One output [1, N, 5 + classes], not decoded, as YOLOX's own export writes it: x, y, log width and
//! log height in strides, objectness, and a probability for each class; N cells, level by level. An
//! export that decodes them itself (`decode_in_inference`) has the same shape and is told apart by its
//! numbers: its boxes lie where their cells do.

use footfall_track::{Bbox, Detection};

use crate::detect::evidence::{Evidence, Seen};
use crate::detect::family::{Cell, Family, Known, cell_count, cells};
use crate::detect::people::{Classes, People};
use crate::detect::recipe::{BYTES, Recipe, Usual};
use crate::letterbox::Placement;
use crate::normalise::Colour;
use crate::tensor::Tensor;
use crate::{ModelFault, Size};

/// Pixels between the cells of each level.
pub(super) const STRIDES: [usize; 3] = [8, 16, 32];

/// As published: raw BGR bytes on grey.
pub(super) const RECIPE: Recipe =
    Recipe { colour: Colour::Bgr, mean: BYTES.0, std: BYTES.1, placement: Placement::TopLeft, pad: 114 };

/// A YOLOX whose boxes are still to be decoded.
pub(super) struct Yolox {
    known: Known,
    strides: Vec<usize>,
    /// Numbers a cell: 5 + classes.
    width: usize,
}

impl Yolox {
    pub(super) const NAME: &str = "yolox";

    /// # Errors
    /// When the model does not have one such output, with a row for each cell of its input.
    pub(super) fn new(evidence: &Evidence<'_>) -> Result<Self, ModelFault> {
        let fault = || evidence.signature.fault("one output [1, cells of strides 8, 16 and 32, 5 + classes]");
        let output = evidence.only().ok_or_else(fault)?;
        let strides = strides(evidence);
        let &[rows, width] = output.inner() else { return Err(fault()) };
        if width <= 5 || rows != cell_count(evidence.input, &strides) {
            return Err(fault());
        }
        let people = People::new(evidence.metadata, Classes::of(width - 5))?;
        let why = format!(
            "{} is {:?}: 4 sides, objectness and {} classes for each of the {rows} cells of {}",
            output.name,
            output.shape,
            width - 5,
            evidence.input
        );
        let known = Known {
            name: Self::NAME,
            why,
            usual: Usual { recipe: RECIPE, is_guess: false },
            outputs: vec![output.name.clone()],
            people,
            has_doubles: evidence.metadata.nms.unwrap_or(true),
            facts: Vec::new(),
        };
        Ok(Self { known, strides, width })
    }

    /// Whether boxes lie where their cells do, so that they are decoded already.
    pub(super) fn is_decoded(evidence: &Evidence<'_>, output: &Seen) -> bool {
        let &[_, width] = output.inner() else { return false };
        let (mut beside, mut near) = (0.0, 0.0);
        let rows = output.values.chunks_exact(width);
        for (row, cell) in rows.zip(cells(evidence.input, &strides(evidence))) {
            let stride = cell.stride as f32;
            let centre = [cell.column, cell.row].map(|at| (at as f32 + 0.5) * stride);
            for axis in 0..2 {
                // From its cell's centre in strides, if the number is in pixels, and if it is relative.
                beside += ((row[axis] - centre[axis]) / stride).abs().min(FAR);
                near += (row[axis] - 0.5).abs().min(FAR);
            }
        }
        beside < near
    }

    /// Appends everyone from `floor` up: `rows` [N, 5 + classes] of all cells of an input of this size.
    fn decode_rows(&self, rows: &[f32], input: Size, floor: f32, found: &mut Vec<Detection>) {
        for (row, cell) in rows.chunks_exact(self.width).zip(cells(input, &self.strides)) {
            let confidence = row[4] * self.known.people.best(|class| row[5 + class]);
            if confidence >= floor && best_is_person(&row[5..], &self.known.people) {
                found.push(Detection { bbox: bbox(row, cell), confidence });
            }
        }
    }
}

/// In strides: a single cell that is far out says no more than one that is a little.
const FAR: f32 = 100.0;

fn strides(evidence: &Evidence<'_>) -> Vec<usize> {
    evidence.metadata.strides.clone().unwrap_or_else(|| STRIDES.to_vec())
}

/// Whether no other class is likelier than people, as YOLOX's own post-processing asks.
fn best_is_person(scores: &[f32], people: &People) -> bool {
    let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    people.best(|class| scores[class]) >= best
}

/// The box of one cell: its centre relative to the cell's corner, its size as a logarithm.
fn bbox(row: &[f32], cell: Cell) -> Bbox {
    let stride = cell.stride as f64;
    let x = (f64::from(row[0]) + cell.column as f64) * stride;
    let y = (f64::from(row[1]) + cell.row as f64) * stride;
    let (width, height) = (f64::from(row[2]).exp() * stride, f64::from(row[3]).exp() * stride);
    Bbox::new(x - width / 2.0, y - height / 2.0, width, height)
}

impl Family for Yolox {
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
        let (name, cells) = (&self.known.outputs[0], cell_count(input, &self.strides));
        let (shape, rows) = outputs[0].first(name, 2)?;
        if shape != [cells, self.width] {
            return Err(outputs[0].other(&[1, cells, self.width], name));
        }
        self.decode_rows(rows, input, floor, found);
        Ok(())
    }
}
