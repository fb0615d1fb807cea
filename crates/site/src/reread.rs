//! What comes of reading the configuration again while a run goes on: whoever has changed the file may wait for that.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the configuration was read again, and what came of the last time. Clones are of the same.
#[derive(Clone, Default)]
pub struct Rereads(Arc<(Mutex<Done>, Condvar)>);

#[derive(Default)]
struct Done {
    times: u64,
    refusal: Option<String>,
}

impl Rereads {
    /// It was read again; `refusal` says why it could not be used.
    pub fn done(&self, refusal: Option<String>) {
        let (done, changed) = &*self.0;
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        (done.times, done.refusal) = (done.times + 1, refusal);
        changed.notify_all();
    }

    /// How often it was read again.
    #[must_use]
    pub fn times(&self) -> u64 {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).times
    }

    /// Waits until it was read more than so many `times`; what came of it, or nothing where that takes longer than
    /// `patience`.
    #[must_use]
    pub fn wait(&self, times: u64, patience: Duration) -> Option<Result<(), String>> {
        let (done, changed) = &*self.0;
        let end = Instant::now() + patience;
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        while done.times <= times {
            let rest = end.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero())?;
            done = changed.wait_timeout(done, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(done.refusal.clone().map_or(Ok(()), Err))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Rereads;

    #[test]
    fn whoever_waits_is_told_what_came_of_it() {
        let (rereads, patience) = (Rereads::default(), Duration::from_mins(1));
        assert_eq!(rereads.wait(0, Duration::ZERO), None);
        let other = rereads.clone();
        let waiting = std::thread::spawn(move || other.wait(0, patience));
        rereads.done(Some("no".into()));
        assert_eq!(waiting.join().unwrap(), Some(Err("no".into())));
        rereads.done(None);
        assert_eq!((rereads.times(), rereads.wait(1, patience)), (2, Some(Ok(()))));
    }
}
