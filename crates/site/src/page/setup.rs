//! What the page may set up in a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use footfall_config::{Config, Kept, NamedSource};
use footfall_count::Layout;
use footfall_ledger::Hours;
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{Feed, Kind};
use footfall_serve::{AlertRules, Change, Drawing, Saved, Settings, Setup, SetupError, Shapes};
use serde_json::Value;

use super::save::keep;
use super::settings;
use super::thresholds::{thresholds, with_thresholds};
use crate::gallery::Gallery;
use crate::in_force::InForce;
use crate::ledger::embedder_digest;

/// The file is looked at every second, and must stay as it is for one.
const PATIENCE: Duration = Duration::from_secs(15);

/// The lines and settings of a run.
pub(super) struct RunSetup {
    /// Where drawings are saved, if anywhere.
    path: Option<PathBuf>,
    pub(super) sites: Vec<Site>,
    in_force: InForce,
    configuration: Value,
    /// Those that are told.
    alerts: AlertRules,
    /// When it is open.
    opening: Hours,
    /// Where staff are enrolled, if anywhere.
    pub(super) gallery: Mutex<Option<PathBuf>>,
    /// SHA-256 of the network by which they are known, if one runs.
    pub(super) embedder: Option<String>,
    /// Greatest cosine distances: of staff from a look that was enrolled, and between looks of one person.
    pub(super) max_distances: (f64, f64),
    /// Changes are made one after the other.
    changing: Mutex<()>,
}

/// One source, as the page sets it up.
pub(super) struct Site {
    id: String,
    name: String,
    /// Where what is drawn over it is kept.
    kept: Kept,
    feed: Arc<Feed>,
    /// When the source's time was about zero.
    begun: Timestamp,
}

impl Site {
    pub(super) fn new(id: String, source: &NamedSource, feed: Arc<Feed>) -> Self {
        Self { id, name: source.name.clone(), kept: source.kept, feed, begun: Timestamp::now() }
    }

    /// Leaves those in `gallery` out of all counts from the next frame on. A recording is counted to its end as it
    /// was begun.
    pub(super) fn employ(&self, gallery: &Gallery, max_cosine_distance: f64) {
        if self.feed.status().info.is_some_and(|info| info.kind == Kind::Live) {
            let staff = gallery.staff(self.begun, max_cosine_distance);
            self.feed.change(move |_, counter| counter.employ(staff));
        }
    }

    /// Width and height of the picture, once there is one.
    fn size(&self) -> Option<(usize, usize)> {
        self.feed.status().info.map(|info| (info.width, info.height))
    }
}

/// What is drawn over a source of this run, by name.
#[must_use]
pub fn shapes(layout: &Layout) -> Shapes {
    Shapes {
        lines: layout.lines.iter().map(|line| line.name().to_owned()).collect(),
        zones: layout.zones.iter().map(|zone| zone.name().to_owned()).collect(),
        is_watched: true,
    }
}

impl RunSetup {
    pub(super) fn new(
        config: &Config,
        path: Option<&Path>,
        sites: Vec<Site>,
        in_force: InForce,
        alerts: AlertRules,
    ) -> Self {
        Self {
            path: path.map(Path::to_owned),
            sites,
            in_force,
            configuration: config.shown(),
            alerts,
            opening: config.opening.clone(),
            gallery: Mutex::new(config.staff.gallery.as_deref().map(Path::to_owned)),
            embedder: embedder_digest(config).ok().flatten(),
            max_distances: (config.staff.max_cosine_distance, config.tracker.max_cosine_distance.into()),
            changing: Mutex::default(),
        }
    }

    /// The index of the source that is called so here.
    fn index(&self, id: &str) -> Result<usize, SetupError> {
        let index = self.sites.iter().position(|site| site.id == id);
        index.ok_or_else(|| SetupError::NoSource { id: id.to_owned() })
    }
}

impl Setup for RunSetup {
    fn drawing(&self, source: &str) -> Result<Drawing, SetupError> {
        let index = self.index(source)?;
        let Drawing { revision, layout } = self.in_force.drawing(index);
        let size = self.sites[index].size();
        let layout = size.map_or(layout.clone(), |(width, height)| layout.in_pixels(width, height));
        Ok(Drawing { revision, layout })
    }

    fn redraw(&self, source: &str, wanted: Drawing) -> Result<(Drawing, Saved), SetupError> {
        let index = self.index(source)?;
        let site = &self.sites[index];
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path.as_deref();
        let save = |now: &Layout, next: &Layout| keep(path, &site.name, site.kept, now, next);
        let apply = |layout: &Layout| {
            let layout = layout.clone();
            site.feed.change(move |_, counter| counter.redraw(layout));
        };
        self.in_force.draw(index, wanted, site.size(), save, apply)
    }

    fn settings(&self) -> Result<Settings, SetupError> {
        let path = self.path.as_deref().ok_or(SetupError::ReadOnly)?;
        let gallery = self.gallery().clone().unwrap_or_else(|| path.with_file_name(settings::GALLERY));
        let running: Vec<_> = self.sites.iter().map(|site| site.name.clone()).collect();
        settings::settings(path, &gallery, &running, &self.alerts.get(), &self.opening)
    }

    fn change(&self, change: Change) -> Result<(), SetupError> {
        let path = self.path.as_deref().ok_or(SetupError::ReadOnly)?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        match change {
            Change::Enrol { name, looks, days } => self.enrol(path, &name, &looks, days),
            Change::Forget { name } => self.employ(path, |gallery| {
                let unknown = || invalid(format!("nobody called \"{name}\" is enrolled"));
                gallery.forget(&name).then_some(()).ok_or_else(unknown)
            }),
            other => {
                settings::change(path, &other)?;
                if matches!(other, Change::AddAlert(_) | Change::RemoveAlert { .. }) {
                    self.alerts.set(&settings::alerts_of(path)?);
                }
                Ok(())
            }
        }
    }

    fn thresholds(&self) -> Result<BTreeMap<String, Value>, SetupError> {
        thresholds(self.path.as_deref().ok_or(SetupError::ReadOnly)?)
    }

    fn set_thresholds(&self, wanted: &BTreeMap<String, Value>) -> Result<Option<String>, SetupError> {
        let path = self.path.as_deref().ok_or(SetupError::ReadOnly)?;
        let read =
            || std::fs::read_to_string(path).map_err(|error| SetupError::Save { source: error.into() });
        let (times, before, next) = {
            let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            let (times, before) = (self.in_force.rereads().times(), read()?);
            let next = with_thresholds(&before, wanted)?;
            settings::write(path, &next)?;
            (times, before, next)
        };
        match self.in_force.rereads().wait(times, PATIENCE) {
            Some(Ok(())) => Ok(None),
            None => Ok(Some("thresholds are in the configuration, and in force after a restart".to_owned())),
            Some(Err(problem)) => {
                let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
                if read()? == next {
                    settings::write(path, &before)?;
                }
                Err(invalid(problem))
            }
        }
    }

    fn configuration(&self) -> Value {
        self.configuration.clone()
    }
}

pub(super) fn invalid(problem: impl Into<String>) -> SetupError {
    SetupError::Invalid { problem: problem.into() }
}
