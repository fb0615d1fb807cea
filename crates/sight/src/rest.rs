//! When the networks may rest: nothing has moved for a while, and nobody is followed.

use std::time::Duration;

/// Nothing must have moved for this long,
const HOLD: Duration = Duration::from_secs(1);
/// and for so many frames.
const FRAMES: u32 = 8;
/// Somebody looks all the same after this long.
const LOOK: Duration = Duration::from_secs(5);

/// The state between one frame and the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rest {
    /// Since when nothing has moved, and in how many frames that were looked at.
    still: Option<(Duration, u32)>,
    /// When the networks last looked.
    looked: Duration,
    /// Whether anybody is followed, as far as is known.
    pub(crate) followed: bool,
}

impl Rest {
    /// Whether the networks may rest at a frame of this time, in which something moves or not; `None` where nobody has
    /// looked for that.
    pub(crate) fn may(&mut self, time: Duration, moves: Option<bool>) -> bool {
        match moves {
            Some(true) => self.still = None,
            Some(false) => {
                let (since, frames) = self.still.unwrap_or((time, 0));
                self.still = Some((since, frames.saturating_add(1)));
            }
            None => {}
        }
        let is_still =
            |(since, frames): (Duration, u32)| time.saturating_sub(since) >= HOLD && frames > FRAMES;
        let may = moves.is_some() && !self.followed && self.still.is_some_and(is_still);
        let rests = may && time.saturating_sub(self.looked) < LOOK;
        if !rests {
            self.looked = time;
        }
        rests
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Rest;

    fn rest_at(rest: &mut Rest, frame: u64, moves: bool) -> bool {
        rest.may(Duration::from_millis(100 * frame), Some(moves))
    }

    #[test]
    fn it_begins_after_a_while_and_somebody_looks_now_and_then() {
        let mut rest = Rest::default();
        let slept: Vec<_> = (0..200).map(|frame| rest_at(&mut rest, frame, frame < 10)).collect();
        assert!(!slept[..20].iter().any(|&slept| slept));
        assert!(slept[20..].iter().filter(|&&slept| !slept).count() <= 4);
        let longest = slept.chunk_by(|a, b| a == b).filter(|run| run[0]).map(<[bool]>::len).max();
        assert!(longest <= Some(50), "{longest:?}");
    }

    #[test]
    fn motion_ends_it_at_once_and_whoever_is_followed_keeps_it_from_beginning() {
        let mut rest = Rest::default();
        let slept: Vec<_> = (0..100).map(|frame| rest_at(&mut rest, frame, frame == 70)).collect();
        assert!(slept[60] && !slept[70] && !slept[79] && slept[95], "{slept:?}");
        let mut rest = Rest { followed: true, ..Rest::default() };
        assert!(!(0..200).any(|frame| rest_at(&mut rest, frame, false)));
        // Nothing has moved for long when they are gone.
        rest.followed = false;
        assert!(rest_at(&mut rest, 200, false));
    }

    #[test]
    fn a_few_frames_are_not_a_while() {
        let mut rest = Rest::default();
        let slept: Vec<_> = (0..20).map(|n| rest.may(Duration::from_secs(2 * n), Some(false))).collect();
        assert!(
            !slept[..8].iter().any(|&slept| slept) && slept[10..].iter().any(|&slept| slept),
            "{slept:?}"
        );
    }
}
