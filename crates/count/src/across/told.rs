//! What is said of a passage when all cameras are known.

use serde::{Deserialize, Serialize};

/// A passage, as others refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The camera.
    pub source: String,
    /// The line.
    pub line: String,
    /// The track's number.
    pub track: u64,
    /// The number of the frame in which the line was reached.
    pub frame: u64,
}

/// Why a passage counts, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// No other camera has seen it.
    Alone,
    /// Another camera may have seen it, or not: it counts.
    Unsure,
    /// Another camera has seen it, and it is counted here.
    Counted,
    /// Another camera has seen it, and it is counted there.
    Same,
}

/// The stay of somebody who leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// How they came in.
    pub came: Passage,
    /// For how long they were inside, in seconds.
    pub seconds: f64,
    /// How likely it is that this is how they came in, 0 to 1.
    pub probability: f64,
}

/// What the other cameras of the site make of a passage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Why it counts, or does not.
    pub why: Why,
    /// How likely it is that another camera has seen the same passage, 0 to 1.
    pub probability: f64,
    /// The passage that is counted in its place. It is written down by itself.
    #[serde(skip)]
    pub same_as: Option<Passage>,
    /// Of somebody who leaves: their stay, where it is known when they came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<Stay>,
}

/// What came of a site so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SiteSums {
    /// Passages of all cameras, without those of staff.
    pub passages: u64,
    /// Those of them that are counted at another camera.
    pub twice: u64,
    /// Those that count although another camera may have seen them.
    pub unsure: u64,
    /// How many stays are known, and their mean in seconds.
    pub stays: u64,
    /// See [`stays`](Self::stays).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_stay: Option<f64>,
    /// The middle one of the latest stays, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_stay: Option<f64>,
    /// How far apart in time two lines see the same passages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub travel: Vec<Travel>,
    /// How many different people came in within the window, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitors: Option<crate::Estimate>,
}

/// The time from one line to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Travel {
    /// `source/line`.
    pub from: String,
    /// Likewise.
    pub to: String,
    /// Which way.
    pub direction: crate::Direction,
    /// Passages that both have seen.
    pub passages: f64,
    /// Mean time in seconds; below 0 where the second line comes first.
    pub mean: f64,
    /// Standard deviation in seconds.
    pub deviation: f64,
}

impl Elsewhere {
    /// Whether it is counted at another camera.
    #[must_use]
    pub fn is_twice(&self) -> bool {
        self.same_as.is_some()
    }
}

/// A probability to ten-thousandths: no more can be said.
pub(super) fn rounded(probability: f64) -> f64 {
    (probability.clamp(0.0, 1.0) * 1e4).round() / 1e4
}
