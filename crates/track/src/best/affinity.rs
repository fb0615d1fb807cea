//! How alike two boxes are.

use crate::Bbox;

/// How boxes are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affinity {
    /// Share of its size by which each box grows to each side first: people who move by more than
    /// their width between frames still overlap. Buffered IoU (C-BIoU: Yang et al., 2023).
    pub(crate) buffer: f64,
    /// Whether to multiply by the IoU of heights: those who stand at another depth are another
    /// size. Height-modulated IoU (Hybrid-SORT: Yang et al., 2024).
    pub(crate) height: bool,
}

impl Affinity {
    /// Similarity of two boxes, 0 to 1; 0 where they do not overlap.
    pub(crate) fn of(self, a: &Bbox, b: &Bbox) -> f64 {
        let overlap = grown(a, self.buffer).iou(&grown(b, self.buffer));
        if overlap > 0.0 && self.height { overlap * height_iou(a, b) } else { overlap }
    }
}

fn grown(bbox: &Bbox, buffer: f64) -> Bbox {
    let (x, y) = (buffer * bbox.width, buffer * bbox.height);
    Bbox::new(bbox.x - x, bbox.y - y, bbox.width + 2.0 * x, bbox.height + 2.0 * y)
}

/// IoU of the boxes' extents in y.
fn height_iou(a: &Bbox, b: &Bbox) -> f64 {
    let common = a.bottom().min(b.bottom()) - a.y.max(b.y);
    let both = a.bottom().max(b.bottom()) - a.y.min(b.y);
    if common > 0.0 { common / both } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::Affinity;
    use crate::Bbox;

    #[test]
    fn a_buffer_makes_neighbours_overlap() {
        let (a, b) = (Bbox::new(0.0, 0.0, 10.0, 20.0), Bbox::new(12.0, 0.0, 10.0, 20.0));
        assert_eq!(Affinity { buffer: 0.0, height: false }.of(&a, &b), 0.0);
        // 30 and 40 pixels wide and high each, 18 of the width in common.
        let expected = 18.0 / (2.0 * 30.0 - 18.0);
        assert!((Affinity { buffer: 1.0, height: false }.of(&a, &b) - expected).abs() < 1e-12);
    }

    #[test]
    fn another_height_counts_twice() {
        let (a, b) = (Bbox::new(0.0, 0.0, 10.0, 20.0), Bbox::new(0.0, 10.0, 10.0, 10.0));
        assert_eq!(Affinity { buffer: 0.0, height: false }.of(&a, &b), 0.5);
        assert_eq!(Affinity { buffer: 0.0, height: true }.of(&a, &b), 0.25);
        assert_eq!(Affinity { buffer: 0.5, height: true }.of(&a, &a), 1.0);
    }
}
