//! Points and boxes in the picture's own frame: pixels, origin at the top left, y down.

use serde::{Deserialize, Serialize};

/// A point in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// An axis-aligned box as top left corner and size ("tlwh"), in pixels.
///
/// A box may reach beyond the picture. A size of zero or less is an empty box:
/// its area and its overlap with anything are zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bbox {
    /// Left side.
    pub x: f64,
    /// Top side.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// Centre x and y in pixels, aspect ratio (width over height), height in pixels.
pub(crate) type Xyah = [f64; 4];

impl Point {
    /// The point (x, y).
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

impl Bbox {
    /// The box with top left corner (x, y).
    #[must_use]
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    /// x of the right side.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// y of the bottom side.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The middle of the box.
    #[must_use]
    pub fn centre(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// The middle of the bottom side: where a person stands. Lines and zones look at this point.
    #[must_use]
    pub fn anchor(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.bottom())
    }

    /// Width times height; 0 for an empty box.
    #[must_use]
    pub fn area(&self) -> f64 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// Whether all four numbers are finite and both sizes are above zero.
    #[must_use]
    pub fn is_proper(&self) -> bool {
        let finite = [self.x, self.y, self.width, self.height].iter().all(|v| v.is_finite());
        finite && self.width > 0.0 && self.height > 0.0
    }

    /// Intersection over union (Jaccard index), 0 to 1; 0 where either box is empty.
    #[must_use]
    pub fn iou(&self, other: &Self) -> f64 {
        let width = self.right().min(other.right()) - self.x.max(other.x);
        let height = self.bottom().min(other.bottom()) - self.y.max(other.y);
        if width <= 0.0 || height <= 0.0 {
            return 0.0;
        }
        let common = width * height;
        common / (self.area() + other.area() - common)
    }
}

/// A box as DeepSORT's filter measures it.
pub(crate) fn xyah(bbox: &Bbox) -> Xyah {
    let centre = bbox.centre();
    [centre.x, centre.y, bbox.width / bbox.height, bbox.height]
}

#[cfg(test)]
mod tests {
    use super::Bbox;

    #[test]
    fn iou_of_halves_and_strangers() {
        let a = Bbox::new(0.0, 0.0, 10.0, 10.0);
        assert_eq!(a.iou(&a), 1.0);
        assert_eq!(a.iou(&Bbox::new(5.0, 0.0, 10.0, 10.0)), 50.0 / 150.0);
        assert_eq!(a.iou(&Bbox::new(10.0, 0.0, 10.0, 10.0)), 0.0);
        assert_eq!(a.iou(&Bbox::new(3.0, 3.0, 0.0, 4.0)), 0.0);
        assert_eq!(a.iou(&Bbox::new(3.0, 3.0, -2.0, -2.0)), 0.0);
    }

    #[test]
    fn anchor_is_where_the_feet_are() {
        let anchor = Bbox::new(10.0, 20.0, 30.0, 80.0).anchor();
        assert_eq!((anchor.x, anchor.y), (25.0, 100.0));
    }
}
