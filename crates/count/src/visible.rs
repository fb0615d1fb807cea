//! How well people are seen and followed, as sums over frames.

use footfall_track::{Detection, Step, TrackedBox};
use serde::{Deserialize, Serialize};

use crate::Condition;

/// Detections at or above this confidence are somebody.
const SURE: f32 = 0.4;
/// Below this height in the network's input, in its pixels, people are not found.
const SMALLEST: f64 = 16.0;
/// Above this share of those who are seen and not followed no range holds.
const MOST_UNFOLLOWED: f64 = 0.35;
/// Below this mean confidence of those who are followed many others are not found.
const LEAST_CONFIDENCE: f64 = 0.46;
/// A limit must be left by this factor until that counts; and for confidences by this one.
const MARGIN: f64 = 1.25;
const NEAR: f64 = 1.05;
/// So many people must have been seen, frame by frame, before anything is said of them.
const ENOUGH: u64 = 20;

/// What was seen since a source's beginning, as sums: those of a stretch of time are the difference of two of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Visible {
    /// Frames.
    pub frames: u64,
    /// Detections that are somebody, over all frames.
    pub sure: u64,
    /// Those of them that belong to no track.
    pub unfollowed: u64,
    /// Heights of people who were followed on their way, summed up, in pixels of the picture. What has never moved from
    /// where it was first seen has no part: it may be a lamp post.
    pub heights: f64,
    /// The detector's confidences in them, summed up.
    pub confidences: f64,
    /// How many heights and confidences these are.
    pub followed: u64,
}

/// Why no honest range can be given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Uncountable {
    /// Too few frames a second were processed to follow people from one to the next.
    LowRate {
        /// How many it takes.
        least: f64,
    },
    /// Too many of those who are seen cannot be followed from one frame to the next.
    Unfollowed {
        /// Their share of all who are seen, 0 to 1.
        share: f64,
    },
    /// People are too small in the network's input to be found.
    TooSmall {
        /// How high they are there on average, in its pixels.
        height: f64,
    },
    /// People hardly stand out.
    Unclear {
        /// The detector's mean confidence in those who are followed, 0 to 1.
        confidence: f64,
    },
}

impl Uncountable {
    /// The condition that it is of a source.
    #[must_use]
    pub fn condition(&self) -> Condition {
        match self {
            Self::LowRate { .. } => Condition::LowRate,
            Self::Unfollowed { .. } => Condition::Unfollowed,
            Self::TooSmall { .. } => Condition::TooSmall,
            Self::Unclear { .. } => Condition::Unclear,
        }
    }
}

/// Something that is measured of how people are seen; beyond its limit nobody can count them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ground {
    /// The share of those who are seen that cannot be followed, 0 to 1.
    Unfollowed(f64),
    /// How high people are in the network's input on average, in its pixels.
    Height(f64),
    /// The detector's mean confidence in those who are followed, 0 to 1.
    Confidence(f64),
}

impl Ground {
    /// What is measured, and the limit.
    #[must_use]
    pub fn value_and_limit(&self) -> (f64, f64) {
        match *self {
            Self::Unfollowed(share) => (share, MOST_UNFOLLOWED),
            Self::Height(height) => (height, SMALLEST),
            Self::Confidence(confidence) => (confidence, LEAST_CONFIDENCE),
        }
    }

    /// Whether it is beyond the limit.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        let (value, limit) = self.value_and_limit();
        if matches!(self, Self::Unfollowed(_)) { value > limit } else { value < limit }
    }

    /// Whether it is so far on the good side of the limit that it will not be beyond it again at once.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let (value, limit) = self.value_and_limit();
        match self {
            Self::Unfollowed(_) => value < limit / MARGIN,
            Self::Height(_) => value > limit * MARGIN,
            // Confidences differ little.
            Self::Confidence(_) => value > limit * NEAR,
        }
    }

    /// What it is called where it is beyond its limit.
    #[must_use]
    pub fn uncountable(&self) -> Uncountable {
        match *self {
            Self::Unfollowed(share) => Uncountable::Unfollowed { share },
            Self::Height(height) => Uncountable::TooSmall { height },
            Self::Confidence(confidence) => Uncountable::Unclear { confidence },
        }
    }

    /// What is measured, in a word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unfollowed(_) => "share",
            Self::Height(_) => "height",
            Self::Confidence(_) => "confidence",
        }
    }
}

impl Visible {
    /// Adds a frame: everybody whom the detector saw, and who was followed; `has_moved` tells who has left the place where
    /// they were first seen.
    pub(crate) fn see(
        &mut self,
        detections: &[Detection],
        step: &Step,
        has_moved: impl Fn(&TrackedBox) -> bool,
    ) {
        let is_sure = |index: usize| detections.get(index).is_some_and(|seen| seen.confidence >= SURE);
        let sure = (0..detections.len()).filter(|&index| is_sure(index)).count();
        // A detection belongs to one track at most.
        let followed = step.tracks.iter().filter(|track| is_sure(track.detection)).count();
        self.frames += 1;
        self.sure += sure as u64;
        self.unfollowed += sure.saturating_sub(followed) as u64;
        for track in step.tracks.iter().filter(|track| has_moved(track)) {
            self.heights += track.bbox.height;
            self.confidences += f64::from(track.confidence);
            self.followed += 1;
        }
    }

    /// What was seen in both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self {
            frames: self.frames + other.frames,
            sure: self.sure + other.sure,
            unfollowed: self.unfollowed + other.unfollowed,
            heights: self.heights + other.heights,
            confidences: self.confidences + other.confidences,
            followed: self.followed + other.followed,
        }
    }

    /// What was seen after `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            frames: self.frames.saturating_sub(earlier.frames),
            sure: self.sure.saturating_sub(earlier.sure),
            unfollowed: self.unfollowed.saturating_sub(earlier.unfollowed),
            heights: (self.heights - earlier.heights).max(0.0),
            confidences: (self.confidences - earlier.confidences).max(0.0),
            followed: self.followed.saturating_sub(earlier.followed),
        }
    }

    /// Whether enough was seen to say anything.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.people() >= ENOUGH
    }

    /// How many were seen or followed, over all frames: some are followed whom the detector is not sure of.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.sure.max(self.followed)
    }

    /// The share of those who are seen that belong to no track; 0 where nobody is seen.
    #[must_use]
    pub fn unfollowed(&self) -> f64 {
        if self.sure == 0 { 0.0 } else { self.unfollowed as f64 / self.sure as f64 }
    }

    /// The mean height of people who are followed, in pixels of the picture; nothing where nobody is.
    #[must_use]
    pub fn height(&self) -> Option<f64> {
        (self.followed > 0).then(|| self.heights / self.followed as f64)
    }

    /// The detector's mean confidence in people who are followed; nothing where nobody is.
    #[must_use]
    pub fn confidence(&self) -> Option<f64> {
        (self.followed > 0).then(|| self.confidences / self.followed as f64)
    }

    /// What is to be judged of how people are seen, with pictures made `scale` times as large for the network, where that
    /// is known: how many are followed, how large they are, how clearly they stand out. Nothing of what cannot be said.
    #[must_use]
    pub fn grounds(&self, scale: Option<f64>) -> [Option<Ground>; 3] {
        let enough = |ground: Ground| Some(ground).filter(|_| self.is_enough());
        let unfollowed = Ground::Unfollowed(self.unfollowed());
        let height = self.height().zip(scale).map(|(height, scale)| Ground::Height(height * scale));
        let confidence = self.confidence().map(Ground::Confidence);
        [enough(unfollowed), height.and_then(enough), confidence.and_then(enough)]
    }

    /// Whether counting is beyond what can be answered for: the first of the [`grounds`](Self::grounds) that says so.
    #[must_use]
    pub fn uncountable(&self, scale: Option<f64>) -> Option<Uncountable> {
        let grounds = self.grounds(scale).into_iter().flatten();
        grounds.filter(Ground::is_bad).map(|ground| ground.uncountable()).next()
    }
}
