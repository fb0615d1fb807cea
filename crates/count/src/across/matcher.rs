//! Passages of all cameras in one order, and which of them are one.

mod answer;
mod decide;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::flow::Rate;
use super::learning::{Learning, Spot};
use super::pair::{Gate, Pair};
use super::passing::{Answer, Passing, Ticket};
use super::plan::Plan;
use super::stays::Stays;
use super::told::Travel;
use super::{AcrossError, Passage, SiteCamera, SiteConfig, SiteSums};
use crate::{Calibration, Direction, Role, Visitor, VisitorConfig, Visitors, VisitorsMemory};

/// By so many seconds a passage may be decided later at one camera than at another.
const LATE: Duration = Duration::from_millis(1500);
/// Looks of a camera that others are compared with as strangers.
const RECENT: usize = 40;

/// Passages of several cameras, taken together.
///
/// It says nothing before all cameras have come as far, so that it does not depend on which was faster: an answer
/// follows from the passages and their times alone. A camera that is not to be waited for is left out of this.
#[derive(Clone, Debug)]
pub struct Across {
    config: SiteConfig,
    calibration: Calibration,
    plan: Plan,
    learning: Learning,
    cameras: Vec<Camera>,
    gates: Vec<(usize, Arc<str>, Direction, Rate)>,
    /// By when they were decided, then by camera, then in their order: those that not all cameras have reached.
    incoming: BTreeMap<(Duration, usize, Ticket), Passing>,
    /// In that order: the latest, decided or not.
    known: VecDeque<Known>,
    /// Place of the first that is not decided.
    open: usize,
    clusters: BTreeMap<u64, Cluster>,
    pairs: BTreeMap<(usize, usize), Pair>,
    stays: BTreeMap<usize, Stays>,
    visitors: Option<Visitors>,
    answers: Vec<(usize, Ticket, Answer)>,
    sums: SiteSums,
    tickets: u64,
}

#[derive(Clone, Debug)]
struct Camera {
    name: String,
    entrances: Vec<String>,
    /// Up to where it has said everything; none where nobody waits for it.
    progress: Option<Duration>,
    recent: VecDeque<(Duration, Arc<[f32]>)>,
}

#[derive(Clone, Debug)]
struct Known {
    ticket: Ticket,
    camera: usize,
    gate: Gate,
    passing: Passing,
    cluster: u64,
    /// How likely it is that another camera has seen it, where that was decided with the other one.
    seen: f64,
}

/// Passages that are one: of each camera one at most.
#[derive(Clone, Debug)]
struct Cluster {
    /// Their cameras and tickets.
    members: Vec<(usize, Ticket)>,
    /// The one that counts, once that is decided, and who it was.
    counted: Option<(Ticket, Passage)>,
    visitor: Option<(Option<Visitor>, Option<f64>)>,
}

impl Across {
    /// `cameras` are all that there may be. Nobody waits for any of them before
    /// [`join`](Self::join).
    ///
    /// # Errors
    /// Where a setting cannot be used, or a name is nobody's.
    pub fn new(
        config: SiteConfig,
        cameras: &[SiteCamera],
        visitors: VisitorConfig,
    ) -> Result<Self, AcrossError> {
        let plan = Plan::new(&config, cameras)?;
        let camera = |SiteCamera { name, lines }: &SiteCamera| {
            let entrances = lines.iter().filter(|(_, role)| *role == Role::Entrance);
            let entrances = entrances.map(|(name, _)| name.clone()).collect();
            Camera { name: name.clone(), entrances, progress: None, recent: VecDeque::new() }
        };
        Ok(Self {
            calibration: visitors.calibration,
            plan,
            learning: Learning::default(),
            cameras: cameras.iter().map(camera).collect(),
            gates: Vec::new(),
            incoming: BTreeMap::new(),
            known: VecDeque::new(),
            open: 0,
            clusters: BTreeMap::new(),
            pairs: BTreeMap::new(),
            stays: BTreeMap::new(),
            visitors: (!visitors.is_off()).then(|| Visitors::new(visitors)),
            answers: Vec::new(),
            sums: SiteSums::default(),
            tickets: 0,
            config,
        })
    }

    /// From now on this camera is waited for. It begins at `time`.
    pub fn join(&mut self, camera: usize, time: Duration) {
        self.cameras[camera].progress = Some(time);
    }

    /// This camera has come as far as `time`: all that it has decided before was told.
    pub fn reach(&mut self, camera: usize, time: Duration) {
        let progress = &mut self.cameras[camera].progress;
        *progress = Some(progress.map_or(time, |before| before.max(time)));
        self.advance();
    }

    /// From now on nobody waits for this camera: it has ended, or was not heard of for a while.
    pub fn part(&mut self, camera: usize) {
        if self.cameras[camera].progress.take().is_some() {
            self.advance();
        }
    }

    /// A camera has counted somebody.
    pub fn pass(&mut self, camera: usize, passing: Passing) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.incoming.insert((passing.decided, camera, ticket), passing);
        ticket
    }

    /// What was decided since this was last asked, of all cameras.
    pub fn take_answers(&mut self) -> Vec<(usize, Ticket, Answer)> {
        std::mem::take(&mut self.answers)
    }

    /// Answers all that it can: everything that all cameras have reached.
    pub fn advance(&mut self) {
        let reached = self.cameras.iter().filter_map(|camera| camera.progress).min().unwrap_or(Duration::MAX);
        let hold = if self.config.overlap.is_empty() && !self.config.learn {
            // Nobody else sees it.
            Duration::ZERO
        } else {
            self.config.within() + LATE
        };
        loop {
            let arrival = self.incoming.first_key_value().map(|((decided, ..), _)| *decided);
            let deadline = self.known.get(self.open).map(|known| known.passing.decided.saturating_add(hold));
            match (arrival, deadline) {
                (Some(arrival), deadline)
                    if deadline.is_none_or(|deadline| arrival <= deadline)
                        && (arrival < reached || reached == Duration::MAX) =>
                {
                    if let Some(((_, camera, ticket), passing)) = self.incoming.pop_first() {
                        self.meet(camera, ticket, passing);
                    }
                }
                (_, Some(deadline)) if deadline < reached || reached == Duration::MAX => self.decide(),
                _ => return,
            }
        }
    }

    /// Pairs of lines, as `source/line`, that were found to see the same passages since this was last asked.
    pub fn take_learnt(&mut self) -> Vec<(String, String)> {
        let name = |(camera, line): &Spot| format!("{}/{line}", self.cameras[*camera].name);
        self.learning.take_news().iter().map(|(a, b)| (name(a), name(b))).collect()
    }

    /// Whether nothing waits for an answer.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.incoming.is_empty() && self.open == self.known.len()
    }

    /// What came of the site so far.
    #[must_use]
    pub fn sums(&self) -> SiteSums {
        let stays = self.stays.values().map(Stays::sums);
        let (mut latest, mut count, mut sum) = (Vec::new(), 0, 0.0);
        for (of_shop, seconds, mut some) in stays {
            count += of_shop;
            sum += seconds;
            latest.append(&mut some);
        }
        latest.sort_by(f64::total_cmp);
        let travel = self.pairs.values().flat_map(Pair::lags).map(|(&(from, to), lag)| {
            let (mean, deviation) = lag.moments();
            let name =
                |gate: Gate| format!("{}/{}", self.cameras[self.gates[gate].0].name, self.gates[gate].1);
            let (from, to, direction) = (name(from), name(to), self.gates[from].2);
            Travel { from, to, direction, passages: lag.pairs(), mean, deviation }
        });
        SiteSums {
            stays: count,
            mean_stay: (count > 0).then(|| sum / count as f64),
            median_stay: latest.get(latest.len() / 2).copied(),
            travel: travel.collect(),
            visitors: self.visitors.as_ref().map(Visitors::estimate),
            ..self.sums.clone()
        }
    }

    /// Who is known of the visitors, to go on with after a restart; none where they are not told apart.
    #[must_use]
    pub fn memory(&self) -> Option<VisitorsMemory> {
        self.visitors.as_ref().map(Visitors::memory)
    }

    /// Goes on with visitors who are known from before; whether that can be.
    pub fn recall(&mut self, config: VisitorConfig, memory: VisitorsMemory, time: Duration) -> bool {
        let recalled = Visitors::recall(config, memory, time);
        let is_done = recalled.is_some();
        self.visitors = recalled.or(self.visitors.take());
        is_done
    }

    /// How many different people came in within the window, where that is told.
    #[must_use]
    pub fn estimate(&self) -> Option<crate::Estimate> {
        self.visitors.as_ref().map(Visitors::estimate)
    }

    /// Takes a passage that all cameras have reached.
    fn meet(&mut self, camera: usize, ticket: Ticket, passing: Passing) {
        let gate = self.gate(camera, &passing.line, passing.direction);
        self.gates[gate].3.add(passing.time);
        if let Some(look) = &passing.look {
            self.see_strangers(camera, passing.time, look);
            let recent = &mut self.cameras[camera].recent;
            recent.push_back((passing.time, Arc::clone(look)));
            if recent.len() > RECENT {
                recent.pop_front();
            }
        }
        let cluster = ticket.0;
        self.clusters
            .insert(cluster, Cluster { members: vec![(camera, ticket)], counted: None, visitor: None });
        self.known.push_back(Known { ticket, camera, gate, passing, cluster, seen: 0.0 });
    }

    fn gate(&mut self, camera: usize, line: &Arc<str>, direction: Direction) -> Gate {
        let is = |gate: &(usize, Arc<str>, Direction, Rate)| {
            (gate.0, &gate.1, gate.2) == (camera, line, direction)
        };
        self.gates.iter().position(is).unwrap_or_else(|| {
            self.gates.push((camera, Arc::clone(line), direction, Rate::default()));
            self.gates.len() - 1
        })
    }

    /// Who passed elsewhere at quite another time is somebody else, nearly always.
    fn see_strangers(&mut self, camera: usize, time: Duration, look: &[f32]) {
        let apart = 3 * self.config.within();
        for other in (0..self.cameras.len()).filter(|&other| other != camera) {
            let Some(pair) = self.pairs.get_mut(&(camera.min(other), camera.max(other))) else { continue };
            for (then, stranger) in &self.cameras[other].recent {
                if time.abs_diff(*then) > apart {
                    pair.looks.strangers(stranger, look);
                }
            }
        }
    }

    /// Those to whom nothing that comes can belong any more.
    fn forget(&mut self) {
        let now = self.known[self.open - 1].passing.decided;
        let span = 8 * self.config.within() + 10 * LATE;
        while self.open > 0 && self.known[0].passing.decided.saturating_add(span) < now {
            let Some(gone) = self.known.pop_front() else { break };
            self.open -= 1;
            if !self.known.iter().any(|known| known.cluster == gone.cluster) {
                self.clusters.remove(&gone.cluster);
            }
        }
    }
}
