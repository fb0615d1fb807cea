//! Tracks and crossings into files, as sinks of the pipeline.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, bail};
use footfall_count::{Anchor, Seen};
use footfall_formats::jsonl::{About, CrossingWriter, DetectionWriter};
use footfall_formats::{DetectionFrame, PartialFile, TracksWriter};
use footfall_pipeline::{BoxError, Scene, Sink};
use footfall_private::LocalPath;
use serde::Serialize;

use crate::config::Outputs;
use crate::sources::NamedSource;

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

impl Outputs {
    /// The files of each of `sources`, by their names.
    pub(crate) fn of(&self, sources: &[NamedSource]) -> anyhow::Result<Vec<Self>> {
        let several = sources.len() > 1;
        let own = |path: &Option<LocalPath>, source: &NamedSource, ending: &str| match path {
            Some(path) if several && **path == *Path::new("-") => {
                bail!("- takes one source only: name a file or a folder, and each source has its own there")
            }
            Some(path) => Ok(Some(of_source(path, &source.file_stem(), ending, several).into())),
            None => Ok(None),
        };
        let files = |source: &NamedSource| {
            Ok(Self {
                video: own(&self.video, source, "mp4")?,
                tracks: own(&self.tracks, source, "txt")?,
                detections: own(&self.detections, source, "jsonl")?,
                record: own(&self.record, source, "ffrec")?,
                ..self.clone()
            })
        };
        sources.iter().map(files).collect()
    }

    /// Makes the folders in which each of several sources has its files.
    pub(crate) fn make_folders(&self, sources: &[NamedSource]) -> anyhow::Result<()> {
        let Self { video, tracks, detections, record, crossings: _, summary: _ } = self;
        let own = [video, tracks, detections, record].into_iter().flatten();
        for folder in own.filter(|path| sources.len() > 1 && is_named_as_folder(path)) {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        }
        Ok(())
    }
}

fn is_named_as_folder(path: &Path) -> bool {
    path.to_string_lossy().ends_with(std::path::MAIN_SEPARATOR)
}

/// Where `path` leads for the source called `name`: {source} is replaced by the name; of several sources,
/// in a folder the file is called by it, and else it goes before the ending.
fn of_source(path: &Path, name: &str, ending: &str, several: bool) -> PathBuf {
    let text = path.to_string_lossy();
    if text.contains("{source}") {
        return text.replace("{source}", name).into();
    }
    if !several {
        return path.to_owned();
    }
    if is_named_as_folder(path) || path.is_dir() {
        return path.join(format!("{name}.{ending}"));
    }
    let given = path.extension().map_or_else(|| ending.into(), |given| given.to_string_lossy());
    path.with_extension(format!("{name}.{given}"))
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::of_source;

    #[test]
    fn each_of_several_sources_has_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = |text: &str, several| {
            let path = of_source(&folder.path().join(text), "front", "txt", several);
            path.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(path("tracks.txt", false), "tracks.txt");
        assert_eq!(path("tracks.txt", true), "tracks.front.txt");
        assert_eq!(path("tracks", true), "tracks.front.txt");
        assert_eq!(path("new/", true), "new/front.txt");
        std::fs::create_dir(folder.path().join("new")).unwrap();
        assert_eq!(path("new", true), "new/front.txt", "a folder that is there needs no slash");
        for several in [false, true] {
            assert_eq!(path("{source}-1.txt", several), "front-1.txt");
        }
        assert_eq!(of_source(Path::new("a.b/c.d.txt"), "x", "txt", true), Path::new("a.b/c.d.x.txt"));
    }
}
