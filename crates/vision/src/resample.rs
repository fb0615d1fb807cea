//! Resizing a part of a picture, with SIMD and without a copy of the picture.

use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use footfall_pipeline::Image;
use footfall_track::Bbox;

use crate::{Error, Size};

/// Whole pixels of a picture, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) size: Size,
}

impl Region {
    /// All of the picture.
    pub(crate) fn whole(image: &Image) -> Self {
        Self { left: 0, top: 0, size: Size::new(image.height(), image.width()) }
    }

    /// Every pixel of a picture of this size that the box touches; `None` where there is none.
    pub(crate) fn of(bbox: &Bbox, picture: Size) -> Option<Self> {
        if !bbox.is_proper() {
            return None;
        }
        let span = |low: f64, high: f64, side: usize| {
            let low = low.floor().clamp(0.0, side as f64) as usize;
            let high = high.ceil().clamp(0.0, side as f64) as usize;
            (low, high.saturating_sub(low))
        };
        let (left, width) = span(bbox.x, bbox.right(), picture.width);
        let (top, height) = span(bbox.y, bbox.bottom(), picture.height);
        (width > 0 && height > 0).then_some(Self { left, top, size: Size::new(height, width) })
    }
}

/// How pixels between pixels are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Bilinear between the nearest pixels, as `OpenCV`'s `INTER_LINEAR`; aliases when it shrinks.
    Bilinear,
    /// Bilinear over all pixels that fall into one, as Pillow's `BILINEAR`; smooth when it shrinks.
    Antialiased,
}

/// Resizes pictures into a buffer that it keeps.
pub(crate) struct Resampler {
    resizer: Resizer,
    options: ResizeOptions,
    pixels: Vec<u8>,
}

impl Resampler {
    pub(crate) fn new(filter: Filter) -> Self {
        let algorithm = match filter {
            Filter::Bilinear => ResizeAlg::Interpolation(FilterType::Bilinear),
            Filter::Antialiased => ResizeAlg::Convolution(FilterType::Bilinear),
        };
        Self {
            resizer: Resizer::new(),
            options: ResizeOptions::new().resize_alg(algorithm),
            pixels: Vec::new(),
        }
    }

    /// The region, resized to `to`: `[height, width, 3]` bytes BGR. Pixels beyond the region have no
    /// part in it.
    ///
    /// # Errors
    /// When the region does not lie in the picture.
    pub(crate) fn resize(&mut self, image: &Image, region: Region, to: Size) -> Result<&[u8], Error> {
        self.pixels.resize(3 * to.area(), 0);
        self.try_resize(image, region, to).map_err(|source| Error::Resize {
            width: image.width(),
            height: image.height(),
            source,
        })?;
        Ok(&self.pixels)
    }

    fn try_resize(
        &mut self,
        image: &Image,
        region: Region,
        to: Size,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let [picture_width, picture_height] = narrow([image.width(), image.height()])?;
        let [left, top] = narrow([region.left, region.top])?;
        let [width, height] = narrow([region.size.width, region.size.height])?;
        let [to_width, to_height] = narrow([to.width, to.height])?;
        let picture = TypedImageRef::<U8x3>::from_buffer(picture_width, picture_height, image.bytes())?;
        let source = TypedCroppedImage::from_ref(&picture, left, top, width, height)?;
        let mut target = TypedImage::<U8x3>::from_buffer(to_width, to_height, &mut self.pixels)?;
        self.resizer.resize_typed(&source, &mut target, &self.options)?;
        Ok(())
    }
}

fn narrow(sides: [usize; 2]) -> Result<[u32; 2], std::num::TryFromIntError> {
    Ok([sides[0].try_into()?, sides[1].try_into()?])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use footfall_pipeline::Image;
    use footfall_track::Bbox;

    use super::{Filter, Region, Resampler};
    use crate::Size;
    use crate::testing::picture;

    #[test]
    fn pixels_beyond_the_region_have_no_part_in_it() {
        let image = picture(50, 40);
        let region = Region { left: 7, top: 11, size: Size::new(23, 31) };
        let rows = image.bytes().chunks_exact(150).skip(region.top).take(region.size.height);
        let bytes: Vec<u8> = rows.flat_map(|row| &row[3 * 7..3 * (7 + 31)]).copied().collect();
        let copy = Image::new(31, 23, Arc::new(bytes)).unwrap();
        for filter in [Filter::Bilinear, Filter::Antialiased] {
            for to in [Size::new(8, 5), Size::new(64, 32), Size::new(23, 31), Size::new(1, 1)] {
                let (mut one, mut other) = (Resampler::new(filter), Resampler::new(filter));
                let expected = other.resize(&copy, Region::whole(&copy), to).unwrap();
                assert_eq!(one.resize(&image, region, to).unwrap(), expected, "{filter:?} to {to}");
            }
        }
    }

    #[test]
    fn only_the_smooth_filter_sees_every_pixel_when_it_shrinks() {
        // One white column of eight, where bilinear between the two middle ones does not look.
        let bytes: Vec<u8> = (0..8).flat_map(|x| [if x == 1 { 240 } else { 0 }; 3]).collect();
        let image = Image::new(8, 1, Arc::new(bytes)).unwrap();
        let shrink = |filter| {
            let mut resampler = Resampler::new(filter);
            resampler.resize(&image, Region::whole(&image), Size::new(1, 1)).unwrap()[0]
        };
        assert_eq!(shrink(Filter::Bilinear), 0);
        assert!(shrink(Filter::Antialiased) > 10);
    }

    #[test]
    fn a_region_is_what_the_box_touches_of_the_picture() {
        let check = |bbox: [f64; 4], expected: Option<[usize; 4]>| {
            let region = Region::of(&Bbox::new(bbox[0], bbox[1], bbox[2], bbox[3]), Size::new(20, 10));
            let found = region.map(|r| [r.left, r.top, r.size.width, r.size.height]);
            assert_eq!(found, expected, "{bbox:?}");
        };
        check([1.0, 2.0, 3.0, 4.0], Some([1, 2, 3, 4]));
        check([1.5, 2.5, 3.0, 4.0], Some([1, 2, 4, 5]));
        check([-5.0, -5.0, 100.0, 100.0], Some([0, 0, 10, 20]));
        check([9.9, 19.9, 0.01, 0.01], Some([9, 19, 1, 1]));
        check([10.0, 0.0, 5.0, 5.0], None);
        check([-5.0, 0.0, 5.0, 5.0], None);
        check([0.0, 20.0, 5.0, 5.0], None);
        check([0.0, 0.0, 0.0, 5.0], None);
        check([0.0, 0.0, -1.0, 5.0], None);
        check([f64::NAN, 0.0, 5.0, 5.0], None);
        check([-1e300, 0.0, 1e300, 5.0], None);
        check([-1e300, 0.0, f64::MAX, 5.0], Some([0, 0, 10, 5]));
    }
}
