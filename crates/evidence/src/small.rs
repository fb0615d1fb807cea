//! A small picture.

/// A picture of `[height, width, 3]` bytes, BGR, rows from the top: made smaller, to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Small {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `height * width * 3` bytes.
    pub pixels: Vec<u8>,
}

impl Small {
    /// A copy of a BGR picture of this size, at most `widest` pixels wide. Each pixel is the mean of the area that it
    /// stands for.
    #[must_use]
    pub fn of(bytes: &[u8], width: usize, height: usize, widest: usize) -> Self {
        let small = widest.clamp(1, width.max(1)).min(width);
        let tall = (height * small).div_ceil(width.max(1)).clamp(1, height.max(1));
        let mut pixels = Vec::with_capacity(small * tall * 3);
        for row in 0..tall {
            let rows = row * height / tall..((row + 1) * height / tall).max(row * height / tall + 1);
            for column in 0..small {
                let from = column * width / small;
                let to = ((column + 1) * width / small).max(from + 1);
                let (mut sum, mut count) = ([0_u32; 3], 0);
                for y in rows.clone() {
                    let start = 3 * (y * width + from);
                    for pixel in bytes[start..start + 3 * (to - from)].chunks_exact(3) {
                        sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(*value));
                        count += 1;
                    }
                }
                pixels.extend(sum.map(|sum| (sum / count) as u8));
            }
        }
        Self { width: small, height: tall, pixels }
    }

    /// The mean luminance, 0 to 255.
    #[must_use]
    pub fn light(&self) -> f64 {
        let sum: f64 = self.pixels.chunks_exact(3).map(|pixel| f64::from(luminance(pixel))).sum();
        sum / (self.width * self.height).max(1) as f64
    }

    /// Takes all colour out of it.
    pub(crate) fn fade(&mut self) {
        for pixel in self.pixels.chunks_exact_mut(3) {
            let grey = luminance(pixel);
            pixel.fill(grey);
        }
    }
}

/// Rec. 601 luma of a BGR pixel.
fn luminance(pixel: &[u8]) -> u8 {
    let [b, g, r] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
    ((29 * b + 150 * g + 77 * r) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::Small;

    #[test]
    fn each_pixel_is_the_mean_of_its_area() {
        // Two columns of two pixels each: 10 and 30, 50 and 70.
        let bytes: Vec<u8> = [10, 30, 50, 70].into_iter().flat_map(|value| [value; 3]).collect();
        let small = Small::of(&bytes, 4, 1, 2);
        assert_eq!((small.width, small.height), (2, 1));
        assert_eq!(small.pixels, [20, 20, 20, 60, 60, 60]);
        assert_eq!(Small::of(&bytes, 4, 1, 100).pixels, bytes, "never larger");
        assert!((small.light() - 40.0).abs() < 1.0);
    }
}
