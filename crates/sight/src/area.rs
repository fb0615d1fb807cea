//! Parts of the picture as rectangles, in pixels that need not be whole.

use footfall_track::{Bbox, Point};

/// A rectangle by its sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Area {
    /// The whole of a picture.
    pub(crate) fn whole([width, height]: [usize; 2]) -> Self {
        Self { left: 0.0, top: 0.0, right: width as f64, bottom: height as f64 }
    }

    pub(crate) fn of(bbox: &Bbox) -> Self {
        Self { left: bbox.x, top: bbox.y, right: bbox.right(), bottom: bbox.bottom() }
    }

    /// The least one that holds all points; `None` without any.
    pub(crate) fn around(points: &[Point]) -> Option<Self> {
        let point = |p: &Point| Self { left: p.x, top: p.y, right: p.x, bottom: p.y };
        points.iter().map(point).reduce(Self::union)
    }

    pub(crate) fn width(self) -> f64 {
        (self.right - self.left).max(0.0)
    }

    pub(crate) fn height(self) -> f64 {
        (self.bottom - self.top).max(0.0)
    }

    pub(crate) fn size(self) -> f64 {
        self.width() * self.height()
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// What both have in common; `None` where that is nothing.
    pub(crate) fn common(self, other: Self) -> Option<Self> {
        let common = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (common.left < common.right && common.top < common.bottom).then_some(common)
    }

    /// The same with all sides moved outwards: left and right, top, bottom.
    pub(crate) fn grown(self, sides: f64, top: f64, bottom: f64) -> Self {
        Self {
            left: self.left - sides,
            top: self.top - top,
            right: self.right + sides,
            bottom: self.bottom + bottom,
        }
    }

    /// Whether the other one lies in this one, up to `slack` pixels.
    pub(crate) fn holds(self, other: Self, slack: f64) -> bool {
        other.left >= self.left - slack
            && other.top >= self.top - slack
            && other.right <= self.right + slack
            && other.bottom <= self.bottom + slack
    }
}

/// Joins areas wherever one around two of them is hardly larger than both together.
pub(crate) fn merged(mut areas: Vec<Area>) -> Vec<Area> {
    const WASTE: f64 = 1.15;
    let mut index = 0;
    while index < areas.len() {
        let here = areas[index];
        let joins = |other: &Area| here.union(*other).size() <= WASTE * (here.size() + other.size());
        match (index + 1..areas.len()).find(|&other| joins(&areas[other])) {
            Some(other) => {
                let other = areas.remove(other);
                areas[index] = here.union(other);
                // What it holds now may join those before.
                index = 0;
            }
            None => index += 1,
        }
    }
    areas
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Area, merged};

    fn areas() -> impl Strategy<Value = Vec<Area>> {
        let area = (0.0..900.0_f64, 0.0..900.0_f64, 1.0..400.0_f64, 1.0..400.0_f64);
        let area = area.prop_map(|(x, y, w, h)| Area { left: x, top: y, right: x + w, bottom: y + h });
        proptest::collection::vec(area, 0..7)
    }

    proptest! {
        #[test]
        fn merging_loses_nothing_and_merges_what_it_can(before in areas()) {
            let after = merged(before.clone());
            for area in &before {
                prop_assert!(after.iter().any(|holder| holder.holds(*area, 1e-9)));
            }
            for (i, one) in after.iter().enumerate() {
                for other in &after[i + 1..] {
                    prop_assert!(one.union(*other).size() > one.size() + other.size());
                }
            }
        }
    }
}
