//! Tracks and crossings into files, as sinks of the pipeline.

use std::path::{Path, PathBuf};

use anyhow::bail;
use footfall_formats::jsonl::{CrossingRow, CrossingWriter, DetectionWriter};
use footfall_formats::mot::TrackWriter;
use footfall_formats::{DetectionFrame, PartialFile};
use footfall_pipeline::{BoxError, Scene, Sink};

use crate::config::Outputs;
use crate::exit::usage;

/// MOT text.
pub(crate) struct TrackSink {
    path: PathBuf,
    writer: TrackWriter,
}

/// JSON lines.
pub(crate) struct CrossingSink {
    path: PathBuf,
    writer: CrossingWriter,
    source: String,
}

impl TrackSink {
    pub(crate) fn create(path: &Path) -> anyhow::Result<Box<dyn Sink>> {
        Ok(Box::new(Self { path: path.to_owned(), writer: TrackWriter::create(path)? }))
    }
}

impl CrossingSink {
    pub(crate) fn create(path: &Path, source: &str) -> anyhow::Result<Box<dyn Sink>> {
        let writer = CrossingWriter::create(path)?;
        Ok(Box::new(Self { path: path.to_owned(), writer, source: source.to_owned() }))
    }
}

/// JSON lines with embeddings: what the tracker was given.
pub(crate) struct DetectionSink {
    path: PathBuf,
    writer: DetectionWriter,
}

impl DetectionSink {
    pub(crate) fn create(path: &Path) -> anyhow::Result<Box<dyn Sink>> {
        Ok(Box::new(Self { path: path.to_owned(), writer: DetectionWriter::create(path)? }))
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
        Ok(self.writer.write(scene.frame.number, &scene.tracks)?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(self.writer.finish()?)
    }
}

impl Sink for CrossingSink {
    fn name(&self) -> String {
        format!("crossings {}", self.path.display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        for crossing in &scene.crossings {
            let line = scene.lines[crossing.line].name();
            self.writer.write(&CrossingRow::new(crossing, line, &self.source))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(self.writer.finish()?)
    }
}

impl Outputs {
    /// Refuses outputs that would overwrite the source or each other.
    pub(crate) fn check(&self, source: &Path, trace: Option<&Path>) -> anyhow::Result<()> {
        let named = [
            ("video", self.video.as_deref()),
            ("tracks", self.tracks.as_deref()),
            ("crossings", self.crossings.as_deref()),
            ("detections", self.detections.as_deref()),
            ("summary", self.summary.as_deref()),
            ("trace", trace),
        ];
        let named: Vec<_> = named.into_iter().filter_map(|(what, path)| Some((what, path?))).collect();
        for (index, (what, path)) in named.iter().enumerate() {
            if source.exists() && is_same(path, source) {
                return Err(usage(anyhow::anyhow!(
                    "{} is the source: name another file for the {what}",
                    path.display()
                )));
            }
            if let Some((other, _)) = named[..index].iter().find(|(_, p)| is_same(p, path)) {
                let check = || bail!("{} was named for the {other} and for the {what}", path.display());
                check().map_err(usage)?;
            }
        }
        Ok(())
    }
}

/// Writes a whole text; `-` is stdout.
pub(crate) fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = PartialFile::create(path)?;
    file.put(text.as_bytes())?;
    Ok(file.finish()?)
}

/// Whether both names lead to one file, as far as the file system can tell.
fn is_same(a: &Path, b: &Path) -> bool {
    // Anyone may write to a terminal or /dev/null twice.
    let special = |p: &Path| p.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir());
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(x), Ok(y)) => x == y && !special(a),
        _ => a == b,
    }
}
