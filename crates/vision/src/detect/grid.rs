//! The YOLOs that decode their boxes themselves, a candidate for each cell or anchor.
//!
//! With objectness, [1, N, 5 + classes]: `YOLOv5`, v6 and v7 (and a YOLOX that was exported decoded). Without, [1, 4 +
//! classes, N], each number of all candidates together: `YOLOv8`, v9, 11 and 12; some exports of these are
//! transposed. Boxes are centre and size in input pixels (or corners, in exports of `LibreYOLO`), scores probabilities. Numbers beyond the classes (of
//! masks or key points) are not looked at.

use footfall_track::Detection;

use crate::detect::coding::{Coding, Scale};
use crate::detect::evidence::{Evidence, Seen};
use crate::detect::family::{Family, Known, cell_count};
use crate::detect::people::{Classes, People};
use crate::detect::recipe::{Recipe, UNIT, Usual};
use crate::detect::yolox;
use crate::letterbox::Placement;
use crate::reading::Fact;
use crate::tensor::Tensor;
use crate::{ModelFault, Size};

/// As published with `YOLOv5` and all that came from it.
pub(super) const RECIPE: Recipe = Recipe::rgb(UNIT, Placement::Centre, 114);

/// Candidates that are decoded already.
pub(super) struct Grid {
    known: Known,
    has_objectness: bool,
    /// Whether the numbers of a candidate lie `candidates` apart, rather than together.
    is_transposed: bool,
    /// Numbers of a candidate.
    width: usize,
    coding: Coding,
    scale: Scale,
}

impl Grid {
    /// With objectness.
    pub(super) const YOLOV5: &str = "yolov5";
    /// Without.
    pub(super) const YOLOV8: &str = "yolov8";

    /// With objectness: `[N, 5 + classes]`.
    ///
    /// # Errors
    /// When there is no such output, or it is not known which class is people.
    pub(super) fn yolov5(evidence: &Evidence<'_>, is_yolox: bool) -> Result<Self, ModelFault> {
        let fault = || evidence.signature.fault("one output [1, candidates, 5 + classes]");
        let output = rows(evidence, false).ok_or_else(fault)?;
        let &[candidates, width] = output.inner() else { return Err(fault()) };
        if width <= 5 || candidates <= width {
            return Err(fault());
        }
        let recipe = if is_yolox { yolox::RECIPE } else { RECIPE };
        let usual = Usual { recipe, is_guess: is_yolox && evidence.metadata.family.is_none() };
        let note = if is_yolox {
            ", which lie where their cells are, as YOLOX and YOLOv6 export them decoded"
        } else {
            ""
        };
        Self::new(evidence, output, true, false, usual, note)
    }

    /// Without: `[4 + classes, N]`, or the other way round.
    ///
    /// # Errors
    /// When there is no such output, or it is not known which class is people.
    pub(super) fn yolov8(evidence: &Evidence<'_>) -> Result<Self, ModelFault> {
        let fault = || evidence.signature.fault("one output [1, 4 + classes, candidates]");
        let output = rows(evidence, true).or_else(|| rows(evidence, false)).ok_or_else(fault)?;
        let &[first, second] = output.inner() else { return Err(fault()) };
        let is_transposed = second == cell_count(evidence.input, &yolox::STRIDES) || first < second;
        let width = if is_transposed { first } else { second };
        if width <= 4 {
            return Err(fault());
        }
        let candidates = if is_transposed { second } else { first };
        // LibreYOLO brings other families into this form, whose pixels differ.
        let is_own =
            [1, 3].iter().any(|anchors| candidates == anchors * cell_count(evidence.input, &yolox::STRIDES));
        let usual = Usual { recipe: RECIPE, is_guess: !is_own && evidence.metadata.family.is_none() };
        Self::new(evidence, output, false, is_transposed, usual, "")
    }

    fn new(
        evidence: &Evidence<'_>,
        output: &Seen,
        has_objectness: bool,
        is_transposed: bool,
        usual: Usual,
        note: &str,
    ) -> Result<Self, ModelFault> {
        let (first, second) = (output.inner()[0], output.inner()[1]);
        let (candidates, width) = if is_transposed { (second, first) } else { (first, second) };
        let room = width - 4 - usize::from(has_objectness);
        // What the names leave over belongs to masks or key points.
        let named = evidence.metadata.names.as_ref().map(Vec::len);
        let classes = named.filter(|&count| count < room).unwrap_or(room);
        let people = People::new(evidence.metadata, Classes::of(classes))?;
        let objectness = if has_objectness { ", objectness" } else { "" };
        let why = format!(
            "{} is {:?}: 4 sides{objectness} and {classes} classes for each of {candidates} candidates{note}",
            output.name, output.shape
        );
        let metadata = evidence.metadata;
        let at = |candidate: usize, number: usize| {
            output.values
                [if is_transposed { number * candidates + candidate } else { candidate * width + number }]
        };
        let boxes: Vec<_> =
            (0..candidates).map(|candidate| [0, 1, 2, 3].map(|side| at(candidate, side))).collect();
        let coding = metadata.coding.unwrap_or_else(|| Coding::of(&boxes));
        let scale = metadata.scale.unwrap_or_else(|| seen_scale(&boxes));
        let known = Known {
            name: if has_objectness { Self::YOLOV5 } else { Self::YOLOV8 },
            why,
            usual,
            outputs: vec![output.name.clone()],
            people,
            has_doubles: metadata.nms.unwrap_or(true),
            facts: vec![
                Fact::stated_or(metadata, "coding", coding, "by its boxes on a trial picture"),
                Fact::stated_or(metadata, "scale", scale, "by its boxes on a trial picture"),
            ],
        };
        Ok(Self { known, has_objectness, is_transposed, width, coding, scale })
    }
}

/// The largest output of rows, of candidates (or of their numbers, where they are transposed).
fn rows<'a>(evidence: &'a Evidence<'_>, is_transposed: bool) -> Option<&'a Seen> {
    let cells = cell_count(evidence.input, &yolox::STRIDES);
    let fits = |seen: &&Seen| match *seen.inner() {
        [first, second] if first == cells || second == cells => (second == cells) == is_transposed,
        [first, second] => (first < second) == is_transposed,
        _ => false,
    };
    evidence.seen.iter().filter(fits).max_by_key(|seen| seen.values.len())
}

/// By the boxes that the network gave: of candidates all over a picture, some lie beyond its second pixel.
fn seen_scale(boxes: &[[f32; 4]]) -> Scale {
    let greatest = boxes.iter().flat_map(|[x, y, ..]| [x.abs(), y.abs()]).fold(0.0, f32::max);
    if greatest <= 2.0 { Scale::Normalised } else { Scale::Pixels }
}

impl Family for Grid {
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
        let (candidates, width) =
            if self.is_transposed { (shape[1], shape[0]) } else { (shape[0], shape[1]) };
        if width != self.width {
            let expected =
                if self.is_transposed { [1, self.width, candidates] } else { [1, candidates, self.width] };
            return Err(outputs[0].other(&expected, name));
        }
        let at = |candidate: usize, number: usize| {
            values[if self.is_transposed {
                number * candidates + candidate
            } else {
                candidate * width + number
            }]
        };
        let first = 4 + usize::from(self.has_objectness);
        let unit = self.scale.unit(input);
        // A box that may be of several classes is looked at for each, as where these networks are judged.
        for candidate in 0..candidates {
            let objectness = if self.has_objectness { at(candidate, 4) } else { 1.0 };
            let confidence = objectness * self.known.people.best(|class| at(candidate, first + class));
            if confidence >= floor {
                let bbox = self.coding.bbox([0, 1, 2, 3].map(|number| at(candidate, number)), unit);
                found.push(Detection { bbox, confidence });
            }
        }
        Ok(())
    }
}
