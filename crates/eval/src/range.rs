//! Which frames of a sequence are scored.

use std::str::FromStr;

use crate::TrackBox;

/// Frames `first` to `last`, both included; none where `last` is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRange {
    /// From 1.
    pub first: u64,
    /// At least `first`, unless there is no frame.
    pub last: u64,
}

/// Which frames are asked for, before a sequence's length is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// Frames N/2 + 2 to N of N, where N/2 is rounded down: the usual validation half of MOT17, of
    /// which detectors have seen nothing.
    SecondHalf,
    /// These, as far as the sequence has them.
    Frames(FrameRange),
}

/// What is no selection of frames.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("frames \"{text}\": expected A-B with 1 <= A <= B, as in 301-600, or second-half")]
pub struct RangeError {
    /// What was given.
    pub text: String,
}

impl FrameRange {
    /// How many frames these are.
    #[must_use]
    pub fn count(&self) -> u64 {
        (self.last + 1).saturating_sub(self.first)
    }

    /// Whether `frame` is one of them.
    #[must_use]
    pub fn contains(&self, frame: u64) -> bool {
        (self.first..=self.last).contains(&frame)
    }
}

impl Selection {
    /// The frames of a sequence of `length` frames.
    #[must_use]
    pub fn of(self, length: u64) -> FrameRange {
        match self {
            Self::All => FrameRange { first: 1, last: length },
            Self::SecondHalf => FrameRange { first: length / 2 + 2, last: length },
            Self::Frames(range) => FrameRange { first: range.first, last: range.last.min(length) },
        }
    }
}

impl FromStr for Selection {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        if text == "second-half" {
            return Ok(Self::SecondHalf);
        }
        let ends =
            text.split_once('-').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        match ends {
            Some((first, last)) if 1 <= first && first <= last => {
                Ok(Self::Frames(FrameRange { first, last }))
            }
            _ => Err(RangeError { text: text.to_owned() }),
        }
    }
}

/// Shifts tracks that can only be numbered from 1 within `range`: they have no box in it, and none after as many
/// frames as it has. The frame that was their last, if it does.
pub fn shift_into(tracks: &mut [TrackBox], range: FrameRange) -> Option<u64> {
    let last = tracks.iter().map(|row| row.frame).max()?;
    if last >= range.first || last > range.count() {
        return None;
    }
    for row in tracks {
        row.frame += range.first - 1;
    }
    Some(last)
}

#[cfg(test)]
mod tests {
    use footfall_track::Bbox;

    use super::{FrameRange, Selection, shift_into};
    use crate::TrackBox;

    #[test]
    fn tracks_are_shifted_only_where_nothing_else_makes_sense() {
        let range = FrameRange { first: 302, last: 600 };
        for (frames, shifted) in [
            (vec![1, 299], Some(vec![302, 600])),
            (vec![1, 300], None),
            (vec![1, 302], None),
            (vec![302, 600], None),
            (vec![], None),
        ] {
            let row = |&frame| TrackBox { frame, id: 1, bbox: Bbox::new(0.0, 0.0, 1.0, 1.0) };
            let mut tracks: Vec<TrackBox> = frames.iter().map(row).collect();
            assert_eq!(shift_into(&mut tracks, range).is_some(), shifted.is_some());
            let numbers: Vec<u64> = tracks.iter().map(|row| row.frame).collect();
            assert_eq!(numbers, shifted.unwrap_or(frames));
        }
    }

    #[test]
    fn the_second_half_is_that_of_the_benchmarks() {
        assert_eq!(Selection::SecondHalf.of(600), FrameRange { first: 302, last: 600 });
        assert_eq!(Selection::SecondHalf.of(525), FrameRange { first: 264, last: 525 });
        assert_eq!(Selection::SecondHalf.of(600).count(), 299);
        assert_eq!(Selection::SecondHalf.of(1).count(), 0);
        assert_eq!(Selection::All.of(0).count(), 0);
    }

    #[test]
    fn what_is_no_range_says_so() {
        let range = FrameRange { first: 3, last: 7 };
        assert_eq!("3-7".parse(), Ok(Selection::Frames(range)));
        assert_eq!(Selection::Frames(range).of(5), FrameRange { first: 3, last: 5 });
        for text in ["", "3", "7-3", "0-3", "a-b", "first-half"] {
            assert!(text.parse::<Selection>().is_err(), "{text}");
        }
    }
}
