//! Where a frame's sightings are, so that those near a box are found without looking at the others.

use std::ops::Range;

use crate::Bbox;

/// How many are looked at together.
const BLOCK: usize = 8;
/// Fewer are found as fast without columns.
const MANY: usize = 32;
/// Sums of a few 32-bit numbers are right to this share of the greatest of them.
const ROUNDING: f64 = 2e-6;

/// Boxes by rising x of the middle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// The middle of each in x.
    x: Vec<f64>,
    /// The middle of each in y, and a block of numbers that are none behind the last.
    y: Vec<f32>,
    /// Half the height of each, and as much behind the last.
    halves: Vec<f32>,
    /// From the first x to the last there are as many columns of equal width as boxes, or one column where there are
    /// not many; for each, and for one behind the last, how many boxes stand to the left of it.
    columns: Vec<u32>,
    /// The first x, and columns a pixel.
    scale: (f64, f64),
    widest: f64,
    /// No side is further from the origin in y.
    extent: f64,
}

impl Places {
    /// Takes over boxes by rising x of the middle: of each the middle, the width and the height.
    pub(crate) fn fill(&mut self, boxes: impl Iterator<Item = ([f64; 2], f64, f64)>) {
        self.x.clear();
        self.y.clear();
        self.halves.clear();
        (self.widest, self.extent) = (0.0, 0.0);
        for ([x, y], width, height) in boxes {
            let half = height / 2.0;
            self.x.push(x);
            self.y.push(y as f32);
            self.halves.push(half as f32);
            self.widest = self.widest.max(width);
            self.extent = self.extent.max(y.abs() + half);
        }
        self.y.extend([f32::NAN; BLOCK]);
        self.halves.extend([f32::NAN; BLOCK]);
        self.divide();
    }

    fn divide(&mut self) {
        let count = self.x.len() as u32;
        let (first, last) = (self.x.first().copied(), self.x.last().copied());
        let (first, length) = first.zip(last).map_or((0.0, 0.0), |(first, last)| (first, last - first));
        self.columns.clear();
        if self.x.len() < MANY || length <= 0.0 {
            self.scale = (first, 0.0);
            self.columns.extend([0, count]);
            return;
        }
        self.scale = (first, f64::from(count) / length);
        for (index, &x) in self.x.iter().enumerate() {
            let column = self.column(x);
            self.columns.resize(self.columns.len().max(column + 1), index as u32);
        }
        self.columns.resize(self.x.len() + 1, count);
    }

    /// The column of an x; that of a greater x is not smaller.
    fn column(&self, x: f64) -> usize {
        let (first, scale) = self.scale;
        (((x - first) * scale) as usize).min(self.x.len().saturating_sub(1))
    }

    /// How many come before the first whose x is not `before`, which holds of a first part of them all: of those to the
    /// left of `x`, and of none that is in a column to the right of its own.
    fn count(&self, x: f64, before: impl Fn(f64) -> bool) -> usize {
        if self.x.is_empty() {
            return 0;
        }
        let column = self.column(x);
        let (start, end) = (self.columns[column] as usize, self.columns[column + 1] as usize);
        start + self.x[start..end].partition_point(|&other| before(other))
    }

    /// Those whose middle is at most `reach` to the left or the right of `x`.
    pub(crate) fn near(&self, x: f64, reach: f64) -> Range<usize> {
        let (left, right) = (x - reach, x + reach);
        let start = self.count(left, |other| other < left);
        start..self.count(right, |other| other <= right).max(start)
    }

    /// Those that may overlap with a box, as far as x tells.
    pub(crate) fn beside(&self, bbox: &Bbox) -> Range<usize> {
        self.near(bbox.centre().x, f64::midpoint(bbox.width, self.widest))
    }

    /// Those that may overlap with a box, once each of the two has grown by `buffer` of its size to each side, in their
    /// order. All that do are among them, and few others.
    pub(crate) fn around(&self, bbox: &Bbox, buffer: f64) -> Around<'_> {
        let growth = 1.0 + 2.0 * buffer;
        let (centre, half) = (bbox.centre(), bbox.height / 2.0);
        let slack = ROUNDING * (self.extent + centre.y.abs() + half);
        let Range { start, end } = self.near(centre.x, f64::midpoint(bbox.width, self.widest) * growth);
        Around {
            places: self,
            next: start,
            end,
            base: start,
            found: 0,
            y: centre.y as f32,
            reach: ((half + slack) * growth) as f32,
            growth: growth as f32,
        }
    }
}

/// What is around a box. Most of those beside it are above or below, and which are not is told of a block at once.
#[derive(Clone, Debug)]
pub(crate) struct Around<'a> {
    places: &'a Places,
    /// The next block's first, and where all blocks end.
    next: usize,
    end: usize,
    /// This block's first, and a bit for each of it that is still to be given.
    base: usize,
    found: u32,
    y: f32,
    reach: f32,
    growth: f32,
}

impl Around<'_> {
    /// Looks through the next block.
    #[inline]
    fn advance(&mut self) {
        let left = self.end - self.next;
        let those_left = if left < BLOCK { (1 << left) - 1 } else { u32::MAX };
        let block = |numbers: &[f32]| numbers[self.next..].first_chunk::<BLOCK>().copied();
        let (y, halves) = (block(&self.places.y), block(&self.places.halves));
        let within = y.zip(halves).map_or(u32::MAX, |(y, halves)| self.within(&y, &halves));
        (self.base, self.next, self.found) = (self.next, self.next + BLOCK, within & those_left);
    }

    /// A bit for each of a block whose sides reach those of the box.
    #[inline]
    fn within(&self, middles: &[f32; BLOCK], halves: &[f32; BLOCK]) -> u32 {
        let mut bits = [0_u32; BLOCK];
        for lane in 0..BLOCK {
            let is_near = (middles[lane] - self.y).abs() <= self.reach + halves[lane] * self.growth;
            bits[lane] = if is_near { 1 << lane } else { 0 };
        }
        bits.iter().fold(0, |all, bit| all | bit)
    }
}

impl Iterator for Around<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            if self.next >= self.end {
                return None;
            }
            self.advance();
        }
        let place = self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(self.base + place)
    }

    /// As by [`next`](Self::next), faster.
    fn fold<B, F: FnMut(B, usize) -> B>(mut self, init: B, mut f: F) -> B {
        let mut all = init;
        loop {
            while self.found != 0 {
                all = f(all, self.base + self.found.trailing_zeros() as usize);
                self.found &= self.found - 1;
            }
            if self.next >= self.end {
                return all;
            }
            self.advance();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Places;
    use crate::Bbox;

    fn boxes(span: f64, count: usize) -> impl Strategy<Value = Vec<Bbox>> {
        let side = -span..span;
        let bbox =
            (side.clone(), side, 0.01..60.0, 0.01..150.0).prop_map(|(x, y, w, h)| Bbox::new(x, y, w, h));
        prop::collection::vec(bbox, 0..count)
    }

    fn grown(bbox: &Bbox, buffer: f64) -> Bbox {
        let (x, y) = (buffer * bbox.width, buffer * bbox.height);
        Bbox::new(bbox.x - x, bbox.y - y, bbox.width + 2.0 * x, bbox.height + 2.0 * y)
    }

    proptest! {
        /// Whoever overlaps is found, in order; whoever is far above or below is not.
        #[test]
        fn those_around_are_found(
            (mut all, queries) in prop_oneof![Just(50.0), Just(2000.0), Just(1e8)]
                .prop_flat_map(|span| (boxes(span, 120), boxes(span, 8))),
            buffer in prop_oneof![Just(0.0), 0.0..1.0],
        ) {
            all.sort_by(|a, b| a.centre().x.total_cmp(&b.centre().x));
            let mut places = Places::default();
            places.fill(all.iter().map(|b| ([b.centre().x, b.centre().y], b.width, b.height)));
            for query in &queries {
                let found: Vec<usize> = places.around(query, buffer).collect();
                prop_assert!(found.is_sorted_by(|a, b| a < b));
                for (index, bbox) in all.iter().enumerate() {
                    let overlaps = grown(query, buffer).iou(&grown(bbox, buffer)) > 0.0;
                    prop_assert!(!overlaps || found.contains(&index), "{bbox:?}");
                    let apart = (bbox.centre().y - query.centre().y).abs();
                    let far = 1.0 + (bbox.height + query.height) * (0.5 + buffer) + 1e-4 * query.y.abs();
                    prop_assert!(apart < far * (1.0 + 2.0 * buffer) || !found.contains(&index), "{bbox:?}");
                }
            }
        }

        /// As by looking at each.
        #[test]
        fn those_near_are_found(
            mut all in prop::collection::vec(prop_oneof![-100.0..100.0, -3.0..3.0, Just(7.0), Just(1e9)], 0..60),
            x in prop_oneof![-110.0..110.0, Just(7.0), Just(-1e9)], reach in prop_oneof![Just(0.0), 0.0..40.0],
        ) {
            all.sort_by(f64::total_cmp);
            let mut places = Places::default();
            places.fill(all.iter().map(|&x| ([x, 0.0], 1.0, 1.0)));
            let near = |other: &f64| (x - reach..=x + reach).contains(other);
            let expected: Vec<usize> = (0..all.len()).filter(|&index| near(&all[index])).collect();
            prop_assert_eq!(places.near(x, reach).collect::<Vec<_>>(), expected);
        }
    }
}
