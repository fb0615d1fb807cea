//! Which frames of a file were looked at, beside those that it has.

use std::time::Duration;

use anyhow::anyhow;
use footfall_config::usage;
use footfall_formats::mot::Survey;
use footfall_track::Observations;

use crate::cli::{MissingFrames, TrackArgs};
use crate::run::session::Session;

/// Which frames were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looked {
    /// Those that the file has.
    AsListed,
    /// Every so-manieth, from the file's first one on; at those that it leaves out nobody was there.
    Every(u64),
}

/// After so many frames in a row without anybody nothing changes any more.
const LONGEST_GAP: usize = 1000;

impl Looked {
    /// By what the user says, else by what the file shows.
    pub(super) fn of(args: &TrackArgs, survey: Option<&Survey>) -> Self {
        match (args.stride, args.missing, survey) {
            (Some(stride), ..) => Self::Every(stride),
            (None, Some(MissingFrames::Empty), _) => Self::Every(1),
            (None, Some(MissingFrames::Skipped), _) | (None, None, None) => Self::AsListed,
            (None, None, Some(survey)) => Self::Every(survey.cadence.stride()),
        }
    }

    /// Every how many frames, where that is known.
    pub(super) fn stride(self) -> Option<u64> {
        match self {
            Self::AsListed => None,
            Self::Every(stride) => Some(stride),
        }
    }

    /// Every how many frames a pipe told of, in the end, where it was taken to tell of all.
    pub(super) fn unseen_stride(self, args: &TrackArgs, survey: Option<&Survey>) -> Option<u64> {
        let stride = survey?.cadence.stride();
        let is_asked = args.stride.is_some() || args.missing.is_some();
        (self == Self::Every(1) && stride > 1 && !is_asked).then_some(stride)
    }

    /// Takes the frames before frame `number`, at `time`, that were looked at and had nobody in them: they are
    /// missing from the file, but time went on in them.
    pub(super) fn fill(self, session: &mut Session, number: u64, time: Duration) -> anyhow::Result<()> {
        let (Self::Every(stride), Some((last, before))) = (self, session.last()) else { return Ok(()) };
        if !(number - last).is_multiple_of(stride) {
            return Err(usage(anyhow!(
                "--stride {stride}: frames {last} and {number} are no multiple of {stride} frames apart"
            )));
        }
        let interval = time.saturating_sub(before).div_f64((number - last) as f64);
        let nothing = Observations::default();
        let mut missing = last + stride;
        for _ in 0..LONGEST_GAP {
            if missing >= number {
                break;
            }
            session.step(missing, before + interval.mul_f64((missing - last) as f64), &nothing)?;
            missing += stride;
        }
        Ok(())
    }
}
