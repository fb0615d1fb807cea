//! What a counter keeps from frame to frame.

use std::time::Duration;

use footfall_count::{Condition, Counter, Uncountable, Visibility};
use footfall_track::{Detection, Embeddings, Step};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::clock::Clock;
use crate::crossing::Crossing;

pub(super) struct State {
    pub(super) counter: Counter,
    pub(super) clock: Clock,
    pub(super) is_finished: bool,
    /// The latest frame's time.
    pub(super) latest: Option<Duration>,
    /// How well people are seen and followed, as far as a Tracker tells.
    pub(super) visibility: Visibility,
    pub(super) input_scale: Option<f64>,
    /// Steps from frame to frame, and those that were too long to follow people over.
    pub(super) steps: (u64, u64),
}

/// Over longer steps people are not followed: at 4 frames a second, with times that are rounded.
const LONGEST_STEP: Duration = Duration::from_millis(253);

impl State {
    /// Takes the next frame: what was tracked in it, given its time.
    pub(super) fn update<'a>(
        &mut self,
        frame: Option<u64>,
        time: Option<f64>,
        of: impl FnOnce(Duration) -> (&'a Step, &'a Embeddings, Option<&'a [Detection]>, Duration),
    ) -> PyResult<Vec<Crossing>> {
        if self.is_finished {
            return Err(PyValueError::new_err(
                "this counter has finished; make another one for another source",
            ));
        }
        let (number, at) = self.clock.next(frame, time)?;
        let (step, embeddings, detections, at) = of(at);
        self.clock.take((number, at), time.is_some());
        if let Some(before) = self.latest.replace(at) {
            let is_long = at.saturating_sub(before) > LONGEST_STEP;
            self.steps = (self.steps.0 + 1, self.steps.1 + u64::from(is_long));
        }
        if let Some(detections) = detections {
            self.visibility.see(at, detections, step);
        }
        self.counter.expect_hidden(self.visibility.hidden());
        let crossings = self.counter.step(number, at, step, embeddings);
        Ok(self.named(crossings))
    }

    /// Whether most frames came too long after the one before. Frames that were left out now and then are not it.
    fn is_rare(&self) -> bool {
        2 * self.steps.1 > self.steps.0
    }

    /// Why no count can be answered for.
    pub(super) fn uncountable(&self) -> Option<Condition> {
        if self.is_rare() {
            return Some(Condition::LowRate);
        }
        self.visibility.uncountable(self.input_scale).as_ref().map(Uncountable::condition)
    }

    pub(super) fn named(&self, crossings: Vec<footfall_count::Crossing>) -> Vec<Crossing> {
        let name = |line: usize| self.counter.lines()[line].name().to_owned();
        crossings.into_iter().map(|inner| Crossing { name: name(inner.line), inner }).collect()
    }
}
