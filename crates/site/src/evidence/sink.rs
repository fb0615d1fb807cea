//! The run's scenes, on their way to be kept as evidence.

use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError, bounded};
use footfall_count::Seen;
use footfall_evidence::{EvidenceConfig, Folder};
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{BoxError, Kind, Scene, Sink, SourceInfo};

use super::camera::Camera;
use super::recorder::Recorder;
use super::told::{Passed, Told};

/// Pictures that may wait to be made small: each holds its pixels.
const WAITING: usize = 8;

/// Hands pictures to a thread of its own, as many a second as are kept.
///
/// A camera's counting never waits for it: where that thread is behind, pictures are let go and counted. What was
/// decided is not: it goes with the next picture. A recording waits.
pub struct EvidenceSink {
    source: String,
    kind: Kind,
    every: Duration,
    /// When the next picture is due.
    due: Duration,
    passed: Vec<Passed>,
    sender: Option<Sender<Told>>,
    thread: Option<JoinHandle<u64>>,
    /// Pictures that were let go.
    dropped: u64,
}

impl EvidenceSink {
    /// Of a source that began at `start`; nothing where no evidence is kept.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be opened.
    pub fn open(
        config: &EvidenceConfig,
        source: &str,
        info: &SourceInfo,
        start: Timestamp,
    ) -> anyhow::Result<Option<Box<dyn Sink>>> {
        let Some(folder) = Folder::open(config)? else { return Ok(None) };
        let (sender, told) = bounded::<Told>(WAITING);
        let mut recorder = Recorder::new(folder, config, Camera::new(source, start, config));
        let name = format!("evidence {source}");
        let thread = std::thread::Builder::new().name(name.chars().take(15).collect()).spawn(move || {
            told.iter().for_each(|told| recorder.take(told));
            recorder.finish()
        })?;
        Ok(Some(Box::new(Self {
            source: source.to_owned(),
            kind: info.kind,
            every: Duration::from_secs_f64(1.0 / config.rate),
            due: Duration::ZERO,
            passed: Vec::new(),
            sender: Some(sender),
            thread: Some(thread),
            dropped: 0,
        })))
    }

    fn remember(&mut self, seen: &Seen) {
        for (crossing, line) in seen.passages().filter(|(crossing, _)| crossing.staff.is_none()) {
            self.passed.push(Passed {
                time: crossing.time,
                line: line.name().to_owned(),
                direction: crossing.direction.as_str(),
                track: crossing.track.0,
                confidence: crossing.confidence,
                reasons: crossing.reasons.iter().map(|reason| reason.as_str().to_owned()).collect(),
            });
        }
    }

    fn told(&mut self, scene: &Scene) -> Told {
        let sides = |bbox: &footfall_track::Bbox| [bbox.x, bbox.y, bbox.width, bbox.height];
        Told {
            time: scene.frame.time,
            image: scene.frame.image.clone(),
            tracks: scene.seen.tracks.iter().map(|track| (track.id.0, sides(&track.bbox))).collect(),
            seen: scene.observations.detections.iter().map(|detection| sides(&detection.bbox)).collect(),
            lines: scene.seen.lines.clone(),
            passed: std::mem::take(&mut self.passed),
        }
    }
}

impl Sink for EvidenceSink {
    fn name(&self) -> String {
        format!("evidence of {}", self.source)
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        self.remember(&scene.seen);
        if scene.frame.time < self.due {
            return Ok(());
        }
        self.due = (self.due + self.every).max(scene.frame.time + self.every / 2);
        let told = self.told(scene);
        let Some(sender) = &self.sender else { return Ok(()) };
        if self.kind == Kind::Recorded {
            // Where the thread is gone it has said why, and counting goes on.
            let _ = sender.send(told);
        } else if let Err(TrySendError::Full(told) | TrySendError::Disconnected(told)) = sender.try_send(told)
        {
            self.passed = told.passed;
            self.dropped += 1;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), BoxError> {
        drop(self.sender.take());
        let kept = self.thread.take().map(JoinHandle::join);
        if let Some(Ok(kept)) = kept
            && kept > 0
        {
            tracing::info!("{}: {kept} clips of evidence were kept", self.source);
        }
        if self.dropped > 0 {
            tracing::warn!(
                "{}: {} pictures of evidence were let go: they came too fast",
                self.source,
                self.dropped
            );
        }
        Ok(())
    }
}
