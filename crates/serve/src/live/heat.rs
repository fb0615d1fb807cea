//! Where people walked: how long anchors were in each cell of a grid over the picture.

use footfall_count::Anchor;
use footfall_track::Bbox;
use jiff::Timestamp;

use super::Person;

/// Cells across the picture; as many rows as make them square.
const COLUMNS: usize = 64;
/// A gap between frames counts for no more than this many microseconds.
const LONGEST_STEP: u64 = 1_000_000;

/// How long people were in each cell, since the run's start.
///
/// In whole microseconds: a float stops growing once a frame's share is less than its last digit, after
/// twelve days in one cell with 32 bits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heat {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Row by row from the top, in microseconds.
    cells: Vec<u64>,
    size: [f64; 2],
    /// When the frame before was taken, in microseconds since the source's start.
    last: Option<u64>,
    /// Microseconds between the frames so far, as far as they count.
    over: u64,
    /// That of the latest frame.
    pub(crate) anchor: Anchor,
    /// When the first frame came.
    pub(crate) since: Timestamp,
}

impl Heat {
    /// Nobody has walked yet in a picture of this size in pixels.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let size = [f64::from(width.max(1)), f64::from(height.max(1))];
        let rows = ((size[1] / size[0] * COLUMNS as f64).round() as usize).clamp(1, 4 * COLUMNS);
        Self {
            columns: COLUMNS,
            rows,
            cells: vec![0; COLUMNS * rows],
            size,
            last: None,
            over: 0,
            anchor: Anchor::default(),
            since: Timestamp::now(),
        }
    }

    /// Seconds in each cell, row by row from the top.
    pub(crate) fn seconds(&self) -> impl Iterator<Item = f64> {
        self.cells.iter().map(|&micros| micros as f64 / 1e6)
    }

    /// Seconds that are covered.
    pub(crate) fn over(&self) -> f64 {
        self.over as f64 / 1e6
    }

    /// Adds the time since the frame before to the cell of everyone's `anchor`.
    pub(crate) fn add(&mut self, time: f64, people: &[Person], anchor: Anchor) {
        let now = (time.max(0.0) * 1e6).round() as u64;
        let step = self.last.replace(now).map_or(0, |last| now.saturating_sub(last).min(LONGEST_STEP));
        self.over += step;
        self.anchor = anchor;
        for &Person { bbox: [left, top, width, height], .. } in people {
            let cell = |at: f64, size: f64, cells: usize| {
                let cell = (at / size * cells as f64).floor();
                (cell >= 0.0 && cell < cells as f64).then_some(cell as usize)
            };
            let at = anchor.of(&Bbox::new(left, top, width, height));
            let column = cell(at.x, self.size[0], self.columns);
            // Feet at the picture's lower edge are still in it, and heads at its upper one.
            let row = cell(at.y.clamp(0.0, self.size[1] - 1.0), self.size[1], self.rows);
            if let (Some(column), Some(row)) = (column, row) {
                self.cells[row * self.columns + column] += step;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use footfall_count::Anchor;

    use super::Heat;
    use crate::live::Person;

    #[test]
    fn time_goes_to_the_cell_of_the_anchor() {
        let mut heat = Heat::new(640, 480);
        assert_eq!((heat.columns, heat.rows), (64, 48));
        let person = |x: f64, y: f64| Person { id: 1, bbox: [x - 5.0, y - 40.0, 10.0, 40.0] };
        heat.add(0.0, &[person(15.0, 25.0)], Anchor::Feet);
        heat.add(0.5, &[person(15.0, 25.0), person(639.0, 500.0), person(-3.0, 10.0)], Anchor::Feet);
        heat.add(60.0, &[person(15.0, 25.0)], Anchor::Feet);
        let at = |column: usize, row: usize| heat.seconds().nth(row * 64 + column).unwrap();
        assert_eq!(at(1, 2), 1.5, "half a second, and no more than one for the gap");
        assert_eq!(at(63, 47), 0.5);
        assert_eq!(heat.seconds().sum::<f64>(), 2.0, "who is outside counts nowhere");
        assert_eq!(heat.over(), 1.5, "of the gap as much as counts");
    }

    #[test]
    fn the_cell_is_that_of_the_anchor_in_force() {
        let somebody = [Person { id: 1, bbox: [10.0, 100.0, 10.0, 200.0] }];
        for (anchor, row) in [(Anchor::Feet, 30), (Anchor::Centre, 20), (Anchor::Head, 10)] {
            let mut heat = Heat::new(640, 480);
            heat.add(0.0, &somebody, anchor);
            heat.add(0.5, &somebody, anchor);
            assert_eq!(heat.seconds().nth(row * 64 + 1), Some(0.5), "{anchor}");
        }
    }

    #[test]
    fn years_in_one_cell_lose_no_frame() {
        let mut heat = Heat::new(640, 480);
        let somebody = [Person { id: 1, bbox: [10.0, 0.0, 10.0, 25.0] }];
        let rate = 25.0;
        heat.add(0.0, &somebody, Anchor::Feet);
        // Ten years stand in the cell already: what a frame adds must not depend on it.
        let decade = 10 * 365 * 86_400;
        heat.cells[2 * 64 + 1] = decade * 1_000_000;
        (1..=1000).for_each(|frame| heat.add(f64::from(frame) / rate, &somebody, Anchor::Feet));
        assert_eq!(heat.cells[2 * 64 + 1] - decade * 1_000_000, 40_000_000);
        assert_eq!(heat.seconds().nth(2 * 64 + 1), Some(decade as f64 + 40.0));
    }
}
