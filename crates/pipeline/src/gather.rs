//! Crops of several frames and sources, gathered into one run of the embedder.
//!
//! A GPU takes hardly longer for thirty crops than for one, so crops that come at about the same time go
//! together; how long the first of them waits for company is bounded.

use std::time::Duration;

use crate::pool::{Job, Submission};

/// How shares of the embedding stage are gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gather {
    /// Crops that go together, at most; one frame's beyond it go in several shares.
    pub max_batch: usize,
    /// How long the first crops wait for others while a worker is free for them; zero: each frame's
    /// go by themselves, shared out evenly among the workers.
    pub wait: Duration,
}

impl Default for Gather {
    /// Nothing is gathered.
    fn default() -> Self {
        Self { max_batch: usize::MAX, wait: Duration::ZERO }
    }
}

impl Gather {
    /// Crops of a frame with `people` that go to one of so many workers.
    pub(crate) fn share(&self, people: usize, workers: usize) -> usize {
        let share = if self.wait.is_zero() { people.div_ceil(workers) } else { self.max_batch };
        share.max(1)
    }
}

/// What counts towards a batch.
pub(crate) trait Crops {
    /// How many crops it holds.
    fn crops(&self) -> usize;
}

/// A worker's end of the pool, and a clock.
pub(crate) trait Supply<T, R> {
    /// Time since some fixed moment.
    fn now(&self) -> Duration;

    /// Waits for the next item; `None` when there will be none.
    fn first(&mut self) -> Option<Job<T, R>>;

    /// Takes the next item if it fits; waits for it until `deadline` of [`Supply::now`].
    fn another(&mut self, deadline: Duration, fits: impl Fn(&T) -> bool) -> Submission<T, R>;

    /// Whether a lane beside these may bring more items.
    fn has_beside(&self, lanes: &[usize]) -> bool;
}

/// The items of one batch, in the order in which they were taken; `None` when there will be no more.
///
/// It is complete when it is full, when the next item does not fit, when every lane has a part in it (each
/// waits for its answer before it brings much more), or when the first item has waited long enough.
pub(crate) fn gather<T: Crops, R>(
    supply: &mut impl Supply<T, R>,
    Gather { max_batch, wait }: &Gather,
) -> Option<Vec<Job<T, R>>> {
    let first = supply.first()?;
    let deadline = supply.now().saturating_add(*wait);
    let mut size = first.item.crops();
    let mut lanes = vec![first.lane];
    let mut jobs = vec![first];
    while !wait.is_zero() && size < *max_batch && supply.has_beside(&lanes) {
        let fits = |item: &T| size + item.crops() <= *max_batch;
        let Submission::Took(job) = supply.another(deadline, fits) else { break };
        size += job.item.crops();
        if !lanes.contains(&job.lane) {
            lanes.push(job.lane);
        }
        jobs.push(job);
    }
    Some(jobs)
}

#[cfg(test)]
mod tests;
