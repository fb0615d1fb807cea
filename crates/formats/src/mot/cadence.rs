//! Which frames a file tells of.

/// What the numbers of a file's frames say about those that are not in it.
///
/// MOT text has no line for a frame in which nobody was seen, and none for a frame at which nobody looked. Where
/// all its frames are a whole number of steps apart, and the step is more than one frame, the frames in between
/// were not looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cadence {
    first: u64,
    last: u64,
    frames: u64,
    /// Greatest common divisor of the steps from frame to frame; 0 before there is one.
    step: u64,
    /// Steps to the very next frame.
    successive: u64,
}

/// Fewer frames than this say nothing: any two are a step apart.
const ENOUGH: u64 = 3;
/// Where less than one step in so many leads to the very next frame, that is told.
const FEW: u64 = 10;

impl Cadence {
    /// Takes the number of a row's frame, which does not fall from row to row.
    pub(crate) fn add(&mut self, frame: u64) {
        if self.frames == 0 {
            (self.first, self.last, self.frames) = (frame, frame, 1);
        } else if frame > self.last {
            let step = frame - self.last;
            self.step = greatest_common_divisor(self.step, step);
            self.successive += u64::from(step == 1);
            self.last = frame;
            self.frames += 1;
        }
    }

    /// Of frames in rising order.
    #[must_use]
    pub fn of(frames: impl IntoIterator<Item = u64>) -> Self {
        let mut cadence = Self::default();
        for frame in frames {
            cadence.add(frame);
        }
        cadence
    }

    /// The first and the last frame with anybody in it; 0 where there is none.
    #[must_use]
    pub fn ends(&self) -> (u64, u64) {
        (self.first, self.last)
    }

    /// Every how many frames somebody looked; 1 for every frame, or where too little is known.
    #[must_use]
    pub fn stride(&self) -> u64 {
        if self.frames >= ENOUGH { self.step.max(1) } else { 1 }
    }

    /// Whether hardly any frame is followed by the next one, without a constant step: nobody seems to have
    /// looked at those in between, and nothing says where they did.
    #[must_use]
    pub fn is_irregular(&self) -> bool {
        self.stride() == 1 && self.frames > FEW && self.successive * FEW < self.frames - 1
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Cadence;

    #[test]
    fn holes_hide_no_stride_and_few_frames_have_none() {
        assert_eq!(Cadence::of([5, 5, 7, 7, 11, 13]).stride(), 2);
        assert_eq!(Cadence::of([5, 7, 11, 12]).stride(), 1);
        assert_eq!(Cadence::of([9, 9, 9]).stride(), 1);
        assert_eq!(Cadence::of([1, 5]).stride(), 1);
        assert_eq!(Cadence::of([]).stride(), 1);
        assert_eq!(Cadence::of([3, 8]).ends(), (3, 8));
    }

    #[test]
    fn frames_that_were_left_out_without_a_step_are_noticed() {
        let thinned = (0..40).map(|n| 1 + n * 5 / 2);
        assert!(Cadence::of(thinned).is_irregular());
        assert!(!Cadence::of(1..40).is_irregular());
        assert!(!Cadence::of((1..40).map(|n| 2 * n)).is_irregular(), "that has a step");
        assert!(!Cadence::of((1..10).chain(30..45).chain(90..99)).is_irregular());
    }

    proptest! {
        #[test]
        fn the_stride_is_found_wherever_it_begins(
            stride in 1_u64..40, start in 1_u64..100, holes in prop::collection::vec(any::<bool>(), 40..80)
        ) {
            let kept = (0..).zip(&holes).filter(|(_, is_hole)| !**is_hole).map(|(n, _)| start + n * stride);
            let frames: Vec<u64> = kept.collect();
            let found = Cadence::of(frames.iter().copied()).stride();
            prop_assert_eq!(found % stride, 0);
            prop_assert!(frames.iter().all(|frame| (frame - frames[0]).is_multiple_of(found)));
            let has_neighbours = frames.windows(2).any(|pair| pair[1] - pair[0] == stride);
            if frames.len() >= 3 && has_neighbours {
                prop_assert_eq!(found, stride);
            }
        }
    }
}
