//! How much boxes overlap.

use footfall_track::Bbox;

/// A truth box (row) and a track's box (column) of one frame that overlap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Overlap {
    pub(crate) row: usize,
    pub(crate) column: usize,
    /// Intersection over union, above 0.
    pub(crate) value: f64,
}

/// All pairs that overlap, by rising row, then column. Pairs that do not are most of a crowd's.
///
/// Areas are taken between corners, not from the sizes: thresholds compare to the last bit, and
/// this is how the published figures were computed.
pub(crate) fn overlaps(truth: &[Bbox], tracks: &[Bbox]) -> Vec<Overlap> {
    let tracks: Vec<Corners> = tracks.iter().map(Corners::of).collect();
    let mut overlaps = Vec::with_capacity(truth.len());
    for (row, a) in truth.iter().map(Corners::of).enumerate() {
        let overlap = |(column, b)| a.overlap(b).map(|value| Overlap { row, column, value });
        overlaps.extend(tracks.iter().enumerate().filter_map(overlap));
    }
    overlaps
}

/// A box by its sides.
#[derive(Clone, Copy)]
struct Corners {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    area: f64,
}

impl Corners {
    fn of(bbox: &Bbox) -> Self {
        let (left, top, right, bottom) = (bbox.x, bbox.y, bbox.right(), bbox.bottom());
        Self { left, top, right, bottom, area: (right - left) * (bottom - top) }
    }

    fn overlap(&self, other: &Self) -> Option<f64> {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        if width <= 0.0 || height <= 0.0 || self.area <= f64::EPSILON || other.area <= f64::EPSILON {
            return None;
        }
        let common = width * height;
        let overlap = common / (self.area + other.area - common);
        (overlap.is_finite() && overlap > 0.0).then_some(overlap)
    }
}

#[cfg(test)]
mod tests {
    use footfall_track::Bbox;

    use super::overlaps;

    #[test]
    fn overlaps_are_jaccard_and_nothing_for_what_has_no_area() {
        let a = Bbox::new(0.0, 0.0, 10.0, 10.0);
        let half = Bbox::new(5.0, 0.0, 10.0, 10.0);
        let flat = Bbox::new(0.0, 0.0, 10.0, 0.0);
        let turned = Bbox::new(8.0, 8.0, -4.0, -4.0);
        let endless = Bbox::new(0.0, 0.0, f64::INFINITY, 10.0);
        let found = overlaps(&[flat, a], &[endless, a, half, flat, turned]);
        let found: Vec<_> = found.iter().map(|o| (o.row, o.column, o.value)).collect();
        assert_eq!(found, [(1, 1, 1.0), (1, 2, 50.0 / 150.0)]);
    }
}
