//! Areas of the picture: zones to watch, and masks where not to look.

use std::str::FromStr;

use footfall_track::{Bbox, Point};
use serde::{Deserialize, Serialize};

use crate::shape::{Kind, Shape, ShapeError, Unchecked};

/// A named polygon whose visitors are counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Zone {
    shape: Shape,
}

/// A polygon in which nobody is looked for: a screen, a mirror, a poster of people, the street.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Mask {
    shape: Shape,
}

impl Zone {
    /// The zone `name` with these corners: in pixels, or `relative` to the picture's width and height.
    ///
    /// # Errors
    /// Without a name, with fewer than three corners or no area, and with coordinates that are not finite.
    pub fn new(name: impl Into<String>, corners: Vec<Point>, relative: bool) -> Result<Self, ShapeError> {
        Shape::new(Kind::Zone, name.into(), corners, relative).map(|shape| Self { shape })
    }

    /// What its visits are reported under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shape.name
    }

    /// Its corners in order, three at least; the last one is joined to the first.
    #[must_use]
    pub fn corners(&self) -> &[Point] {
        &self.shape.points
    }

    /// Whether its coordinates are shares of the picture's width and height, not pixels.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.shape.relative
    }

    /// The zone in pixels of a picture of this size.
    #[must_use]
    pub fn in_pixels(&self, width: usize, height: usize) -> Self {
        Self { shape: self.shape.in_pixels(width as f64, height as f64) }
    }

    /// Distance from its edge in pixels; above zero inside.
    #[must_use]
    pub fn depth(&self, p: Point) -> f64 {
        let distance =
            edges(&self.shape.points).map(|(a, b)| to_segment(p, a, b)).fold(f64::INFINITY, f64::min);
        if contains(&self.shape.points, p) { distance } else { -distance }
    }
}

impl Mask {
    /// The mask with these corners: in pixels, or `relative` to the picture's width and height.
    ///
    /// # Errors
    /// As [`Zone::new`], but for the name.
    pub fn new(corners: Vec<Point>, relative: bool) -> Result<Self, ShapeError> {
        Shape::new(Kind::Mask, String::new(), corners, relative).map(|shape| Self { shape })
    }

    /// Its corners in order, three at least; the last one is joined to the first.
    #[must_use]
    pub fn corners(&self) -> &[Point] {
        &self.shape.points
    }

    /// Whether its coordinates are shares of the picture's width and height, not pixels.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.shape.relative
    }

    /// The mask in pixels of a picture of this size.
    #[must_use]
    pub fn in_pixels(&self, width: usize, height: usize) -> Self {
        Self { shape: self.shape.in_pixels(width as f64, height as f64) }
    }

    /// Whether somebody with this box is not to be seen: they stand in it.
    #[must_use]
    pub fn hides(&self, bbox: &Bbox) -> bool {
        contains(&self.shape.points, bbox.anchor())
    }
}

fn edges(corners: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    corners.iter().copied().zip(corners.iter().copied().cycle().skip(1))
}

/// The even-odd rule: a ray to the right meets the edges an odd number of times.
fn contains(corners: &[Point], p: Point) -> bool {
    let meets = |(a, b): &(Point, Point)| {
        (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x)
    };
    edges(corners).filter(meets).count() % 2 == 1
}

fn to_segment(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((p.x - a.x) * dx + (p.y - a.y) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (p.x - a.x - along * dx).hypot(p.y - a.y - along * dy)
}

impl FromStr for Zone {
    type Err = ShapeError;

    /// Reads `NAME:x1,y1,x2,y2,x3,y3` or with more corners; all numbers in pixels, or all in percent of
    /// the picture. The name may hold colons: the last one counts.
    fn from_str(text: &str) -> Result<Self, ShapeError> {
        Shape::named(Kind::Zone, text).map(|shape| Self { shape })
    }
}

impl FromStr for Mask {
    type Err = ShapeError;

    /// Reads `x1,y1,x2,y2,x3,y3` or with more corners; all numbers in pixels, or all in percent of the
    /// picture.
    fn from_str(text: &str) -> Result<Self, ShapeError> {
        Shape::parse(Kind::Mask, "", text, text).map(|shape| Self { shape })
    }
}

impl TryFrom<Unchecked> for Zone {
    type Error = ShapeError;

    fn try_from(file: Unchecked) -> Result<Self, ShapeError> {
        Shape::from_corners(Kind::Zone, file).map(|shape| Self { shape })
    }
}

impl TryFrom<Unchecked> for Mask {
    type Error = ShapeError;

    fn try_from(file: Unchecked) -> Result<Self, ShapeError> {
        Shape::from_corners(Kind::Mask, file).map(|shape| Self { shape })
    }
}

impl From<Zone> for Unchecked {
    fn from(zone: Zone) -> Self {
        Self::from(zone.shape)
    }
}

impl From<Mask> for Unchecked {
    fn from(mask: Mask) -> Self {
        Self::from(mask.shape)
    }
}

#[cfg(test)]
mod tests {
    use footfall_track::{Bbox, Point};
    use proptest::prelude::*;

    use super::{Mask, Zone};
    use crate::ShapeError;

    #[test]
    fn depth_is_the_distance_to_the_edge() {
        // A square with a notch from the right.
        let zone: Zone = "till:0,0,100,0,100,40,50,50,100,60,100,100,0,100".parse().unwrap();
        assert_eq!(zone.depth(Point::new(20.0, 50.0)), 20.0);
        assert_eq!(zone.depth(Point::new(-5.0, 50.0)), -5.0);
        assert!(zone.depth(Point::new(90.0, 50.0)) < 0.0);
        assert!((zone.depth(Point::new(103.0, -4.0)) + 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_mask_hides_who_stands_in_it() {
        let mask: Mask = "0%,0%,50%,0%,50%,50%,0%,50%".parse().unwrap();
        let mask = mask.in_pixels(200, 100);
        assert!(mask.hides(&Bbox::new(10.0, 0.0, 20.0, 40.0)));
        assert!(!mask.hides(&Bbox::new(10.0, 0.0, 20.0, 60.0)));
    }

    #[test]
    fn what_is_no_zone_says_why() {
        let error = |text: &str| text.parse::<Zone>().unwrap_err();
        assert!(matches!(error("a:1,2,3,4"), ShapeError::Syntax { .. }));
        assert!(matches!(error("a:0,0,1,1,2,2"), ShapeError::Degenerate { .. }));
        assert!(error("a:0,0,1,1,2,2").to_string().contains("no area"));
        assert!("1,2,3".parse::<Mask>().unwrap_err().to_string().contains("0,0,120,0"));
    }

    proptest! {
        /// Against the half-plane test for triangles.
        #[test]
        fn a_triangle_holds_what_is_left_of_all_its_sides(
            corners in prop::array::uniform3((0.0..100.0_f64, 0.0..100.0_f64)), p in (0.0..100.0_f64, 0.0..100.0_f64)
        ) {
            let text = corners.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(",");
            let zone: Zone = format!("z:{text}").parse().unwrap();
            let side = |a: (f64, f64), b: (f64, f64)| (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0) > 0.0;
            let [a, b, c] = corners;
            let expected = side(a, b) == side(b, c) && side(b, c) == side(c, a);
            prop_assert_eq!(zone.depth(Point::new(p.0, p.1)) > 0.0, expected);
        }
    }
}
