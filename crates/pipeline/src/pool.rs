//! Work of several lanes, shared out in turns among one pool of workers.
//!
//! Each lane has one place at the door, where its next item waits for a worker, and a queue of
//! results in the order of its items. A free worker takes from the next lane around that has
//! an item and room for its result: a lane with many frames gets as much as one with few until that
//! one has enough, so none starves. Nothing waits between door and worker: there a live frame would
//! grow old.

mod worker;

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::Kind;

/// What the door of a lane does while no worker is free.
///
/// This is the only place where frames are dropped, before any compute is spent on them. All other
/// queues are bounded and wait, so a slow sink slows the stages before it down to its own speed, back
/// to the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenBusy {
    /// The source waits: nothing is lost, however long it takes.
    Wait,
    /// The frame at the door is replaced by each newer one, and counted as dropped.
    KeepNewest,
}

impl From<Kind> for WhenBusy {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Recorded => Self::Wait,
            Kind::Live => Self::KeepNewest,
        }
    }
}

/// Work for one of the workers, with the way back for its result.
pub(crate) struct Job<T, R> {
    /// Whose it is.
    pub(crate) lane: usize,
    pub(crate) item: T,
    pub(crate) reply: Sender<R>,
}

/// What came of looking for an item.
pub(crate) enum Submission<T, R> {
    /// It was taken.
    Took(Job<T, R>),
    /// The next one was not wanted; it stays where it is, and its lane's turn remains.
    Unfit,
    /// There is none now.
    Nothing,
    /// There will be none any more.
    Over,
}

/// What became of an item that was put at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// It waits there, or was taken.
    Placed,
    /// It waits in place of an older one, which is dropped.
    Replaced,
    /// It is dropped itself: there is one before it at the door, or no room behind.
    Dropped,
    /// Nobody takes items of this lane any more.
    Refused,
}

struct Pool<T, R> {
    state: Mutex<State<T, R>>,
    /// For workers: there may be work, or no more.
    work: Condvar,
    /// For the two ends of each lane.
    lanes: Vec<Condvar>,
}

struct State<T, R> {
    lanes: Vec<LaneState<T, R>>,
    /// The lane whose turn it is.
    turn: usize,
    workers: usize,
}

struct LaneState<T, R> {
    door: Option<T>,
    /// Results to come or there already, in the order of the items.
    results: VecDeque<Receiver<R>>,
    /// How many results there may be.
    room: usize,
    /// Whether items may still come.
    open: bool,
    /// Whether somebody waits for results.
    wanted: bool,
    /// Whether items replace each other at the door.
    live: bool,
}

/// The giving end of a lane.
pub(crate) struct Submitter<T, R>(Arc<Pool<T, R>>, usize);

/// The taking end of a lane: results in the order in which the items were given.
pub(crate) struct Taker<T, R>(Arc<Pool<T, R>>, usize);

/// One worker's end.
pub(crate) struct Worker<T, R>(Arc<Pool<T, R>>);

/// Closes the doors of live lanes, whose reader may hang in a camera.
pub(crate) struct Doors<T, R>(Arc<Pool<T, R>>);

/// The ends of a pool.
pub(crate) struct Ends<T, R> {
    pub(crate) lanes: Vec<(Submitter<T, R>, Taker<T, R>)>,
    /// To be cloned for each worker; the pool counts them.
    pub(crate) worker: Worker<T, R>,
    pub(crate) doors: Doors<T, R>,
}

/// A pool of `lanes` lanes, in each of which `room` items may be worked on or wait for the taker.
///
/// A worker that ends without a result ends the lane whose item it had; without any worker all end.
pub(crate) fn pool<T, R>(lanes: usize, room: usize) -> Ends<T, R> {
    let lane =
        || LaneState { door: None, results: VecDeque::new(), room, open: true, wanted: true, live: false };
    let state = State { lanes: (0..lanes).map(|_| lane()).collect(), turn: 0, workers: 1 };
    let conditions = (0..lanes).map(|_| Condvar::new()).collect();
    let pool = Arc::new(Pool { state: Mutex::new(state), work: Condvar::new(), lanes: conditions });
    let ends = |index| (Submitter(Arc::clone(&pool), index), Taker(Arc::clone(&pool), index));
    Ends { lanes: (0..lanes).map(ends).collect(), worker: Worker(Arc::clone(&pool)), doors: Doors(pool) }
}

impl<T, R> Pool<T, R> {
    fn lock(&self) -> MutexGuard<'_, State<T, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait<'a, S>(condition: &Condvar, state: MutexGuard<'a, S>) -> MutexGuard<'a, S> {
    condition.wait(state).unwrap_or_else(PoisonError::into_inner)
}

impl<T, R> State<T, R> {
    /// The lane that is served next, if any can be.
    fn next_lane(&self) -> Option<usize> {
        let count = self.lanes.len();
        (0..count).map(|step| (self.turn + step) % count).find(|&index| {
            let lane = &self.lanes[index];
            lane.wanted && lane.door.is_some() && lane.results.len() < lane.room
        })
    }

    /// Whether the lane may bring more items.
    fn may_bring(lane: &LaneState<T, R>) -> bool {
        lane.wanted && (lane.open || lane.door.is_some())
    }

    /// Whether there will never be work again.
    fn is_over(&self) -> bool {
        !self.lanes.iter().any(Self::may_bring)
    }

    fn is_served(&self, lane: usize) -> bool {
        self.workers > 0 && self.lanes[lane].wanted
    }
}

impl<T, R> Submitter<T, R> {
    /// Waits until a worker has taken the item; false when nobody takes any more.
    pub(crate) fn send(&self, item: T) -> bool {
        let Self(pool, lane) = self;
        let mut state = pool.lock();
        if !state.is_served(*lane) {
            return false;
        }
        state.lanes[*lane].door = Some(item);
        pool.work.notify_one();
        while state.lanes[*lane].door.is_some() && state.is_served(*lane) {
            state = wait(&pool.lanes[*lane], state);
        }
        state.lanes[*lane].door.take().is_none()
    }

    /// Puts the item at the door, in place of the one that waits there.
    pub(crate) fn put(&self, item: T) -> Put {
        let Self(pool, lane) = self;
        let mut state = pool.lock();
        if !state.is_served(*lane) || !state.lanes[*lane].open {
            return Put::Refused;
        }
        state.lanes[*lane].live = true;
        let older = state.lanes[*lane].door.replace(item);
        pool.work.notify_one();
        drop(state);
        if older.is_some() { Put::Replaced } else { Put::Placed }
    }

    /// Puts what needs no work behind the items before it, past the door: no worker has to be free for that, and no item
    /// that waits for one makes way.
    pub(crate) fn pass(&self, result: R) -> Put {
        let Self(pool, lane) = self;
        let mut state = pool.lock();
        if !state.is_served(*lane) || !state.lanes[*lane].open {
            return Put::Refused;
        }
        let own = &mut state.lanes[*lane];
        own.live = true;
        if own.door.is_some() || own.results.len() >= own.room {
            return Put::Dropped;
        }
        let (reply, there) = bounded(1);
        // There is room for one.
        let _ = reply.send(result);
        own.results.push_back(there);
        drop(state);
        pool.lanes[*lane].notify_all();
        Put::Placed
    }
}

impl<T, R> Drop for Submitter<T, R> {
    fn drop(&mut self) {
        let Self(pool, lane) = self;
        pool.lock().lanes[*lane].open = false;
        pool.lanes[*lane].notify_all();
        pool.work.notify_all();
    }
}

impl<T, R> Doors<T, R> {
    /// No more items at the doors of live lanes; those that wait there are still worked on.
    pub(crate) fn close(&self) {
        let mut state = self.0.lock();
        for (lane, condition) in state.lanes.iter_mut().zip(&self.0.lanes) {
            lane.open &= !lane.live;
            condition.notify_all();
        }
        self.0.work.notify_all();
    }
}

impl<T, R> Iterator for Taker<T, R> {
    type Item = R;

    /// Waits for the next result; `None` when there will be none.
    fn next(&mut self) -> Option<R> {
        let Self(pool, lane) = self;
        let mut state = pool.lock();
        loop {
            if let Some(result) = state.lanes[*lane].results.pop_front() {
                pool.work.notify_one();
                drop(state);
                return result.recv().ok();
            }
            let own = &state.lanes[*lane];
            if state.workers == 0 || (!own.open && own.door.is_none()) {
                return None;
            }
            state = wait(&pool.lanes[*lane], state);
        }
    }
}

impl<T, R> Drop for Taker<T, R> {
    fn drop(&mut self) {
        let Self(pool, lane) = self;
        let mut state = pool.lock();
        let own = &mut state.lanes[*lane];
        own.wanted = false;
        let left = (own.door.take(), std::mem::take(&mut own.results));
        drop(state);
        drop(left);
        pool.lanes[*lane].notify_all();
        pool.work.notify_all();
    }
}

#[cfg(test)]
mod tests;
