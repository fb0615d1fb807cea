//! What happens when a stage is slower than the one before it.

use crossbeam_channel::{Receiver, Select, Sender, bounded, never, select};

use crate::Kind;

/// What the door between a source and the first stage does while that stage is busy.
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

/// Work for one of several workers, with the way back for its result.
pub(crate) struct Job<T, R> {
    pub(crate) item: T,
    pub(crate) reply: Sender<R>,
}

/// The giving end of a fan: hands each item to whichever worker is free.
pub(crate) struct Fan<T, R> {
    jobs: Sender<Job<T, R>>,
    results: Sender<Receiver<R>>,
}

/// The taking end of a fan: results in the order in which the items were given.
pub(crate) struct InOrder<R> {
    results: Receiver<Receiver<R>>,
}

/// A stage of several workers that keeps the order of its items without numbering them.
///
/// Each job carries a one-place channel for its result, and the other ends of these channels travel
/// to the taker in the order of the jobs. At most `queue` results wait for the taker, beside those
/// being worked on. A worker that ends without a result ends the stream.
#[allow(clippy::type_complexity, reason = "the three ends are what there is to say")]
pub(crate) fn fan<T, R>(queue: usize) -> (Fan<T, R>, Receiver<Job<T, R>>, InOrder<R>) {
    // Nothing waits between giver and worker: at a live source's door that item would grow old.
    let (jobs, work) = bounded(0);
    let (sender, results) = bounded(queue);
    (Fan { jobs, results: sender }, work, InOrder { results })
}

impl<T, R> Fan<T, R> {
    /// Waits for room behind the workers, then for a free worker; false when either end is closed.
    pub(crate) fn send(&self, item: T) -> bool {
        let (reply, result) = bounded(1);
        self.results.send(result).is_ok() && self.jobs.send(Job { item, reply }).is_ok()
    }

    /// Takes items as they come, and offers the newest until a worker is free for it.
    ///
    /// Ends when `incoming` or `stop` is closed, after the item at hand was taken, or when nobody
    /// takes any more. `dropped` is called once for each item that was replaced by a newer one.
    pub(crate) fn send_newest(&self, incoming: &Receiver<T>, stop: &Receiver<()>, mut dropped: impl FnMut()) {
        while let Some(item) = next(incoming, stop) {
            let (reply, result) = bounded(1);
            // The place behind the workers first: while there is none, newer frames still take over.
            let Some(item) = offer(incoming, item, &self.results, |item| (result, item), &mut dropped) else {
                return;
            };
            if offer(incoming, item, &self.jobs, |item| (Job { item, reply }, ()), &mut dropped).is_none() {
                return;
            }
        }
    }
}

/// The next item, or `None` once either channel is closed.
fn next<T>(incoming: &Receiver<T>, stop: &Receiver<()>) -> Option<T> {
    select! {
        recv(incoming) -> item => item.ok(),
        recv(stop) -> _ => None,
    }
}

/// Waits until `to` takes the message that `split` makes of the item, and gives what `split` leaves;
/// `None` when `to` is closed. Until then each newer item from `incoming` takes the item's place.
fn offer<T, M, Rest>(
    incoming: &Receiver<T>,
    mut item: T,
    to: &Sender<M>,
    split: impl FnOnce(T) -> (M, Rest),
    dropped: &mut impl FnMut(),
) -> Option<Rest> {
    let mut incoming = incoming.clone();
    loop {
        let mut select = Select::new();
        let newer = select.recv(&incoming);
        select.send(to);
        let chosen = select.select();
        if chosen.index() != newer {
            let (message, rest) = split(item);
            return chosen.send(to, message).ok().map(|()| rest);
        }
        match chosen.recv(&incoming) {
            Ok(next) => {
                item = next;
                dropped();
            }
            // A closed channel is always ready: it must not be asked again.
            Err(_) => incoming = never(),
        }
    }
}

impl<R> Iterator for InOrder<R> {
    type Item = R;

    fn next(&mut self) -> Option<R> {
        self.results.recv().ok()?.recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use crossbeam_channel::bounded;

    use super::fan;
    use crate::Stop;

    #[test]
    fn several_workers_keep_the_order() {
        let (giver, work, taker) = fan::<u64, u64>(2);
        thread::scope(|scope| {
            for worker in 0..4_u64 {
                let work = work.clone();
                scope.spawn(move || {
                    for job in work {
                        // Uneven work: later items overtake earlier ones inside the workers.
                        let spin = (job.item * 7919 + worker) % 97 * 100;
                        (0..spin).for_each(|i| assert_eq!(std::hint::black_box(i), i));
                        job.reply.send(job.item * 2).unwrap();
                    }
                });
            }
            drop(work);
            scope.spawn(move || (0..2000).for_each(|i| assert!(giver.send(i))));
            assert!(taker.eq((0..2000).map(|i| i * 2)));
        });
    }

    #[test]
    fn a_worker_that_ends_early_ends_the_stream() {
        let (giver, work, taker) = fan::<u64, u64>(2);
        thread::scope(|scope| {
            scope.spawn(move || {
                for job in work.iter().take_while(|job| job.item < 3) {
                    job.reply.send(job.item).unwrap();
                }
            });
            scope.spawn(move || while giver.send(1) && giver.send(2) && giver.send(3) {});
            assert_eq!(taker.collect::<Vec<_>>(), [1, 2]);
        });
    }

    #[test]
    fn a_taker_that_leaves_stops_the_giver() {
        let (giver, work, taker) = fan::<u64, u64>(1);
        thread::scope(|scope| {
            scope.spawn(move || work.iter().all(|job| job.reply.send(job.item).is_ok()));
            let sender = scope.spawn(move || (0..1_000_000).take_while(|&i| giver.send(i)).count());
            assert_eq!(taker.take(5).count(), 5);
            assert!((5..20).contains(&sender.join().unwrap()));
        });
    }

    #[test]
    fn at_the_door_the_newest_wins_and_the_rest_is_counted() {
        let (giver, work, mut taker) = fan::<u64, u64>(8);
        let (source, incoming) = bounded(0);
        let (dropped, stop) = (AtomicUsize::new(0), Stop::new());
        thread::scope(|scope| {
            let (dropped, stop, giver) = (&dropped, &stop, giver);
            scope.spawn(move || {
                giver.send_newest(&incoming, stop.signal(), || {
                    dropped.fetch_add(1, Ordering::SeqCst);
                });
            });
            // A rendezvous: once item 9 was taken, 0 to 8 have been replaced.
            (0..10).for_each(|i| source.send(i).unwrap());
            let job = work.recv().unwrap();
            assert_eq!(job.item, 9);
            assert_eq!(dropped.load(Ordering::SeqCst), 9);
            job.reply.send(9).unwrap();
            source.send(10).unwrap();
            drop(source);
            let job = work.recv().unwrap();
            job.reply.send(job.item).unwrap();
            assert_eq!(taker.by_ref().collect::<Vec<_>>(), [9, 10]);
            assert_eq!(dropped.load(Ordering::SeqCst), 9, "the last frame is offered, not dropped");
        });
    }

    #[test]
    fn a_door_that_waits_for_a_stalled_source_can_be_stopped() {
        let (giver, _work, _taker) = fan::<u64, u64>(1);
        let (_source, incoming) = bounded(0);
        let stop = Stop::new();
        thread::scope(|scope| {
            let (giver, stop) = (&giver, &stop);
            let door = scope.spawn(move || giver.send_newest(&incoming, stop.signal(), || ()));
            stop.request();
            door.join().unwrap();
        });
    }
}
