//! The port to clips that somebody counts by eye.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PortError;

/// Clips to be audited, and what came of it. Calls may wait for a disk.
pub trait Audit: Send + Sync {
    /// The clips in the order in which they are to be shown to this auditor.
    ///
    /// # Errors
    /// When they cannot be read.
    fn clips(&self, auditor: &str) -> Result<Vec<ClipToSee>, PortError>;

    /// What a clip is of, without what the program saw in it; nothing where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn clip(&self, id: &str) -> Result<Option<ClipShown>, PortError>;

    /// A picture of a clip, from 0, as JPEG.
    ///
    /// # Errors
    /// When it cannot be read.
    fn picture(&self, id: &str, number: usize) -> Result<Option<Vec<u8>>, PortError>;

    /// Keeps an answer; what the program counted, then. Nothing where there is no such clip.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn answer(
        &self,
        auditor: &str,
        id: &str,
        lines: Vec<LineSeen>,
    ) -> Result<Option<ClipRevealed>, PortError>;

    /// Keeps why the program counted otherwise. False where this auditor has not answered before.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn explain(&self, auditor: &str, id: &str, why: Vec<WhyOtherwise>) -> Result<bool, PortError>;

    /// Clips of crossings that the program is not sure of, the newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    fn doubtful(&self) -> Result<Vec<DoubtfulClip>, PortError>;

    /// What the program saw and counted in one of these; nothing where there is none, and of every other clip.
    ///
    /// # Errors
    /// When it cannot be read.
    fn seen(&self, id: &str) -> Result<Option<ClipRevealed>, PortError>;

    /// What follows from all answers, as JSON.
    ///
    /// # Errors
    /// When they cannot be read.
    fn result(&self) -> Result<serde_json::Value, PortError>;
}

/// A clip that there is to see.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClipToSee {
    /// Its name.
    pub id: String,
    /// The source's name.
    pub source: String,
    /// Whether this auditor has answered.
    pub answered: bool,
}

/// A clip of a crossing that the program is not sure of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DoubtfulClip {
    /// Its name.
    pub id: String,
    /// Its beginning.
    pub begins: String,
}

/// What a clip is of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClipShown {
    /// Its name.
    pub id: String,
    /// The source's name.
    pub source: String,
    /// Its beginning.
    pub begins: String,
    /// Width and height of its pictures in pixels.
    pub size: [usize; 2],
    /// When each picture was taken, in seconds since its beginning.
    pub times: Vec<f64>,
    /// The lines to count at.
    pub lines: Vec<ClipLine>,
}

/// A line in a clip's pictures.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClipLine {
    /// Its name.
    pub name: String,
    /// Its points in pixels: `in` is at the right hand of whoever walks along it.
    pub points: Vec<[f64; 2]>,
}

/// What was counted at a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineSeen {
    /// Its name.
    pub line: String,
    /// How many went in.
    #[schema(maximum = 10_000)]
    pub r#in: u32,
    /// How many went out.
    #[schema(maximum = 10_000)]
    pub out: u32,
}

/// Why the program counted otherwise at a line in a direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyOtherwise {
    /// The line's name.
    pub line: String,
    /// `in` or `out`.
    pub direction: String,
    /// `missed`, `doubled`, `wrong way`, `staff` or `not a person`.
    pub reason: String,
}

/// What the program saw and counted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClipRevealed {
    /// At each line.
    pub lines: Vec<LineSeen>,
    /// Everybody in each picture: `[x, y, width, height]` in its pixels.
    pub people: Vec<Vec<[f64; 4]>>,
    /// Each crossing.
    pub crossings: Vec<CrossingRevealed>,
}

/// A crossing that the program counted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CrossingRevealed {
    /// Seconds since the clip's beginning.
    pub time: f64,
    /// The line's name.
    pub line: String,
    /// `in` or `out`.
    pub direction: String,
    /// How likely it is that somebody truly passed, 0 to 1.
    pub confidence: f64,
    /// What its confidence rests on.
    pub reasons: Vec<String>,
}
