//! What a camera tells of a passage, and what it is told.

use std::sync::Arc;
use std::time::Duration;

use super::Elsewhere;
use crate::{Direction, Visitor};

/// One passage that a camera has counted. Times are by a clock that all cameras have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Passing {
    /// The line's name.
    pub line: Arc<str>,
    /// Which way.
    pub direction: Direction,
    /// The track's number.
    pub track: u64,
    /// The number of the frame in which the line was reached.
    pub frame: u64,
    /// When the line was reached.
    pub time: Duration,
    /// When that was decided: the time of the frame in which it was counted.
    pub decided: Duration,
    /// The mean look, of unit length, where it is known.
    pub look: Option<Arc<[f32]>>,
    /// Whether it is somebody who works there.
    pub is_staff: bool,
    /// The numbers of the tracks that were in the picture then.
    pub beside: Vec<u64>,
}

/// What a passage is asked for by, later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

/// What is said of a passage: who came in, how likely they came before, and what other cameras make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who it was, where visitors are told apart: of those who come in, and of those who leave and whose stay is known.
    pub visitor: Option<Visitor>,
    /// How likely it is that they came in before within the window.
    pub again: Option<f64>,
    /// What other cameras make of it.
    pub elsewhere: Elsewhere,
}
