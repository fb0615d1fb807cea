//! What a run says of itself before it counts.

use jiff::Timestamp;

use crate::digest::Digest;
use crate::entry::Kind;

/// A run that is about to begin.
#[derive(Clone, Debug, PartialEq)]
pub struct RunInfo {
    /// How people call the source. A live source is known by this name.
    pub source: String,
    /// Live or recorded.
    pub origin: Origin,
    /// The program's version.
    pub version: String,
    /// Of everything that decides what is counted.
    pub config: Digest,
    /// The lines and zones.
    pub places: Vec<Place>,
    /// Whether an earlier count of this recording that was made in another way is to be replaced.
    pub recount: bool,
}

/// Where the frames come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A camera or stream: what it shows comes once.
    Live,
    /// A file or folder: it can be counted again, and that adds nothing.
    Recorded {
        /// Of the recording's content: the same under any name.
        content: Digest,
        /// When its first frame was taken.
        start: Start,
    },
}

/// When a recording began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Somebody said so.
    Given(Timestamp),
    /// By what the file says. Where the recording is in the ledger already, the time there stands.
    Assumed(Timestamp),
}

/// A line or zone, and how people are looked for there.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Line or zone: one of each may have the same name.
    pub kind: PlaceKind,
    /// Its name.
    pub name: String,
    /// Of all that decides what is counted there: its own shape, and the settings of every stage before.
    pub config: Digest,
    /// As `config`, of all but the name: a recording that is counted again under another name is known by it.
    pub unnamed: Option<Digest>,
    /// Its points in pixels, x and y from the picture's top left; none where they are not known. By these it is the
    /// same under another name.
    pub points: Vec<[f64; 2]>,
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceKind {
    /// It is crossed.
    Line,
    /// It is visited.
    Zone,
}

impl Place {
    /// One of which is known what decides the count there, and not where it lies.
    #[must_use]
    pub fn new(kind: PlaceKind, name: impl Into<String>, config: Digest) -> Self {
        Self { kind, name: name.into(), config, unnamed: None, points: Vec::new() }
    }

    /// Where it lies as JSON; empty where that is not known.
    pub(crate) fn outline(&self) -> String {
        if self.points.is_empty() { String::new() } else { serde_json::json!(self.points).to_string() }
    }
}

impl PlaceKind {
    /// `line` or `zone`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Zone => "zone",
        }
    }

    /// What happens there.
    pub(crate) fn event(self) -> Kind {
        match self {
            Self::Line => Kind::Crossing,
            Self::Zone => Kind::Visit,
        }
    }

    /// All that is written down of what happens there.
    pub(crate) fn events(self) -> &'static [Kind] {
        match self {
            Self::Line => &[Kind::Crossing, Kind::Group],
            Self::Zone => &[Kind::Visit],
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The source has ended, or as much of it as was wanted.
    Done,
    /// Somebody asked for it.
    Stopped,
    /// It failed.
    Failed,
}

impl Ending {
    /// The name under which it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

impl RunInfo {
    /// How the source is known.
    pub(crate) fn identity(&self) -> String {
        match &self.origin {
            Origin::Live => format!("live:{}", self.source),
            Origin::Recorded { content, .. } => format!("sha256:{content}"),
        }
    }

    pub(crate) fn is_recorded(&self) -> bool {
        matches!(self.origin, Origin::Recorded { .. })
    }
}
