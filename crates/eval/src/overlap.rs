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
    let areas: Vec<f64> = tracks.iter().map(area).collect();
    let mut overlaps = Vec::with_capacity(truth.len());
    for (row, a) in truth.iter().enumerate() {
        let area_a = area(a);
        for (column, (b, &area_b)) in tracks.iter().zip(&areas).enumerate() {
            let value = overlap(a, area_a, b, area_b);
            if value > 0.0 {
                overlaps.push(Overlap { row, column, value });
            }
        }
    }
    overlaps
}

fn area(b: &Bbox) -> f64 {
    (b.right() - b.x) * (b.bottom() - b.y)
}

fn overlap(a: &Bbox, area_a: f64, b: &Bbox, area_b: f64) -> f64 {
    let width = a.right().min(b.right()) - a.x.max(b.x);
    let height = a.bottom().min(b.bottom()) - a.y.max(b.y);
    if width <= 0.0 || height <= 0.0 || area_a <= f64::EPSILON || area_b <= f64::EPSILON {
        return 0.0;
    }
    let common = width * height;
    let overlap = common / (area_a + area_b - common);
    if overlap.is_finite() { overlap } else { 0.0 }
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
