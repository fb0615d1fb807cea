//! Finished detections in three outputs: boxes [N, 4], scores [N] and classes [N], each with or without a dimension
//! for the batch.
//!
//! So do the exports of RT-DETR, D-FINE and DEIM that are told a size, torchvision's detectors, TensorFlow's SSD
//! (`detection_boxes`, top before left, in shares of the picture) and many others.

use footfall_track::Detection;

use crate::detect::coding::{Coding, Scale};
use crate::detect::evidence::{Evidence, Seen};
use crate::detect::family::{Family, Known};
use crate::detect::grid;
use crate::detect::people::{Classes, People};
use crate::detect::recipe::{Recipe, UNIT, Usual};
use crate::letterbox::Placement;
use crate::reading::Fact;
use crate::tensor::Tensor;
use crate::{ModelFault, Size};

const STRETCHED: Recipe = Recipe::rgb(UNIT, Placement::Stretch, 0);

/// Boxes, scores and classes that are final.
pub(super) struct Listed {
    known: Known,
    coding: Coding,
    scale: Scale,
}

/// The three outputs.
pub(super) struct Trio<'a> {
    boxes: &'a Seen,
    scores: &'a Seen,
    labels: &'a Seen,
}

impl<'a> Trio<'a> {
    /// By their shapes, numbers and names.
    pub(super) fn of(evidence: &'a Evidence<'_>) -> Option<Self> {
        let is_boxes = |seen: &Seen| seen.element.is_float() && matches!(seen.shape[..], [_, 4] | [_, _, 4]);
        let boxes = evidence.find(is_boxes)?;
        let (_, list) = boxes.shape.split_last()?;
        let lists = || evidence.seen.iter().filter(|seen| seen.shape == list && !std::ptr::eq(*seen, boxes));
        let named = |parts: &[&str]| {
            let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
            move |seen: &&Seen| parts.iter().any(|part| seen.name.to_lowercase().contains(part))
        };
        let labels = (lists().find(|seen| seen.element.is_integer()))
            .or_else(|| lists().find(named(&["label", "class", "cls"])))?;
        let scores = || lists().filter(|seen| seen.element.is_float() && !std::ptr::eq(*seen, labels));
        let scores = scores().find(named(&["score", "conf", "prob"])).or_else(|| scores().next())?;
        Some(Self { boxes, scores, labels })
    }
}

impl Listed {
    pub(super) const NAME: &str = "boxes";

    /// # Errors
    /// When there are no such outputs, or it is not known what boxes are measured in or which class is people.
    pub(super) fn new(evidence: &Evidence<'_>) -> Result<Self, ModelFault> {
        let expected = "outputs [1, N, 4] with boxes, and [1, N] with scores and with classes";
        let Trio { boxes, scores, labels } =
            Trio::of(evidence).ok_or_else(|| evidence.signature.fault(expected))?;
        let (metadata, feed) = (evidence.metadata, evidence.feed);
        let is_tensorflow = boxes.name.contains("detection_boxes");
        let coding =
            metadata.coding.unwrap_or(if is_tensorflow { Coding::CornersYx } else { Coding::Corners });
        let scale = match metadata.scale {
            Some(scale) => scale,
            None => seen_scale(evidence, boxes, is_tensorflow)?,
        };
        // Networks that are told a size count classes from 0, torchvision's and TensorFlow's from 1.
        let usual = match (feed.tells_size(), is_tensorflow || !feed.has_batch) {
            (true, _) => Some(0),
            (false, true) => Some(1),
            (false, false) => None,
        };
        let people = People::new(metadata, Classes { count: None, has_background: false, usual })?;
        let recipe =
            if feed.tells_size() || is_tensorflow || !feed.has_batch { STRETCHED } else { grid::RECIPE };
        let known = Known {
            name: Self::NAME,
            why: format!(
                "{} is {:?}: boxes; {} and {} are {:?}: the score and the class of each",
                boxes.name, boxes.shape, scores.name, labels.name, labels.shape
            ),
            usual: Usual { recipe, is_guess: true },
            outputs: [boxes, scores, labels].map(|seen| seen.name.clone()).to_vec(),
            people,
            has_doubles: metadata.nms.unwrap_or(false),
            facts: vec![
                Fact::stated_or(metadata, "coding", coding, "by the names of its outputs"),
                Fact::stated_or(metadata, "scale", scale, "by its inputs, or its boxes on a trial picture"),
            ],
        };
        Ok(Self { known, coding, scale })
    }
}

/// What boxes are measured in, as far as the network shows it.
fn seen_scale(evidence: &Evidence<'_>, boxes: &Seen, is_tensorflow: bool) -> Result<Scale, ModelFault> {
    match boxes.greatest() {
        _ if evidence.feed.tells_size() => Ok(Scale::Pixels),
        _ if is_tensorflow => Ok(Scale::Normalised),
        // torchvision's.
        _ if !evidence.feed.has_batch => Ok(Scale::Pixels),
        Some(greatest) if greatest > 4.0 => Ok(Scale::Pixels),
        Some(greatest) if greatest > 0.0 => Ok(Scale::Normalised),
        _ => Err(ModelFault::Ask {
            unknown: "what its boxes are measured in is not known: it found nothing on a trial picture"
                .to_owned(),
            key: "scale",
            example: "\"pixels\" or \"normalised\"".to_owned(),
        }),
    }
}

impl Family for Listed {
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
        let names = &self.known.outputs;
        let (shape, boxes) = outputs[0].first(&names[0], 2)?;
        let list = |index: usize| -> Result<&[f32], ModelFault> {
            let (own, values) = outputs[index].first(&names[index], 1)?;
            if own == shape[..1] {
                Ok(values)
            } else {
                Err(outputs[index].other(&[1, shape[0]], &names[index]))
            }
        };
        if shape[1] != 4 {
            return Err(outputs[0].other(&[1, shape[0], 4], &names[0]));
        }
        let (scores, labels) = (list(1)?, list(2)?);
        let unit = self.scale.unit(input);
        for ((numbers, &confidence), &label) in boxes.as_chunks::<4>().0.iter().zip(scores).zip(labels) {
            if confidence >= floor && self.known.people.has(label) {
                found.push(Detection { bbox: self.coding.bbox(*numbers, unit), confidence });
            }
        }
        Ok(())
    }
}
