//! One source as the rest of the program sees it while it runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use footfall_count::{Condition, Counter, HealthChange, Uncounted};
use footfall_track::Tracker;

use crate::summary::{Ended, Meter, Work};
use crate::{Note, Scene, SourceInfo};

/// Something to be changed about a lane between two of its frames.
pub type Change = Box<dyn FnOnce(&mut Tracker, &mut Counter) + Send>;

/// What a lane of the pipeline shows of itself, and what it takes from others.
///
/// Looking costs the pipeline nothing: the latest scene is kept as the sinks are done with it, and
/// whoever looks gets a shared reference. The scene before is given up, so a viewer that is slower than
/// the source misses scenes, and never holds it back.
pub struct Feed {
    name: String,
    pub(crate) meter: Meter,
    state: Mutex<State>,
    newer: Condvar,
    changes: Mutex<Vec<Change>>,
}

struct State {
    scene: Option<Arc<Scene>>,
    info: Option<SourceInfo>,
    phase: Phase,
    problems: Vec<HealthChange>,
    troubles: BTreeMap<Condition, (u64, Duration)>,
    remarks: Vec<String>,
    beat: Instant,
}

/// How far a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It has not been opened yet.
    Opening,
    /// It gives frames, or will again.
    Running,
    /// It gives no more, for this reason.
    Ended(Ended),
}

/// How often a condition came up, and how long it has lasted in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which one.
    pub condition: Condition,
    /// How often it has begun.
    pub times: u64,
    /// Time that was marked as uncounted or in doubt because of it.
    pub lasted: Duration,
}

/// A source at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// What is known about the source, once it is open.
    pub info: Option<SourceInfo>,
    /// How far it is.
    pub phase: Phase,
    /// What is wrong now, since when, and how that shows; empty: all is well.
    pub problems: Vec<HealthChange>,
    /// What has been wrong since the start.
    pub troubles: Vec<Trouble>,
    /// Frames that the source gave.
    pub read: u64,
    /// Frames that went through every stage.
    pub processed: u64,
    /// Frames that were dropped at the door.
    pub dropped: u64,
    /// Frames at which the networks rested.
    pub rested: u64,
}

impl Feed {
    pub(crate) fn new(name: String) -> Self {
        let state = State {
            scene: None,
            info: None,
            phase: Phase::Opening,
            problems: Vec::new(),
            troubles: BTreeMap::new(),
            remarks: Vec::new(),
            beat: Instant::now(),
        };
        Self {
            name,
            meter: Meter::default(),
            state: Mutex::new(state),
            newer: Condvar::new(),
            changes: Mutex::default(),
        }
    }

    /// The source's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The latest scene that all sinks have taken, if there was one.
    #[must_use]
    pub fn scene(&self) -> Option<Arc<Scene>> {
        self.lock().scene.clone()
    }

    /// Waits for a scene of a later frame than number `after` (0: any), and gives the latest one; `None`
    /// when the source has ended or `timeout` has passed without one.
    #[must_use]
    pub fn scene_after(&self, after: u64, timeout: Duration) -> Option<Arc<Scene>> {
        let is_newer = |state: &State| state.scene.as_ref().is_some_and(|scene| scene.frame.number > after);
        let waits = |state: &mut State| !is_newer(state) && !matches!(state.phase, Phase::Ended(_));
        let waited = self.newer.wait_timeout_while(self.lock(), timeout, waits);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.scene.clone().filter(|_| is_newer(&state))
    }

    /// How the source is.
    #[must_use]
    pub fn status(&self) -> Status {
        let state = self.lock();
        let trouble = |(&condition, &(times, lasted))| Trouble { condition, times, lasted };
        Status {
            info: state.info.clone(),
            phase: state.phase,
            problems: state.problems.clone(),
            troubles: state.troubles.iter().map(trouble).collect(),
            read: self.meter.read.frames(),
            processed: self.meter.write.frames(),
            dropped: self.meter.dropped(),
            rested: self.meter.rested(),
        }
    }

    /// What else was to be told of its frames, in the order in which it was.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        self.lock().remarks.clone()
    }

    /// How long each stage worked at a time on this source, in a frame's order.
    #[must_use]
    pub fn work(&self) -> Vec<Work> {
        self.meter.work()
    }

    /// Changes the tracker and the counter between two frames: after those that are tracked already,
    /// before the next one, without losing any. Changes are made in the order in which they come.
    pub fn change(&self, change: impl FnOnce(&mut Tracker, &mut Counter) + Send + 'static) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(change));
    }

    /// For how long the lane has shown no sign of life: no frame went through, and no attempt to get
    /// one came to an end. `None` where it has ended, and nothing is to be expected.
    #[must_use]
    pub fn silence(&self) -> Option<Duration> {
        let state = self.lock();
        (!matches!(state.phase, Phase::Ended(_))).then(|| state.beat.elapsed())
    }

    /// A sign of life. Whoever opens a source that is not there yet gives one after each attempt.
    pub fn beat(&self) {
        self.lock().beat = Instant::now();
    }

    /// Keeps what a source or its inspection tells. Whoever opens a source that is not there yet
    /// tells of it here.
    pub fn note(&self, note: &Note) {
        let mut state = self.lock();
        match note {
            Note::Health(change) => state.health(change),
            Note::Uncounted(span) => state.uncounted(span),
            Note::Remark(words) => state.remarks.push(words.clone()),
        }
    }

    pub(crate) fn opened(&self, info: &SourceInfo) {
        let mut state = self.lock();
        state.info = Some(info.clone());
        state.phase = Phase::Running;
        state.beat = Instant::now();
    }

    pub(crate) fn ended(&self, how: Ended) {
        self.lock().phase = Phase::Ended(how);
        self.newer.notify_all();
    }

    pub(crate) fn show(&self, scene: Scene) {
        let mut state = self.lock();
        state.beat = Instant::now();
        let older = state.scene.replace(Arc::new(scene));
        drop(state);
        self.newer.notify_all();
        drop(older);
    }

    pub(crate) fn take_changes(&self) -> Vec<Change> {
        std::mem::take(&mut *self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn health(&mut self, change: &HealthChange) {
        let before = self.problems.len();
        self.problems.retain(|on| on.condition != change.condition);
        let is_new = self.problems.len() == before;
        if change.raised {
            self.problems.push(change.clone());
            // Said again of what is known already, as with each attempt that fails, it counts once.
            self.troubles.entry(change.condition).or_default().0 += u64::from(is_new);
        }
    }

    fn uncounted(&mut self, span: &Uncounted) {
        self.troubles.entry(span.reason).or_default().1 += span.to.saturating_sub(span.from);
    }
}

/// All sources of a run.
#[derive(Clone)]
pub struct Hub(Arc<[Arc<Feed>]>);

impl Hub {
    pub(crate) fn new(feeds: impl IntoIterator<Item = Arc<Feed>>) -> Self {
        Self(feeds.into_iter().collect())
    }

    /// The sources, in the order of the run's lanes.
    #[must_use]
    pub fn feeds(&self) -> &[Arc<Feed>] {
        &self.0
    }

    /// The source of this name.
    #[must_use]
    pub fn feed(&self, name: &str) -> Option<&Arc<Feed>> {
        self.0.iter().find(|feed| feed.name == name)
    }
}
