//! On a clock of the test's own: time passes only when everybody waits.

use std::collections::VecDeque;
use std::time::Duration;

use proptest::prelude::*;

use super::{Crops, Gather, Supply, gather};
use crate::pool::{Job, Put, Submission, Submitter, Taker, Worker, pool};

/// A share of a lane: its number there, and how many crops.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Share {
    number: u64,
    crops: usize,
}

impl Crops for Share {
    fn crops(&self) -> usize {
        self.crops
    }
}

/// The real pool, fed by arrivals of a schedule.
struct Virtual {
    now: Duration,
    /// When the first share of the latest batch was taken.
    taken: Duration,
    worker: Worker<Share, u64>,
    givers: Vec<Option<Submitter<Share, u64>>>,
    takers: Vec<Taker<Share, u64>>,
    /// What is to come, in the order of its time: when, to which lane, what.
    arrivals: VecDeque<(Duration, usize, Share)>,
    /// What has come to each lane and waits until there is room at the door.
    waiting: Vec<VecDeque<Share>>,
    /// Whether something stands at the door.
    at_door: Vec<bool>,
}

impl Virtual {
    fn new(lanes: usize, arrivals: Vec<(Duration, usize, Share)>) -> Self {
        let ends = pool(lanes, usize::MAX);
        let (givers, takers) = ends.lanes.into_iter().map(|(giver, taker)| (Some(giver), taker)).unzip();
        Self {
            now: Duration::ZERO,
            taken: Duration::ZERO,
            worker: ends.worker,
            givers,
            takers,
            arrivals: arrivals.into(),
            waiting: vec![VecDeque::new(); lanes],
            at_door: vec![false; lanes],
        }
    }

    /// Lets everything that has come by now stand at its door, as far as there is room.
    fn settle(&mut self) {
        while let Some(&(_, lane, share)) = self.arrivals.front().filter(|(time, ..)| *time <= self.now) {
            self.arrivals.pop_front();
            self.waiting[lane].push_back(share);
        }
        for lane in 0..self.waiting.len() {
            if !self.at_door[lane]
                && let Some(share) = self.waiting[lane].pop_front()
            {
                let giver = self.givers[lane].as_ref().expect("it has more to bring");
                assert_eq!(giver.put(share), Put::Placed);
                self.at_door[lane] = true;
            }
            let has_more = self.arrivals.iter().any(|(_, other, _)| *other == lane);
            if self.waiting[lane].is_empty() && !has_more {
                self.givers[lane] = None;
            }
        }
    }

    fn take(&mut self, fits: impl Fn(&Share) -> bool) -> Submission<Share, u64> {
        self.settle();
        let tried = self.worker.try_next(fits);
        if let Submission::Took(job) = &tried {
            self.at_door[job.lane] = false;
            self.settle();
        }
        tried
    }
}

impl Supply<Share, u64> for Virtual {
    fn now(&self) -> Duration {
        self.now
    }

    fn first(&mut self) -> Option<Job<Share, u64>> {
        loop {
            match self.take(|_| true) {
                Submission::Took(job) => {
                    self.taken = self.now;
                    return Some(job);
                }
                Submission::Over => return None,
                Submission::Nothing => self.now = self.arrivals.front().expect("nobody brings anything").0,
                Submission::Unfit => unreachable!("everything fits"),
            }
        }
    }

    fn another(&mut self, deadline: Duration, fits: impl Fn(&Share) -> bool) -> Submission<Share, u64> {
        loop {
            match self.take(&fits) {
                Submission::Nothing if self.now < deadline => {
                    let next = self.arrivals.front().map_or(deadline, |(time, ..)| *time);
                    self.now = next.min(deadline);
                }
                tried => return tried,
            }
        }
    }

    fn has_beside(&self, lanes: &[usize]) -> bool {
        self.worker.has_beside(lanes)
    }
}

/// One run of the fake network.
struct Run {
    /// When its first share was taken, and when it started.
    taken: Duration,
    started: Duration,
    shares: Vec<(usize, Share)>,
}

/// Runs a network that takes `cost` a run and answers each share with its number, until all is done.
fn serve(supply: &mut Virtual, limits: &Gather, cost: Duration) -> Vec<Run> {
    let mut runs = Vec::new();
    while let Some(jobs) = gather(supply, limits) {
        let (taken, started) = (supply.taken, supply.now);
        supply.now += cost;
        runs.push(Run { taken, started, shares: jobs.iter().map(|job| (job.lane, job.item)).collect() });
        for job in jobs {
            job.reply.send(job.item.number).unwrap();
        }
    }
    runs
}

fn milliseconds(time: u64) -> Duration {
    Duration::from_millis(time)
}

/// For each lane its shares: gaps in milliseconds, and crops.
fn schedules() -> impl Strategy<Value = Vec<Vec<(u64, usize)>>> {
    prop::collection::vec(prop::collection::vec((0..40_u64, 1..9_usize), 1..12), 1..6)
}

fn arrivals(lanes: &[Vec<(u64, usize)>]) -> Vec<(Duration, usize, Share)> {
    let mut all = Vec::new();
    for (lane, shares) in lanes.iter().enumerate() {
        let mut time = 0;
        for (number, &(gap, crops)) in shares.iter().enumerate() {
            time += gap;
            all.push((milliseconds(time), lane, Share { number: number as u64, crops }));
        }
    }
    all.sort_by_key(|(time, lane, _)| (*time, *lane));
    all
}

proptest! {
    #[test]
    fn batches_keep_their_bounds_and_every_lane_its_order(
        lanes in schedules(),
        max_batch in 8..33_usize,
        wait in 0..8_u64,
        cost in 0..20_u64,
    ) {
        let limits = Gather { max_batch, wait: milliseconds(wait) };
        let mut supply = Virtual::new(lanes.len(), arrivals(&lanes));
        let runs = serve(&mut supply, &limits, milliseconds(cost));
        for run in &runs {
            let waited = run.started.saturating_sub(run.taken);
            prop_assert!(waited <= limits.wait, "waited {:?} of {:?}", waited, limits.wait);
            let crops: usize = run.shares.iter().map(|(_, share)| share.crops).sum();
            prop_assert!(crops <= max_batch, "{} crops", crops);
            prop_assert!(wait > 0 || run.shares.len() == 1, "nothing is gathered without a wait");
        }
        // Every lane is given the answers to all of its shares, in their order.
        drop(supply.worker);
        for (lane, taker) in supply.takers.into_iter().enumerate() {
            prop_assert!(taker.eq(0..lanes[lane].len() as u64), "lane {}", lane);
        }
    }

    #[test]
    fn no_lane_starves_beside_those_that_never_rest(
        busy in 1..5_usize,
        max_batch in 8..33_usize,
        wait in 0..8_u64,
    ) {
        // All but the last lane have fifty shares ready from the start; the last brings one in between.
        let mut lanes = vec![vec![(0, 8); 50]; busy];
        lanes.push(vec![(35, 1)]);
        let mut supply = Virtual::new(lanes.len(), arrivals(&lanes));
        let runs = serve(&mut supply, &Gather { max_batch, wait: milliseconds(wait) }, milliseconds(10));
        let mine = runs.iter().position(|run| run.shares.iter().any(|(lane, _)| *lane == busy)).unwrap();
        let came = runs.iter().position(|run| run.started >= milliseconds(35)).unwrap_or(runs.len());
        // At most one turn of everybody else, and what was being gathered when it came.
        prop_assert!(mine <= came + busy + 1, "served {} runs after it came", mine - came);
    }
}

#[test]
fn crops_of_several_lanes_go_together_as_soon_as_all_are_there() {
    let lanes = vec![vec![(10, 3)], vec![(11, 4)], vec![(12, 5)]];
    let limits = Gather { max_batch: 32, wait: milliseconds(5) };
    let runs = serve(&mut Virtual::new(3, arrivals(&lanes)), &limits, milliseconds(10));
    let [run] = runs.as_slice() else { panic!("{} runs", runs.len()) };
    assert_eq!(run.shares.iter().map(|(lane, _)| *lane).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(run.started, milliseconds(12), "nobody is left to wait for");
}

#[test]
fn one_that_comes_too_late_goes_by_itself() {
    let lanes = vec![vec![(10, 3)], vec![(16, 4)]];
    let limits = Gather { max_batch: 32, wait: milliseconds(5) };
    let runs = serve(&mut Virtual::new(2, arrivals(&lanes)), &limits, milliseconds(0));
    assert_eq!(runs.iter().map(|run| run.started).collect::<Vec<_>>(), [15, 16].map(milliseconds));
}

#[test]
fn what_does_not_fit_comes_first_the_next_time() {
    let lanes = vec![vec![(0, 5), (0, 5)], vec![(0, 6)], vec![(0, 2)]];
    let limits = Gather { max_batch: 8, wait: milliseconds(5) };
    let runs = serve(&mut Virtual::new(3, arrivals(&lanes)), &limits, milliseconds(1));
    let lanes: Vec<Vec<usize>> =
        runs.iter().map(|run| run.shares.iter().map(|(lane, _)| *lane).collect()).collect();
    assert_eq!(lanes, [vec![0], vec![1, 2], vec![0]]);
}

#[test]
fn shares_are_even_among_workers_or_as_large_as_a_batch() {
    let alone = Gather::default();
    assert_eq!([alone.share(10, 4), alone.share(0, 4), alone.share(9, 1)], [3, 1, 9]);
    let together = Gather { max_batch: 32, wait: milliseconds(3) };
    assert_eq!([together.share(10, 4), together.share(100, 2)], [32, 32]);
}
