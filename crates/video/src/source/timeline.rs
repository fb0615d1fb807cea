//! When a recording's frames were taken.

use std::time::Duration;

/// Frame times from the container where they make sense, else from the frame rate.
///
/// Times start at 0 and rise with every frame. A container's time that does not lie after the frame
/// before's (it is missing, not a number, or runs backwards) is replaced by that frame's time
/// plus one frame's duration.
pub(super) struct Timeline {
    interval: f64,
    fixed: bool,
    /// The container's time of the first frame, in seconds.
    origin: f64,
    last: Option<f64>,
    frames: u64,
}

impl Timeline {
    /// By the container's times; without one, frames are `1 / frame_rate` apart.
    pub(super) fn of_container(frame_rate: f64) -> Self {
        Self { interval: 1.0 / frame_rate, fixed: false, origin: 0.0, last: None, frames: 0 }
    }

    /// Frame n at (n - 1) / `frame_rate`, whatever the container says.
    pub(super) fn of_rate(frame_rate: f64) -> Self {
        Self { fixed: true, ..Self::of_container(frame_rate) }
    }

    /// The next frame's time; `container` is what the container says, in seconds.
    pub(super) fn next(&mut self, container: Option<f64>) -> Duration {
        let count = self.frames;
        self.frames += 1;
        let container = container.filter(|seconds| seconds.is_finite());
        let seconds = match self.last {
            None => {
                self.origin = container.unwrap_or(0.0);
                0.0
            }
            Some(_) if self.fixed => count as f64 * self.interval,
            Some(last) => match container.map(|seconds| seconds - self.origin) {
                Some(seconds) if seconds > last => seconds,
                _ => last + self.interval,
            },
        };
        self.last = Some(seconds);
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Timeline;

    fn seconds(mut timeline: Timeline, container: &[Option<f64>]) -> Vec<f64> {
        container.iter().map(|&time| timeline.next(time).as_secs_f64()).collect()
    }

    #[test]
    fn the_containers_times_count_from_the_first_frame() {
        let times = [Some(4.0), Some(4.5), Some(6.0)];
        assert_eq!(seconds(Timeline::of_container(4.0), &times), [0.0, 0.5, 2.0]);
        assert_eq!(seconds(Timeline::of_container(4.0), &[Some(-1.0), Some(1.0)]), [0.0, 2.0]);
    }

    #[test]
    fn times_that_make_no_sense_are_replaced() {
        let times = [Some(0.0), Some(0.0), Some(f64::NAN), None, Some(0.5), Some(3.0)];
        assert_eq!(seconds(Timeline::of_container(4.0), &times), [0.0, 0.25, 0.5, 0.75, 1.0, 3.0]);
    }

    #[test]
    fn a_given_rate_beats_the_container() {
        let times = [Some(0.0), Some(9.0), None];
        assert_eq!(seconds(Timeline::of_rate(10.0), &times), [0.0, 0.1, 0.2]);
    }
}
