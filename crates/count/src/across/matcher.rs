//! Passages of all cameras in one order, and which of them are one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::association::{Link, likeliest, marginals};
use super::flow::Rate;
use super::learning::{Learning, Spot};
use super::pair::{Gate, Pair};
use super::plan::Plan;
use super::stays::{Guest, Stays};
use super::told::{Travel, rounded};
use super::{AcrossError, Elsewhere, Passage, SiteCamera, SiteConfig, SiteSums, Why};
use crate::{Calibration, Direction, Role, Visitor, VisitorConfig, Visitors, VisitorsMemory};

/// By so many seconds a passage may be decided later at one camera than at another.
const LATE: Duration = Duration::from_millis(1500);
/// Below this nobody else is said to have seen a passage.
const ALONE: f64 = 0.1;
/// From this on it is learnt from two passages that they are one.
const CERTAIN: f64 = 0.9;
/// Looks of a camera that others are compared with as strangers.
const RECENT: usize = 40;

/// One passage that a camera has counted. Times are by a clock that all cameras have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Passing {
    /// The line's name.
    pub line: Arc<str>,
    /// Which way.
    pub direction: Direction,
    /// The track's number.
    pub track: u64,
    /// The number of the frame in which the line was reached.
    pub frame: u64,
    /// When the line was reached.
    pub time: Duration,
    /// When that was decided: the time of the frame in which it was counted.
    pub decided: Duration,
    /// The mean look, of unit length, where it is known.
    pub look: Option<Arc<[f32]>>,
    /// Whether it is somebody who works there.
    pub is_staff: bool,
    /// The numbers of the tracks that were in the picture then.
    pub beside: Vec<u64>,
}

/// What a passage is asked for by, later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

/// What is said of a passage: who came in, how likely they came before, and what other cameras make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who it was, where visitors are told apart: of those who come in, and of those who leave and whose stay is known.
    pub visitor: Option<Visitor>,
    /// How likely it is that they came in before within the window.
    pub again: Option<f64>,
    /// What other cameras make of it.
    pub elsewhere: Elsewhere,
}

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

/// How a passage compares with those of another camera.
struct Comparison {
    /// How likely it is that any is the same.
    any: f64,
    /// The one that is taken for the same, with how likely that is.
    same: Option<(usize, f64)>,
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
            let name = |gate: Gate| format!("{}/{}", self.cameras[self.gates[gate].0].name, self.gates[gate].1);
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
        self.clusters.insert(cluster, Cluster { members: vec![(camera, ticket)], counted: None, visitor: None });
        self.known.push_back(Known { ticket, camera, gate, passing, cluster, seen: 0.0 });
    }

    fn gate(&mut self, camera: usize, line: &Arc<str>, direction: Direction) -> Gate {
        let is = |gate: &(usize, Arc<str>, Direction, Rate)| (gate.0, &gate.1, gate.2) == (camera, line, direction);
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

    /// Decides the first passage that is not decided yet.
    fn decide(&mut self) {
        let place = self.open;
        let (camera, line) = (self.known[place].camera, Arc::clone(&self.known[place].passing.line));
        let mut alone = 1.0;
        for other in (0..self.cameras.len()).filter(|&other| other != camera) {
            let spot = (camera, Arc::clone(&line));
            let gates = self.gates.iter().filter(|gate| gate.0 == other);
            let mut lines: Vec<Spot> = gates.map(|gate| (other, Arc::clone(&gate.1))).collect();
            lines.sort();
            lines.dedup();
            if self.config.learn {
                self.learn(place, &spot, &lines);
            }
            if !lines.iter().any(|line| self.overlap(&spot, line)) {
                continue;
            }
            if self.has(place, other) {
                alone *= 1.0 - self.known[place].seen;
                continue;
            }
            let Comparison { any, same } = self.compare(place, other);
            alone *= 1.0 - any;
            if let Some((partner, probability)) = same {
                self.known[partner].seen = any;
                self.join_passages(place, partner, probability);
            }
        }
        self.answer(place, 1.0 - alone);
        self.open += 1;
        self.forget();
    }

    fn overlap(&self, a: &Spot, b: &Spot) -> bool {
        self.plan.overlap((a.0, &a.1), (b.0, &b.1)) || self.learning.has(a, b)
    }

    /// Learns from a passage whether its line sees the same ones as some of another camera.
    fn learn(&mut self, place: usize, spot: &Spot, lines: &[Spot]) {
        let is_entrance = |(camera, line): &Spot| self.cameras[*camera].entrances.iter().any(|own| **own == **line);
        let open: Vec<&Spot> =
            lines.iter().filter(|line| is_entrance(line) && is_entrance(spot) && !self.overlap(spot, line)).collect();
        let Some(look) = self.known[place].passing.look.clone() else { return };
        let (time, direction) = (self.known[place].passing.time, self.known[place].passing.direction);
        let (calibration, longest) = (self.calibration, self.config.within);
        for line in open {
            let key = (spot.0.min(line.0), spot.0.max(line.0));
            let pair = self.pairs.entry(key).or_insert_with(|| Pair::new(calibration, longest));
            let is_near = |known: &&Known| {
                (known.camera, &known.passing.line, known.passing.direction) == (line.0, &line.1, direction)
                    && known.passing.time.abs_diff(time) <= self.config.within()
            };
            let near = self.known.iter().filter(is_near).filter_map(|known| known.passing.look.as_ref());
            let likenesses: Vec<f64> = near.map(|other| pair.looks.ratio(&look, other)).collect();
            self.learning.see(spot, line, &likenesses);
        }
    }

    /// Whether it is known which passage of `other` is this one.
    fn has(&self, place: usize, other: usize) -> bool {
        let cluster = &self.clusters[&self.known[place].cluster];
        cluster.members.iter().any(|(camera, _)| *camera == other)
    }

    /// Compares a passage, and those about the same time of its camera, with those of another.
    fn compare(&mut self, place: usize, other: usize) -> Comparison {
        let (camera, time) = (self.known[place].camera, self.known[place].passing.time);
        let within = self.config.within();
        let (calibration, longest) = (self.calibration, self.config.within);
        let key = (camera.min(other), camera.max(other));
        let pair = self.pairs.entry(key).or_insert_with(|| Pair::new(calibration, longest)).clone();
        // Those near the passage, and those near those, decide who is left for it.
        let near = |of: usize, not: usize, span: Duration| {
            let is = |known: &Known| known.camera == of && known.passing.time.abs_diff(time) <= span;
            let all = self.known.iter().enumerate().filter(|(_, known)| is(known)).map(|(place, _)| place);
            all.filter(|&place| !self.has(place, not)).collect::<Vec<_>>()
        };
        let (rows, columns) = (near(camera, other, 2 * within), near(other, camera, 3 * within));
        let mut links = Vec::new();
        for (row, &from) in rows.iter().enumerate() {
            for (column, &to) in columns.iter().enumerate() {
                if let Some(weight) = self.weight(&pair, from, to) {
                    links.push(Link { row, column, weight });
                }
            }
        }
        let chances = marginals(rows.len(), columns.len(), &links);
        let own = rows.iter().position(|&row| row == place);
        let any = own.map_or(0.0, |row| chances.rows[row]);
        if let Some(pair) = self.pairs.get_mut(&key) {
            pair.seen(camera > other, any);
        }
        let found = own.and_then(|row| likeliest(rows.len(), columns.len(), &links)[row]);
        // Which of two it is may be open; that it is one of them has to be sure, of both sides.
        let is_sure = |link: &Link| any.min(chances.columns[link.column]) >= self.config.probability;
        let same = found.filter(|&found| is_sure(&links[found]));
        let same = same.map(|found| (columns[links[found].column], chances.links[found]));
        let same = same.filter(|(partner, _)| self.can_join(place, *partner));
        Comparison { any, same }
    }

    /// How much likelier two passages are one than two; nothing where they cannot be one.
    fn weight(&self, pair: &Pair, from: usize, to: usize) -> Option<f64> {
        let (from, to) = (&self.known[from], &self.known[to]);
        let (a, b) = if from.camera < to.camera { (from, to) } else { (to, from) };
        let fits = a.passing.direction == b.passing.direction
            && a.passing.time.abs_diff(b.passing.time) <= self.config.within()
            && self.overlap(&(a.camera, Arc::clone(&a.passing.line)), &(b.camera, Arc::clone(&b.passing.line)));
        if !fits {
            return None;
        }
        let rate = |known: &Known| self.gates[known.gate].3.rate(known.passing.time);
        let likeness = match (&a.passing.look, &b.passing.look) {
            (Some(a), Some(b)) => pair.looks.ratio(a, b),
            _ => 1.0,
        };
        Some(pair.weight((a.gate, b.gate), (rate(a), rate(b)), lag(a, b), likeness))
    }

    /// Whether all that are known to be one with either may be one: of each camera one, and one that counts.
    fn can_join(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.clusters[&self.known[a].cluster], &self.clusters[&self.known[b].cluster]);
        let has = |camera: usize| b.members.iter().any(|(other, _)| *other == camera);
        !a.members.iter().any(|(camera, _)| has(*camera)) && !(a.counted.is_some() && b.counted.is_some())
    }

    fn join_passages(&mut self, place: usize, partner: usize, probability: f64) {
        let (own, other) = (self.known[place].cluster, self.known[partner].cluster);
        let Some(joined) = self.clusters.remove(&other) else { return };
        for known in self.known.iter_mut().filter(|known| known.cluster == other) {
            known.cluster = own;
        }
        if let Some(cluster) = self.clusters.get_mut(&own) {
            cluster.members.extend(joined.members);
            cluster.counted = cluster.counted.take().or(joined.counted);
            cluster.visitor = cluster.visitor.take().or(joined.visitor);
        }
        let (a, b) = (&self.known[place], &self.known[partner]);
        let (a, b) = if a.camera < b.camera { (a, b) } else { (b, a) };
        let Some(pair) = self.pairs.get_mut(&(a.camera, b.camera)) else { return };
        pair.learn((a.gate, b.gate), lag(a, b), probability);
        if let (Some(a), Some(b)) = (&a.passing.look, &b.passing.look)
            && probability >= CERTAIN
        {
            pair.looks.learn(a, b, probability);
        }
    }

    /// Says what is decided of a passage.
    fn answer(&mut self, place: usize, seen: f64) {
        let known = self.known[place].clone();
        let passage = self.passage(&known);
        let staff = || self.known.iter().find(|other| other.cluster == known.cluster && other.passing.is_staff);
        let counted = self.clusters[&known.cluster].counted.clone().unwrap_or_else(|| {
            // Whom one camera knows to work there the other need not.
            staff().map_or((known.ticket, passage.clone()), |staff| (staff.ticket, self.passage(staff)))
        });
        let is_counted = counted.0 == known.ticket;
        let members = self.clusters[&known.cluster].members.len();
        let why = match (is_counted, members) {
            (false, _) => Why::Same,
            (true, 2..) => Why::Counted,
            _ if seen > ALONE => Why::Unsure,
            _ => Why::Alone,
        };
        let same_as = (!is_counted).then(|| counted.1.clone());
        if let Some(cluster) = self.clusters.get_mut(&known.cluster) {
            cluster.counted = Some(counted);
        }
        self.sums.passages += u64::from(!known.passing.is_staff);
        self.sums.twice += u64::from(!is_counted && !known.passing.is_staff);
        self.sums.unsure += u64::from(why == Why::Unsure && !known.passing.is_staff);
        let mut answer = Answer {
            visitor: None,
            again: None,
            elsewhere: Elsewhere { why, probability: rounded(seen), same_as, stay: None },
        };
        if !is_counted {
            (answer.visitor, answer.again) =
                self.clusters[&known.cluster].visitor.unwrap_or_default();
        } else if !known.passing.is_staff {
            self.welcome(&known, passage, &mut answer);
            if let Some(cluster) = self.clusters.get_mut(&known.cluster) {
                cluster.visitor = Some((answer.visitor, answer.again));
            }
        }
        self.answers.push((known.camera, known.ticket, answer));
    }

    /// Says who comes in, and how long whoever leaves was inside.
    fn welcome(&mut self, known: &Known, passage: Passage, answer: &mut Answer) {
        let Known { camera, passing, .. } = known;
        let shop = self.plan.shop(*camera, &passing.line);
        let (calibration, longest) = (self.calibration, Duration::from_secs_f64(3600.0 * self.config.longest_stay));
        let mut stays = shop.map(|shop| self.stays.entry(shop).or_insert_with(|| Stays::new(longest, calibration)));
        match passing.direction {
            Direction::In => {
                let key = |track: u64| (*camera as u64) << 48 | track;
                let is_present = |other: u64| passing.beside.iter().any(|&track| key(track) == other);
                if let Some(visitors) = &mut self.visitors {
                    let arrival =
                        visitors.come(key(passing.track), passing.look.as_deref(), passing.time, is_present);
                    (answer.visitor, answer.again) = (Some(arrival.visitor), arrival.again);
                }
                if let (Some(stays), Some(look)) = (&mut stays, &passing.look) {
                    let number = answer.visitor.as_ref().and_then(Visitor::number);
                    let (time, look) = (passing.time, Arc::clone(look));
                    stays.enter(Guest { passage, camera: *camera, time, look, number });
                }
            }
            Direction::Out => {
                let left = |look: &Arc<[f32]>| stays?.leave(*camera, passing.time, look);
                if let Some((stay, number)) = passing.look.as_ref().and_then(left) {
                    answer.visitor = number.map(|number| Visitor::Known { number, coming: 1 });
                    answer.elsewhere.stay = Some(stay);
                }
            }
        }
    }

    fn passage(&self, known: &Known) -> Passage {
        let Passing { line, track, frame, .. } = &known.passing;
        let source = self.cameras[known.camera].name.clone();
        Passage { source, line: line.to_string(), track: *track, frame: *frame }
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

/// Seconds from the passage of the first camera to that of the second.
fn lag(a: &Known, b: &Known) -> f64 {
    b.passing.time.as_secs_f64() - a.passing.time.as_secs_f64()
}
