//! Crops as they are where a camera sees badly: to measure what that costs.

use std::sync::Arc;

use footfall_pipeline::Image;

/// How a crop is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Poor {
    /// Somebody far away: a sixth of the pixels to each side.
    Far,
    /// Somebody of whom the lower half is hidden by something grey.
    Hidden,
}

/// The side of a block whose pixels become one.
const BLOCK: usize = 6;
/// The shade of what hides.
const GREY: u8 = 110;

impl Poor {
    /// Which crops of a set are spoilt, so that it is this share of them, and how.
    pub(super) fn of_number(number: usize, share: f64) -> Option<Self> {
        // The fractional part of multiples of the golden ratio: spread evenly, in any stretch of numbers.
        let place = (number as f64 * 0.618_033_988_749_895).fract();
        (place < share).then_some(if place < share / 2.0 { Self::Far } else { Self::Hidden })
    }

    /// The spoilt picture, of the same size.
    pub(super) fn of(self, image: &Image) -> anyhow::Result<Image> {
        let (width, height) = (image.width(), image.height());
        let mut bytes = image.bytes().to_vec();
        match self {
            Self::Hidden => bytes[width * (height / 2) * 3..].fill(GREY),
            Self::Far => {
                for top in (0..height).step_by(BLOCK) {
                    for left in (0..width).step_by(BLOCK) {
                        blur(
                            &mut bytes,
                            width,
                            (left..(left + BLOCK).min(width), top..(top + BLOCK).min(height)),
                        );
                    }
                }
            }
        }
        Ok(Image::new(width, height, Arc::new(bytes))?)
    }
}

/// Gives all pixels of a block, by columns and rows, their mean.
fn blur(bytes: &mut [u8], width: usize, (columns, rows): (std::ops::Range<usize>, std::ops::Range<usize>)) {
    let count = columns.len() * rows.len();
    for channel in 0..3 {
        let places = rows.clone().flat_map(|row| columns.clone().map(move |column| (row, column)));
        let places = places.map(|(row, column)| 3 * (row * width + column) + channel);
        let sum: usize = places.clone().map(|place| usize::from(bytes[place])).sum();
        let mean = u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX);
        places.for_each(|place| bytes[place] = mean);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use footfall_pipeline::Image;

    use super::{GREY, Poor};

    #[test]
    fn so_many_are_spoilt_half_of_them_each_way() {
        let kinds: Vec<_> = (0..1000).filter_map(|number| Poor::of_number(number, 0.3)).collect();
        let far = kinds.iter().filter(|kind| **kind == Poor::Far).count();
        assert!((295..=305).contains(&kinds.len()) && (145..=155).contains(&far), "{far} of {}", kinds.len());
        assert!((0..1000).all(|number| Poor::of_number(number, 0.0).is_none()));
    }

    #[test]
    fn what_is_far_has_few_pixels_and_what_is_hidden_is_grey() {
        let bytes: Vec<u8> = (0..12 * 12 * 3_u32).map(|place| (place * 7 % 251) as u8).collect();
        let image = Image::new(12, 12, Arc::new(bytes)).unwrap();
        let far = Poor::Far.of(&image).unwrap();
        let pixel = |image: &Image, x: usize, y: usize| image.bytes()[3 * (12 * y + x)..][..3].to_vec();
        assert_eq!(pixel(&far, 0, 0), pixel(&far, 5, 5));
        assert_ne!(pixel(&far, 0, 0), pixel(&far, 6, 6));
        let hidden = Poor::Hidden.of(&image).unwrap();
        assert_eq!(pixel(&hidden, 3, 5), pixel(&image, 3, 5));
        assert_eq!(pixel(&hidden, 3, 6), [GREY; 3]);
    }
}
