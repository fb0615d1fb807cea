//! What a run tells of a frame.

use std::sync::Arc;
use std::time::Duration;

use footfall_count::Line;
use footfall_pipeline::Image;

/// A picture that is to be kept for a while, and what was decided since the one before it.
pub(super) struct Told {
    /// Since the source's start.
    pub(super) time: Duration,
    pub(super) image: Image,
    /// Everybody who was followed: the track, and `[x, y, width, height]` in the picture's pixels.
    pub(super) tracks: Vec<(u64, [f64; 4])>,
    /// Everybody whom the detector saw, however weakly.
    pub(super) seen: Vec<[f64; 4]>,
    pub(super) lines: Arc<[Line]>,
    pub(super) passed: Vec<Passed>,
}

/// A crossing that was decided.
#[derive(Clone, Debug)]
pub(super) struct Passed {
    pub(super) time: Duration,
    pub(super) line: String,
    pub(super) direction: &'static str,
    pub(super) track: u64,
    pub(super) confidence: f64,
    pub(super) reasons: Vec<String>,
}
