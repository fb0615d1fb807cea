//! A run as `footfall replay` takes it.

use std::path::{Path, PathBuf};

use footfall_formats::recording::{RecordingHead, RecordingWriter};
use footfall_pipeline::{BoxError, Scene, Sink};

/// Writes what the tracker was given.
pub(crate) struct RecordSink {
    path: PathBuf,
    writer: RecordingWriter,
}

impl RecordSink {
    pub(crate) fn create(path: &Path, head: &RecordingHead) -> anyhow::Result<Box<dyn Sink>> {
        Ok(Box::new(Self { path: path.to_owned(), writer: RecordingWriter::create(path, head)? }))
    }
}

impl Sink for RecordSink {
    fn name(&self) -> String {
        format!("recording {}", self.path.display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        Ok(self.writer.write(scene.frame.number, scene.frame.time, &scene.observations)?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(self.writer.finish()?)
    }
}
