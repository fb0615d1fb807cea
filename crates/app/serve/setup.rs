//! What the page may set up in a run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use footfall_count::{Line, Mask, Zone};
use footfall_ledger::Hours;
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{Feed, Kind};
use footfall_serve::{AlertRules, Change, Drawing, Live, Saved, Settings, Setup, SetupError, Shapes};
use serde_json::Value;

use super::save::save;
use super::settings;
use super::state::shown_name;
use crate::config::Config;
use crate::ledger::embedder_digest;
use crate::sources::NamedSource;
use crate::staff::Gallery;

/// The lines and settings of a run.
pub(super) struct RunSetup {
    /// Where drawings are saved, if anywhere.
    path: Option<PathBuf>,
    pub(super) sites: Vec<Site>,
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

/// What is drawn over one source.
pub(super) struct Site {
    id: String,
    name: String,
    feed: Arc<Feed>,
    board: Board,
    /// When the source's time was about zero.
    begun: Timestamp,
}

/// What the page has drawn over one source, as it stands in the configuration: some of it may be relative.
/// Whoever changes it elsewhere writes it here.
#[derive(Clone)]
pub(crate) struct Board {
    drawing: Arc<Mutex<Drawing>>,
    /// Whoever publishes is told what is drawn, by the source's name.
    live: Live,
    shown: String,
}

impl Board {
    /// Takes what was changed elsewhere: who draws over what was before is refused.
    pub(crate) fn replace(&self, source: &NamedSource) {
        let mut drawing = self.drawing();
        let next = of_source(source, drawing.revision);
        if *drawing != next {
            *drawing = Drawing { revision: drawing.revision + 1, ..next };
            self.tell(&drawing);
        }
    }

    fn set(&self, next: &Drawing) {
        let mut drawing = self.drawing();
        drawing.clone_from(next);
        self.tell(&drawing);
    }

    fn tell(&self, drawing: &Drawing) {
        self.live.draw(&self.shown, shapes(&drawing.lines, &drawing.zones));
    }

    fn drawing(&self) -> MutexGuard<'_, Drawing> {
        self.drawing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is drawn over a source of this run, by name.
fn shapes(lines: &[Line], zones: &[Zone]) -> Shapes {
    Shapes {
        lines: lines.iter().map(|line| line.name().to_owned()).collect(),
        zones: zones.iter().map(|zone| zone.name().to_owned()).collect(),
        is_watched: true,
    }
}

impl Site {
    pub(super) fn new(id: String, source: &NamedSource, feed: Arc<Feed>, live: &Live) -> Self {
        let drawing = Arc::new(Mutex::new(of_source(source, 1)));
        let board = Board { drawing, live: live.clone(), shown: shown_name(&source.name) };
        board.tell(&board.drawing());
        Self { id, name: source.name.clone(), feed, board, begun: Timestamp::now() }
    }

    pub(super) fn board(&self) -> Board {
        self.board.clone()
    }

    fn drawing(&self) -> MutexGuard<'_, Drawing> {
        self.board.drawing()
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

impl RunSetup {
    pub(super) fn new(config: &Config, path: Option<&Path>, sites: Vec<Site>, alerts: AlertRules) -> Self {
        Self {
            path: path.map(Path::to_owned),
            sites,
            configuration: config.shown(),
            alerts,
            opening: config.opening.clone(),
            gallery: Mutex::new(config.staff.gallery.as_deref().map(Path::to_owned)),
            embedder: embedder_digest(config).ok().flatten(),
            max_distances: (config.staff.max_cosine_distance, config.tracker.max_cosine_distance.into()),
            changing: Mutex::default(),
        }
    }

    fn site(&self, id: &str) -> Result<&Site, SetupError> {
        let site = self.sites.iter().find(|site| site.id == id);
        site.ok_or_else(|| SetupError::NoSource { id: id.to_owned() })
    }

    fn save(&self, source: &str, now: &Drawing, drawing: &Drawing) -> Result<Saved, SetupError> {
        let Some(path) = &self.path else { return Ok(Saved::Memory) };
        save(path, source, now, drawing).map_err(|error| SetupError::Save { source: error.into() })?;
        Ok(Saved::File)
    }
}

impl Setup for RunSetup {
    fn drawing(&self, source: &str) -> Result<Drawing, SetupError> {
        let site = self.site(source)?;
        let drawing = site.drawing().clone();
        Ok(site.size().map_or(drawing.clone(), |size| in_pixels(&drawing, size)))
    }

    fn redraw(&self, source: &str, wanted: Drawing) -> Result<(Drawing, Saved), SetupError> {
        let site = self.site(source)?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = site.drawing().clone();
        if wanted.revision != now.revision {
            return Err(SetupError::Stale { current: now.revision });
        }
        let mut drawing = site.size().map_or(wanted.clone(), |size| as_it_was(&wanted, &now, size));
        let saved = self.save(&site.name, &now, &drawing)?;
        drawing.revision += 1;
        site.board.set(&drawing);
        let shown = site.size().map_or(drawing.clone(), |size| in_pixels(&drawing, size));
        let Drawing { lines, zones, masks, .. } = shown.clone();
        site.feed.change(move |_, counter| counter.redraw(lines, zones, masks));
        Ok((shown, saved))
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

    fn configuration(&self) -> Value {
        self.configuration.clone()
    }
}

pub(super) fn invalid(problem: impl Into<String>) -> SetupError {
    SetupError::Invalid { problem: problem.into() }
}

/// What is drawn over a source by its configuration.
fn of_source(source: &NamedSource, revision: u64) -> Drawing {
    let NamedSource { lines, zones, masks, .. } = source.clone();
    Drawing { revision, lines, zones, masks }
}

/// The drawing in pixels of a picture of this size.
fn in_pixels(drawing: &Drawing, (width, height): (usize, usize)) -> Drawing {
    Drawing {
        revision: drawing.revision,
        lines: drawing.lines.iter().map(|line| line.in_pixels(width, height)).collect(),
        zones: drawing.zones.iter().map(|zone| zone.in_pixels(width, height)).collect(),
        masks: drawing.masks.iter().map(|mask| mask.in_pixels(width, height)).collect(),
    }
}

/// What is `wanted` in pixels; what nobody has moved as it was written, relative to the picture or not.
fn as_it_was(wanted: &Drawing, now: &Drawing, (width, height): (usize, usize)) -> Drawing {
    fn keep<T: Clone + PartialEq>(wanted: &[T], now: &[T], in_pixels: impl Fn(&T) -> T) -> Vec<T> {
        let was = |shape: &T| now.iter().find(|old| in_pixels(old) == *shape).unwrap_or(shape).clone();
        wanted.iter().map(was).collect()
    }
    Drawing {
        revision: wanted.revision,
        lines: keep(&wanted.lines, &now.lines, |line: &Line| line.in_pixels(width, height)),
        zones: keep(&wanted.zones, &now.zones, |zone: &Zone| zone.in_pixels(width, height)),
        masks: keep(&wanted.masks, &now.masks, |mask: &Mask| mask.in_pixels(width, height)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Drawing, as_it_was, in_pixels};

    #[test]
    fn what_nobody_has_moved_stays_relative() {
        let now = Drawing {
            revision: 1,
            lines: vec!["door:50%,100%,50%,0%".parse().unwrap(), "gate:10%,0%,10%,33%".parse().unwrap()],
            zones: vec!["till:0%,0%,10%,0%,10%,70%".parse().unwrap()],
            masks: vec!["1,2,3,4,5,9".parse().unwrap()],
        };
        let size = (768, 576);
        let mut wanted = in_pixels(&now, size);
        assert_eq!(as_it_was(&wanted, &now, size), now);
        wanted.lines[0] = "door:380,576,384,0".parse().unwrap();
        let drawn = as_it_was(&wanted, &now, size);
        assert_eq!(drawn.lines, [wanted.lines[0].clone(), now.lines[1].clone()]);
        assert_eq!((drawn.zones, drawn.masks), (now.zones, now.masks));
    }
}
