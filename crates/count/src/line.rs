//! A named, directed line on the picture.

use std::str::FromStr;

use footfall_track::Point;
use serde::{Deserialize, Serialize};

/// A segment from `a` to `b`, in pixels of the frame.
///
/// Someone who walks from `a` to `b` on the picture (y down) has the `in` side on their right hand:
/// a point p is on it where (b - a) x (p - a) > 0.
///
/// ```text
///        a (384, 576)          `--line door:384,576,384,0`, drawn upwards:
///            ^                 `in` is a crossing from left to right
///   out side | in side
///     <----- | ----->
///            b (384, 0)        (a at the picture's bottom, b at its top)
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Line {
    name: String,
    a: Point,
    b: Point,
}

/// Why a line cannot be one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LineError {
    /// The text is not `NAME:x1,y1,x2,y2`.
    #[error(
        "line \"{text}\": expected NAME:x1,y1,x2,y2 with four numbers in pixels, as in door:384,576,384,0"
    )]
    Syntax {
        /// What was given.
        text: String,
    },
    /// There is no name.
    #[error("a line needs a name: it is how its counts are reported")]
    NoName,
    /// A coordinate is infinite or not a number.
    #[error("line \"{name}\": every coordinate must be a finite number of pixels")]
    NotFinite {
        /// The line's name.
        name: String,
    },
    /// Both ends are one point.
    #[error("line \"{name}\": its two ends are the same point ({x}, {y}); a line has two different ends")]
    EqualEnds {
        /// The line's name.
        name: String,
        /// Both ends' x.
        x: f64,
        /// Both ends' y.
        y: f64,
    },
}

/// A line as it stands in a configuration file: `{ name = "door", from = [x, y], to = [x, y] }`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    name: String,
    from: [f64; 2],
    to: [f64; 2],
}

impl Line {
    /// The line `name` from `a` to `b`.
    ///
    /// # Errors
    /// Without a name, with ends that are one point, and with coordinates that are not finite.
    pub fn new(name: impl Into<String>, a: Point, b: Point) -> Result<Self, LineError> {
        let name = name.into();
        if name.trim().is_empty() {
            return Err(LineError::NoName);
        }
        if [a.x, a.y, b.x, b.y].iter().any(|v| !v.is_finite()) {
            return Err(LineError::NotFinite { name });
        }
        if a == b {
            return Err(LineError::EqualEnds { name, x: a.x, y: a.y });
        }
        Ok(Self { name, a, b })
    }

    /// What its counts are reported under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it starts.
    #[must_use]
    pub fn a(&self) -> Point {
        self.a
    }

    /// Where it ends.
    #[must_use]
    pub fn b(&self) -> Point {
        self.b
    }

    /// Distance of `p` from the infinite line through both ends, in pixels; above zero on the `in` side.
    #[must_use]
    pub fn signed_distance(&self, p: Point) -> f64 {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        (dx * (p.y - self.a.y) - dy * (p.x - self.a.x)) / dx.hypot(dy)
    }

    /// Where `p` falls along the line: 0 at `a`, 1 at `b`, outside of that beyond its ends.
    #[must_use]
    pub fn along(&self, p: Point) -> f64 {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        ((p.x - self.a.x) * dx + (p.y - self.a.y) * dy) / (dx * dx + dy * dy)
    }
}

impl FromStr for Line {
    type Err = LineError;

    /// Reads `NAME:x1,y1,x2,y2`. The name may hold colons: the last one counts.
    fn from_str(text: &str) -> Result<Self, LineError> {
        let syntax = || LineError::Syntax { text: text.to_owned() };
        let (name, ends) = text.rsplit_once(':').ok_or_else(syntax)?;
        let ends: Vec<f64> =
            ends.split(',').map(|v| v.trim().parse()).collect::<Result<_, _>>().map_err(|_| syntax())?;
        let [x1, y1, x2, y2] = ends[..] else { return Err(syntax()) };
        Self::new(name.trim(), Point::new(x1, y1), Point::new(x2, y2))
    }
}

impl TryFrom<Unchecked> for Line {
    type Error = LineError;

    fn try_from(line: Unchecked) -> Result<Self, LineError> {
        Self::new(line.name, Point::new(line.from[0], line.from[1]), Point::new(line.to[0], line.to[1]))
    }
}

impl From<Line> for Unchecked {
    fn from(line: Line) -> Self {
        Self { name: line.name, from: [line.a.x, line.a.y], to: [line.b.x, line.b.y] }
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, LineError};
    use footfall_track::Point;

    #[test]
    fn the_in_side_is_at_the_right_hand() {
        let up: Line = "door:384,576,384,0".parse().unwrap();
        assert!(up.signed_distance(Point::new(400.0, 300.0)) > 0.0);
        assert_eq!(up.signed_distance(Point::new(374.0, 300.0)), -10.0);
        assert_eq!(up.along(Point::new(0.0, 576.0)), 0.0);
        assert_eq!(up.along(Point::new(0.0, 0.0)), 1.0);
    }

    #[test]
    fn what_is_no_line_says_why() {
        let error = |text: &str| text.parse::<Line>().unwrap_err();
        assert!(matches!(error("door"), LineError::Syntax { .. }));
        assert!(matches!(error("door:1,2,3"), LineError::Syntax { .. }));
        assert!(matches!(error("door:1,2,3,x"), LineError::Syntax { .. }));
        assert!(matches!(error(":1,2,3,4"), LineError::NoName));
        assert!(matches!(error("door:1,2,nan,4"), LineError::NotFinite { .. }));
        assert!(matches!(error("door:1,2,1,2"), LineError::EqualEnds { .. }));
    }
}
