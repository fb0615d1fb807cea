//! A small grey copy of a picture.

use footfall_pipeline::Image;

/// Width of the copy in pixels; its height follows from the picture's shape.
pub(crate) const WIDTH: usize = 128;
/// The copy's height is at most this, whatever the picture's shape.
const TALLEST: usize = 256;

/// Luminance from 0 to 255, row by row from the top, `[height, width]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<f32>,
    /// How much neighbouring pixels of the full picture differ, see [`Grey::of`].
    pub(crate) detail: f32,
}

impl Grey {
    /// A copy of `image`, 128 pixels wide or as wide as the picture where that is less.
    ///
    /// Each pixel is the mean of the area that it stands for, of which every row and column is looked at in
    /// steps that leave about 16 samples. `detail` is the mean absolute second difference along the rows of
    /// the full picture, in grey levels, over the same samples: what a lens out of focus takes first.
    #[must_use]
    pub fn of(image: &Image) -> Self {
        let width = WIDTH.min(image.width());
        let height = (image.height() * width).div_ceil(image.width()).clamp(1, TALLEST.min(image.height()));
        let mut pixels = Vec::with_capacity(width * height);
        let (mut detail, mut samples) = (0.0_f64, 0_u64);
        let lines: Vec<_> = image.bytes().chunks_exact(3 * image.width()).collect();
        for row in 0..height {
            let rows = area(row, height, image.height());
            for column in 0..width {
                let columns = area(column, width, image.width());
                let (mut sum, mut count) = (0.0_f32, 0.0_f32);
                for line in lines[rows.clone()].iter().step_by((rows.len() / 4).max(1)) {
                    for x in columns.clone().step_by((columns.len() / 4).max(1)) {
                        let here = luminance(line, x);
                        sum += here;
                        count += 1.0;
                        if x >= 1 && x + 1 < image.width() {
                            let around = luminance(line, x - 1) + luminance(line, x + 1);
                            detail += f64::from((around - 2.0 * here).abs());
                            samples += 1;
                        }
                    }
                }
                pixels.push(sum / count.max(1.0));
            }
        }
        Self { width, height, pixels, detail: (detail / samples.max(1) as f64) as f32 }
    }

    pub(crate) fn at(&self, x: usize, y: usize) -> f32 {
        self.pixels[y * self.width + x]
    }
}

/// The pixels of a full side of `full` that pixel `index` of `small` stands for; at least one.
fn area(index: usize, small: usize, full: usize) -> std::ops::Range<usize> {
    let start = index * full / small;
    start..((index + 1) * full / small).max(start + 1)
}

/// A pixel of a line, by ITU-R BT.601.
fn luminance(line: &[u8], x: usize) -> f32 {
    let pixel = &line[3 * x..3 * x + 3];
    0.114 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.299 * f32::from(pixel[2])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use footfall_pipeline::{Image, Pixels};

    use super::Grey;

    /// Bytes that know how often they were asked for.
    struct Counted(Vec<u8>, Arc<AtomicUsize>);

    impl Pixels for Counted {
        fn bytes(&self) -> &[u8] {
            self.1.fetch_add(1, Ordering::Relaxed);
            &self.0
        }
    }

    #[test]
    fn the_decoder_is_asked_for_its_bytes_once() {
        let asked = Arc::new(AtomicUsize::new(0));
        let image =
            Image::new(640, 480, Arc::new(Counted(vec![9; 640 * 480 * 3], Arc::clone(&asked)))).unwrap();
        let before = asked.load(Ordering::Relaxed);
        let _ = Grey::of(&image);
        assert_eq!(asked.load(Ordering::Relaxed) - before, 1);
    }

    fn image(width: usize, height: usize, of: impl Fn(usize, usize) -> u8) -> Image {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let bytes: Vec<u8> = pixels.flat_map(|(x, y)| [of(x, y); 3]).collect();
        Image::new(width, height, Arc::new(bytes)).unwrap()
    }

    #[test]
    fn an_even_picture_stays_even_at_any_size() {
        for (width, height) in [(16, 16), (640, 480), (1000, 1), (1, 1000), (127, 300), (4096, 40)] {
            let grey = Grey::of(&image(width, height, |_, _| 77));
            assert_eq!(grey.pixels.len(), grey.width * grey.height);
            assert!(grey.pixels.iter().all(|p| (p - 77.0).abs() < 0.01), "{width}x{height}");
            assert!(grey.detail.abs() < 0.01);
        }
    }

    #[test]
    fn halves_stay_halves_and_detail_is_seen() {
        let grey = Grey::of(&image(640, 480, |x, _| if x < 320 { 0 } else { 200 }));
        assert_eq!((grey.width, grey.height), (128, 96));
        assert!(grey.at(0, 50) < 0.01 && (grey.at(127, 50) - 200.0).abs() < 0.01);
        let stripes = Grey::of(&image(640, 480, |x, _| if x % 2 == 0 { 0 } else { 200 }));
        assert!(stripes.detail > 50.0 * grey.detail.max(1.0), "{} {}", stripes.detail, grey.detail);
    }
}
