//! Networks that leave nothing to be suppressed: each row of one output is a box, its score and its class.
//!
//! [1, N, 6], as `YOLOv10` and YOLO26 give it: left, top, right, bottom, score, class. [N, 7], as exports of
//! `YOLOv7` with suppression inside give it: the number of the picture in the batch before, and class before score.
//! Rows of six in another order, class, score and then the corners, are those of `PaddleDetection`.

use footfall_track::Detection;

use crate::detect::coding::{Coding, Scale};
use crate::detect::evidence::{Evidence, Seen};
use crate::detect::family::{Family, Known};
use crate::detect::grid::RECIPE;
use crate::detect::people::{Classes, People};
use crate::detect::recipe::Usual;
use crate::reading::Fact;
use crate::tensor::Tensor;
use crate::{ModelFault, Size};

/// Rows that are detections.
pub(super) struct EndToEnd {
    known: Known,
    columns: Columns,
    width: usize,
    coding: Coding,
    scale: Scale,
}

/// Where a row has what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    /// The number of the picture, where rows of a whole batch stand together.
    picture: Option<usize>,
    /// The first of four.
    sides: usize,
    score: usize,
    label: usize,
}

const USUAL: Columns = Columns { picture: None, sides: 0, score: 4, label: 5 };
const WITH_PICTURE: Columns = Columns { picture: Some(0), sides: 1, score: 6, label: 5 };
const LABEL_FIRST: Columns = Columns { picture: None, sides: 2, score: 1, label: 0 };

impl EndToEnd {
    pub(super) const NAME: &str = "end-to-end";

    /// # Errors
    /// When there is no such output, or it is not known which class is people.
    pub(super) fn new(evidence: &Evidence<'_>) -> Result<Self, ModelFault> {
        let fault = || evidence.signature.fault("one output [1, N, 6] or [N, 7]: box, score and class");
        let output = evidence.find(|seen| Self::width(seen).is_some()).ok_or_else(fault)?;
        let width = Self::width(output).ok_or_else(fault)?;
        let columns = match width {
            7 => WITH_PICTURE,
            _ if starts_with_labels(output) => LABEL_FIRST,
            _ => USUAL,
        };
        let metadata = evidence.metadata;
        let coding = metadata.coding.unwrap_or(Coding::Corners);
        let scale = metadata.scale.unwrap_or_else(|| seen_scale(output, width, columns));
        // Classes are counted from 0, and exporters of these networks write their names into the file.
        let people = People::new(metadata, Classes { count: None, has_background: false, usual: Some(0) })?;
        let known = Known {
            name: Self::NAME,
            why: format!("{} is {:?}: box, score and class of each detection", output.name, output.shape),
            usual: Usual { recipe: RECIPE, is_guess: columns == LABEL_FIRST },
            outputs: vec![output.name.clone()],
            people,
            has_doubles: metadata.nms.unwrap_or(false),
            facts: vec![
                Fact::stated_or(metadata, "coding", coding, "as usual for its family"),
                Fact::stated_or(metadata, "scale", scale, "by its boxes on a trial picture"),
            ],
        };
        Ok(Self { known, columns, width, coding, scale })
    }

    /// Numbers of a row, where the output could be of such rows.
    pub(super) fn width(seen: &Seen) -> Option<usize> {
        match *seen.shape.as_slice() {
            [_, _, 6] | [_, 6] => Some(6),
            [_, 7] => Some(7),
            _ => None,
        }
    }
}

/// Whether rows begin with a class and a score: whole numbers, then shares, then anything larger.
fn starts_with_labels(output: &Seen) -> bool {
    let rows = || output.values.chunks_exact(6);
    let is_label = |value: f32| value.fract() == 0.0 && (-1.0..10_000.0).contains(&value);
    let is_score = |value: f32| (0.0..=1.0).contains(&value);
    rows().len() > 0
        && rows().all(|row| is_label(row[0]) && is_score(row[1]))
        && rows().any(|row| !is_label(row[5]) || !is_score(row[4]))
}

/// Pixels, unless there are boxes and none reaches beyond the second pixel.
fn seen_scale(output: &Seen, width: usize, columns: Columns) -> Scale {
    let sides = output.values.chunks_exact(width).flat_map(|row| &row[columns.sides..columns.sides + 4]);
    let greatest = sides.copied().map(f32::abs).fold(0.0, f32::max);
    if greatest > 0.0 && greatest <= 2.0 { Scale::Normalised } else { Scale::Pixels }
}

impl Family for EndToEnd {
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
        let name = &self.known.outputs[0];
        let (shape, values) = outputs[0].first(name, 2)?;
        if shape[1] != self.width {
            return Err(outputs[0].other(&[shape[0], self.width], name));
        }
        let Columns { picture, sides, score, label } = self.columns;
        let unit = self.scale.unit(input);
        for row in values.chunks_exact(self.width) {
            let is_first = picture.is_none_or(|column| row[column] == 0.0);
            if is_first && row[score] >= floor && self.known.people.has(row[label]) {
                let numbers = [0, 1, 2, 3].map(|side| row[sides + side]);
                found.push(Detection { bbox: self.coding.bbox(numbers, unit), confidence: row[score] });
            }
        }
        Ok(())
    }
}
