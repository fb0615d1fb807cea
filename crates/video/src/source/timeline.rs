//! When a recording's frames were taken.

use std::time::Duration;

use super::rate::{is_step, median};

/// So many frames are looked at to date one, itself among them, where its time is far off.
pub(super) const AHEAD: usize = 16;

/// And where it is near.
const AHEAD_NEAR: usize = 4;

/// What is near, in seconds.
const NEAR: f64 = 2.0;

/// A frame alone before or behind a longer pause has no neighbour that speaks for its time, in seconds.
const LONGEST_ALONE: f64 = 10.0;

/// Nobody pauses a recording for longer, in seconds.
const LONGEST_PAUSE: f64 = 7.0 * 86_400.0;

/// Within so many of the usual steps a frame is where it is expected.
const USUAL: f64 = 2.5;

/// Frame times from the container where they are plausible given their neighbours, else from these.
///
/// Times start at 0 and rise with every frame. A pause stays one, if the frames behind it go on as frames do.
/// Frames that are dated away from where their neighbours put them lie between these. Where the
/// container's time stands still, runs backwards or ticks as no camera does, frames follow at the pace
/// of those before; and where it goes on from an earlier time, as in films that were joined, it is
/// taken to go on from here.
pub(super) struct Timeline {
    /// Seconds from one frame to the next, where all are dated by that alone.
    fixed: Option<f64>,
    pace: Pace,
    /// What is added to the container's times, in seconds.
    shift: f64,
    last: Option<f64>,
    frames: u64,
    repairs: Repairs,
}

/// How many frames were not dated by the container's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Repairs {
    /// They were dated between those before and behind them.
    pub(super) between: u64,
    /// They were dated at the pace of those before.
    pub(super) paced: u64,
    /// From them on the container's time was taken to start anew.
    pub(super) anew: u64,
}

impl Repairs {
    /// All of them.
    pub(super) fn total(self) -> u64 {
        self.between + self.paced + self.anew
    }
}

/// The usual step from one frame to the next: the middle one of the latest.
struct Pace {
    steps: [f64; 9],
    next: usize,
}

impl Pace {
    fn new(step: f64) -> Self {
        Self { steps: [step; 9], next: 0 }
    }

    fn step(&self) -> f64 {
        median(&self.steps).unwrap_or_default()
    }

    fn add(&mut self, step: f64) {
        self.steps[self.next] = step;
        self.next = (self.next + 1) % self.steps.len();
    }
}

/// How a frame is dated, in seconds since the start.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Date {
    /// By the container.
    Told(f64),
    /// Between its neighbours.
    Between(f64),
    /// At the pace of those before.
    Paced(f64),
    /// Likewise, where the container gives no time at all: decoders do so at the end.
    Untold(f64),
    /// So, and from it on the container's time starts anew.
    Anew(f64),
}

impl Timeline {
    /// By the container's times, for a recording of `frame_rate` frames a second.
    pub(super) fn of_container(frame_rate: f64) -> Self {
        Self {
            fixed: None,
            pace: Pace::new(1.0 / frame_rate),
            shift: 0.0,
            last: None,
            frames: 0,
            repairs: Repairs::default(),
        }
    }

    /// Frame n at (n - 1) / `frame_rate`, whatever the container says.
    pub(super) fn of_rate(frame_rate: f64) -> Self {
        Self { fixed: Some(1.0 / frame_rate), ..Self::of_container(frame_rate) }
    }

    /// What was not as the container has it, so far.
    pub(super) fn repairs(&self) -> Repairs {
        self.repairs
    }

    /// The next frame's time. `told` are the container's times in seconds, of this frame and of as many behind it as
    /// are known; `is_all` says that no more can be. `None` asks for more.
    pub(super) fn next(&mut self, told: &[Option<f64>], is_all: bool) -> Option<Duration> {
        let seconds = match (self.fixed, self.last) {
            (Some(step), _) => self.frames as f64 * step,
            (None, None) => {
                self.shift = -valid(told.first().copied().flatten()).unwrap_or(0.0);
                0.0
            }
            (None, Some(last)) => self.place(told, last, is_all)?,
        };
        self.frames += 1;
        self.last = Some(seconds);
        Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    }

    /// The time of a frame behind one at `last`.
    fn place(&mut self, told: &[Option<f64>], last: f64, is_all: bool) -> Option<f64> {
        let times: Vec<Option<f64>> =
            told.iter().map(|&time| valid(time).map(|time| time + self.shift)).collect();
        let date = self.date(&times, last, is_all || told.len() >= AHEAD)?;
        match date {
            Date::Told(time) => {
                let step = time - last;
                if is_step(step) && step <= NEAR.max(10.0 * self.pace.step()) {
                    self.pace.add(step);
                }
                return Some(time);
            }
            Date::Untold(time) => return Some(time),
            Date::Between(_) => self.repairs.between += 1,
            Date::Paced(_) => self.repairs.paced += 1,
            Date::Anew(time) => {
                self.repairs.anew += 1;
                self.shift += time - times[0].unwrap_or(time);
            }
        }
        let (Date::Told(time)
        | Date::Untold(time)
        | Date::Between(time)
        | Date::Paced(time)
        | Date::Anew(time)) = date;
        Some(time)
    }

    /// How the first of `times` is dated; `None` where more of them are needed, and `is_enough` is false.
    fn date(&self, times: &[Option<f64>], last: f64, is_enough: bool) -> Option<Date> {
        let pace = self.pace.step();
        let paced = last + pace;
        let Some(time) = times.first().copied().flatten() else { return Some(Date::Untold(paced)) };
        let step = time - last;
        if step >= pace / 8.0 && step <= USUAL * pace {
            return Some(Date::Told(time));
        }
        if !is_enough && (times.len() < AHEAD_NEAR || step.abs() > NEAR) {
            return None;
        }
        if let Some(between) = between(times, last, USUAL * pace) {
            return Some(Date::Between(between));
        }
        let later: Vec<f64> = times.iter().copied().flatten().collect();
        let steps: Vec<f64> = later.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let goes_on = median(&steps).is_some_and(is_step);
        let alone = LONGEST_ALONE.max(20.0 * pace);
        Some(if step > 0.0 {
            let is_last = steps.is_empty();
            if is_last && step <= alone {
                Date::Told(time)
            } else if !goes_on {
                Date::Paced(paced)
            } else if step > LONGEST_PAUSE || (self.frames == 1 && step > alone) {
                Date::Anew(paced)
            } else {
                Date::Told(time)
            }
        } else if !goes_on {
            Date::Paced(paced)
        } else if -step < NEAR {
            // Time that was run ahead of is waited for.
            Date::Paced(last + pace / 2.0)
        } else {
            Date::Anew(paced)
        })
    }
}

/// Where a frame lies whose time is not between those of its neighbours: evenly between the frame at `last` and the
/// next that is where it is expected, at most `usual` a frame behind.
fn between(times: &[Option<f64>], last: f64, usual: f64) -> Option<f64> {
    let time = times.first().copied().flatten()?;
    let is_back = |&(index, later): &(usize, f64)| {
        later > last && later - last <= usual * (index as f64 + 1.0) && (later < time || time <= last)
    };
    let behind = times.iter().enumerate().skip(1).filter_map(|(index, &later)| Some((index, later?)));
    let (index, later) = behind.into_iter().find(is_back)?;
    Some(last + (later - last) / (index as f64 + 1.0))
}

fn valid(time: Option<f64>) -> Option<f64> {
    time.filter(|seconds| seconds.is_finite())
}

#[cfg(test)]
mod tests;
