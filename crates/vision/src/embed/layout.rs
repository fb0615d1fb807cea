//! What an embedder takes and gives.

use crate::detect::evidence::Seen;
use crate::feed::Feed;
use crate::metadata::{Metadata, Task};
use crate::normalise::Colour;
use crate::reading::{Fact, Reading, Source};
use crate::signature::{Element, Port, Signature};
use crate::{ModelFault, Size};

/// `ImageNet`'s mean and deviation, RGB, on the scale 0 to 255.
const IMAGENET_MEAN: [f32; 3] = [123.675, 116.28, 103.53];
const IMAGENET_STD: [f32; 3] = [58.395, 57.12, 57.375];
/// So many numbers are the classes of `ImageNet`.
const IMAGENET_CLASSES: usize = 1000;

/// Preprocessing, batch and output of one embedder.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// Crops are resized to it.
    pub(super) size: Size,
    pub(super) colour: Colour,
    /// On the scale 0 to 255, in the order of the input's channels.
    pub(super) mean: [f32; 3],
    pub(super) std: [f32; 3],
    /// Crops in a run, where the network takes one number only.
    pub(super) batch: Option<usize>,
    /// The output's name, alone.
    pub(super) outputs: Vec<String>,
    /// Numbers in an embedding.
    pub(super) dimension: Option<usize>,
    /// Whether nobody says anything about colours.
    pub(super) is_assumed: bool,
}

impl Layout {
    /// From what is stated, else from the shapes of the input and the output.
    ///
    /// # Errors
    /// When the model is made for something else, or its shapes contradict or do not tell.
    pub(super) fn new(signature: &Signature, feed: &Feed, metadata: &Metadata) -> Result<Self, ModelFault> {
        if metadata.task == Some(Task::Detect) {
            return Err(ModelFault::Task { wanted: "embed crops of people", found: "detect people" });
        }
        let output = output(signature, metadata)?;
        let fault = || {
            let expected = "one input [N, 3, height, width] and one float output [N, dimension]";
            signature.fault(expected)
        };
        let numbers = match output.shape.as_slice() {
            [rows, numbers] | [rows, numbers, 1, 1] if feed.batch.is_some() == (*rows > 0) => *numbers,
            _ => return Err(fault()),
        };
        if !feed.has_batch || feed.tells_size() {
            return Err(fault());
        }
        let is_bytes = feed.element == Element::U8;
        let usual = if is_bytes { ([0.0; 3], [1.0; 3]) } else { (IMAGENET_MEAN, IMAGENET_STD) };
        let stated = [metadata.mean.is_some(), metadata.std.is_some()];
        let dimension = match (usize::try_from(numbers).ok(), metadata.dimension) {
            (Some(own), Some(named)) if own != named => return Err(fault()),
            (own, named) => own.or(named),
        };
        refuse_classifier(output, dimension, metadata)?;
        Ok(Self {
            size: size(feed, metadata).ok_or_else(|| ask_size(metadata, feed))?,
            colour: metadata.colour.unwrap_or(Colour::Rgb),
            mean: metadata.mean.unwrap_or(usual.0),
            std: metadata.std.unwrap_or(usual.1),
            batch: feed.batch,
            outputs: vec![output.name.clone()],
            dimension,
            is_assumed: metadata.colour.is_none() || (!is_bytes && stated.contains(&false)),
        })
    }

    /// All that is known of it, in the order in which people are told.
    pub(super) fn reading(&self, signature: &Signature, metadata: &Metadata, dimension: usize) -> Reading {
        let pixels = |key: &'static str, value: String| {
            let stated = metadata.origin(key).cloned().map(Source::Stated);
            Fact { key, value, source: stated.unwrap_or(Source::Guess) }
        };
        let numbers = |values: [f32; 3]| values.map(|value| value.to_string()).join(", ");
        let mut facts = vec![
            Fact::of_shape("task", "embed", "it gives a row of numbers for each picture"),
            Fact::stated_or(metadata, "size", self.size, "by the shape of its input"),
            pixels("colour", self.colour.to_string()),
            pixels("mean", numbers(self.mean)),
            pixels("std", numbers(self.std)),
            Fact::stated_or(metadata, "output", &self.outputs[0], "the only one that can be"),
            Fact::stated_or(metadata, "dimension", dimension, "by the shape of its output"),
        ];
        let measured = [
            ("max_cosine_distance", metadata.max_cosine_distance.map(|distance| distance.to_string())),
            ("same_person", metadata.same_person.map(|[midpoint, scale]| format!("{midpoint}, {scale}"))),
        ];
        for (key, value) in measured {
            let unknown = || (unmeasured(key), "not measured: footfall reid calibrate does it".to_owned());
            let (value, why) = value.map_or_else(unknown, |value| (value, String::new()));
            facts.push(Fact::stated_or(metadata, key, value, why));
        }
        Reading { ports: signature.to_string(), facts }
    }
}

fn unmeasured(key: &str) -> String {
    if key == "same_person" { "unknown".to_owned() } else { "the tracker's".to_owned() }
}

/// The output that has the embedding: the one that is named, else the only one that can be.
fn output<'a>(signature: &'a Signature, metadata: &Metadata) -> Result<&'a Port, ModelFault> {
    if let Some(name) = &metadata.output {
        return (signature.outputs.iter().find(|port| port.name == *name))
            .ok_or_else(|| signature.fault(&format!("an output {name}")));
    }
    let is_row = |port: &&Port| port.element.is_float() && matches!(port.shape[..], [_, _] | [_, _, 1, 1]);
    let mut rows = signature.outputs.iter().filter(is_row);
    match (rows.next(), rows.next()) {
        (Some(only), None) => Ok(only),
        (Some(one), Some(other)) if signature.outputs.iter().all(|port| is_row(&port)) => {
            Err(ModelFault::Ask {
                unknown: format!("which of its outputs has the embedding is not known: it has {signature}"),
                key: "output",
                example: format!("\"{}\" or \"{}\"", one.name, other.name),
            })
        }
        _ => Err(signature.fault("one input [N, 3, height, width] and one float output [N, dimension]")),
    }
}

/// A side as the model fixes it and somebody names it, where that is one number.
fn size(feed: &Feed, metadata: &Metadata) -> Option<Size> {
    let side = |own: Option<usize>, named: Option<usize>| match (own, named) {
        (Some(own), Some(named)) if own != named => None,
        (own, named) => own.or(named),
    };
    let (height, width) = (metadata.size.map(|size| size.height), metadata.size.map(|size| size.width));
    Some(Size::new(side(feed.height, height)?, side(feed.width, width)?))
}

fn ask_size(metadata: &Metadata, feed: &Feed) -> ModelFault {
    let unknown = match (metadata.size, feed.size()) {
        (Some(named), _) => format!("its input is not of {named}"),
        _ => "the size of its input is free, and which one it was trained for is not known".to_owned(),
    };
    ModelFault::Ask { unknown, key: "size", example: "\"256x128\"".to_owned() }
}

/// Refuses what says what is on a picture, unless somebody says how long its embeddings are.
fn refuse_classifier(output: &Port, dimension: Option<usize>, metadata: &Metadata) -> Result<(), ModelFault> {
    let name = output.name.to_lowercase();
    let is_named = ["logit", "prob", "class", "softmax", "score"].iter().any(|part| name.contains(part));
    let stated = metadata.dimension.is_some() || metadata.task == Some(Task::Embed);
    match dimension {
        Some(numbers) if !stated && (is_named || numbers == IMAGENET_CLASSES) => Err(ModelFault::Ask {
            unknown: format!(
                "its output {} has {numbers} numbers, as a classifier gives for its classes; if they are an embedding",
                output.name
            ),
            key: "dimension",
            example: numbers.to_string(),
        }),
        _ => Ok(()),
    }
}

/// Numbers of the embedding that came for so many trial crops.
///
/// # Errors
/// When it is none.
pub(super) fn proven(
    seen: &[Seen],
    crops: usize,
    layout: &Layout,
    signature: &Signature,
) -> Result<usize, ModelFault> {
    let output = seen.iter().find(|seen| seen.name == layout.outputs[0]);
    let seen = output.ok_or_else(|| signature.fault("an output of numbers"))?;
    if seen.values.iter().any(|value| value.is_nan()) {
        return Err(ModelFault::NotANumber { name: seen.name.clone() });
    }
    if seen.shape.first() != Some(&crops) {
        return Err(signature.fault("one float output [N, dimension], a row for each of N crops"));
    }
    let numbers = seen.shape.get(1).copied().filter(|&numbers| numbers > 0);
    let numbers = numbers.ok_or_else(|| signature.fault("an output [N, dimension]"))?;
    match layout.dimension {
        Some(named) if named != numbers => Err(signature.fault(&format!("{named} numbers, not {numbers}"))),
        _ => Ok(numbers),
    }
}
