//! The cameras of a run, taken together: passages that several of them see are counted once.

mod held;
mod keep;
mod remembered;
mod sink;

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use footfall_config::{Config, NamedSource, shown_name, usage};
use footfall_count::{
    Across, Answer, Crossing, Doubt, Estimate, GroupTally, Passing, SiteCamera, SiteSums, Tally, Ticket,
    VisitorConfig,
};
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{Kind, Outcome, Sink};

use crate::NOTICE;

use remembered::Remembered;
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
    /// Whether any cameras belong together.
    joins: bool,
    visitors: VisitorConfig,
    /// When the program began: by a clock that nobody sets, and since 1970.
    began: (Instant, Duration),
    remembered: Option<Remembered>,
}

struct State {
    across: Across,
    /// What was decided and is not fetched yet, by camera.
    answers: Vec<BTreeMap<Ticket, Answer>>,
    /// When live cameras were last heard of.
    heard: Vec<Option<Instant>>,
    /// Whether visitors were looked for who are known from before, and whether any source is a recording.
    recalled: bool,
    recorded: bool,
    /// What was taken out of the counts, by camera and line: crossings, and what their confidence lacks.
    twice: BTreeMap<(usize, String), (Tally, Doubt)>,
    /// Groups by camera and line, without those who are counted elsewhere.
    groups: BTreeMap<(usize, String), GroupTally>,
}

impl Cameras {
    /// Checks `[site]` and `[remember]` for a run over these sources.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), but for what has to be opened.
    pub fn check(config: &Config, sources: &[NamedSource]) -> anyhow::Result<()> {
        Across::new(config.site.clone(), &named(config, sources), config.counter.visitors).map_err(usage)?;
        let is_kept = config.remember.sealed().map_err(usage)?.is_some();
        if is_kept && config.counter.visitors.is_off() {
            return Err(usage(anyhow::anyhow!(
                "remember.file keeps visitors, and counter.visitors.window is 0: nobody is known again"
            )));
        }
        Ok(())
    }

    /// Those of a run over these sources; none where each counts for itself, and visitors outlast no restart.
    ///
    /// # Errors
    ///
    /// Where a setting makes no sense, a name is nobody's, or a key is missing.
    pub fn new(config: &Config, sources: &[NamedSource]) -> anyhow::Result<Option<Self>> {
        let remembered = keep::remembered(config)?;
        if config.site.is_off() && remembered.is_none() {
            return Ok(None);
        }
        Self::check(config, sources)?;
        let names = named(config, sources);
        let across = Across::new(config.site.clone(), &names, config.counter.visitors).map_err(usage)?;
        let state = State {
            across,
            answers: vec![BTreeMap::new(); names.len()],
            heard: vec![None; names.len()],
            recalled: false,
            recorded: false,
            twice: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        let (joins, visitors) = (!config.site.is_off(), config.counter.visitors);
        let (state, moved) = (Mutex::new(state), Condvar::new());
        let began = (Instant::now(), since_epoch(Timestamp::now()));
        Ok(Some(Self { shared: Arc::new(Shared { state, moved, joins, visitors, began, remembered }) }))
    }

    /// The first sink of the lane at `index`; the time zero of a recording is `start`.
    #[must_use]
    pub fn sink(&self, index: usize, kind: Kind, start: Timestamp) -> Box<dyn Sink> {
        // Nobody waits for a live one before its first frame.
        let start = (kind == Kind::Recorded).then(|| since_epoch(start));
        let mut state = self.lock();
        match start {
            Some(start) => {
                state.across.join(index, start);
                state.recorded = true;
            }
            None => self.recall(&mut state),
        }
        drop(state);
        Box::new(SiteSink::new(self.clone(), index, kind, start))
    }

    /// What came of all cameras together so far.
    #[must_use]
    pub fn sums(&self) -> SiteSums {
        self.lock().across.sums()
    }

    /// Takes what is counted at another camera out of what each lane has counted.
    pub fn correct(&self, outcome: &mut Outcome) {
        let state = self.lock();
        for (camera, lane) in outcome.lanes.iter_mut().enumerate() {
            let summary = &mut lane.summary;
            for (line, tally) in summary.lines.iter().zip(summary.group_tallies.iter_mut().flatten()) {
                *tally = state.groups.get(&(camera, line.clone())).copied().unwrap_or_default();
            }
        }
        for ((camera, line), (tally, doubt)) in &state.twice {
            let Some(lane) = outcome.lanes.get_mut(*camera) else { continue };
            let summary = &mut lane.summary;
            let Some(place) = summary.lines.iter().position(|name| name == line) else { continue };
            if let Some(counted) = summary.tallies.get_mut(place) {
                *counted = without(*counted, *tally);
            }
            if let Some(doubts) = summary.doubts.get_mut(place) {
                *doubts = doubts.without(*doubt);
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
        doubt.add(crossing.direction, crossing.confidence, crossing.hidden);
    }

    /// Time since 1970, whatever the machine's clock is set to meanwhile.
    fn now(&self) -> Duration {
        let (began, epoch) = self.shared.began;
        epoch + began.elapsed()
    }

    /// Takes down a group of so many, without those who are counted elsewhere.
    fn note_group(&self, index: usize, line: &str, size: u64) {
        let mut state = self.lock();
        let sum = state.groups.entry((index, line.to_owned())).or_default();
        *sum = GroupTally { groups: sum.groups + 1, people: sum.people + size };
    }

    fn estimate(&self) -> Option<Estimate> {
        self.lock().across.estimate()
    }
}

/// All that `[site]` may name: those of the file that a run leaves out are no mistake.
fn named(config: &Config, sources: &[NamedSource]) -> Vec<SiteCamera> {
    let others = config.source.list.iter().map(|entry| NamedSource::of_entry(entry, config));
    let others = others.filter(|other| sources.iter().all(|source| source.name != other.name));
    let camera = |source: NamedSource| {
        let lines = source.layout.lines.iter().map(|line| (line.name().to_owned(), line.role())).collect();
        SiteCamera { name: source.name, lines }
    };
    sources.iter().cloned().chain(others).map(camera).collect()
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
    Tally { entered: tally.entered.saturating_sub(less.entered), left: tally.left.saturating_sub(less.left) }
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
