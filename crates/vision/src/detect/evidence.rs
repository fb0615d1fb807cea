//! What a network shows of itself: its signature, and what it gives for a trial picture.

use crate::feed::Feed;
use crate::metadata::Metadata;
use crate::signature::{Element, Signature};
use crate::tensor::Tensor;
use crate::{ModelFault, Size};

use ort::session::SessionOutputs;

/// One output, as it came for a trial picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) element: Element,
    /// Its real shape.
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

/// All that a family goes by.
pub(super) struct Evidence<'a> {
    pub(super) signature: &'a Signature,
    pub(super) feed: &'a Feed,
    pub(super) metadata: &'a Metadata,
    /// The size of the trial's input.
    pub(super) input: Size,
    /// Every output that is of numbers.
    pub(super) seen: Vec<Seen>,
}

impl Evidence<'_> {
    /// The output, where there is one alone.
    pub(super) fn only(&self) -> Option<&Seen> {
        match self.seen.as_slice() {
            [seen] => Some(seen),
            _ => None,
        }
    }

    /// The first output that is so.
    pub(super) fn find(&self, is: impl Fn(&Seen) -> bool) -> Option<&Seen> {
        self.seen.iter().find(|seen| is(seen))
    }

    /// Refuses outputs that are not numbers.
    ///
    /// # Errors
    /// When one has a value that is none.
    pub(super) fn check_numbers(&self) -> Result<(), ModelFault> {
        match self.find(|seen| seen.values.iter().any(|value| value.is_nan())) {
            Some(seen) => Err(ModelFault::NotANumber { name: seen.name.clone() }),
            None => Ok(()),
        }
    }
}

impl Seen {
    /// All outputs of a run that are of numbers.
    pub(crate) fn all(signature: &Signature, outputs: &SessionOutputs<'_>) -> Vec<Self> {
        let seen = signature.outputs.iter().filter_map(|port| {
            let Tensor { shape, values } = Tensor::of(outputs, &port.name).ok()?;
            Some(Self {
                name: port.name.clone(),
                element: port.element,
                shape: shape.iter().map(|&side| side.try_into().unwrap_or(0)).collect(),
                values: values.into_owned(),
            })
        });
        seen.collect()
    }

    /// The dimensions without the pictures of a batch: [1, N, 4] and [N, 4] are both [N, 4].
    pub(super) fn inner(&self) -> &[usize] {
        match self.shape.as_slice() {
            [batch, inner @ ..] if self.has_batch() => {
                debug_assert!(*batch > 0);
                inner
            }
            whole => whole,
        }
    }

    /// Whether the first dimension is for the pictures of a batch. A row of numbers has none of it where the
    /// network's input has none either; see [`Seen::inner`].
    fn has_batch(&self) -> bool {
        self.shape.len() >= 3 || (self.shape.len() == 2 && self.shape[0] == 1)
    }

    /// The greatest absolute value, where there is any.
    pub(super) fn greatest(&self) -> Option<f32> {
        self.values.iter().map(|value| value.abs()).reduce(f32::max)
    }

    /// Whether all values could be probabilities.
    pub(super) fn are_probabilities(&self) -> bool {
        self.values.iter().all(|value| (0.0..=1.0).contains(value))
    }
}
