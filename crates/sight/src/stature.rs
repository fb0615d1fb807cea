//! How high people are in each part of a picture, and where they have been seen at all.

use footfall_track::{Bbox, Detection};

use crate::area::Area;

/// Columns and rows of the picture's parts.
const COLUMNS: usize = 32;
const ROWS: usize = 24;
/// Heights are told apart by these: from 8 pixels upwards, twelve to an octave.
const BINS: usize = 108;
/// Strips of the picture, along each side.
const STRIPS: usize = 256;
/// So many boxes beyond a strip may be errors.
const STRAY: u32 = 2;
const LEAST: f64 = 8.0;
const STEPS: f64 = 12.0;
/// A detection below this confidence may be nobody.
const CLEAR: f32 = 0.45;
/// When so many have been seen, older ones count half.
const MOST: u32 = 40_000;
/// Heights of so few people say nothing.
const FEW: u32 = 20;

/// Heights of the people who were seen, by where they stood.
#[derive(Clone, Debug)]
pub struct Stature {
    picture: [usize; 2],
    /// `[ROWS, COLUMNS]` parts, each with a count for each bin of heights.
    heights: Vec<[u32; BINS]>,
    /// How often a box had its left, top, right and bottom side in each strip of the picture.
    sides: [[u32; STRIPS]; 4],
    total: u32,
}

impl Stature {
    /// Nobody seen yet, in pictures of this width and height.
    #[must_use]
    pub fn new(picture: [usize; 2]) -> Self {
        let parts = ROWS * COLUMNS;
        Self { picture, heights: vec![[0; BINS]; parts], sides: [[0; STRIPS]; 4], total: 0 }
    }

    /// Adds who was seen in a frame. People whom the picture's own border cuts are no measure.
    pub fn add<'a>(&mut self, seen: impl IntoIterator<Item = &'a Detection>) {
        for Detection { bbox, confidence } in seen {
            if *confidence >= CLEAR && bbox.is_proper() {
                self.cover(bbox);
                if !self.is_at_border(bbox) {
                    self.measure(bbox);
                }
            }
        }
    }

    /// Adds where somebody is whose height is not known.
    pub(crate) fn cover(&mut self, bbox: &Bbox) {
        let Some(area) = Area::of(bbox).common(Area::whole(self.picture)) else { return };
        let sides = [area.left, area.top, area.right, area.bottom];
        for (index, (strips, side)) in self.sides.iter_mut().zip(sides).enumerate() {
            let strip = side * STRIPS as f64 / self.picture[index % 2] as f64;
            // A side in between belongs to the strip inside of it.
            let strip = if index < 2 { strip.floor() } else { strip.ceil() - 1.0 };
            strips[(strip.max(0.0) as usize).min(STRIPS - 1)] += 1;
        }
    }

    fn measure(&mut self, bbox: &Bbox) {
        let foot = bbox.anchor();
        let at = Area { left: foot.x, top: foot.y - 1.0, right: foot.x + 1.0, bottom: foot.y };
        let Some(at) = at.common(Area::whole(self.picture)) else { return };
        let (rows, columns) = self.parts(at);
        let bin = ((bbox.height / LEAST).log2() * STEPS).floor().clamp(0.0, BINS as f64 - 1.0) as usize;
        self.heights[rows.start * COLUMNS + columns.start][bin] += 1;
        self.total += 1;
        if self.total >= MOST {
            self.heights
                .iter_mut()
                .flatten()
                .chain(self.sides.iter_mut().flatten())
                .for_each(|count| *count /= 2);
            self.total = self.heights.iter().flatten().sum();
        }
    }

    fn is_at_border(&self, bbox: &Bbox) -> bool {
        let [width, height] = self.picture.map(|side| side as f64);
        let near = 0.02 * bbox.height;
        bbox.x <= near || bbox.y <= near || bbox.right() >= width - near || bbox.bottom() >= height - near
    }

    /// Rows and columns of the parts that an area of the picture touches.
    fn parts(&self, area: Area) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let range = |low: f64, high: f64, side: usize, parts: usize| {
            let part = |at: f64| at / side as f64 * parts as f64;
            let first = (part(low).floor().max(0.0) as usize).min(parts - 1);
            first..(part(high).ceil() as usize).clamp(first + 1, parts)
        };
        (
            range(area.top, area.bottom, self.picture[1], ROWS),
            range(area.left, area.right, self.picture[0], COLUMNS),
        )
    }

    /// How many people were measured.
    #[must_use]
    pub fn measured(&self) -> u32 {
        self.total
    }

    /// The height in pixels of which a `share` of the people in an area are at most; in the whole picture where
    /// too few were seen there. `None` where too few were seen at all.
    pub(crate) fn height(&self, area: Area, share: f64) -> Option<f64> {
        let here = area.common(Area::whole(self.picture)).map_or([0; BINS], |area| self.counts(area));
        quantile(&here, share).or_else(|| quantile(&self.counts(Area::whole(self.picture)), share))
    }

    /// As [`Stature::height`], of people in this area alone.
    pub(crate) fn height_there(&self, area: Area, share: f64) -> Option<f64> {
        quantile(&self.counts(area.common(Area::whole(self.picture))?), share)
    }

    fn counts(&self, area: Area) -> [u32; BINS] {
        let (rows, columns) = self.parts(area);
        let mut sum = [0; BINS];
        for row in rows {
            for column in columns.clone() {
                for (sum, count) in sum.iter_mut().zip(&self.heights[row * COLUMNS + column]) {
                    *sum += count;
                }
            }
        }
        sum
    }

    /// Around everybody who was seen, but for a few; `None` where nobody was.
    pub(crate) fn whereabouts(&self) -> Option<Area> {
        let [lefts, tops, rights, bottoms] = &self.sides;
        let [width, height] = self.picture.map(|side| side as f64 / STRIPS as f64);
        Some(Area {
            left: first(lefts.iter())? as f64 * width,
            top: first(tops.iter())? as f64 * height,
            right: (STRIPS - first(rights.iter().rev())?) as f64 * width,
            bottom: (STRIPS - first(bottoms.iter().rev())?) as f64 * height,
        })
    }
}

/// The first strip by which more boxes have come than may be errors.
fn first<'a>(mut strips: impl Iterator<Item = &'a u32>) -> Option<usize> {
    let mut seen = 0;
    strips.position(|count| {
        seen += count;
        seen > STRAY
    })
}

/// The value below which a `share` of what was counted lies, evenly within a bin; `None` where that is too little.
fn quantile(counts: &[u32; BINS], share: f64) -> Option<f64> {
    let total: u32 = counts.iter().sum();
    if total < FEW {
        return None;
    }
    let mut left = share * f64::from(total);
    let holds = |&(_, &count): &(usize, &u32)| {
        let is_here = left <= f64::from(count);
        if !is_here {
            left -= f64::from(count);
        }
        is_here
    };
    let (bin, &count) = counts.iter().enumerate().find(holds)?;
    Some(LEAST * 2.0_f64.powf((bin as f64 + left / f64::from(count.max(1))) / STEPS))
}

#[cfg(test)]
mod tests {
    use footfall_track::{Bbox, Detection};

    use super::Stature;
    use crate::area::Area;

    fn person(x: f64, foot: f64, height: f64) -> Detection {
        Detection { bbox: Bbox::new(x, foot - height, 0.4 * height, height), confidence: 0.9 }
    }

    #[test]
    fn people_are_as_high_as_they_were_seen_there() {
        let mut stature = Stature::new([1920, 1080]);
        let (far, near) = (
            Area { left: 0.0, top: 0.0, right: 1920.0, bottom: 400.0 },
            Area { left: 0.0, top: 700.0, right: 1920.0, bottom: 1080.0 },
        );
        assert_eq!(stature.height(far, 0.5), None);
        for index in 0..100 {
            let x = 100.0 + 15.0 * f64::from(index);
            stature.add(&[person(x, 300.0, 40.0), person(x, 900.0, 250.0)]);
        }
        let is_about = |found: Option<f64>, height: f64| {
            let found = found.unwrap();
            assert!((found / height).log2().abs() < 0.25, "{found} is not about {height}");
        };
        is_about(stature.height(far, 0.5), 40.0);
        is_about(stature.height(near, 0.5), 250.0);
        assert_eq!(stature.height_there(Area { top: 500.0, bottom: 600.0, ..far }, 0.5), None);
        is_about(stature.height(Area::whole([1920, 1080]), 0.9), 250.0);
    }

    #[test]
    fn whoever_may_be_nobody_or_is_cut_is_no_measure() {
        let mut stature = Stature::new([640, 480]);
        let doubtful = Detection { confidence: 0.3, ..person(300.0, 300.0, 100.0) };
        for _ in 0..50 {
            stature.add(&[doubtful, person(300.0, 480.0, 100.0), person(-3.0, 300.0, 100.0)]);
        }
        assert_eq!(stature.measured(), 0);
        let seen = stature.whereabouts().unwrap();
        assert!(seen.right < 400.0 && seen.bottom == 480.0, "{seen:?}");
    }
}
