use std::thread;

use super::{Put, Worker, pool};

#[test]
fn several_workers_keep_the_order_of_each_lane() {
    let ends = pool::<u64, u64>(3, 6);
    thread::scope(|scope| {
        for id in 0..4_u64 {
            let worker = ends.worker.clone();
            scope.spawn(move || {
                for job in worker {
                    // Uneven work: later items overtake earlier ones inside the workers.
                    let spin = (job.item * 7919 + id) % 97 * 100;
                    (0..spin).for_each(|i| assert_eq!(std::hint::black_box(i), i));
                    job.reply.send(job.item * 2).unwrap();
                }
            });
        }
        drop(ends.worker);
        for (lane, (giver, taker)) in ends.lanes.into_iter().enumerate() {
            let first = 10_000 * lane as u64;
            scope.spawn(move || (0..2000).for_each(|i| assert!(giver.send(first + i))));
            scope.spawn(move || assert!(taker.eq((0..2000).map(|i| (first + i) * 2))));
        }
    });
}

/// Takes one item and answers it; which lane's it was.
fn serve(worker: &mut Worker<u64, u64>) -> (usize, u64) {
    let job = worker.next().unwrap();
    job.reply.send(job.item).unwrap();
    (job.lane, job.item)
}

#[test]
fn lanes_take_turns_however_fast_one_is() {
    let mut ends = pool::<u64, u64>(3, 4);
    let mut takers = Vec::new();
    let mut givers = Vec::new();
    for (giver, taker) in ends.lanes {
        givers.push(giver);
        takers.push(taker);
    }
    let mut served = Vec::new();
    for round in 0..30 {
        // The first lane brings five frames for every one of the others.
        for frame in 0..5 {
            givers[0].put(5 * round + frame);
        }
        givers[1].put(round);
        givers[2].put(round);
        for _ in 0..3 {
            let (lane, item) = serve(&mut ends.worker);
            assert_eq!(takers[lane].next(), Some(item));
            served.push((lane, item));
        }
    }
    for (round, turns) in served.chunks(3).enumerate() {
        let round = round as u64;
        assert_eq!(turns, [(0, 5 * round + 4), (1, round), (2, round)], "each in turn, the newest of each");
    }
}

#[test]
fn what_needs_no_work_passes_busy_workers_and_takes_nobodys_place() {
    let mut ends = pool::<u64, u64>(2, 2);
    let (busy, mut busy_taker) = ends.lanes.remove(0);
    let (calm, mut calm_taker) = ends.lanes.remove(0);
    // The only worker has work.
    assert_eq!(busy.put(0), Put::Placed);
    let job = ends.worker.next().unwrap();
    assert_eq!(busy.put(1), Put::Placed);
    for item in 10..20 {
        assert_eq!(calm.pass(item), Put::Placed);
        assert_eq!(calm_taker.next(), Some(item));
    }
    // Order is kept behind an item that is worked on, and one that waits is not replaced.
    assert_eq!(busy.pass(2), Put::Dropped);
    job.reply.send(0).unwrap();
    assert_eq!(busy_taker.next(), Some(0));
    let job = ends.worker.next().unwrap();
    assert_eq!(busy.pass(3), Put::Placed);
    assert_eq!(busy.pass(4), Put::Dropped, "there is no room");
    job.reply.send(1).unwrap();
    assert_eq!([busy_taker.next(), busy_taker.next()], [Some(1), Some(3)]);
    drop(calm_taker);
    assert_eq!(calm.pass(20), Put::Refused);
}

#[test]
fn a_lane_without_room_holds_nobody_up() {
    let mut ends = pool::<u64, u64>(2, 2);
    let (slow, mut slow_taker) = ends.lanes.remove(0);
    let (fast, mut fast_taker) = ends.lanes.remove(0);
    for item in 0..2 {
        assert_eq!(slow.put(item), Put::Placed);
        assert_eq!(serve(&mut ends.worker), (0, item));
    }
    assert_eq!(slow.put(2), Put::Placed);
    assert_eq!(slow.put(3), Put::Replaced, "there is no room behind the workers");
    for item in 0..50 {
        fast.put(item);
        assert_eq!(serve(&mut ends.worker), (1, item));
        assert_eq!(fast_taker.next(), Some(item));
    }
    assert_eq!(slow_taker.next(), Some(0));
    assert_eq!(serve(&mut ends.worker), (0, 3));
}

#[test]
fn a_worker_that_ends_early_ends_the_stream_of_its_lane() {
    let mut ends = pool::<u64, u64>(1, 2);
    let (giver, taker) = ends.lanes.remove(0);
    thread::scope(|scope| {
        scope.spawn(move || {
            for job in ends.worker.take_while(|job| job.item < 3) {
                job.reply.send(job.item).unwrap();
            }
        });
        scope.spawn(move || while giver.send(1) && giver.send(2) && giver.send(3) {});
        assert_eq!(taker.collect::<Vec<_>>(), [1, 2]);
    });
}

#[test]
fn a_taker_that_leaves_stops_its_giver_alone() {
    let mut ends = pool::<u64, u64>(2, 1);
    let (left, left_taker) = ends.lanes.remove(0);
    let (other, other_taker) = ends.lanes.remove(0);
    thread::scope(|scope| {
        scope.spawn(move || {
            ends.worker.for_each(|job| {
                let _ = job.reply.send(job.item);
            });
        });
        let sender = scope.spawn(move || (0..1_000_000).take_while(|&i| left.send(i)).count());
        assert_eq!(left_taker.take(5).count(), 5);
        assert!((5..20).contains(&sender.join().unwrap()));
        scope.spawn(move || (0..100).for_each(|i| assert!(other.send(i))));
        assert!(other_taker.eq(0..100));
    });
}

#[test]
fn the_last_item_at_the_door_is_worked_on_after_it_has_closed() {
    let mut ends = pool::<u64, u64>(2, 4);
    let (live, live_taker) = ends.lanes.remove(0);
    let (recorded, recorded_taker) = ends.lanes.remove(0);
    assert_eq!([live.put(1), live.put(2)], [Put::Placed, Put::Replaced]);
    ends.doors.close();
    assert_eq!(live.put(3), Put::Refused);
    thread::scope(|scope| {
        scope.spawn(move || {
            ends.worker.for_each(|job| {
                let _ = job.reply.send(job.item);
            });
        });
        assert!(recorded.send(7), "the door of a recording stays open");
        drop(recorded);
        assert!(live_taker.eq([2]), "though the giver is still there");
        assert!(recorded_taker.eq([7]));
    });
    drop(live);
}

#[test]
fn without_workers_everything_ends() {
    let mut ends = pool::<u64, u64>(1, 1);
    let (giver, mut taker) = ends.lanes.remove(0);
    drop(ends.worker);
    assert!(!giver.send(1));
    assert_eq!(giver.put(1), Put::Refused);
    assert_eq!(taker.next(), None);
}
