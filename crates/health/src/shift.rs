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
        let reach = |side: usize| (side as f64 * REACH / 2.0) as i32;
        let [dx, dy] = self.halved().best(&now.halved(), [0, 0], [reach(self.width), reach(self.height)]);
        let shift = self.best(now, [2 * dx, 2 * dy], [2, 2]);
        let there = self.correlation(now, shift);
        Some(if there > here { Fit { shift, there, here } } else { Fit { shift: [0, 0], there: here, here } })
    }

    /// The shift with the best correlation of those that are at most `reach` from `around`.
    fn best(&self, now: &Self, around: [i32; 2], reach: [i32; 2]) -> [i32; 2] {
        let range = |axis: usize| around[axis] - reach[axis]..=around[axis] + reach[axis];
        let shifts = range(1).flat_map(|dy| range(0).map(move |dx| [dx, dy]));
        let rated = shifts.map(|shift| (self.correlation(now, shift), shift));
        rated.max_by(|(a, _), (b, _)| a.total_cmp(b)).map_or(around, |(_, shift)| shift)
    }

    /// At half the size: each the mean of four.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let at = |x: usize, y: usize| self.strength[y * self.width + x];
        let mean = |x: usize, y: usize| {
            let (x, y) = (2 * x, 2 * y);
            (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4.0
        };
        let strength = (0..height).flat_map(|y| (0..width).map(move |x| mean(x, y))).collect();
        Self { width, height, strength }
    }

    /// Correlation of these edges with those of `now`, moved back by `shift`, where both overlap; 0 where
    /// they do not.
    fn correlation(&self, now: &Self, [dx, dy]: [i32; 2]) -> f64 {
        let (width, height) = (self.width as i32, self.height as i32);
        if dx.abs() >= width || dy.abs() >= height {
            return 0.0;
        }
        let (left, right) = ((-dx).max(0), width - dx.max(0));
        let (mut product, mut own, mut other) = (0.0_f32, 0.0_f32, 0.0_f32);
        for y in (-dy).max(0)..height - dy.max(0) {
            let a = &self.strength[(y * width + left) as usize..(y * width + right) as usize];
            let at = (y + dy) * width + dx;
            let b = &now.strength[(at + left) as usize..(at + right) as usize];
            for (a, b) in a.iter().zip(b) {
                product += a * b;
                own += a * a;
                other += b * b;
            }
        }
        f64::from(product) / f64::from(own * other).sqrt().max(1e-9)
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
