//! Inputs that are not plain planes of floats: bytes or half floats, pixel by pixel, or told sizes beside.

use half::f16;
use ort::session::{Session, SessionInputValue, SessionOutputs};
use ort::value::PrimitiveTensorElementType;
use ort::value::Tensor;

use crate::Size;
use crate::feed::{Axes, Extra, Feed};
use crate::signature::Element;
use crate::staging::Shape;

/// Planes of floats, as they are written, that become what the network takes when it runs.
pub(crate) struct Cast {
    feed: Feed,
    pub(super) planes: Vec<f32>,
}

impl Cast {
    pub(super) fn new(feed: Feed) -> Self {
        Self { feed, planes: Vec::new() }
    }

    /// Runs the session on the planes of this shape.
    ///
    /// # Errors
    /// When the network does not run.
    pub(super) fn run<T>(
        &self,
        session: &mut Session,
        shape: Shape,
        read: impl FnOnce(&SessionOutputs<'_>) -> T,
    ) -> ort::Result<T> {
        let Feed { name, element, axes, has_batch, extras, .. } = &self.feed;
        let dimensions = dimensions(shape, *axes, *has_batch);
        let pictures = match element {
            // Rounding and clipping happen in the cast: `as` saturates.
            Element::U8 => tensor(dimensions, self.ordered(shape, |value| value.round() as u8))?,
            Element::F16 => tensor(dimensions, self.ordered(shape, f16::from_f32))?,
            _ => tensor(dimensions, self.ordered(shape, |value| value))?,
        };
        let [batch, _, height, width] = shape;
        let mut inputs = vec![(name.as_str(), pictures)];
        for extra in extras {
            inputs.push((extra.name.as_str(), told(extra, batch, Size::new(height, width))?));
        }
        Ok(read(&session.run(inputs)?))
    }

    /// The planes in the network's order.
    fn ordered<T: Copy>(&self, [batch, channels, height, width]: Shape, cast: impl Fn(f32) -> T) -> Vec<T> {
        if self.feed.axes == Axes::Planes {
            return self.planes.iter().map(|&value| cast(value)).collect();
        }
        let area = height * width;
        let pixels = (0..batch).flat_map(|picture| (0..area).map(move |pixel| (picture, pixel)));
        pixels
            .flat_map(|(picture, pixel)| {
                (0..channels).map(move |channel| (picture * channels + channel) * area + pixel)
            })
            .map(|index| cast(self.planes[index]))
            .collect()
    }
}

/// The input's own dimensions for planes `[batch, 3, height, width]`.
fn dimensions([batch, channels, height, width]: Shape, axes: Axes, has_batch: bool) -> Vec<usize> {
    let picture = match axes {
        Axes::Planes => [channels, height, width],
        Axes::Pixels => [height, width, channels],
    };
    has_batch.then_some(batch).into_iter().chain(picture).collect()
}

fn told(extra: &Extra, batch: usize, input: Size) -> ort::Result<SessionInputValue<'static>> {
    let rows = if extra.has_batch { batch } else { 1 };
    let values = std::iter::repeat_n(extra.values(input), rows).flatten();
    let shape = if extra.has_batch { vec![batch, 2] } else { vec![2] };
    match extra.element {
        Element::I64 => tensor(shape, values.map(i64::from).collect()),
        Element::I32 => tensor(shape, values.collect()),
        _ => tensor(shape, values.map(|value| value as f32).collect()),
    }
}

fn tensor<T: PrimitiveTensorElementType + Clone + std::fmt::Debug + 'static>(
    shape: Vec<usize>,
    values: Vec<T>,
) -> ort::Result<SessionInputValue<'static>> {
    Ok(Tensor::from_array((shape, values))?.into())
}
