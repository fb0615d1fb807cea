//! Named points on the picture: what lines, zones and masks are made of.

use std::fmt;

use footfall_track::Point;
use serde::{Deserialize, Serialize};

/// What a shape is for; errors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A [`Line`](crate::Line).
    Line,
    /// A [`Zone`](crate::Zone).
    Zone,
    /// A [`Mask`](crate::Mask).
    Mask,
}

/// Why a shape cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ShapeError {
    /// The text is not `NAME:x1,y1,x2,y2,...`.
    #[error("{kind} \"{text}\": expected {}", .kind.form())]
    Syntax {
        /// What it was to be.
        kind: Kind,
        /// What was given.
        text: String,
    },
    /// There is no name.
    #[error("a {kind} needs a name: it is how its counts are reported")]
    NoName {
        /// What it was to be.
        kind: Kind,
    },
    /// There are too few points.
    #[error("{kind} \"{name}\": it has {count} points; a {kind} has at least {}", .kind.least())]
    TooFew {
        /// What it was to be.
        kind: Kind,
        /// Its name.
        name: String,
        /// How many there are.
        count: usize,
    },
    /// A coordinate is infinite or not a number.
    #[error("{kind} \"{name}\": every coordinate must be a finite number")]
    NotFinite {
        /// What it was to be.
        kind: Kind,
        /// Its name.
        name: String,
    },
    /// Some coordinates are in percent, others are not.
    #[error("{kind} \"{name}\": give all coordinates in pixels, or all in percent")]
    Mixed {
        /// What it was to be.
        kind: Kind,
        /// Its name.
        name: String,
    },
    /// Two neighbouring points are the same one, or the shape has no area.
    #[error("{kind} \"{name}\": {}", .kind.degenerate(*.x, *.y))]
    Degenerate {
        /// What it was to be.
        kind: Kind,
        /// Its name.
        name: String,
        /// Where, x.
        x: f64,
        /// Where, y.
        y: f64,
    },
    /// A configuration gives a line both by its ends and by its points, or by neither.
    #[error("line \"{name}\": give from and to, or points")]
    EndsOrPoints {
        /// Its name.
        name: String,
    },
}

impl Kind {
    fn form(self) -> &'static str {
        match self {
            Self::Line => {
                "NAME:x1,y1,x2,y2 with the line's points in pixels, as in door:384,576,384,0, or in percent of \
                 the picture, as in door:50%,100%,50%,0%"
            }
            Self::Zone => {
                "NAME:x1,y1,x2,y2,x3,y3 with the corners in pixels, as in till:10,300,200,300,200,480, or in \
                 percent of the picture"
            }
            Self::Mask => {
                "x1,y1,x2,y2,x3,y3 with the corners in pixels, as in 0,0,120,0,120,80, or in percent of the \
                 picture"
            }
        }
    }

    fn least(self) -> usize {
        if self == Self::Line { 2 } else { 3 }
    }

    fn degenerate(self, x: f64, y: f64) -> String {
        match self {
            Self::Line => {
                format!("two of its points in a row are the same point ({x}, {y}); they have to differ")
            }
            Self::Zone | Self::Mask => "its corners lie on one line: it has no area".to_owned(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Line => "line",
            Self::Zone => "zone",
            Self::Mask => "mask",
        })
    }
}

/// A name and points: in pixels, or in shares of the picture's width and height.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) points: Vec<Point>,
    pub(crate) relative: bool,
}

/// A zone or mask as it stands in a configuration file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unchecked {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) points: Vec<[f64; 2]>,
    /// Whether coordinates are shares of the picture's width and height, 0 to 1, not pixels.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) relative: bool,
}

impl Shape {
    /// A shape whose numbers and number of points have been checked.
    pub(crate) fn new(
        kind: Kind,
        name: String,
        points: Vec<Point>,
        relative: bool,
    ) -> Result<Self, ShapeError> {
        if kind != Kind::Mask && name.trim().is_empty() {
            return Err(ShapeError::NoName { kind });
        }
        if points.len() < kind.least() {
            return Err(ShapeError::TooFew { kind, name, count: points.len() });
        }
        if points.iter().any(|p| !(p.x.is_finite() && p.y.is_finite())) {
            return Err(ShapeError::NotFinite { kind, name });
        }
        let degenerate = match kind {
            Kind::Line => points.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]),
            Kind::Zone | Kind::Mask => (twice_area(&points) == 0.0).then_some(points[0]),
        };
        match degenerate {
            Some(Point { x, y }) => Err(ShapeError::Degenerate { kind, name, x, y }),
            None => Ok(Self { name, points, relative }),
        }
    }

    /// Reads `NAME:x1,y1,...`; the name may hold colons: the last one counts.
    pub(crate) fn named(kind: Kind, text: &str) -> Result<Self, ShapeError> {
        let syntax = || ShapeError::Syntax { kind, text: text.to_owned() };
        let (name, numbers) = text.rsplit_once(':').ok_or_else(syntax)?;
        Self::parse(kind, name.trim(), numbers, text)
    }

    /// Reads `x1,y1,...`, which is part of `text`.
    pub(crate) fn parse(kind: Kind, name: &str, numbers: &str, text: &str) -> Result<Self, ShapeError> {
        let syntax = || ShapeError::Syntax { kind, text: text.to_owned() };
        let words: Vec<&str> = numbers.split(',').map(str::trim).collect();
        let percent = words.iter().filter(|word| word.ends_with('%')).count();
        if percent != 0 && percent != words.len() {
            return Err(ShapeError::Mixed { kind, name: name.to_owned() });
        }
        let unit = if percent > 0 { 100.0 } else { 1.0 };
        let number = |word: &&str| word.trim_end_matches('%').trim_end().parse::<f64>().map(|v| v / unit);
        let values: Vec<f64> = words.iter().map(number).collect::<Result<_, _>>().map_err(|_| syntax())?;
        if values.len() % 2 == 1 || values.len() < 2 * kind.least() {
            return Err(syntax());
        }
        let points = values.chunks_exact(2).map(|pair| Point::new(pair[0], pair[1])).collect();
        Self::new(kind, name.to_owned(), points, percent > 0)
    }

    /// The shape in pixels of a picture of this size.
    pub(crate) fn in_pixels(&self, width: f64, height: f64) -> Self {
        if !self.relative {
            return self.clone();
        }
        let points = self.points.iter().map(|p| Point::new(p.x * width, p.y * height)).collect();
        Self { name: self.name.clone(), points, relative: false }
    }

    pub(crate) fn from_corners(kind: Kind, file: Unchecked) -> Result<Self, ShapeError> {
        let points = file.points.iter().map(|&[x, y]| Point::new(x, y)).collect();
        Self::new(kind, file.name, points, file.relative)
    }
}

impl From<Shape> for Unchecked {
    fn from(shape: Shape) -> Self {
        let points = shape.points.iter().map(|p| [p.x, p.y]).collect();
        Self { name: shape.name, points, relative: shape.relative }
    }
}

/// Twice the area of a polygon, by the shoelace formula; its sign is the way round.
fn twice_area(points: &[Point]) -> f64 {
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|(p, q)| p.x * q.y - q.x * p.y).sum()
}
