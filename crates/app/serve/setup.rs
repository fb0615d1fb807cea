//! What the page may set up in a run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use footfall_count::Line;
use footfall_pipeline::Feed;
use footfall_serve::{Drawing, Saved, Setup, SetupError};
use serde_json::Value;

use super::save::save;
use crate::config::Config;
use crate::sources::NamedSource;

/// The lines and settings of a run.
pub(super) struct RunSetup {
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
    board: Board,
}

/// What the page has drawn of one source's lines; whoever changes them elsewhere writes it here.
#[derive(Clone)]
pub(crate) struct Board(Arc<Mutex<Drawing>>);

impl Board {
    /// Takes lines that were changed elsewhere: who draws from the ones before is refused.
    pub(crate) fn replace(&self, lines: &[Line]) {
        let mut drawing = self.drawing();
        if drawing.lines != lines {
            drawing.revision += 1;
            drawing.lines = lines.to_vec();
        }
    }

    fn drawing(&self) -> MutexGuard<'_, Drawing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Site {
    pub(super) fn new(id: String, source: &NamedSource, feed: Arc<Feed>) -> Self {
        let drawing = Drawing { revision: 1, lines: source.lines.clone() };
        Self { id, name: source.name.clone(), feed, board: Board(Arc::new(Mutex::new(drawing))) }
    }

    pub(super) fn board(&self) -> Board {
        self.board.clone()
    }

    fn drawing(&self) -> MutexGuard<'_, Drawing> {
        self.board.drawing()
    }
}

impl RunSetup {
    pub(super) fn new(config: &Config, path: Option<&Path>, sites: Vec<Site>) -> Self {
        Self {
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
        let saved = self.save(&site.name, &drawing.lines)?;
        let lines = drawing.lines.clone();
        site.feed.change(move |_, counter| counter.redraw(lines));
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
