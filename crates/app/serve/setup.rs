//! What the page may set up in a run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use footfall_count::{Counter, Line};
use footfall_pipeline::Feed;
use footfall_serve::{Drawing, Saved, Setup, SetupError};
use serde_json::Value;

use super::save::save;
use crate::config::Config;
use crate::sources::NamedSource;

/// The lines and settings of a run.
pub(super) struct RunSetup {
    counting: footfall_count::Config,
    /// Where lines are saved, if anywhere.
    path: Option<PathBuf>,
    sites: Vec<Site>,
    configuration: Value,
    /// Changes are made one after the other.
    changing: Mutex<()>,
}

/// One source's lines.
pub(super) struct Site {
    id: String,
    name: String,
    feed: Arc<Feed>,
    drawing: Mutex<Drawing>,
}

impl Site {
    pub(super) fn new(id: String, source: &NamedSource, feed: Arc<Feed>) -> Self {
        let drawing = Mutex::new(Drawing { revision: 1, lines: source.lines.clone() });
        Self { id, name: source.name.clone(), feed, drawing }
    }

    fn drawing(&self) -> MutexGuard<'_, Drawing> {
        self.drawing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunSetup {
    pub(super) fn new(config: &Config, path: Option<&Path>, sites: Vec<Site>) -> Self {
        Self {
            counting: config.counter,
            path: path.map(Path::to_owned),
            sites,
            configuration: config.shown(),
            changing: Mutex::default(),
        }
    }

    fn site(&self, id: &str) -> Result<&Site, SetupError> {
        let site = self.sites.iter().find(|site| site.id == id);
        site.ok_or_else(|| SetupError::NoSource { id: id.to_owned() })
    }
}

impl Setup for RunSetup {
    fn drawing(&self, source: &str) -> Result<Drawing, SetupError> {
        let site = self.site(source)?;
        let mut drawing = site.drawing().clone();
        if let Some(info) = site.feed.status().info {
            drawing.lines =
                drawing.lines.iter().map(|line| line.in_pixels(info.width, info.height)).collect();
        }
        Ok(drawing)
    }

    fn redraw(&self, source: &str, mut drawing: Drawing) -> Result<(Drawing, Saved), SetupError> {
        let site = self.site(source)?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let current = site.drawing().revision;
        if drawing.revision != current {
            return Err(SetupError::Stale { current });
        }
        let counter = Counter::new(drawing.lines.clone(), self.counting);
        let fresh = counter.map_err(|error| SetupError::Invalid { problem: error.to_string() })?;
        let saved = self.save(&site.name, &drawing.lines)?;
        site.feed.change(move |_, counter| {
            let zones = counter.zones().to_vec();
            let masks = counter.masks().to_vec();
            *counter = fresh.with_zones(zones).with_masks(masks);
        });
        drawing.revision += 1;
        site.drawing().clone_from(&drawing);
        Ok((drawing, saved))
    }

    fn configuration(&self) -> Value {
        self.configuration.clone()
    }
}

impl RunSetup {
    fn save(&self, source: &str, lines: &[Line]) -> Result<Saved, SetupError> {
        let Some(path) = &self.path else { return Ok(Saved::Memory) };
        save(path, source, lines).map_err(|error| SetupError::Save { source: error.into() })?;
        Ok(Saved::File)
    }
}
