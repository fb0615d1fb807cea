//! What an embedder takes and gives.

use crate::metadata::{Metadata, Task};
use crate::normalise::Colour;
use crate::signature::Signature;
use crate::{ModelFault, Size};

/// `ImageNet`'s mean and deviation, RGB, on the scale 0 to 255.
const IMAGENET_MEAN: [f32; 3] = [123.675, 116.28, 103.53];
const IMAGENET_STD: [f32; 3] = [58.395, 57.12, 57.375];

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
    /// The output's name.
    pub(super) output: String,
    /// Numbers in an embedding.
    pub(super) dimension: usize,
    /// Whether the file says nothing about colours.
    pub(super) is_assumed: bool,
}

impl Layout {
    /// From the metadata, else from the shapes of the input and of the only output.
    ///
    /// # Errors
    /// When the model is made for something else, or its shapes contradict or do not tell.
    pub(super) fn new(signature: &Signature, metadata: &Metadata) -> Result<Self, ModelFault> {
        if metadata.task == Some(Task::Detect) {
            return Err(ModelFault::Task { wanted: "embed crops of people", found: "detect people" });
        }
        let fault =
            || signature.fault("one float input [N, 3, height, width] and one float output [N, dimension]");
        let [batch, _, height, width] = signature.pictures()?;
        let [output] = signature.outputs.as_slice() else { return Err(fault()) };
        let &[rows, numbers] = output.shape.as_slice() else { return Err(fault()) };
        if !output.is_f32 || (batch > 0) != (rows > 0) {
            return Err(fault());
        }
        let side = |own: i64, named: Option<usize>| agreed(own, named).ok_or_else(fault);
        Ok(Self {
            size: Size::new(
                side(height, metadata.size.map(|size| size.height))?,
                side(width, metadata.size.map(|size| size.width))?,
            ),
            colour: metadata.colour.unwrap_or(Colour::Rgb),
            mean: metadata.mean.unwrap_or(IMAGENET_MEAN),
            std: metadata.std.unwrap_or(IMAGENET_STD),
            batch: usize::try_from(batch).ok(),
            output: output.name.clone(),
            dimension: side(numbers, metadata.dimension)?,
            is_assumed: metadata.colour.is_none() || metadata.mean.is_none() || metadata.std.is_none(),
        })
    }
}

/// A dimension as the model fixes it and its metadata names it, where that is one number above 0.
fn agreed(own: i64, named: Option<usize>) -> Option<usize> {
    match (usize::try_from(own).ok(), named) {
        (Some(own), Some(named)) => (own == named).then_some(own),
        (own, named) => own.or(named),
    }
    .filter(|&size| size > 0)
}
