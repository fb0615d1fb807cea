//! A worker's end of the pool: it takes from the lanes in turns.

use std::sync::{Arc, Condvar, PoisonError};
use std::time::Instant;

use crossbeam_channel::bounded;

use super::{Job, Pool, State, Submission, Worker, wait};

impl<T, R> Pool<T, R> {
    /// Takes the item of the lane whose turn it is, if it fits.
    fn take(&self, state: &mut State<T, R>, fits: impl Fn(&T) -> bool) -> Submission<T, R> {
        let Some(lane) = state.next_lane() else {
            return if state.is_over() { Submission::Over } else { Submission::Nothing };
        };
        let own = &mut state.lanes[lane];
        let Some(item) = own.door.take_if(|item| fits(item)) else { return Submission::Unfit };
        state.turn = lane + 1;
        let (reply, result) = bounded(1);
        own.results.push_back(result);
        self.lanes[lane].notify_all();
        Submission::Took(Job { lane, item, reply })
    }
}

impl<T, R> Worker<T, R> {
    /// Takes the item of the lane whose turn it is, if there is one now and it fits.
    #[cfg(test)]
    pub(crate) fn try_next(&self, fits: impl Fn(&T) -> bool) -> Submission<T, R> {
        self.0.take(&mut self.0.lock(), fits)
    }

    /// As the iterator's next, but waits until `deadline` at most, and takes only what fits.
    pub(crate) fn next_by(&self, deadline: Instant, fits: impl Fn(&T) -> bool) -> Submission<T, R> {
        let pool = &self.0;
        let mut state = pool.lock();
        loop {
            match (pool.take(&mut state, &fits), deadline.checked_duration_since(Instant::now())) {
                (Submission::Nothing, Some(left)) if !left.is_zero() => {
                    state = pool.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
                }
                (tried, _) => return tried,
            }
        }
    }

    /// Whether a lane beside these may bring more items.
    pub(crate) fn has_beside(&self, lanes: &[usize]) -> bool {
        let state = self.0.lock();
        let mut others = state.lanes.iter().enumerate().filter(|(index, _)| !lanes.contains(index));
        others.any(|(_, lane)| State::may_bring(lane))
    }
}

impl<T, R> Iterator for Worker<T, R> {
    type Item = Job<T, R>;

    /// Waits for the next item of the lane whose turn it is; `None` when there will be no more.
    fn next(&mut self) -> Option<Job<T, R>> {
        let pool = &self.0;
        let mut state = pool.lock();
        loop {
            match pool.take(&mut state, |_| true) {
                Submission::Took(job) => return Some(job),
                Submission::Over => return None,
                Submission::Nothing | Submission::Unfit => state = wait(&pool.work, state),
            }
        }
    }
}

impl<T, R> Clone for Worker<T, R> {
    fn clone(&self) -> Self {
        self.0.lock().workers += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T, R> Drop for Worker<T, R> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.workers -= 1;
        if state.workers == 0 {
            self.0.lanes.iter().for_each(Condvar::notify_all);
        } else {
            // A wake-up that was meant for this one may be lost.
            self.0.work.notify_all();
        }
    }
}
