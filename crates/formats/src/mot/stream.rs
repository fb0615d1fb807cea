//! Detections from a pipe: each is given on when it comes, so what holds for all of them has to hold so far.

use super::Scores;
use super::detections::{Seen, next_detection};
use super::row::Rows;
use crate::Error;

/// Rows that were read ahead, then those that come.
pub(super) struct Stream<A> {
    ahead: A,
    rows: Rows,
    scores: Scores,
    last: u64,
}

/// Means of confidences may be a little greater than 1.
const ROUNDED: f32 = 1.2;

impl<A: Iterator<Item = Result<Seen, Error>>> Stream<A> {
    /// `scores` is what the first frame's are.
    pub(super) fn new(ahead: A, rows: Rows, scores: Scores) -> Self {
        Self { ahead, rows, scores, last: 0 }
    }

    /// Whether a row fits those before it, which were given on already.
    fn check(&mut self, row: &Seen) -> Result<(), Error> {
        let Seen { frame, score, .. } = *row;
        let last = std::mem::replace(&mut self.last, frame);
        let advice =
            "what comes through a pipe is taken as it comes: name the file instead, or sort it first";
        if frame < last {
            return Err(self.rows.error(format!("frame {frame} comes after frame {last}; {advice}")));
        }
        let is_none = score == -1.0;
        let fits = match self.scores {
            Scores::Unknown => is_none || score == 0.0,
            _ => is_none || (0.0..=ROUNDED).contains(&score),
        };
        if fits {
            return Ok(());
        }
        let before =
            if self.scores == Scores::Unknown { "-1 or 0, which is none" } else { "confidences from 0 to 1" };
        Err(self
            .rows
            .error(format!("the score is {score}, and those of the first frame were {before}; {advice}")))
    }
}

impl<A: Iterator<Item = Result<Seen, Error>>> Iterator for Stream<A> {
    type Item = Result<Seen, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.ahead.next().or_else(|| next_detection(&mut self.rows).transpose())?;
        Some(row.and_then(|row| self.check(&row).map(|()| row)))
    }
}
