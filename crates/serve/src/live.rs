//! What is happening now: each source's newest scene, its health, and where people walked.

mod address;
mod heat;
mod status;
mod view;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use footfall_count::Condition;
use jiff::Timestamp;
use tokio::sync::watch;

pub(crate) use heat::Heat;
pub use status::{Health, SourceKind, SourceState, StageTime, Status, ZoneState};
pub use view::{Passing, Person, Picture, Shapes, Shown, View};

use crate::{AlertRules, AlertState};
use status::Pace;

/// One source, shared by whoever feeds it and whoever looks.
pub(crate) struct Source {
    pub(crate) id: String,
    newest: watch::Sender<Option<Shown>>,
    state: Mutex<SourceState>,
    inner: Mutex<Inner>,
    probe: OnceLock<Probe>,
}

/// Brings a source's state up to date.
type Probe = Box<dyn Fn(&mut SourceState) + Send + Sync>;

struct Inner {
    heat: Option<Heat>,
    pace: Pace,
}

/// Every source's newest scene and state: fed by the pipeline's sinks, read by the server.
///
/// Feeding never waits for a reader: what is newer replaces what was there.
#[derive(Clone)]
pub struct Live {
    sources: Arc<[Arc<Source>]>,
    /// Rises when a crossing was decided: the ledger is worth a look.
    decided: watch::Sender<u64>,
    /// By the sources' names.
    drawn: Arc<Mutex<BTreeMap<String, Shapes>>>,
    alerts: Arc<Mutex<Vec<AlertState>>>,
    rules: AlertRules,
    /// Whoever wants to know who passed; nobody before there is a server.
    passings: Arc<OnceLock<Told>>,
}

/// Takes a frame with crossings, and the name of its source.
type Told = Box<dyn Fn(&str, &Arc<View>) + Send + Sync>;

impl Live {
    /// Sources that have not shown anything yet. Their ids are made from their names.
    #[must_use]
    pub fn new(sources: impl IntoIterator<Item = SourceState>) -> Self {
        let mut made: Vec<Arc<Source>> = Vec::new();
        let sources: Vec<_> = sources.into_iter().collect();
        let names: Vec<_> = sources.iter().map(|source| source.name.clone()).collect();
        for state in sources {
            let base = address::of(&state.name, &names);
            let taken = |id: &str| made.iter().any(|s| s.id == id);
            let mut id = base.clone();
            for number in 2_usize.. {
                if !taken(&id) {
                    break;
                }
                id = format!("{base}-{number}");
            }
            made.push(Arc::new(Source::new(id, state)));
        }
        Self {
            sources: made.into(),
            decided: watch::Sender::new(0),
            drawn: Arc::default(),
            alerts: Arc::default(),
            rules: AlertRules::default(),
            passings: Arc::default(),
        }
    }

    /// Notes what is drawn over the source called `source` now.
    pub fn draw(&self, source: &str, shapes: Shapes) {
        self.lock_drawn().insert(source.to_owned(), shapes);
    }

    /// What is drawn over each source, by its name.
    pub(crate) fn drawn(&self) -> BTreeMap<String, Shapes> {
        self.lock_drawn().clone()
    }

    /// The alerts that are told, to be changed while they are.
    #[must_use]
    pub fn rules(&self) -> &AlertRules {
        &self.rules
    }

    /// Notes how every alert is now.
    pub(crate) fn alert(&self, states: Vec<AlertState>) {
        *self.alerts.lock().unwrap_or_else(PoisonError::into_inner) = states;
    }

    /// How every alert is.
    pub(crate) fn alerts(&self) -> Vec<AlertState> {
        self.alerts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock_drawn(&self) -> MutexGuard<'_, BTreeMap<String, Shapes>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// People in each zone by source, of those whose pictures are seen.
    pub(crate) fn people(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let states = self.sources.iter().map(|source| source.state());
        let seen = states.filter(|state| state.status.health.is_current());
        let zones = |state: SourceState| {
            let zones = state.status.zones.into_iter().map(|zone| (zone.name, zone.people)).collect();
            (state.name, zones)
        };
        seen.map(zones).collect()
    }

    /// Why no count of a source can be answered for now, by its name; those that can are not there.
    pub(crate) fn uncountable(&self) -> BTreeMap<String, Condition> {
        let states = self.sources.iter().map(|source| source.state());
        let seen = states.filter(|state| state.status.health.is_current());
        seen.filter_map(|state| Some((state.name, state.status.uncountable?))).collect()
    }

    /// Tells of each frame in which somebody passed a line. Only the first who asks is told, and must not wait.
    pub(crate) fn tell_passings(&self, told: impl Fn(&str, &Arc<View>) + Send + Sync + 'static) {
        let _ = self.passings.set(Box::new(told));
    }

    /// Shows a newer frame of the source at `index`, in the order given to [`Live::new`].
    pub fn publish(&self, index: usize, view: View) {
        let Some(source) = self.sources.get(index) else { return };
        let crossings = view.crossings.len() as u64;
        let view = Arc::new(view);
        source.show(view.clone());
        if crossings > 0 {
            if let Some(told) = self.passings.get() {
                let name = source.lock_state().name.clone();
                told(&name, &view);
            }
            self.decided.send_modify(|n| *n += crossings);
        }
    }

    /// Has the state of the source at `index` brought up to date by `probe` whenever it is told: about once
    /// a second. Only the first probe of a source counts.
    pub fn probe(&self, index: usize, probe: impl Fn(&mut SourceState) + Send + Sync + 'static) {
        if let Some(source) = self.sources.get(index) {
            let _ = source.probe.set(Box::new(probe));
        }
    }

    /// The id of the source at `index`.
    #[must_use]
    pub fn id(&self, index: usize) -> Option<&str> {
        self.sources.get(index).map(|s| s.id.as_str())
    }

    pub(crate) fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }

    pub(crate) fn source(&self, id: &str) -> Option<&Arc<Source>> {
        self.sources.iter().find(|s| s.id == id)
    }

    pub(crate) fn decided(&self) -> watch::Receiver<u64> {
        self.decided.subscribe()
    }
}

impl Source {
    fn new(id: String, state: SourceState) -> Self {
        let inner = Inner { heat: None, pace: Pace::default() };
        Self {
            id,
            newest: watch::Sender::new(None),
            state: Mutex::new(state),
            inner: Mutex::new(inner),
            probe: OnceLock::new(),
        }
    }

    fn show(&self, view: Arc<View>) {
        let at = Timestamp::now();
        {
            let mut inner = self.inner();
            let heat = inner.heat.get_or_insert_with(|| Heat::new(view.width, view.height));
            heat.add(view.time, &view.people, view.anchor);
            inner.pace.tick(Instant::now());
        }
        self.lock_state().status.see(at, &view);
        self.newest.send_replace(Some(Shown { view, at }));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn newest(&self) -> watch::Receiver<Option<Shown>> {
        self.newest.subscribe()
    }

    pub(crate) fn state(&self) -> SourceState {
        let now = Instant::now();
        let (rate, silence) = {
            let inner = self.inner();
            (inner.pace.rate(now), inner.pace.silence(now))
        };
        let mut state = self.lock_state();
        (state.status.rate, state.status.silence) = (rate, silence);
        if let Some(probe) = self.probe.get() {
            probe(&mut state);
        }
        state.clone()
    }

    fn lock_state(&self) -> MutexGuard<'_, SourceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` before the first frame.
    pub(crate) fn heat(&self) -> Option<Heat> {
        self.inner().heat.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Live, Passing, Person, Picture, View};
    use crate::{PortError, SourceKind, SourceState};

    struct Nothing;

    impl Picture for Nothing {
        fn jpeg(&self, _: u32, _: u8) -> Result<Vec<u8>, PortError> {
            Ok(Vec::new())
        }

        fn part(&self, _: [f64; 4], _: u32, _: u8) -> Result<Vec<u8>, PortError> {
            Ok(Vec::new())
        }
    }

    fn passing(frame: u64) -> Passing {
        Passing { line: "door".into(), track: 1, frame, time: 0.0, bbox: [0.0; 4], look: None }
    }

    fn view(frame: u64) -> View {
        let people = vec![Person { id: 1, bbox: [10.0, 10.0, 20.0, 40.0] }];
        View {
            frame,
            time: frame as f64 / 10.0,
            width: 640,
            height: 480,
            anchor: footfall_count::Anchor::Feet,
            windows: Vec::new(),
            people,
            zones: Vec::new(),
            visitors: None,
            crossings: vec![passing(frame)],
            picture: Arc::new(Nothing),
        }
    }

    #[test]
    fn who_does_not_look_holds_up_nobody_and_then_sees_the_newest() {
        let live = Live::new([SourceState::new("door", SourceKind::Live, 640, 480)]);
        let mut viewer = live.source("door").unwrap().newest();
        let decided = live.decided();
        (1..=1000).for_each(|frame| live.publish(0, view(frame)));
        assert!(viewer.has_changed().unwrap());
        assert_eq!(viewer.borrow_and_update().as_ref().unwrap().view.frame, 1000);
        assert!(!viewer.has_changed().unwrap(), "one view, not a thousand");
        assert_eq!(*decided.borrow(), 1000);
        assert_eq!(live.source("door").unwrap().state().status.frames, 1000);
    }
}
