//! Fitting a picture into a network's input: scaled as it is, the rest padded, or stretched.

use std::fmt;

use footfall_pipeline::Image;
use footfall_track::Bbox;

use crate::normalise::Normaliser;
use crate::resample::{Filter, Region, Resampler};
use crate::{Error, Size};

/// Where in the input the picture lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// In the middle, padding on both sides.
    Centre,
    /// In the top left corner, padding to the right or below.
    TopLeft,
    /// All over it, each side scaled for itself.
    Stretch,
}

impl fmt::Display for Placement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Centre => "centre",
            Self::TopLeft => "top-left",
            Self::Stretch => "stretch",
        })
    }
}

/// How a picture lies in an input: `x_input = x_picture * scale_x + left`, the same for y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    picture: Size,
    input: Size,
    /// The picture's size in the input, at least 1x1.
    inner: Size,
    left: usize,
    top: usize,
}

impl Fit {
    /// The largest scale at which the picture fits, sides rounded to whole pixels; or the input's own sides.
    pub(crate) fn new(picture: Size, input: Size, placement: Placement) -> Self {
        let scale = scale_into(picture, input);
        let side = |picture: usize, input: usize| ((picture as f64 * scale).round() as usize).clamp(1, input);
        let inner = match placement {
            Placement::Stretch => input,
            _ => Size::new(side(picture.height, input.height), side(picture.width, input.width)),
        };
        let (left, top) = match placement {
            Placement::Centre => ((input.width - inner.width) / 2, (input.height - inner.height) / 2),
            Placement::TopLeft | Placement::Stretch => (0, 0),
        };
        Self { picture, input, inner, left, top }
    }

    /// A box in input pixels as one in picture pixels.
    pub(crate) fn to_picture(self, bbox: &Bbox) -> Bbox {
        // The sides were rounded each for itself, so each axis has a scale of its own.
        let x = self.picture.width as f64 / self.inner.width as f64;
        let y = self.picture.height as f64 / self.inner.height as f64;
        Bbox::new(
            (bbox.x - self.left as f64) * x,
            (bbox.y - self.top as f64) * y,
            bbox.width * x,
            bbox.height * y,
        )
    }
}

/// By how much a picture must be scaled to just fit into an input.
pub(crate) fn scale_into(picture: Size, input: Size) -> f64 {
    let x = input.width as f64 / picture.width as f64;
    let y = input.height as f64 / picture.height as f64;
    x.min(y)
}

/// Makes a network's input out of pictures.
pub(crate) struct Letterbox {
    placement: Placement,
    pad: u8,
    normaliser: Normaliser,
    resampler: Resampler,
}

impl Letterbox {
    pub(crate) fn new(placement: Placement, pad: u8, normaliser: Normaliser) -> Self {
        Self {
            placement,
            pad,
            normaliser,
            // As the detectors' own training and calibration resize.
            resampler: Resampler::new(Filter::Bilinear),
        }
    }

    /// Writes a region of the picture and the padding around it into planes `[3, height, width]` of the given size;
    /// how the region lies in them.
    ///
    /// # Errors
    /// When the picture cannot be resized.
    pub(crate) fn prepare(
        &mut self,
        image: &Image,
        region: Region,
        input: Size,
        planes: &mut [f32],
    ) -> Result<Fit, Error> {
        let fit = Fit::new(region.size, input, self.placement);
        let bgr = self.resampler.resize(image, region, fit.inner)?;
        self.normaliser.pad(self.pad, planes, input, fit.inner, (fit.left, fit.top));
        self.normaliser.write(bgr, fit.inner.width, planes, input, (fit.left, fit.top));
        Ok(fit)
    }
}

#[cfg(test)]
mod tests {
    use footfall_track::Bbox;
    use proptest::prelude::*;

    use super::{Fit, Letterbox, Placement};
    use crate::Size;
    use crate::normalise::{Colour, Normaliser};
    use crate::resample::Region;
    use crate::testing::picture;

    fn letterbox(placement: Placement) -> Letterbox {
        Letterbox::new(placement, 114, Normaliser::new(Colour::Bgr, [0.0; 3], [1.0; 3]))
    }

    fn sizes(limit: usize) -> impl Strategy<Value = Size> {
        (1..limit, 1..limit).prop_map(|(height, width)| Size::new(height, width))
    }

    fn placements() -> impl Strategy<Value = Placement> {
        prop_oneof![Just(Placement::Centre), Just(Placement::TopLeft), Just(Placement::Stretch)]
    }

    proptest! {
        #[test]
        fn a_picture_fits_inside_and_boxes_come_back(
            picture in sizes(3000), input in sizes(700), placement in placements(),
            bbox in (-100.0..3000.0_f64, -100.0..3000.0_f64, 0.1..500.0_f64, 0.1..500.0_f64),
        ) {
            let fit = Fit::new(picture, input, placement);
            prop_assert!(fit.left + fit.inner.width <= input.width);
            prop_assert!(fit.top + fit.inner.height <= input.height);
            prop_assert!(fit.inner.width == input.width || fit.inner.height == input.height);
            prop_assert!(placement != Placement::Stretch || fit.inner == input);

            let inner = Bbox::new(
                fit.left as f64, fit.top as f64, fit.inner.width as f64, fit.inner.height as f64,
            );
            let whole = fit.to_picture(&inner);
            prop_assert!((whole.right() - picture.width as f64).abs() < 1e-6);
            prop_assert!((whole.bottom() - picture.height as f64).abs() < 1e-6);

            let (x, y) = (inner.width / picture.width as f64, inner.height / picture.height as f64);
            let there = Bbox::new(bbox.0 * x + inner.x, bbox.1 * y + inner.y, bbox.2 * x, bbox.3 * y);
            let back = fit.to_picture(&there);
            for (a, b) in [(back.x, bbox.0), (back.y, bbox.1), (back.width, bbox.2), (back.height, bbox.3)] {
                prop_assert!((a - b).abs() < 1e-6, "{} is not {}", a, b);
            }
        }

        #[test]
        fn nothing_of_an_earlier_picture_is_left(
            earlier in sizes(60), later in sizes(60), placement in placements(),
        ) {
            let (first, second) = (picture(earlier.width, earlier.height), picture(later.width, later.height));
            let input = Size::new(48, 32);
            let (mut used, mut fresh) = (vec![f32::NAN; 3 * input.area()], vec![0.0; 3 * input.area()]);
            let mut letterbox = letterbox(placement);
            letterbox.prepare(&first, Region::whole(&first), input, &mut used).unwrap();
            let fits = [&mut used, &mut fresh].map(|planes| letterbox.prepare(&second, Region::whole(&second), input, planes).unwrap());
            prop_assert_eq!(fits[0], fits[1]);
            prop_assert_eq!(used, fresh);
        }
    }

    #[test]
    fn the_picture_lies_where_its_placement_says() {
        let image = picture(4, 2);
        let blue = |x: usize, y: usize| f32::from(image.bytes()[3 * (y * 4 + x)]);
        let check = |placement, top: usize| {
            let mut letterbox = letterbox(placement);
            let mut planes = [0.0; 48];
            letterbox.prepare(&image, Region::whole(&image), Size::new(4, 4), &mut planes).unwrap();
            for (index, value) in planes[..16].iter().enumerate() {
                let (x, y) = (index % 4, index / 4);
                let expected = if (top..top + 2).contains(&y) { blue(x, y - top) } else { 114.0 };
                assert_eq!(*value, expected, "{placement:?} ({x}, {y})");
            }
        };
        check(Placement::Centre, 1);
        check(Placement::TopLeft, 0);
    }
}
