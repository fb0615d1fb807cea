//! What is drawn over a source's picture: seen by everyone, changed by whoever may.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use footfall_count::PartLayout;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, Path};
use super::problem::ProblemBody;
use super::shapes::{Check, Line, Mask, Zone};
use super::{Problem, Shared};
use crate::{Drawing, Saved, SetupError};

/// More of a kind than this over one picture are a mistake.
const MOST: usize = 64;

/// What is drawn over a source's picture.
#[derive(Serialize, ToSchema)]
pub(super) struct Drawn {
    /// Which state this is: whoever changes it says so.
    revision: u64,
    lines: Vec<Line>,
    zones: Vec<Zone>,
    masks: Vec<Mask>,
}

/// What is to be drawn over a source's picture.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Redrawing {
    /// Which state this was made from.
    revision: u64,
    #[schema(max_items = 64)]
    lines: Vec<Line>,
    /// Without them zones stay as they are.
    #[schema(max_items = 64)]
    zones: Option<Vec<Zone>>,
    /// Without them masks stay as they are.
    #[schema(max_items = 64)]
    masks: Option<Vec<Mask>>,
}

/// What is in effect from now on.
#[derive(Serialize, ToSchema)]
pub(super) struct Redrawn {
    #[serde(flatten)]
    drawn: Drawn,
    /// Whether it is in the configuration file too, or lasts until the program ends.
    saved: bool,
    /// Why it is not in the configuration file.
    #[serde(skip_serializing_if = "Option::is_none")]
    unsaved_because: Option<&'static str>,
}

impl From<&Drawing> for Drawn {
    fn from(drawing: &Drawing) -> Self {
        let (lines, zones, masks) = told(drawing);
        Self { revision: drawing.revision, lines, zones, masks }
    }
}

impl Redrawing {
    /// The drawing that is wanted, over what is there now.
    fn over(self, now: &Drawing) -> Result<Drawing, SetupError> {
        let Self { revision, lines, zones, masks } = self;
        over(&Drawing { revision, layout: now.layout.clone() }, lines, zones, masks)
    }
}

/// The drawing `now` with these lines in place of its own, and with these zones and masks where there are any.
pub(crate) fn over(
    now: &Drawing,
    lines: Vec<Line>,
    zones: Option<Vec<Zone>>,
    masks: Option<Vec<Mask>>,
) -> Result<Drawing, SetupError> {
    let wanted = PartLayout {
        lines: Some(checked("lines", lines)?),
        zones: zones.map(|zones| checked("zones", zones)).transpose()?,
        masks: masks.map(|masks| checked("masks", masks)).transpose()?,
    };
    let layout = wanted.over(&now.layout);
    layout.check().map_err(|error| SetupError::Invalid { problem: error.to_string() })?;
    Ok(Drawing { revision: now.revision, layout })
}

/// What is drawn, as it is told.
pub(crate) fn told(drawing: &Drawing) -> (Vec<Line>, Vec<Zone>, Vec<Mask>) {
    let layout = &drawing.layout;
    let lines = layout.lines.iter().map(Line::from).collect();
    let zones = layout.zones.iter().map(Zone::from).collect();
    (lines, zones, layout.masks.iter().map(Mask::from).collect())
}

fn checked<T: Check>(kind: &str, shapes: Vec<T>) -> Result<Vec<T::Checked>, SetupError> {
    if shapes.len() > MOST {
        let problem = format!("there may be {MOST} {kind} over a picture, not {}", shapes.len());
        return Err(SetupError::Invalid { problem });
    }
    let shapes = shapes.into_iter().map(T::check).collect::<Result<_, _>>();
    shapes.map_err(|problem| SetupError::Invalid { problem })
}

/// The lines, zones and masks of a source
#[utoipa::path(get, path = "/api/v1/sources/{source}/lines", tag = "lines", params(
    ("source" = String, Path, description = "A source's id"),
), responses(
    (status = 200, body = Drawn),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<Drawn>, Problem> {
    Ok(Json(Drawn::from(&shared.setup.drawing(&id)?)))
}

/// Replace the lines of a source, and its zones and masks
///
/// They count from the next frame on, and are written to the configuration file if there is one. The
/// revision must be the one that the change was made from: 409 says that somebody else was faster.
#[utoipa::path(put, path = "/api/v1/sources/{source}/lines", tag = "lines", params(
    ("source" = String, Path, description = "A source's id"),
), request_body = Redrawing, responses(
    (status = 200, body = Redrawn),
    (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Another revision, or nothing is running"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Body(wanted): Body<Redrawing>,
) -> Result<Json<Redrawn>, Problem> {
    let drawing = wanted.over(&shared.setup.drawing(&id)?)?;
    let setup = shared.setup.clone();
    let drawn = tokio::task::spawn_blocking(move || setup.redraw(&id, drawing)).await;
    let (drawing, saved) = drawn.map_err(|error| Problem::internal(&error.into()))??;
    shared.redrawn.send_modify(|changes| *changes += 1);
    Ok(Json(Redrawn {
        drawn: Drawn::from(&drawing),
        saved: saved == Saved::File,
        unsaved_because: saved.reason(),
    }))
}
