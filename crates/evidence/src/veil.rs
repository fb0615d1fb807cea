//! Nobody in the clear.

use crate::{Blur, Small};

/// Side of a cell in pixels: what is veiled is veiled by whole cells.
const CELL: usize = 8;
/// A quarter of a cell has changed if its mean grey level differs by more than this.
const CHANGED: i32 = 7;
/// How far around a box people reach, as a share of its sides.
const AROUND: f64 = 0.15;
/// How much of a body, from the top, a head is.
const HEAD: f64 = 0.3;

/// Makes people in the pictures of one source unrecognisable: their colours are taken away, and where they are a cell
/// of 8 by 8 pixels has one grey level.
///
/// People are where the detector saw them, however weakly. But evidence is kept above all for those whom it did
/// not see: so every cell is veiled too, until nothing has changed in it for some time. The background
/// comes to be seen, and whatever walks through it is veiled, whoever that is. Somebody whom the detector never
/// sees and who does not move for that long becomes background.
#[derive(Clone, Debug)]
pub struct Veil {
    blur: Blur,
    /// Pictures after which an unchanged cell is background.
    patience: u16,
    columns: usize,
    cells: Vec<Cell>,
}

/// What is known of a cell.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    /// The mean grey levels of its quarters when it last changed.
    quarters: [i32; 4],
    /// For how many pictures nothing has changed.
    unchanged: u16,
}

impl Veil {
    /// A veil that has seen nothing. A cell is background when nothing has changed for `patience` pictures.
    #[must_use]
    pub fn new(blur: Blur, patience: u16) -> Self {
        Self { blur, patience, columns: 0, cells: Vec::new() }
    }

    /// Veils the next picture of the source. Boxes are `[x, y, width, height]` in its pixels.
    pub fn draw(&mut self, picture: &mut Small, people: &[[f64; 4]]) {
        if self.blur == Blur::Nobody {
            return;
        }
        picture.fade();
        self.columns = picture.width.div_ceil(CELL);
        self.cells.resize(self.columns * picture.height.div_ceil(CELL), Cell::default());
        let bodies: Vec<Area> = people.iter().map(|bbox| Area::around(bbox, 1.0)).collect();
        let heads: Vec<Area> = people.iter().map(|bbox| Area::around(bbox, HEAD)).collect();
        for index in 0..self.cells.len() {
            let (x, y) = (index % self.columns * CELL, index / self.columns * CELL);
            let is_somebody = bodies.iter().any(|area| area.meets(x, y));
            let is_background = self.cells[index].look(picture, (x, y), is_somebody) >= self.patience;
            let is_veiled = match self.blur {
                Blur::Bodies => is_somebody || !is_background,
                Blur::Heads => heads.iter().any(|area| area.meets(x, y)) || !(is_somebody || is_background),
                Blur::Nobody => false,
            };
            if is_veiled {
                even(picture, (x, y));
            }
        }
    }
}

impl Cell {
    /// Looks at its place in the next picture; for how many pictures nothing has changed. What stands before it is not
    /// the background.
    fn look(&mut self, picture: &Small, (x, y): (usize, usize), is_somebody: bool) -> u16 {
        let half = CELL / 2;
        let quarter = |n: usize| mean(picture, (x + n % 2 * half, y + n / 2 * half), half);
        let quarters = [0, 1, 2, 3].map(quarter);
        let same = quarters.iter().zip(self.quarters).all(|(now, then)| (now - then).abs() <= CHANGED);
        if !same || is_somebody {
            *self = Self { quarters, unchanged: 0 };
        } else {
            self.unchanged = self.unchanged.saturating_add(1);
        }
        self.unchanged
    }
}

/// Where somebody may be.
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    /// The upper part of a box, and what is around it.
    fn around(&[x, y, width, height]: &[f64; 4], part: f64) -> Self {
        let (beside, above) = (AROUND * width, AROUND * height);
        Self {
            left: x - beside,
            top: y - above,
            right: x + width + beside,
            bottom: y + part * height + if part < 1.0 { 0.0 } else { above },
        }
    }

    fn meets(&self, x: usize, y: usize) -> bool {
        let (x, y, side) = (x as f64, y as f64, CELL as f64);
        x < self.right && x + side > self.left && y < self.bottom && y + side > self.top
    }
}

/// The mean grey level of a square.
fn mean(picture: &Small, (x, y): (usize, usize), side: usize) -> i32 {
    let (mut sum, mut count) = (0, 0);
    for row in y..(y + side).min(picture.height) {
        for column in x..(x + side).min(picture.width) {
            sum += i32::from(picture.pixels[3 * (row * picture.width + column)]);
            count += 1;
        }
    }
    sum / count.max(1)
}

/// Gives a cell one grey level.
fn even(picture: &mut Small, (x, y): (usize, usize)) {
    let grey = mean(picture, (x, y), CELL) as u8;
    for row in y..(y + CELL).min(picture.height) {
        let (from, to) = (row * picture.width + x, row * picture.width + (x + CELL).min(picture.width));
        picture.pixels[3 * from..3 * to].fill(grey);
    }
}

#[cfg(test)]
mod tests {
    use super::{CELL, Veil};
    use crate::{Blur, Small};

    const SIDE: usize = 96;
    /// A shirt of one colour with a fine pattern, and a face.
    const SHIRT: [u8; 3] = [20, 40, 220];
    const FACE: [u8; 3] = [120, 160, 200];

    /// A striped wall with somebody of 16 by 48 pixels at `x`.
    fn scene(x: Option<usize>) -> Small {
        let mut pixels = Vec::new();
        for row in 0..SIDE {
            for column in 0..SIDE {
                let wall = if column % 4 < 2 { 90 } else { 140 };
                let inside = x.is_some_and(|x| (x..x + 16).contains(&column) && (24..72).contains(&row));
                let body = if row < 36 { FACE } else { SHIRT };
                let is_ink = (row + column) % 2 == 0;
                pixels.extend(match inside {
                    true if is_ink => body,
                    true => body.map(|value| value / 2),
                    false => [wall; 3],
                });
            }
        }
        Small { width: SIDE, height: SIDE, pixels }
    }

    fn is_in_the_clear(picture: &Small, x: usize, rows: std::ops::Range<usize>) -> bool {
        let at = |row: usize, column: usize| picture.pixels[3 * (row * SIDE + column)];
        rows.into_iter().any(|row| (x + 2..x + 14).any(|column| at(row, column) != at(row, column ^ 1)))
    }

    fn has_colour(picture: &Small) -> bool {
        picture.pixels.chunks(3).any(|p| p[0] != p[1] || p[1] != p[2])
    }

    #[test]
    fn whole_bodies_are_veiled_where_they_were_seen() {
        let mut veil = Veil::new(Blur::Bodies, 3);
        for x in [24, 32, 40, 48] {
            let mut picture = scene(Some(x));
            veil.draw(&mut picture, &[[x as f64, 24.0, 16.0, 48.0]]);
            assert!(!has_colour(&picture) && !is_in_the_clear(&picture, x, 24..72), "{x}");
        }
    }

    #[test]
    fn who_was_not_seen_is_veiled_and_the_wall_comes_to_be_seen() {
        let mut veil = Veil::new(Blur::Bodies, 3);
        let mut first = scene(Some(40));
        veil.draw(&mut first, &[]);
        assert!(!is_in_the_clear(&first, 40, 24..72), "nobody knows yet what is background");
        for _ in 0..6 {
            veil.draw(&mut scene(None), &[]);
        }
        let mut wall = scene(None);
        veil.draw(&mut wall, &[]);
        assert_eq!(wall, scene(None), "a wall is no secret");
        for x in (8..80).step_by(CELL) {
            let mut picture = scene(Some(x));
            veil.draw(&mut picture, &[]);
            assert!(!is_in_the_clear(&picture, x, 24..72), "{x}");
        }
    }

    #[test]
    fn heads_alone_or_nobody_if_the_owner_says_so() {
        let bbox = [[40.0, 24.0, 16.0, 48.0]];
        let mut picture = scene(Some(40));
        Veil::new(Blur::Heads, 3).draw(&mut picture, &bbox);
        assert!(!is_in_the_clear(&picture, 40, 24..38) && is_in_the_clear(&picture, 40, 48..72));
        let mut picture = scene(Some(40));
        Veil::new(Blur::Nobody, 3).draw(&mut picture, &bbox);
        assert_eq!(picture, scene(Some(40)));
    }
}
