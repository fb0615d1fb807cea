//! Pixels of a crop: cut out, made one size, and how sharp and how different they are.

use std::sync::Arc;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use footfall_pipeline::{BoxError, Image};
use footfall_track::Bbox;

use crate::Error;

/// Sharpness is judged at one size, so that it means the same for near and far people.
const HEIGHT: usize = 128;
const WIDTH: usize = 64;
/// A cell of the thumbnail, in pixels of that size.
const CELL: usize = 4;

/// All pixels of the picture that the box touches, as a picture of its own; `None` where there are none.
pub(crate) fn cut(image: &Image, bbox: &Bbox) -> Option<Image> {
    if !bbox.is_proper() {
        return None;
    }
    let span = |low: f64, high: f64, side: usize| {
        (low.floor().clamp(0.0, side as f64) as usize, high.ceil().clamp(0.0, side as f64) as usize)
    };
    let (left, right) = span(bbox.x, bbox.right(), image.width());
    let (top, bottom) = span(bbox.y, bbox.bottom(), image.height());
    let rows = image.bytes().chunks_exact(3 * image.width()).take(bottom).skip(top);
    let bytes: Vec<u8> = rows.flat_map(|row| &row[3 * left..3 * right]).copied().collect();
    Image::new(right.saturating_sub(left), bottom.saturating_sub(top), Arc::new(bytes)).ok()
}

/// The picture stretched to a size, as embedders do it: bilinear over all pixels that fall into one.
pub(crate) fn resized(image: &Image, height: usize, width: usize) -> Result<Image, Error> {
    let resize = || -> Result<Image, BoxError> {
        let side = |side: usize| u32::try_from(side);
        let source =
            TypedImageRef::<U8x3>::from_buffer(side(image.width())?, side(image.height())?, image.bytes())?;
        let mut bytes = vec![0; 3 * height * width];
        let mut target = TypedImage::<U8x3>::from_buffer(side(width)?, side(height)?, &mut bytes)?;
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new().resize_typed(&source, &mut target, &options)?;
        Ok(Image::new(width, height, Arc::new(bytes))?)
    };
    resize().map_err(|source| Error::Resize { width: image.width(), height: image.height(), source })
}

/// How a crop looks, at 128x64 and grey.
pub(crate) struct Look {
    /// Variance of the Laplacian (Pech-Pacheco et al. 2000): little of it is blur.
    pub(crate) sharpness: f64,
    pub(crate) thumbnail: Thumbnail,
}

impl Look {
    pub(crate) fn of(crop: &Image) -> Result<Self, Error> {
        let picture = resized(crop, HEIGHT, WIDTH)?;
        let grey: Vec<f64> = picture.bytes().chunks_exact(3).map(grey).collect();
        Ok(Self { sharpness: laplacian_variance(&grey), thumbnail: Thumbnail::of(&grey) })
    }
}

/// The luminance of ITU-R BT.601 of blue, green and red.
fn grey(bgr: &[u8]) -> f64 {
    let [b, g, r] = [bgr[0], bgr[1], bgr[2]].map(f64::from);
    0.114 * b + 0.587 * g + 0.299 * r
}

fn laplacian_variance(grey: &[f64]) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for y in 1..HEIGHT - 1 {
        for x in 1..WIDTH - 1 {
            let at = y * WIDTH + x;
            let around = grey[at - 1] + grey[at + 1] + grey[at - WIDTH] + grey[at + WIDTH];
            let value = around - 4.0 * grey[at];
            sum += value;
            squares += value * value;
        }
    }
    let count = ((HEIGHT - 2) * (WIDTH - 2)) as f64;
    squares / count - (sum / count).powi(2)
}

/// 32x16 mean greys, of zero mean and unit length: light and contrast are gone.
#[derive(Clone, Debug)]
pub(crate) struct Thumbnail(Vec<f64>);

impl Thumbnail {
    fn of(grey: &[f64]) -> Self {
        let (rows, columns) = (HEIGHT / CELL, WIDTH / CELL);
        let mut cells = vec![0.0; rows * columns];
        for (at, value) in grey.iter().enumerate() {
            cells[at / WIDTH / CELL * columns + at % WIDTH / CELL] += value;
        }
        let mean = cells.iter().sum::<f64>() / cells.len() as f64;
        for cell in &mut cells {
            *cell -= mean;
        }
        let norm = cells.iter().map(|cell| cell * cell).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        for cell in &mut cells {
            *cell /= norm;
        }
        Self(cells)
    }

    /// 1 minus the correlation of both: 0 for the same picture in any light, 1 for unrelated ones.
    pub(crate) fn difference(&self, other: &Self) -> f64 {
        1.0 - self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use footfall_track::Bbox;

    use super::{Look, cut, resized};
    use crate::testing::painted;

    #[test]
    fn a_cut_is_what_the_box_touches() {
        let image = painted(10, 8, |x, y| (10 * y + x) as u8);
        let crop = cut(&image, &Bbox::new(2.5, 1.2, 3.0, 2.0)).unwrap();
        assert_eq!((crop.width(), crop.height()), (4, 3));
        assert_eq!((crop.bytes()[0], crop.bytes()[crop.bytes().len() - 1]), (12, 35));
        assert!(cut(&image, &Bbox::new(10.0, 0.0, 3.0, 3.0)).is_none());
        assert!(cut(&image, &Bbox::new(f64::NAN, 0.0, 3.0, 3.0)).is_none());
        let whole = cut(&image, &Bbox::new(-5.0, -5.0, 100.0, 100.0)).unwrap();
        assert_eq!(whole.bytes(), image.bytes());
    }

    #[test]
    fn blur_takes_sharpness_away() {
        let stripes = painted(64, 128, |x, _| if x / 4 % 2 == 0 { 60 } else { 190 });
        let blurred = resized(&resized(&stripes, 16, 8).unwrap(), 128, 64).unwrap();
        let (sharp, blurred) = (Look::of(&stripes).unwrap().sharpness, Look::of(&blurred).unwrap().sharpness);
        assert!(sharp > 20.0 * blurred, "{sharp} {blurred}");
        assert_eq!(Look::of(&painted(30, 70, |_, _| 90)).unwrap().sharpness, 0.0);
    }

    #[test]
    fn light_makes_no_difference_and_another_picture_does() {
        let look = |of: fn(usize, usize) -> u8| Look::of(&painted(64, 128, of)).unwrap().thumbnail;
        let (one, darker) = (look(|x, y| (x + y) as u8), look(|x, y| ((x + y) * 4 / 9 + 7) as u8));
        let other = look(|x, y| (190 + x - y) as u8);
        assert!(one.difference(&darker) < 1e-3, "{}", one.difference(&darker));
        assert!(one.difference(&other) > 0.5, "{}", one.difference(&other));
    }
}
