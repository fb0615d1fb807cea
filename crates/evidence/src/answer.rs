//! What an auditor saw.

use serde::{Deserialize, Serialize};

/// An auditor's answer to one clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The clip's name.
    pub clip: String,
    /// Whose it is.
    pub auditor: String,
    /// When, in seconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// What they counted.
    pub lines: Vec<LineAnswer>,
    /// Why the program counted otherwise, difference by difference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// What somebody counted at a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineAnswer {
    /// Its name.
    pub line: String,
    /// How many went in.
    pub r#in: u32,
    /// How many went out.
    pub out: u32,
}

/// Why the program counted otherwise at a line in a direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The line's name.
    pub line: String,
    /// `in` or `out`.
    pub direction: String,
    /// One of [`Difference::REASONS`].
    pub reason: String,
}

impl Difference {
    /// What a difference may be called.
    pub const REASONS: [&'static str; 5] = ["missed", "doubled", "wrong way", "staff", "not a person"];
}
