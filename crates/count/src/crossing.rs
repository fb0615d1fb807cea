//! One person passing one line, once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use footfall_track::{Point, TrackId};
use serde::{Deserialize, Serialize};

use crate::{Elsewhere, Visitor};

/// Which way a line was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the right hand of someone who walks from the line's first end to its second.
    In,
    /// To the left hand.
    Out,
}

/// A confirmed track whose anchor went from one side of a line to the other, between its ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// Which line, by its place in the counter's list.
    pub line: usize,
    /// Which way.
    pub direction: Direction,
    /// Who.
    pub track: TrackId,
    /// Number of the frame in which the anchor reached the line on its way to the other side, from 1.
    pub frame: u64,
    /// That frame's time since the source's start.
    pub time: Duration,
    /// Number of the frame in which the anchor had left the dead band, and it was counted.
    pub decided: u64,
    /// Where the anchor's path met the line, in pixels.
    pub point: Point,
    /// How likely it is that somebody truly passed there, that way and then, 0 to 1.
    pub confidence: f64,
    /// How many people are expected to have been missed for each one who was counted then, by how well people were
    /// followed; `None` where that is not known.
    pub hidden: Option<f64>,
    /// What the confidence rests on, each at most once, in the order of [`Reason`].
    pub reasons: Vec<Reason>,
    /// Who it was, of those who come in, where [`VisitorConfig`](crate::VisitorConfig) asks for it.
    pub visitor: Option<Visitor>,
    /// How likely it is that they came in before within the window, 0 to 1; of those whose
    /// [`visitor`](Self::visitor) is told and whose looks are known.
    pub again: Option<f64>,
    /// The name of who works there and is not counted: neither in tallies nor as a visitor.
    pub staff: Option<Arc<str>>,
    /// What the other cameras of the site make of it, where there are any ([`Across`](crate::Across)).
    pub elsewhere: Option<Arc<Elsewhere>>,
    /// How they look: the mean of their embeddings, of unit length; `None` where there was none.
    pub look: Option<Arc<[f32]>>,
}

/// Something about a crossing that makes it more or less certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// One track was seen on both sides.
    Followed,
    /// The track on the far side is another one than that on the near side: both were joined by their
    /// motion, and by their appearance where it is known.
    Joined,
    /// Nobody was seen on the near side: the person came out of an occlusion close behind the line,
    /// moving away from it.
    Emerged,
    /// On the near side the person was seen before their track began: dimly, and found by looking back.
    Found,
    /// The person was not seen for a while as they reached the line.
    Unseen,
    /// Another person's box overlapped theirs as they reached the line.
    Crowded,
    /// The line was met close to one of its ends.
    LineEnd,
    /// The person had been seen for a moment only.
    Brief,
    /// The person looks like somebody who works there. That says nothing about whether they passed.
    Staff,
}

impl Reason {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Followed,
        Self::Joined,
        Self::Emerged,
        Self::Found,
        Self::Unseen,
        Self::Crowded,
        Self::LineEnd,
        Self::Brief,
        Self::Staff,
    ];

    /// Its name in files: `followed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Followed => "followed",
            Self::Joined => "joined",
            Self::Emerged => "emerged",
            Self::Found => "found",
            Self::Unseen => "unseen",
            Self::Crowded => "crowded",
            Self::LineEnd => "line_end",
            Self::Brief => "brief",
            Self::Staff => "staff",
        }
    }
}

/// How often a line was passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Crossings with direction `in`.
    #[serde(rename = "in")]
    pub entered: u64,
    /// Crossings with direction `out`.
    #[serde(rename = "out")]
    pub left: u64,
}

impl Tally {
    /// Adds one crossing.
    pub fn add(&mut self, direction: Direction) {
        match direction {
            Direction::In => self.entered += 1,
            Direction::Out => self.left += 1,
        }
    }
}

impl Crossing {
    /// Whether it is in the counts: neither of staff, nor counted at another camera.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.staff.is_none() && !self.elsewhere.as_ref().is_some_and(|elsewhere| elsewhere.is_twice())
    }
}

impl Direction {
    /// `in` or `out`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
