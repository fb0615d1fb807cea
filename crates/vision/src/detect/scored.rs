//! Boxes in one output and the scores of all classes in another.
//!
//! `detr`: a set of queries, each with at most one object (Carion et al. 2020): RT-DETR, D-FINE, DEIM, RF-DETR and
//! their kin, as [1, Q, 4] centre and size in shares of the picture, and [1, Q, classes] logits. `ssd`: boxes of
//! priors that are applied (Liu et al. 2016), [1, N, 4], and probabilities [1, N, classes], the first of them for the
//! background.

use footfall_track::Detection;

use crate::detect::coding::{Activation, Coding, Scale};
use crate::detect::evidence::{Evidence, Seen};
use crate::detect::family::{Family, Known};
use crate::detect::people::{Classes, People};
use crate::detect::recipe::{IMAGENET, Recipe, UNIT, Usual};
use crate::letterbox::Placement;
use crate::reading::Fact;
use crate::tensor::Tensor;
use crate::{ModelFault, Size};

/// RT-DETR, D-FINE and DEIM: the whole picture, stretched.
const STRETCHED: Recipe = Recipe::rgb(UNIT, Placement::Stretch, 0);
/// RF-DETR and the first DETR.
const IMAGENETS: Recipe = Recipe::rgb(IMAGENET, Placement::Stretch, 0);
/// As published with SSD in `PyTorch`.
const SSD: Recipe = Recipe::rgb(([127.0; 3], [128.0; 3]), Placement::Stretch, 0);

/// Priors are thousands.
const MOST_QUERIES: usize = 1000;

/// A box for each query or prior, and a score for each class.
pub(super) struct Scored {
    known: Known,
    classes: usize,
    coding: Coding,
    scale: Scale,
    activation: Activation,
    /// Whether a box is of its likeliest class only.
    is_exclusive: bool,
}

/// The two outputs.
pub(super) struct Pair<'a> {
    boxes: &'a Seen,
    scores: &'a Seen,
    classes: usize,
}

impl<'a> Pair<'a> {
    /// The outputs [.., N, 4] and [.., N, classes], if there are such; of two that are alike, by their names.
    pub(super) fn of(evidence: &'a Evidence<'_>) -> Option<Self> {
        let is_boxes = |seen: &&Seen| seen.element.is_float() && matches!(seen.shape[..], [_, _, 4]);
        let is_named =
            |seen: &&Seen| ["box", "det", "loc", "coord"].iter().any(|part| seen.name.contains(part));
        let all = || evidence.seen.iter().filter(is_boxes);
        let boxes = all().find(is_named).or_else(|| all().next())?;
        let fits = |seen: &&Seen| match seen.shape[..] {
            [batch, count, _] => !std::ptr::eq(*seen, boxes) && [batch, count] == boxes.shape[..2],
            _ => false,
        };
        let scores = evidence.seen.iter().filter(|seen| seen.element.is_float()).find(fits)?;
        Some(Self { boxes, scores, classes: scores.shape[2] })
    }
}

impl Scored {
    pub(super) const DETR: &str = "detr";
    pub(super) const SSD: &str = "ssd";

    /// As queries where the scores are logits, as priors where they are probabilities.
    ///
    /// # Errors
    /// When there are no such outputs, or it is not known which class is people.
    pub(super) fn new(evidence: &Evidence<'_>) -> Result<Self, ModelFault> {
        let pair = Self::pair(evidence)?;
        let are_probabilities = match evidence.metadata.activation {
            Some(activation) => activation == Activation::Probability,
            None => pair.scores.are_probabilities(),
        };
        // Few boxes, none of them a corner and another: queries whose sigmoid is in the network.
        let are_queries = pair.boxes.shape[1] <= MOST_QUERIES
            && Coding::of(pair.boxes.values.as_chunks().0) == Coding::CentreSize
            && !add_up(pair.scores, pair.classes);
        if are_probabilities && !are_queries { Self::ssd(evidence) } else { Self::detr(evidence) }
    }

    fn pair<'a>(evidence: &'a Evidence<'_>) -> Result<Pair<'a>, ModelFault> {
        let expected = "outputs [1, N, 4] with boxes and [1, N, classes] with scores";
        Pair::of(evidence).ok_or_else(|| evidence.signature.fault(expected))
    }

    /// # Errors
    /// As [`Scored::new`].
    pub(super) fn detr(evidence: &Evidence<'_>) -> Result<Self, ModelFault> {
        let (pair, metadata) = (Self::pair(evidence)?, evidence.metadata);
        // The first DETR alone has a class for "nothing" and a softmax; it comes last.
        let is_first_detr = pair.classes == 92;
        let (activation, why) = match metadata.activation {
            Some(activation) => (activation, String::new()),
            None if pair.scores.are_probabilities() => {
                (Activation::Probability, "all of them are from 0 to 1 on a trial picture".to_owned())
            }
            None if is_first_detr => {
                (Activation::Softmax, "as in DETR, whose last class of 92 is for nothing".to_owned())
            }
            None => (Activation::Sigmoid, "as in RT-DETR, D-FINE, DEIM and RF-DETR".to_owned()),
        };
        let is_rf = pair.boxes.name.contains("dets") || pair.classes == 91;
        let recipe = if is_rf || is_first_detr { IMAGENETS } else { STRETCHED };
        let shape = Shape {
            name: Self::DETR,
            coding: Coding::CentreSize,
            scale: Scale::Normalised,
            activation: (activation, why),
            usual: Usual { recipe, is_guess: true },
            has_background: false,
            has_doubles: false,
        };
        Self::of(evidence, &pair, shape)
    }

    /// # Errors
    /// As [`Scored::new`], and when boxes that tell nothing came of the trial picture.
    pub(super) fn ssd(evidence: &Evidence<'_>) -> Result<Self, ModelFault> {
        let (pair, metadata) = (Self::pair(evidence)?, evidence.metadata);
        let are_probabilities = pair.scores.are_probabilities();
        let (activation, why) = match metadata.activation {
            Some(activation) => (activation, ""),
            None if are_probabilities => {
                (Activation::Probability, "all of them are from 0 to 1 on a trial picture")
            }
            None => (Activation::Softmax, "some of them are no probabilities on a trial picture"),
        };
        // Only a softmax has a class for the background.
        let has_background = activation == Activation::Softmax || add_up(pair.scores, pair.classes);
        let scale =
            if pair.boxes.greatest().unwrap_or(0.0) <= 4.0 { Scale::Normalised } else { Scale::Pixels };
        let shape = Shape {
            name: Self::SSD,
            coding: Coding::of(pair.boxes.values.as_chunks().0),
            scale,
            activation: (activation, why.to_owned()),
            usual: Usual { recipe: SSD, is_guess: true },
            has_background,
            has_doubles: true,
        };
        Self::of(evidence, &pair, shape)
    }

    fn of(evidence: &Evidence<'_>, pair: &Pair<'_>, shape: Shape) -> Result<Self, ModelFault> {
        let (metadata, classes) = (evidence.metadata, pair.classes);
        let known_classes =
            Classes { count: Some(classes), has_background: shape.has_background, usual: None };
        let people = People::new(metadata, known_classes)?;
        let coding = metadata.coding.unwrap_or(shape.coding);
        let scale = metadata.scale.unwrap_or(shape.scale);
        let (activation, why) = shape.activation;
        let background = if shape.has_background { "the background and its" } else { "its" };
        let known = Known {
            name: shape.name,
            why: format!(
                "{} is {:?}: boxes; {} is {:?}: the scores of {background} classes",
                pair.boxes.name, pair.boxes.shape, pair.scores.name, pair.scores.shape
            ),
            usual: shape.usual,
            outputs: vec![pair.boxes.name.clone(), pair.scores.name.clone()],
            people,
            has_doubles: metadata.nms.unwrap_or(shape.has_doubles),
            facts: vec![
                Fact::stated_or(metadata, "coding", coding, "as usual for its family"),
                Fact::stated_or(metadata, "scale", scale, "as usual, or by its boxes on a trial picture"),
                Fact::stated_or(metadata, "scores", activation, why),
            ],
        };
        let is_exclusive = shape.name == Self::DETR && activation == Activation::Softmax;
        Ok(Self { known, classes, coding, scale, activation, is_exclusive })
    }
}

/// What is usual, before anybody states otherwise.
struct Shape {
    name: &'static str,
    coding: Coding,
    scale: Scale,
    /// With how it is known.
    activation: (Activation, String),
    usual: Usual,
    has_background: bool,
    has_doubles: bool,
}

/// Whether the scores of each box add up to 1, as those of a softmax do.
fn add_up(scores: &Seen, classes: usize) -> bool {
    let mut rows = scores.values.chunks_exact(classes.max(1));
    classes > 1 && rows.all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-3)
}

impl Family for Scored {
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
        let ((boxes_shape, boxes), (scores_shape, scores)) =
            (outputs[0].first(&names[0], 2)?, outputs[1].first(&names[1], 2)?);
        let count = boxes_shape[0];
        if boxes_shape[1] != 4 {
            return Err(outputs[0].other(&[1, count, 4], &names[0]));
        }
        if scores_shape != [count, self.classes] {
            return Err(outputs[1].other(&[1, count, self.classes], &names[1]));
        }
        let (unit, people) = (self.scale.unit(input), &self.known.people);
        for (numbers, row) in boxes.as_chunks::<4>().0.iter().zip(scores.chunks_exact(self.classes)) {
            let confidence = people.best(|class| self.activation.probability(row, class));
            if confidence >= floor && (!self.is_exclusive || self.is_likeliest(row)) {
                found.push(Detection { bbox: self.coding.bbox(*numbers, unit), confidence });
            }
        }
        Ok(())
    }
}

impl Scored {
    /// Whether people are likelier than any other class but the last, which is for nothing.
    fn is_likeliest(&self, row: &[f32]) -> bool {
        let real = &row[..row.len() - 1];
        let best = real.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.known.people.best(|class| row[class]) >= best
    }
}
