//! By how much one picture is moved against another.

use crate::Grey;

/// How far a shift is looked for, as a share of the picture's width and height.
const REACH: f64 = 0.15;

/// Pictures that correlate so well are not looked at for a shift: that is most of the work.
const SAME: f64 = 0.8;

/// Where the edges of a picture are: for each pixel of the small copy the strength of its edge, less
/// the mean, so that light that comes or goes evenly changes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Edges {
    width: usize,
    height: usize,
    strength: Vec<f32>,
}

/// The best fit of one picture's edges on another's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    /// By how many pixels of the small copy the picture has moved to the right and down.
    pub(crate) shift: [i32; 2],
    /// Correlation there, -1 to 1.
    pub(crate) there: f64,
    /// Correlation without any shift.
    pub(crate) here: f64,
}

impl Edges {
    pub(crate) fn of(grey: &Grey) -> Self {
        let (width, height) = (grey.width, grey.height);
        let mut strength = vec![0.0; width * height];
        for y in 1..height.saturating_sub(1) {
            for x in 1..width.saturating_sub(1) {
                let across = grey.at(x + 1, y) - grey.at(x - 1, y);
                let down = grey.at(x, y + 1) - grey.at(x, y - 1);
                // The root keeps a few hard edges from outweighing everything else.
                strength[y * width + x] = across.hypot(down).sqrt();
            }
        }
        let mean = strength.iter().sum::<f32>() / strength.len().max(1) as f32;
        for edge in &mut strength {
            *edge -= mean;
        }
        Self { width, height, strength }
    }

    /// How `now` fits on these edges; `None` where the sizes differ.
    pub(crate) fn fit(&self, now: &Self) -> Option<Fit> {
        if (self.width, self.height) != (now.width, now.height) {
            return None;
        }
        let here = self.correlation(now, [0, 0]);
        if here > SAME {
            return Some(Fit { shift: [0, 0], there: here, here });
        }
        let reach = |side: usize| (side as f64 * REACH) as i32;
        let (across, down) = (reach(self.width), reach(self.height));
        let mut best = Fit { shift: [0, 0], there: here, here };
        for shift in (-down..=down).flat_map(|dy| (-across..=across).map(move |dx| [dx, dy])) {
            let there = self.correlation(now, shift);
            if there > best.there {
                best = Fit { shift, there, here };
            }
        }
        Some(best)
    }

    /// Correlation of these edges with those of `now`, moved back by `shift`, where both overlap; 0 where
    /// they do not.
    fn correlation(&self, now: &Self, [dx, dy]: [i32; 2]) -> f64 {
        let (width, height) = (self.width as i32, self.height as i32);
        if dx.abs() >= width || dy.abs() >= height {
            return 0.0;
        }
        let (left, right) = ((-dx).max(0), width - dx.max(0));
        let mut sums = Sums::default();
        for y in (-dy).max(0)..height - dy.max(0) {
            let a = &self.strength[(y * width + left) as usize..(y * width + right) as usize];
            let at = (y + dy) * width + dx;
            let b = &now.strength[(at + left) as usize..(at + right) as usize];
            sums.add(a, b);
        }
        sums.correlation()
    }
}

/// Sums of products, in lanes that a processor adds side by side: nearly all of the work is here.
#[derive(Default)]
struct Sums {
    product: [f32; LANES],
    own: [f32; LANES],
    other: [f32; LANES],
}

const LANES: usize = 8;

impl Sums {
    fn add(&mut self, a: &[f32], b: &[f32]) {
        let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
        for (a, b) in a.iter().zip(b) {
            for (lane, (a, b)) in a.iter().zip(b).enumerate() {
                self.product[lane] += a * b;
                self.own[lane] += a * a;
                self.other[lane] += b * b;
            }
        }
        for (a, b) in a_rest.iter().zip(b_rest) {
            self.product[0] += a * b;
            self.own[0] += a * a;
            self.other[0] += b * b;
        }
    }

    fn correlation(&self) -> f64 {
        let [product, own, other] =
            [self.product, self.own, self.other].map(|lanes| lanes.into_iter().map(f64::from).sum::<f64>());
        product / (own * other).sqrt().max(1e-9)
    }
}

#[cfg(test)]
mod tests {
    use super::Edges;
    use crate::Grey;

    /// Squares of random grey, moved by a shift.
    fn scene(dx: i32, dy: i32, gain: f32) -> Grey {
        let (width, height) = (128_i32, 96_i32);
        let square = |x: i32, y: i32| {
            let place =
                (x - dx).div_euclid(7).wrapping_mul(7919) ^ (y - dy).div_euclid(7).wrapping_mul(104_729);
            (place.wrapping_mul(747_796_405).wrapping_add(place >> 3) as u32 >> 24) as f32
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| gain * square(x, y))).collect();
        Grey { width: width as usize, height: height as usize, pixels, detail: 0.0 }
    }

    #[test]
    fn a_shift_is_found_whatever_the_light() {
        let reference = Edges::of(&scene(0, 0, 1.0));
        for (dx, dy) in [(0, 0), (7, 0), (-5, 9), (12, -3)] {
            let fit = reference.fit(&Edges::of(&scene(dx, dy, 0.6))).unwrap();
            assert_eq!(fit.shift, [dx, dy]);
            assert!(fit.there > 0.9, "{fit:?}");
        }
    }

    #[test]
    fn pictures_of_other_sizes_do_not_fit() {
        let other = Grey { width: 64, height: 192, ..scene(0, 0, 1.0) };
        assert!(Edges::of(&scene(0, 0, 1.0)).fit(&Edges::of(&other)).is_none());
    }
}
