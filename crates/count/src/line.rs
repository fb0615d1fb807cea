//! A named, directed line on the picture.

use std::str::FromStr;

use footfall_track::Point;
use serde::{Deserialize, Serialize};

use crate::role::Role;
use crate::shape::{Kind, Shape, ShapeError};

/// A segment from `a` to `b`, or a chain of segments from point to point.
///
/// Someone who walks along it on the picture (y down) has the `in` side on their right hand: of a
/// segment from a to b, a point p is on it where (b - a) x (p - a) > 0.
///
/// ```text
///        b (384, 0)            `--line door:384,576,384,0`, drawn upwards:
///            ^                 `in` is a crossing from left to right
///   out side | in side
///     <----- | ----->
///            a (384, 576)
/// ```
///
/// Beyond its ends the first and the last segment go on, for telling sides only: passing there is
/// no crossing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "InFile", into = "InFile")]
pub struct Line {
    shape: Shape,
    role: Role,
}

/// A line as it stands in a configuration file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<[f64; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<[f64; 2]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    points: Vec<[f64; 2]>,
    /// Whether coordinates are shares of the picture's width and height, 0 to 1, not pixels.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    relative: bool,
    #[serde(default, skip_serializing_if = "Role::is_default")]
    role: Role,
}

/// Where a straight path meets a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Meeting {
    /// How far along the path, 0 to 1.
    pub(crate) share: f64,
    /// Where.
    pub(crate) point: Point,
}

impl Line {
    /// The line `name` from `a` to `b`, in pixels.
    ///
    /// # Errors
    /// Without a name, with ends that are one point, and with coordinates that are not finite.
    pub fn new(name: impl Into<String>, a: Point, b: Point) -> Result<Self, ShapeError> {
        Self::through(name, vec![a, b], false)
    }

    /// The line `name` through `points`, at least two: in pixels, or `relative` to the picture's width
    /// and height.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn through(name: impl Into<String>, points: Vec<Point>, relative: bool) -> Result<Self, ShapeError> {
        Shape::new(Kind::Line, name.into(), points, relative).map(Self::of)
    }

    fn of(shape: Shape) -> Self {
        Self { shape, role: Role::default() }
    }

    /// The same line in another role.
    #[must_use]
    pub fn with_role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// What its counts are for; an entrance, unless it was said otherwise.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// What its counts are reported under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shape.name
    }

    /// Its points in order, two at least.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.shape.points
    }

    /// Whether it is the same line in the same place: what it is for may differ.
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        self.shape == other.shape
    }

    /// The same line under another name.
    ///
    /// # Errors
    /// Without a name.
    pub fn renamed(&self, name: impl Into<String>) -> Result<Self, ShapeError> {
        let renamed = Self::through(name, self.shape.points.clone(), self.shape.relative)?;
        Ok(renamed.with_role(self.role))
    }

    /// Where it starts.
    #[must_use]
    pub fn a(&self) -> Point {
        self.shape.points[0]
    }

    /// Where it ends.
    #[must_use]
    pub fn b(&self) -> Point {
        self.shape.points[self.shape.points.len() - 1]
    }

    /// Whether its coordinates are shares of the picture's width and height, not pixels.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.shape.relative
    }

    /// The line in pixels of a picture of this size.
    #[must_use]
    pub fn in_pixels(&self, width: usize, height: usize) -> Self {
        Self { shape: self.shape.in_pixels(width as f64, height as f64), role: self.role }
    }

    /// Distance of `p` from the line, its first and last segments going on for ever, in pixels; above
    /// zero on the `in` side.
    #[must_use]
    pub fn signed_distance(&self, p: Point) -> f64 {
        let mut nearest = (f64::INFINITY, 0.0);
        for segment in self.segments() {
            let along = segment.along(p);
            if segment.holds(along) {
                let side = segment.side(p);
                if side.abs() < nearest.0 || side.is_nan() {
                    nearest = (side.abs(), side);
                }
            }
        }
        for pair in self.shape.points.windows(3) {
            let corner = pair[1];
            let distance = (p.x - corner.x).hypot(p.y - corner.y);
            if distance < nearest.0 {
                let (before, after) = (Segment::new(pair[0], corner), Segment::new(corner, pair[2]));
                // Both segments end there: the side is that of the corner's own normal.
                let side = before.side(p) + after.side(p);
                nearest = (distance, distance.copysign(side));
            }
        }
        nearest.1
    }

    /// Where `p` falls along a line of one segment: 0 at `a`, 1 at `b`, outside of that beyond its ends.
    #[must_use]
    pub fn along(&self, p: Point) -> f64 {
        Segment::new(self.a(), self.b()).along(p)
    }

    /// Where a straight path last changes sides, if that is between the line's ends.
    pub(crate) fn meeting(&self, from: Point, to: Point) -> Option<Meeting> {
        let mut last: Option<(Meeting, bool)> = None;
        for segment in self.segments() {
            let (before, after) = (segment.side(from), segment.side(to));
            if (before > 0.0) == (after > 0.0) {
                continue;
            }
            let share = before.abs() / (before.abs() + after.abs()).max(f64::MIN_POSITIVE);
            let between = |a: f64, b: f64| a + share * (b - a);
            let point = Point::new(between(from.x, to.x), between(from.y, to.y));
            let along = segment.along(point);
            if segment.holds(along) && last.is_none_or(|(meeting, _)| share >= meeting.share) {
                last = Some((Meeting { share, point }, (0.0..=1.0).contains(&along)));
            }
        }
        last.and_then(|(meeting, is_between_ends)| is_between_ends.then_some(meeting))
    }

    fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        let count = self.shape.points.len() - 1;
        self.shape.points.windows(2).enumerate().map(move |(index, pair)| Segment {
            is_first: index == 0,
            is_last: index + 1 == count,
            ..Segment::new(pair[0], pair[1])
        })
    }
}

/// One straight part of a line.
#[derive(Clone, Copy, Debug)]
struct Segment {
    a: Point,
    b: Point,
    is_first: bool,
    is_last: bool,
}

impl Segment {
    fn new(a: Point, b: Point) -> Self {
        Self { a, b, is_first: false, is_last: false }
    }

    /// Signed distance to the infinite line through it, in pixels.
    fn side(&self, p: Point) -> f64 {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        (dx * (p.y - self.a.y) - dy * (p.x - self.a.x)) / dx.hypot(dy)
    }

    fn along(&self, p: Point) -> f64 {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        ((p.x - self.a.x) * dx + (p.y - self.a.y) * dy) / (dx * dx + dy * dy)
    }

    /// Whether what falls at `along` belongs to it, or to the line's end that it is.
    fn holds(&self, along: f64) -> bool {
        (self.is_first || along >= 0.0) && (self.is_last || along <= 1.0)
    }
}

impl FromStr for Line {
    type Err = ShapeError;

    /// Reads `NAME:x1,y1,x2,y2` or with more points; all numbers in pixels, or all in percent of the
    /// picture. The name may hold colons: the last one counts.
    fn from_str(text: &str) -> Result<Self, ShapeError> {
        Shape::named(Kind::Line, text).map(Self::of)
    }
}

impl TryFrom<InFile> for Line {
    type Error = ShapeError;

    fn try_from(file: InFile) -> Result<Self, ShapeError> {
        let InFile { name, from, to, points, relative, role } = file;
        let points = match (from, to, points.is_empty()) {
            (Some(from), Some(to), true) => vec![from, to],
            (None, None, false) => points,
            _ => return Err(ShapeError::EndsOrPoints { name }),
        };
        let points = points.iter().map(|&[x, y]| Point::new(x, y)).collect();
        Ok(Self::through(name, points, relative)?.with_role(role))
    }
}

impl From<Line> for InFile {
    fn from(line: Line) -> Self {
        let Line { shape: Shape { name, points, relative }, role } = line;
        let pair = |p: &Point| [p.x, p.y];
        let (from, to, points) = match &points[..] {
            [a, b] => (Some(pair(a)), Some(pair(b)), Vec::new()),
            points => (None, None, points.iter().map(pair).collect()),
        };
        Self { name, from, to, points, relative, role }
    }
}

#[cfg(test)]
mod tests;
