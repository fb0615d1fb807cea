//! Every minute, drawn or not.

use footfall_audit::Stratum;
use serde::{Deserialize, Serialize};

/// A whole minute in which a source was watched: what a drawn minute stands for. Nobody is in it, only numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Minute {
    /// Minutes since 1970-01-01T00:00Z.
    pub minute: i64,
    /// The source's name.
    pub source: String,
    /// Its kind.
    pub stratum: Stratum,
    /// The probability with which it was drawn.
    pub probability: f64,
    /// Whether it was drawn.
    pub drawn: bool,
    /// The name of its clip, where it was drawn and could be kept.
    pub clip: Option<String>,
    /// What the program counted in it, line by line.
    pub lines: Vec<LineCount>,
}

/// What was counted at a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCount {
    /// Its name.
    pub line: String,
    /// Crossings with direction `in`.
    pub r#in: u64,
    /// Crossings with direction `out`.
    pub out: u64,
}
