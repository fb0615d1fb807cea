//! Tracks and crossings into files, as sinks of the pipeline.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use footfall_count::{Anchor, Seen};
use footfall_formats::jsonl::{About, CrossingWriter, DetectionWriter};
use footfall_formats::{DetectionFrame, PartialFile, TracksWriter};
use footfall_pipeline::{BoxError, Scene, Sink};
use serde::Serialize;

/// MOT text or JSON lines, by the file's name.
pub(crate) struct TrackSink {
    path: PathBuf,
    writer: TracksWriter,
    /// Which point of a person zones look at.
    anchor: Anchor,
}

/// JSON lines, into a file that all sources share: each row says which one it is of.
pub(crate) struct CrossingSink {
    file: SharedCrossings,
    source: String,
}

/// A file of crossings that several sinks write to.
#[derive(Clone)]
pub(crate) struct SharedCrossings {
    path: PathBuf,
    writer: Arc<Mutex<Option<CrossingWriter>>>,
}

impl TrackSink {
    pub(crate) fn create(path: &Path, anchor: Anchor) -> anyhow::Result<Box<dyn Sink>> {
        Ok(Box::new(Self { path: path.to_owned(), writer: TracksWriter::create(path)?, anchor }))
    }
}

impl SharedCrossings {
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let writer = Arc::new(Mutex::new(Some(CrossingWriter::create(path)?)));
        Ok(Self { path: path.to_owned(), writer })
    }

    /// The sink of one source.
    pub(crate) fn sink(&self, source: &str) -> Box<dyn Sink> {
        Box::new(CrossingSink { file: self.clone(), source: source.to_owned() })
    }

    /// Completes the file, after all sinks.
    pub(crate) fn finish(&self) -> anyhow::Result<()> {
        let writer = self.lock().take();
        let completed = writer.map_or(Ok(()), CrossingWriter::finish);
        completed.with_context(|| format!("writing crossings {}", self.path.display()))
    }

    fn lock(&self) -> MutexGuard<'_, Option<CrossingWriter>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// JSON lines with embeddings: what the tracker was given.
pub(crate) struct DetectionSink {
    path: PathBuf,
    writer: DetectionWriter,
}

impl DetectionSink {
    /// For a tracker with these settings.
    pub(crate) fn create(path: &Path, tracker: &footfall_track::Config) -> anyhow::Result<Box<dyn Sink>> {
        let about = About {
            frame_rate: Some(tracker.frame_rate),
            max_cosine_distance: Some(tracker.max_cosine_distance),
        };
        Ok(Box::new(Self { path: path.to_owned(), writer: DetectionWriter::create(path)?.about(about) }))
    }
}

impl Sink for DetectionSink {
    fn name(&self) -> String {
        format!("detections {}", self.path.display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        let (number, time) = (scene.frame.number, Some(scene.frame.time));
        let observations = scene.observations.clone();
        Ok(self.writer.write(&DetectionFrame { number, time, observations })?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(self.writer.finish()?)
    }
}

impl Sink for TrackSink {
    fn name(&self) -> String {
        format!("tracks {}", self.path.display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        Ok(self.writer.write(&scene.seen, self.anchor)?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(self.writer.finish()?)
    }
}

impl Sink for CrossingSink {
    fn name(&self) -> String {
        format!("crossings {}", self.file.path.display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        self.rest(&scene.seen)
    }

    fn rest(&mut self, seen: &Seen) -> Result<(), BoxError> {
        let mut file = self.file.lock();
        Ok(file.as_mut().map_or(Ok(()), |writer| writer.write_all(seen, &self.source))?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

/// Writes a whole text; `-` is stdout.
pub(crate) fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = PartialFile::create(path)?;
    file.put(text.as_bytes())?;
    Ok(file.finish()?)
}

/// Gives a result to people on stdout, and to programs as JSON where it is asked for; with `-` to programs alone.
pub(crate) fn tell(result: &impl Serialize, json: Option<&Path>, for_people: &str) -> anyhow::Result<()> {
    if let Some(path) = json {
        save(path, &(serde_json::to_string_pretty(result)? + "\n"))?;
    }
    if json.is_none_or(|path| path.as_os_str() != "-") {
        std::io::stdout().lock().write_all(for_people.as_bytes())?;
    }
    Ok(())
}
