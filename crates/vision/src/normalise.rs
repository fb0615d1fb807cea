//! Bytes of a picture to the float planes of a network's input.

use std::array;
use std::fmt;

use crate::Size;

/// The order of a network's input channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// As pictures here are.
    Bgr,
    /// The other way round.
    Rgb,
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Bgr => "bgr",
            Self::Rgb => "rgb",
        })
    }
}

/// Maps every byte to `(byte - mean) / std`, by a table for each of blue, green and red.
pub(crate) struct Normaliser {
    colour: Colour,
    tables: [[f32; 256]; 3],
}

impl Normaliser {
    /// `mean` and `std` on the scale 0 to 255, in the order of the network's channels.
    pub(crate) fn new(colour: Colour, mean: [f32; 3], std: [f32; 3]) -> Self {
        let table = |channel: usize| array::from_fn(|byte| (byte as f32 - mean[channel]) / std[channel]);
        Self { colour, tables: in_colour(colour, [table(0), table(1), table(2)]) }
    }

    /// Fills planes `[3, height, width]` of size `canvas` around a picture of size `inner` whose top left
    /// corner is at (`left`, `top`) with one value of pixels, the same in all channels.
    pub(crate) fn pad(
        &self,
        value: u8,
        planes: &mut [f32],
        canvas: Size,
        inner: Size,
        (left, top): (usize, usize),
    ) {
        let tables = in_colour(self.colour, self.tables.each_ref());
        for (plane, table) in planes.chunks_exact_mut(canvas.area()).zip(tables) {
            let value = table[usize::from(value)];
            for (y, row) in plane.chunks_exact_mut(canvas.width).enumerate() {
                if (top..top + inner.height).contains(&y) {
                    row[..left].fill(value);
                    row[left + inner.width..].fill(value);
                } else {
                    row.fill(value);
                }
            }
        }
    }

    /// Writes a BGR picture of `width` columns into planes `[3, height, width]` of size `canvas`,
    /// its top left corner at (`left`, `top`), where it must fit.
    pub(crate) fn write(
        &self,
        bgr: &[u8],
        width: usize,
        planes: &mut [f32],
        canvas: Size,
        (left, top): (usize, usize),
    ) {
        let (first, rest) = planes.split_at_mut(canvas.area());
        let (second, third) = rest.split_at_mut(canvas.area());
        let [blue, green, red] = in_colour(self.colour, [first, second, third]);
        for (row, pixels) in bgr.chunks_exact(3 * width).enumerate() {
            let start = (top + row) * canvas.width + left;
            let span = start..start + width;
            let row = blue[span.clone()].iter_mut().zip(&mut green[span.clone()]).zip(&mut red[span]);
            for (((b, g), r), pixel) in row.zip(pixels.as_chunks::<3>().0) {
                *b = self.tables[0][usize::from(pixel[0])];
                *g = self.tables[1][usize::from(pixel[1])];
                *r = self.tables[2][usize::from(pixel[2])];
            }
        }
    }
}

/// Three things in the order of a network's channels as those of blue, green and red, and back.
fn in_colour<T>(colour: Colour, [first, second, third]: [T; 3]) -> [T; 3] {
    match colour {
        Colour::Bgr => [first, second, third],
        Colour::Rgb => [third, second, first],
    }
}

#[cfg(test)]
mod tests {
    use super::{Colour, Normaliser};
    use crate::Size;

    /// Two pixels, one above the other, in the middle of a 2x3 canvas.
    fn planes(colour: Colour) -> Vec<f32> {
        let normaliser = Normaliser::new(colour, [0.0, 10.0, 20.0], [1.0, 2.0, 4.0]);
        let mut planes = vec![0.0; 18];
        normaliser.pad(20, &mut planes, Size::new(2, 3), Size::new(2, 1), (1, 0));
        normaliser.write(&[1, 2, 3, 4, 5, 6], 1, &mut planes, Size::new(2, 3), (1, 0));
        planes
    }

    #[test]
    fn channels_rows_and_padding_land_where_they_belong() {
        let expected = |first: [f32; 2], second: [f32; 2], third: [f32; 2]| {
            let channel = |pad: f32, [a, b]: [f32; 2]| [pad, a, pad, pad, b, pad];
            [channel(20.0, first), channel(5.0, second), channel(0.0, third)].concat()
        };
        assert_eq!(planes(Colour::Bgr), expected([1.0, 4.0], [-4.0, -2.5], [-4.25, -3.5]));
        assert_eq!(planes(Colour::Rgb), expected([3.0, 6.0], [-4.0, -2.5], [-4.75, -4.0]));
    }
}
