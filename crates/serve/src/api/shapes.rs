//! Lines, zones and masks as they come and go: checked before anything is made of them.

use footfall_count::{Line as CountedLine, Mask as CountedMask, Role, ShapeError, Zone as CountedZone};
use footfall_track::Point;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};

/// Letters in a name.
const LONGEST: usize = 64;
/// More points than this are no line that people pass, and no zone that anybody draws.
const MOST_POINTS: usize = 32;
/// Pixels from the picture's corner.
const FARTHEST: f64 = 100_000.0;

/// A directed line through two points or more: `in` is to the right hand of someone who walks along it on
/// the picture, from the first point to the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What its counts are reported under; no other line of the source has it.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// x and y of each, in the picture's pixels from the top left.
    #[schema(schema_with = points_schema::<2>)]
    points: Vec<[f64; 2]>,
    /// What its counts are for. Without it an entrance.
    #[serde(default)]
    #[schema(value_type = LineRole)]
    role: Role,
}

/// What a line's counts are for: `entrance` is in the totals and in who is inside, `inner` is counted for itself
/// alone.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the counter's own type")]
pub(super) enum LineRole {
    Entrance,
    Inner,
}

/// A polygon that is watched: who is in it, and for how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// What its visits are reported under; no other zone of the source has it.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// x and y of each corner, in the picture's pixels from the top left.
    #[schema(schema_with = points_schema::<3>)]
    points: Vec<[f64; 2]>,
}

/// A polygon in which nobody is looked for: a screen, a mirror, the street.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mask {
    /// x and y of each corner, in the picture's pixels from the top left.
    #[schema(schema_with = points_schema::<3>)]
    points: Vec<[f64; 2]>,
}

/// So many points or more, each of two numbers.
fn points_schema<const LEAST: usize>() -> Array {
    let number =
        ObjectBuilder::new().schema_type(Type::Number).minimum(Some(-FARTHEST)).maximum(Some(FARTHEST));
    let point = ArrayBuilder::new().items(number).min_items(Some(2)).max_items(Some(2));
    ArrayBuilder::new().items(point).min_items(Some(LEAST)).max_items(Some(MOST_POINTS)).build()
}

impl From<&CountedLine> for Line {
    fn from(line: &CountedLine) -> Self {
        Self { name: line.name().to_owned(), points: told(line.points()), role: line.role() }
    }
}

impl From<&CountedZone> for Zone {
    fn from(zone: &CountedZone) -> Self {
        Self { name: zone.name().to_owned(), points: told(zone.corners()) }
    }
}

impl From<&CountedMask> for Mask {
    fn from(mask: &CountedMask) -> Self {
        Self { points: told(mask.corners()) }
    }
}

fn told(points: &[Point]) -> Vec<[f64; 2]> {
    points.iter().map(|p| [p.x, p.y]).collect()
}

/// What can be checked, and then used.
pub(super) trait Check {
    /// The shape that counts.
    type Checked;

    /// # Errors
    /// Why it cannot be used, in words for whoever sent it.
    fn check(self) -> Result<Self::Checked, String>;
}

impl Check for Line {
    type Checked = CountedLine;

    fn check(self) -> Result<CountedLine, String> {
        let line =
            named("line", &self.name, &self.points, |name, points| CountedLine::through(name, points, false));
        Ok(line?.with_role(self.role))
    }
}

impl Check for Zone {
    type Checked = CountedZone;

    fn check(self) -> Result<CountedZone, String> {
        named("zone", &self.name, &self.points, |name, points| CountedZone::new(name, points, false))
    }
}

impl Check for Mask {
    type Checked = CountedMask;

    fn check(self) -> Result<CountedMask, String> {
        let points = placed("mask", &self.points)?;
        CountedMask::new(points, false).map_err(|error| error.to_string())
    }
}

fn named<T>(
    kind: &str,
    name: &str,
    points: &[[f64; 2]],
    make: impl FnOnce(String, Vec<Point>) -> Result<T, ShapeError>,
) -> Result<T, String> {
    let name = name.trim();
    if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Err(format!("a {kind}'s name has at most {LONGEST} letters and no control characters"));
    }
    let points = placed(&format!("{kind} \"{name}\""), points)?;
    make(name.to_owned(), points).map_err(|error| error.to_string())
}

fn placed(what: &str, points: &[[f64; 2]]) -> Result<Vec<Point>, String> {
    if points.len() > MOST_POINTS {
        return Err(format!("{what} has more than {MOST_POINTS} points"));
    }
    if points.iter().flatten().any(|v| v.abs() > FARTHEST) {
        return Err(format!("{what}: a coordinate is more than {FARTHEST} pixels away"));
    }
    Ok(points.iter().map(|&[x, y]| Point::new(x, y)).collect())
}
