//! Whether anything moves: a small grey copy of a frame against what was there before.
//!
//! Each cell of the copy has a running mean and a running deviation. A cell has changed where it differs from its mean
//! by more than its own restlessness explains, which flicker in one corner raises there alone. What all cells have in
//! common is taken off first: lamps that flicker and daylight that fades change them alike. A single cell is noise; a
//! person covers two beside each other at least.

use footfall_pipeline::Image;

use crate::area::Area;

/// Cells along the picture's longer side.
const CELLS: usize = 128;
/// Samples of a cell along each side.
const SAMPLES: usize = 2;
/// A change of fewer grey levels is none.
const LEAST: f32 = 7.0;
/// So many deviations explain a change.
const DEVIATIONS: f32 = 4.0;
/// Share of the newest frame in mean and deviation, while a cell has not changed,
const LEARN: f32 = 0.06;
/// and while it has: what came to stay belongs to the picture after a while.
const YIELD: f32 = 0.01;

/// What is known of each cell.
#[derive(Clone, Copy, Debug)]
struct Cell {
    mean: f32,
    deviation: f32,
}

/// Looks at one frame after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Motion {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
    grey: Vec<f32>,
    differences: Vec<f32>,
    changed: Vec<bool>,
}

impl Motion {
    /// Whether anything has changed in one of `within` (none: anywhere) that lies in none of `without`. The first
    /// picture is all new.
    pub(crate) fn moves(
        &mut self,
        image: &Image,
        within: &[Area],
        without: impl Fn(f64, f64) -> bool,
    ) -> bool {
        let is_new = self.shrink(image);
        if is_new {
            self.cells.clear();
            self.cells.extend(self.grey.iter().map(|&mean| Cell { mean, deviation: 1.0 }));
            return true;
        }
        let shift = self.common_shift();
        for ((cell, &grey), changed) in self.cells.iter_mut().zip(&self.grey).zip(&mut self.changed) {
            let difference = grey - cell.mean;
            let own = (difference - shift).abs();
            *changed = own > LEAST.max(DEVIATIONS * cell.deviation);
            let share = if *changed { YIELD } else { LEARN };
            cell.mean += share * difference;
            cell.deviation += share * (own.min(4.0 * LEAST) - cell.deviation);
        }
        let size = [image.width() as f64, image.height() as f64];
        self.any_pair(|column, row| {
            let x = (column as f64 + 0.5) * size[0] / self.columns as f64;
            let y = (row as f64 + 0.5) * size[1] / self.rows as f64;
            let at =
                |area: &Area| (area.left..=area.right).contains(&x) && (area.top..=area.bottom).contains(&y);
            (within.is_empty() || within.iter().any(at)) && !without(x, y)
        })
    }

    /// Makes the small copy; true if it has another size than the one before.
    fn shrink(&mut self, image: &Image) -> bool {
        let longer = image.width().max(image.height());
        let cells = |side: usize| (side * CELLS.min(longer)).div_ceil(longer).max(1);
        let (columns, rows) = (cells(image.width()), cells(image.height()));
        let is_new = self.cells.is_empty() || (columns, rows) != (self.columns, self.rows);
        (self.columns, self.rows) = (columns, rows);
        self.grey.clear();
        let (bytes, stride) = (image.bytes(), 3 * image.width());
        let at = |index: usize, sample: usize, cells: usize, side: usize| {
            ((2 * SAMPLES * index + 2 * sample + 1) * side / (2 * SAMPLES * cells)).min(side - 1)
        };
        let xs: Vec<_> = (0..columns * SAMPLES)
            .map(|x| 3 * at(x / SAMPLES, x % SAMPLES, columns, image.width()))
            .collect();
        for row in 0..rows {
            let lines: [&[u8]; SAMPLES] = std::array::from_fn(|sample| {
                &bytes[at(row, sample, rows, image.height()) * stride..][..stride]
            });
            self.grey.extend(xs.chunks_exact(SAMPLES).map(|xs| {
                let pixels = lines.iter().flat_map(|line| xs.iter().map(|&x| &line[x..x + 3]));
                let sum: u32 = pixels.map(|p| u32::from(p[0]) + 2 * u32::from(p[1]) + u32::from(p[2])).sum();
                sum as f32 / (4 * SAMPLES * SAMPLES) as f32
            }));
        }
        self.changed.resize(self.grey.len(), false);
        is_new
    }

    /// By how much the picture as a whole has become brighter: the median of all differences.
    fn common_shift(&mut self) -> f32 {
        self.differences.clear();
        self.differences.extend(self.cells.iter().zip(&self.grey).map(|(cell, grey)| grey - cell.mean));
        let middle = self.differences.len() / 2;
        *self.differences.select_nth_unstable_by(middle, f32::total_cmp).1
    }

    /// Whether two cells beside each other have changed that both `count`.
    fn any_pair(&self, counts: impl Fn(usize, usize) -> bool) -> bool {
        let has = |column: usize, row: usize| {
            column < self.columns && row < self.rows && self.changed[row * self.columns + column]
        };
        (0..self.rows).any(|row| {
            (0..self.columns).filter(|&column| has(column, row) && counts(column, row)).any(|column| {
                let beside = has(column + 1, row) && counts(column + 1, row);
                beside || (has(column, row + 1) && counts(column, row + 1))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use footfall_pipeline::Image;

    use super::Motion;
    use crate::area::Area;

    const SIZE: (usize, usize) = (384, 288);

    /// A textured room under a light, with noise that differs from frame to frame; `person` is a dark box in it.
    fn room(frame: u32, light: f32, person: Option<[usize; 4]>) -> Image {
        let mut state = frame.wrapping_mul(2_654_435_761).wrapping_add(12_345) | 1;
        let bytes = (0..SIZE.0 * SIZE.1)
            .flat_map(|index| {
                let (x, y) = (index % SIZE.0, index / SIZE.0);
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                let noise = (state % 7) as f32 - 3.0;
                let base = 60.0 + ((x / 12 * 37 + y / 12 * 61) % 120) as f32;
                let is_person = person.is_some_and(|[left, top, width, height]| {
                    (left..left + width).contains(&x) && (top..top + height).contains(&y)
                });
                let grey = if is_person { 25.0 } else { base * light } + noise;
                [grey.clamp(0.0, 255.0) as u8; 3]
            })
            .collect::<Vec<_>>();
        Image::new(SIZE.0, SIZE.1, Arc::new(bytes)).unwrap()
    }

    fn still(motion: &mut Motion, frames: std::ops::Range<u32>, light: impl Fn(u32) -> f32) -> usize {
        let moved = |frame: &u32| motion.moves(&room(*frame, light(*frame), None), &[], |_, _| false);
        frames.filter(moved).count()
    }

    /// Share of the light at a frame.
    type Light = fn(u32) -> f32;

    #[test]
    fn noise_flicker_and_slow_light_are_no_motion_and_a_person_is() {
        let lights: [(&str, Light); 3] = [
            ("even", |_| 1.0),
            ("flicker", |frame| if frame % 2 == 0 { 1.0 } else { 0.93 }),
            ("dusk", |frame| 1.0 - 0.002 * frame as f32),
        ];
        for (name, light) in lights {
            let mut motion = Motion::default();
            still(&mut motion, 0..30, light);
            assert_eq!(still(&mut motion, 30..60, light), 0, "{name}");
            let far = room(60, light(60), Some([200, 100, 6, 16]));
            assert!(motion.moves(&far, &[], |_, _| false), "{name}: a person of 16 pixels");
        }
    }

    #[test]
    fn only_what_is_looked_at_counts() {
        let mut motion = Motion::default();
        still(&mut motion, 0..20, |_| 1.0);
        let person = room(20, 1.0, Some([200, 100, 20, 45]));
        let elsewhere = [Area { left: 0.0, top: 0.0, right: 150.0, bottom: 288.0 }];
        assert!(!motion.clone().moves(&person, &elsewhere, |_, _| false));
        assert!(!motion.clone().moves(&person, &[], |x, _| x > 195.0));
        assert!(motion.moves(&person, &[], |x, _| x < 195.0));
    }

    #[test]
    fn what_came_to_stay_belongs_to_the_picture_after_a_while() {
        let mut motion = Motion::default();
        still(&mut motion, 0..20, |_| 1.0);
        let moved: Vec<_> = (20..340)
            .map(|frame| motion.moves(&room(frame, 1.0, Some([150, 150, 20, 45])), &[], |_, _| false))
            .collect();
        assert!(moved[..30].iter().all(|&moved| moved), "it was forgotten at once");
        assert!(!moved[290..].iter().any(|&moved| moved), "it never came to belong there");
    }
}
