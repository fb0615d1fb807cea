//! The cameras of a run, taken together: passages that several of them see are counted once.

mod held;
mod sink;

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use footfall_config::{Config, NamedSource, shown_name, usage};
use footfall_count::{Across, Answer, Crossing, Direction, Estimate, Passing, SiteCamera, SiteSums, Tally, Ticket};
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{Kind, Outcome, Sink};

use crate::NOTICE;

use sink::SiteSink;

/// Nobody waits for a live camera that was not heard of for so long.
const PATIENCE: Duration = Duration::from_secs(3);

/// What all lanes of a run tell each other.
#[derive(Clone)]
pub struct Cameras {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Something was decided, or a camera is over.
    moved: Condvar,
}

struct State {
    across: Across,
    /// What was decided and is not fetched yet, by camera.
    answers: Vec<BTreeMap<Ticket, Answer>>,
    /// When live cameras were last heard of.
    heard: Vec<Option<Instant>>,
    /// What was taken out of the counts, by camera and line: crossings, and what their confidence lacks.
    twice: BTreeMap<(usize, String), (Tally, [f64; 2])>,
}

impl Cameras {
    /// Those of a run over these sources; none where each counts for itself.
    ///
    /// # Errors
    ///
    /// Where a setting makes no sense, or a name is nobody's.
    pub fn new(config: &Config, sources: &[NamedSource]) -> anyhow::Result<Option<Self>> {
        if config.site.is_off() {
            return Ok(None);
        }
        // Those of the file that this run leaves out are no mistake.
        let others = config.source.list.iter().map(|entry| NamedSource::of_entry(entry, config));
        let others = others.filter(|other| sources.iter().all(|source| source.name != other.name));
        let all = sources.iter().cloned().chain(others);
        let camera = |source: NamedSource| {
            let lines = source.layout.lines.iter().map(|line| (line.name().to_owned(), line.role())).collect();
            SiteCamera { name: source.name, lines }
        };
        let names: Vec<SiteCamera> = all.map(camera).collect();
        let across = Across::new(config.site.clone(), &names, config.counter.visitors).map_err(usage)?;
        let state = State {
            across,
            answers: vec![BTreeMap::new(); names.len()],
            heard: vec![None; names.len()],
            twice: BTreeMap::new(),
        };
        Ok(Some(Self { shared: Arc::new(Shared { state: Mutex::new(state), moved: Condvar::new() }) }))
    }

    /// The first sink of the lane at `index`, whose time zero is `start`: of a live one that is known with its first
    /// frame.
    #[must_use]
    pub fn sink(&self, index: usize, kind: Kind, start: Timestamp) -> Box<dyn Sink> {
        // Nobody waits for a live one before its first frame.
        let start = (kind == Kind::Recorded).then(|| since_epoch(start));
        if let Some(start) = start {
            self.lock().across.join(index, start);
        }
        Box::new(SiteSink::new(self.clone(), index, kind, start))
    }

    /// What came of it so far.
    #[must_use]
    pub fn sums(&self) -> SiteSums {
        self.lock().across.sums()
    }

    /// Takes what is counted at another camera out of what each lane has counted.
    pub fn correct(&self, outcome: &mut Outcome) {
        for ((camera, line), (tally, doubt)) in &self.lock().twice {
            let Some(lane) = outcome.lanes.get_mut(*camera) else { continue };
            let summary = &mut lane.summary;
            let Some(place) = summary.lines.iter().position(|name| name == line) else { continue };
            if let Some(counted) = summary.tallies.get_mut(place) {
                *counted = without(*counted, *tally);
            }
            if let Some(doubts) = summary.doubts.get_mut(place) {
                doubts.entered = (doubts.entered - doubt[0]).max(0.0);
                doubts.left = (doubts.left - doubt[1]).max(0.0);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what was decided in a frame of a camera at `time`, by the common clock; gives a ticket for each.
    fn tell(&self, index: usize, kind: Kind, time: Duration, passings: Vec<Passing>) -> Vec<Ticket> {
        let mut state = self.lock();
        let tickets = passings.into_iter().map(|passing| state.across.pass(index, passing)).collect();
        if kind == Kind::Live {
            state.heard[index] = Some(Instant::now());
            state.excuse();
        }
        state.across.reach(index, time);
        self.moved(state);
        tickets
    }

    /// As [`tell`](Self::tell), after the last frame.
    fn tell_rest(&self, index: usize, passings: Vec<Passing>) -> Vec<Ticket> {
        let mut state = self.lock();
        let tickets = passings.into_iter().map(|passing| state.across.pass(index, passing)).collect();
        state.across.advance();
        self.moved(state);
        tickets
    }

    /// The camera is over.
    fn part(&self, index: usize) {
        let mut state = self.lock();
        state.heard[index] = None;
        state.across.part(index);
        self.moved(state);
    }

    /// Hands out what was decided.
    fn moved(&self, mut state: MutexGuard<'_, State>) {
        state.hand_out();
        drop(state);
        self.shared.moved.notify_all();
    }

    /// What was decided of this passage, if it was.
    fn answer(&self, index: usize, ticket: Ticket) -> Option<Answer> {
        self.lock().answers[index].remove(&ticket)
    }

    /// The same; waits until it is.
    fn await_answer(&self, index: usize, ticket: Ticket) -> Option<Answer> {
        let mut state = self.lock();
        loop {
            if let Some(answer) = state.answers[index].remove(&ticket) {
                return Some(answer);
            }
            // All others are over, and nothing is decided: it never will be.
            if state.across.is_idle() {
                return None;
            }
            let waited = self.shared.moved.wait_timeout(state, PATIENCE);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.excuse();
            state.hand_out();
        }
    }

    /// Takes down that a crossing of this line is counted at another camera.
    fn leave_out(&self, index: usize, line: &str, crossing: &Crossing) {
        let mut state = self.lock();
        let (tally, doubt) = state.twice.entry((index, line.to_owned())).or_default();
        tally.add(crossing.direction);
        doubt[usize::from(crossing.direction == Direction::Out)] += 1.0 - crossing.confidence;
    }

    fn estimate(&self) -> Option<Estimate> {
        self.lock().across.estimate()
    }
}

impl State {
    /// Lets nobody wait for live cameras that were not heard of for a while.
    fn excuse(&mut self) {
        for (camera, heard) in self.heard.iter_mut().enumerate() {
            if heard.is_some_and(|heard| heard.elapsed() > PATIENCE) {
                *heard = None;
                self.across.part(camera);
            }
        }
    }

    fn hand_out(&mut self) {
        for (camera, ticket, answer) in self.across.take_answers() {
            self.answers[camera].insert(ticket, answer);
        }
        for (a, b) in self.across.take_learnt() {
            tracing::info!(target: NOTICE, "{a} and {b} see the same passages: they are counted once from now on");
        }
    }
}

fn without(tally: Tally, less: Tally) -> Tally {
    Tally {
        entered: tally.entered.saturating_sub(less.entered),
        left: tally.left.saturating_sub(less.left),
    }
}

/// Time since 1970, which all cameras have in common.
fn since_epoch(time: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(time.as_microsecond()).unwrap_or_default())
}

/// A detail of a crossing as it leaves the machine: sources by the names that others may see.
pub(crate) fn show_sources(detail: &mut serde_json::Map<String, serde_json::Value>) {
    let show = |passage: Option<&mut serde_json::Value>| {
        if let Some(source) = passage.and_then(|passage| passage.get_mut("source"))
            && let Some(name) = source.as_str()
        {
            *source = shown_name(name).into();
        }
    };
    show(detail.get_mut("same_as"));
    show(detail.get_mut("site").and_then(|site| site.pointer_mut("/stay/came")));
}
