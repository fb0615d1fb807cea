//! Why a sequence cannot be scored.

use std::fmt;

/// Whose boxes are at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The ground truth.
    Truth,
    /// The tracker.
    Tracks,
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Truth => "the ground truth",
            Self::Tracks => "the tracks",
        })
    }
}

/// Why a sequence cannot be scored: its numbers would mean nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// One id stands on two boxes of a frame.
    #[error(
        "frame {frame}: {side} have id {id} more than once; an id is one person, so give each box its own"
    )]
    DuplicateId {
        /// Whose boxes.
        side: Side,
        /// The frame, from 1.
        frame: u64,
        /// The id.
        id: u64,
    },
    /// A box stands behind the sequence's end.
    #[error("{side} have a box in frame {frame}, and the sequence has {length} frames; are these its files?")]
    BeyondEnd {
        /// Whose box.
        side: Side,
        /// The frame, from 1.
        frame: u64,
        /// How many frames there are.
        length: u64,
    },
    /// A class number that no benchmark with classes knows.
    #[error("frame {frame}: the ground truth has class {class}; MOT16, MOT17 and MOT20 know classes 1 to 13")]
    UnknownClass {
        /// The frame, from 1.
        frame: u64,
        /// The class.
        class: u64,
    },
}
