//! The point of a person that passes lines.

use std::fmt;
use std::str::FromStr;

use footfall_track::{Bbox, Point};
use serde::{Deserialize, Serialize};

/// Which point of a person's box stands for them where lines and zones are concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// Bottom centre: where a person stands on the floor, seen from the side.
    #[default]
    Feet,
    /// The middle: for cameras that look down so steeply that feet are under the body.
    Centre,
    /// Top centre: where feet are hidden most of the time, by a counter, shelves or a crowd. Lines are then to be
    /// drawn at the height of heads.
    Head,
}

/// How many widths of somebody's box come to their height: people are about a quarter as wide as they are tall,
/// and their boxes, with arms and steps, are somewhat wider.
const WIDTHS: f64 = 2.4;

impl Anchor {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Feet, Self::Centre, Self::Head];

    /// Whether it is the usual one: what was kept before there was a choice does not name it.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Its name in files and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feet => "feet",
            Self::Centre => "centre",
            Self::Head => "head",
        }
    }

    /// The point of this box, in its coordinates.
    #[must_use]
    pub fn of(self, bbox: &Bbox) -> Point {
        match self {
            Self::Feet => bbox.anchor(),
            Self::Centre => bbox.centre(),
            Self::Head => Point::new(bbox.centre().x, bbox.y),
        }
    }

    /// How tall the person of this box is, in pixels at the place where they are. From above a box is as high as
    /// a person is deep, and only its width tells how near they are.
    pub(crate) fn stature(self, bbox: &Bbox) -> f64 {
        match self {
            Self::Feet => bbox.height,
            Self::Centre | Self::Head => f64::max(bbox.height, WIDTHS * bbox.width),
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A text that is no anchor's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no anchor: it is feet, centre or head")]
pub struct AnchorError(String);

impl FromStr for Anchor {
    type Err = AnchorError;

    fn from_str(text: &str) -> Result<Self, AnchorError> {
        let found = Self::ALL.into_iter().find(|anchor| anchor.as_str() == text);
        found.ok_or_else(|| AnchorError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use footfall_track::Bbox;

    use super::Anchor;

    #[test]
    fn each_is_a_point_of_the_middle_column() {
        let bbox = Bbox::new(10.0, 20.0, 30.0, 80.0);
        let points = Anchor::ALL.map(|anchor| anchor.of(&bbox));
        assert!(points.iter().all(|point| point.x == 25.0));
        assert_eq!(points.map(|point| point.y), [100.0, 60.0, 20.0]);
    }

    #[test]
    fn from_above_width_tells_how_tall_somebody_is() {
        let (upright, from_above) = (Bbox::new(0.0, 0.0, 40.0, 100.0), Bbox::new(0.0, 0.0, 50.0, 40.0));
        assert_eq!(Anchor::ALL.map(|anchor| anchor.stature(&upright)), [100.0; 3]);
        assert_eq!(Anchor::ALL.map(|anchor| anchor.stature(&from_above)), [40.0, 120.0, 120.0]);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for anchor in Anchor::ALL {
            assert_eq!(anchor.to_string().parse(), Ok(anchor));
        }
        assert!("foot".parse::<Anchor>().unwrap_err().to_string().contains("feet, centre or head"));
    }
}
