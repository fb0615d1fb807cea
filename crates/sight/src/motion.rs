//! Whether anything moves: a small grey copy of a frame against what was there before.
//!
//! Each cell of the copy has a running mean and a running deviation. A cell has changed where it differs from its mean
//! by more than its own restlessness explains, which flicker in one corner raises there alone. What all cells have in
//! common is taken off first: lamps that flicker and daylight that fades change them alike. A single cell is noise; a
//! person covers two beside each other at least.
//!
//! A cell that has changed and then keeps its new grey for a while has not moved since: a box that was put down, or
//! the floor where somebody had stood for so long that they were taken for a part of the picture. Its mean is put right
//! at once, since the slow way would keep the networks awake for as long as it takes.

use std::time::Duration;

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
/// and while it has.
const YIELD: f32 = 0.01;
/// What has come to stay belongs to the picture after this long.
const STAYS: Duration = Duration::from_secs(2);

/// What is known of each cell.
#[derive(Clone, Copy, Debug)]
struct Cell {
    mean: f32,
    deviation: f32,
    /// By how much what it has changed to is brighter than the picture, and since when it has kept that.
    other: Option<(f32, Duration)>,
}

impl Cell {
    fn new(mean: f32) -> Self {
        Self { mean, deviation: 1.0, other: None }
    }

    /// Takes what it is now, in a picture of this light; whether it has changed.
    fn see(&mut self, grey: f32, Light { level, shift }: Light, time: Duration) -> bool {
        let difference = grey - self.mean;
        let own = (difference - shift).abs();
        let changed = own > LEAST.max(DEVIATIONS * self.deviation);
        let now = grey - level;
        let kept = self.other.filter(|(kept, _)| (now - kept).abs() <= LEAST);
        self.other = changed.then(|| kept.unwrap_or((now, time)));
        if self.other.is_some_and(|(_, since)| time.saturating_sub(since) >= STAYS) {
            self.other = None;
            // It is to differ by what all others differ.
            self.mean = grey - shift;
            return false;
        }
        let share = if changed { YIELD } else { LEARN };
        self.mean += share * difference;
        self.deviation += share * (own.min(4.0 * LEAST) - self.deviation);
        changed
    }
}

/// What all cells have in common.
#[derive(Clone, Copy, Debug)]
struct Light {
    /// How bright the picture is: the median.
    level: f32,
    /// By how much it has become brighter: the median of what cells differ by from their means.
    shift: f32,
}

/// Looks at one frame after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Motion {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
    grey: Vec<f32>,
    sorted: Vec<f32>,
    changed: Vec<bool>,
}

impl Motion {
    /// Whether anything has changed in one of `within` (none: anywhere) that lies in none of `without`, in a picture of
    /// this time. The first one is all new.
    pub(crate) fn moves(
        &mut self,
        image: &Image,
        time: Duration,
        within: &[Area],
        without: impl Fn(f64, f64) -> bool,
    ) -> bool {
        let is_new = self.shrink(image);
        if is_new {
            self.cells.clear();
            self.cells.extend(self.grey.iter().copied().map(Cell::new));
            return true;
        }
        let light = self.light();
        for ((cell, &grey), changed) in self.cells.iter_mut().zip(&self.grey).zip(&mut self.changed) {
            *changed = cell.see(grey, light, time);
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

    fn light(&mut self) -> Light {
        let (cells, greys) = (&self.cells, &self.grey);
        let level = median(&mut self.sorted, greys.iter().copied());
        let shift = median(&mut self.sorted, cells.iter().zip(greys).map(|(cell, grey)| grey - cell.mean));
        Light { level, shift }
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

/// The median of some values, of which there is one at least; `room` is for sorting them.
fn median(room: &mut Vec<f32>, values: impl Iterator<Item = f32>) -> f32 {
    room.clear();
    room.extend(values);
    let middle = room.len() / 2;
    *room.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

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

    /// Ten frames a second.
    fn time(frame: u32) -> Duration {
        Duration::from_millis(100) * frame
    }

    fn still(motion: &mut Motion, frames: std::ops::Range<u32>, light: impl Fn(u32) -> f32) -> usize {
        let moved =
            |frame: &u32| motion.moves(&room(*frame, light(*frame), None), time(*frame), &[], |_, _| false);
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
            assert!(motion.moves(&far, time(60), &[], |_, _| false), "{name}: a person of 16 pixels");
        }
    }

    #[test]
    fn only_what_is_looked_at_counts() {
        let mut motion = Motion::default();
        still(&mut motion, 0..20, |_| 1.0);
        let person = room(20, 1.0, Some([200, 100, 20, 45]));
        let elsewhere = [Area { left: 0.0, top: 0.0, right: 150.0, bottom: 288.0 }];
        assert!(!motion.clone().moves(&person, time(20), &elsewhere, |_, _| false));
        assert!(!motion.clone().moves(&person, time(20), &[], |x, _| x > 195.0));
        assert!(motion.moves(&person, time(20), &[], |x, _| x < 195.0));
    }

    #[test]
    fn what_came_to_stay_belongs_to_the_picture_after_a_while() {
        let mut motion = Motion::default();
        still(&mut motion, 0..20, |_| 1.0);
        let parcel = Some([150, 150, 20, 45]);
        let mut moves = |frame: u32, light: f32, person| {
            motion.moves(&room(frame, light, person), time(frame), &[], |_, _| false)
        };
        let moved: Vec<_> = (20..60).map(|frame| moves(frame, 1.0, parcel)).collect();
        assert!(moved[..20].iter().all(|&moved| moved), "it was forgotten at once");
        assert!(!moved[21..].iter().any(|&moved| moved), "it never came to belong there");
        // So does the floor below, once somebody has taken it away, in other light too.
        let moved: Vec<_> = (60..100).map(|frame| moves(frame, 0.95, None)).collect();
        assert!(moved[..20].iter().all(|&moved| moved) && !moved[21..].iter().any(|&moved| moved));
    }

    #[test]
    fn whoever_goes_on_moving_in_one_place_never_belongs_there() {
        let mut motion = Motion::default();
        still(&mut motion, 0..20, |_| 1.0);
        let mut moves = |frame: u32, person| {
            motion.moves(&room(frame, 1.0, Some(person)), time(frame), &[], |_, _| false)
        };
        // They sway by a third of their width, once in a second.
        let moved =
            (20..200).filter(|&frame| moves(frame, [150 + 7 * (frame as usize / 5 % 2), 150, 20, 45]));
        assert!(moved.count() > 175);
    }
}
