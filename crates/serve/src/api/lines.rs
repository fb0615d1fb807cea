//! The lines of a source: seen by everyone, changed by whoever may.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use footfall_count::Line as Counted;
use footfall_track::Point;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};

use super::body::{Body, Path};
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::{Drawing, Saved, SetupError};

/// More lines than this over one picture are a mistake.
const MOST: usize = 64;
/// Letters in a name.
const LONGEST: usize = 64;
/// More points than this are no line that people pass.
const MOST_POINTS: usize = 32;
/// Pixels from the picture's corner.
const FARTHEST: f64 = 100_000.0;

/// A directed line through two points or more: `in` is to the right hand of someone who walks along it on
/// the picture, from the first point to the last.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Line {
    /// What its counts are reported under; no other line of the source has it.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// x and y of each, in the picture's pixels from the top left.
    #[schema(schema_with = points_schema)]
    points: Vec<[f64; 2]>,
}

/// What is drawn over a source's picture.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Lines {
    /// Which state of the lines this is, or was made from.
    revision: u64,
    #[schema(max_items = 64)]
    lines: Vec<Line>,
}

/// Lines that are in effect from now on.
#[derive(Serialize, ToSchema)]
pub(super) struct NewLines {
    revision: u64,
    lines: Vec<Line>,
    /// Whether they are in the configuration file too, or last until the program ends.
    saved: bool,
}

/// Two points or more, each of two numbers.
fn points_schema() -> Array {
    let number =
        ObjectBuilder::new().schema_type(Type::Number).minimum(Some(-FARTHEST)).maximum(Some(FARTHEST));
    let point = ArrayBuilder::new().items(number).min_items(Some(2)).max_items(Some(2));
    ArrayBuilder::new().items(point).min_items(Some(2)).max_items(Some(MOST_POINTS)).build()
}

impl From<&Counted> for Line {
    fn from(line: &Counted) -> Self {
        let points = line.points().iter().map(|p| [p.x, p.y]).collect();
        Self { name: line.name().to_owned(), points }
    }
}

impl Line {
    fn check(self) -> Result<Counted, String> {
        let name = self.name.trim();
        if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
            return Err(format!("a line's name has at most {LONGEST} letters and no control characters"));
        }
        if self.points.len() > MOST_POINTS {
            return Err(format!("line \"{name}\" has more than {MOST_POINTS} points"));
        }
        if self.points.iter().flatten().any(|v| v.abs() > FARTHEST) {
            return Err(format!("line \"{name}\": a coordinate is more than {FARTHEST} pixels away"));
        }
        let point = |[x, y]: [f64; 2]| Point::new(x, y);
        let points = self.points.into_iter().map(point).collect();
        Counted::through(name, points, false).map_err(|error| error.to_string())
    }
}

impl Lines {
    fn check(self) -> Result<Drawing, SetupError> {
        let invalid = |problem| SetupError::Invalid { problem };
        if self.lines.len() > MOST {
            return Err(invalid(format!(
                "there may be {MOST} lines over a picture, not {}",
                self.lines.len()
            )));
        }
        let lines: Vec<_> =
            self.lines.into_iter().map(Line::check).collect::<Result<_, _>>().map_err(invalid)?;
        let mut names = BTreeSet::new();
        if let Some(twice) = lines.iter().find(|line| !names.insert(line.name())) {
            return Err(invalid(format!("two lines are called \"{}\"", twice.name())));
        }
        Ok(Drawing { revision: self.revision, lines })
    }
}

/// The lines of a source
#[utoipa::path(get, path = "/api/v1/sources/{source}/lines", tag = "lines", params(
    ("source" = String, Path, description = "A source's id"),
), responses(
    (status = 200, body = Lines),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<Lines>, Problem> {
    let drawing = shared.setup.drawing(&id)?;
    Ok(Json(Lines { revision: drawing.revision, lines: drawing.lines.iter().map(Line::from).collect() }))
}

/// Replace the lines of a source
///
/// They count from the next frame on, and are written to the configuration file if there is one. The
/// revision must be the one that the change was made from: 409 says that somebody else was faster.
#[utoipa::path(put, path = "/api/v1/sources/{source}/lines", tag = "lines", params(
    ("source" = String, Path, description = "A source's id"),
), request_body = Lines, responses(
    (status = 200, body = NewLines),
    (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Another revision, or nothing is running"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Lines that cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Body(lines): Body<Lines>,
) -> Result<Json<NewLines>, Problem> {
    let drawing = lines.check()?;
    let setup = shared.setup.clone();
    let drawn = tokio::task::spawn_blocking(move || setup.redraw(&id, drawing)).await;
    let (drawing, saved) = drawn.map_err(|error| Problem::internal(&error.into()))??;
    shared.redrawn.send_modify(|changes| *changes += 1);
    let lines = drawing.lines.iter().map(Line::from).collect();
    Ok(Json(NewLines { revision: drawing.revision, lines, saved: saved == Saved::File }))
}
