//! The sink.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::time::Duration;

use footfall_pipeline::{BoxError, Image, Scene, Sink};

use crate::album::Album;
use crate::manifest::{Counts, Manifest, TrackSummary};
use crate::picker::Picker;
use crate::pixels::resized;
use crate::screen::{Candidate, Reason, Screened, screen};
use crate::{Config, CropSize, Error};

/// Makes the bytes of a file, whose name is for messages, of a picture.
pub type Encode = Box<dyn Fn(&Image, &str) -> Result<Vec<u8>, BoxError> + Send>;

/// Takes scenes, and leaves a folder of crops.
pub struct Harvest {
    config: Config,
    source: String,
    encode: Encode,
    done: Sender<Manifest>,
    album: Album,
    open: BTreeMap<u64, Track>,
    closed: Vec<TrackSummary>,
    frames: u64,
}

/// A track that may be seen again.
struct Track {
    picker: Picker,
    summary: TrackSummary,
    last_seen: Duration,
}

impl Harvest {
    /// Starts the folder `path` for crops of `source`. Once it is complete, its manifest goes to `done`.
    ///
    /// # Errors
    /// When the folder exists and is not empty, cannot be made, or a setting means nothing.
    pub fn create(
        path: &Path,
        source: String,
        config: Config,
        encode: Encode,
        done: Sender<Manifest>,
    ) -> Result<Self, Error> {
        if let Some((key, expected)) = config.fault() {
            return Err(Error::Setting { key, expected });
        }
        let album = Album::create(path)?;
        Ok(Self { config, source, encode, done, album, open: BTreeMap::new(), closed: Vec::new(), frames: 0 })
    }

    fn take(&mut self, scene: &Scene) -> Result<(), Error> {
        let (number, time) = (scene.frame.number, scene.frame.time);
        self.frames += 1;
        for tracked in &scene.seen.tracks {
            let Some(outcome) = screen(&self.config, scene, tracked)? else { continue };
            let id = tracked.id.0;
            let track = self.open.entry(id).or_insert_with(|| Track::new(&self.config, id, number));
            track.last_seen = time;
            track.summary.last_frame = number;
            track.summary.counts.sightings += 1;
            let left_out = match outcome {
                Screened::Good(candidate) => track.picker.offer(&self.config, candidate),
                Screened::Bad(sighting, reason) => {
                    track.summary.counts.leave_out(reason);
                    self.album.note(id, &sighting, reason.name(), "")?;
                    continue;
                }
            };
            for (candidate, reason) in left_out {
                track.summary.counts.leave_out(reason);
                self.album.note(id, &candidate.sighting, reason.name(), "")?;
            }
        }
        let max_gap = self.config.max_gap;
        self.close(|track| time.saturating_sub(track.last_seen) > max_gap)
    }

    /// Writes the crops of tracks that are over.
    fn close(&mut self, is_over: impl Fn(&Track) -> bool) -> Result<(), Error> {
        let over: Vec<u64> =
            self.open.iter().filter(|(_, track)| is_over(track)).map(|(&id, _)| id).collect();
        for id in over {
            if let Some(track) = self.open.remove(&id) {
                self.write_track(id, track)?;
            }
        }
        Ok(())
    }

    fn write_track(&mut self, id: u64, Track { picker, mut summary, .. }: Track) -> Result<(), Error> {
        let kept = picker.finish();
        let enough = kept.len() >= self.config.min_per_track;
        for candidate in kept {
            if enough {
                let file = format!("{id:04}/{}", self.name(id, candidate.sighting.frame));
                self.album.put(Path::new(&file), &self.encoded(&candidate, &file)?)?;
                self.album.note(id, &candidate.sighting, "kept", &file)?;
                summary.counts.kept += 1;
            } else {
                self.album.note(id, &candidate.sighting, Reason::FewOfTrack.name(), "")?;
                summary.counts.leave_out(Reason::FewOfTrack);
            }
        }
        self.closed.push(summary);
        Ok(())
    }

    /// As Market-1501 has it: identity, camera and sequence, frame, box.
    fn name(&self, id: u64, frame: u64) -> String {
        format!("{id:04}_c{}s1_{frame:06}_00.jpg", self.config.camera)
    }

    fn encoded(&self, candidate: &Candidate, file: &str) -> Result<Vec<u8>, Error> {
        let encode = |image: &Image| {
            (self.encode)(image, file).map_err(|source| Error::Encode { name: file.to_owned(), source })
        };
        match self.config.size {
            CropSize::Native => encode(&candidate.crop),
            CropSize::Fixed { height, width } => {
                encode(&resized(&candidate.crop, height as usize, width as usize)?)
            }
        }
    }

    fn complete(mut self) -> Result<(), Error> {
        self.close(|_| true)?;
        self.closed.sort_by_key(|summary| summary.track);
        let mut counts = Counts::default();
        self.closed.iter().for_each(|summary| counts.add(&summary.counts));
        let manifest = Manifest {
            source: self.source,
            settings: self.config,
            frames: self.frames,
            identities: self.closed.iter().filter(|summary| summary.counts.kept > 0).count() as u64,
            counts,
            tracks: self.closed,
        };
        self.album.finish(&manifest)?;
        // Whoever asked for it may have gone.
        let _ = self.done.send(manifest);
        Ok(())
    }
}

impl Track {
    fn new(config: &Config, id: u64, frame: u64) -> Self {
        let summary =
            TrackSummary { track: id, first_frame: frame, last_frame: frame, counts: Counts::default() };
        Self { picker: Picker::new(config), summary, last_seen: Duration::ZERO }
    }
}

impl Sink for Harvest {
    fn name(&self) -> String {
        format!("crops {}", self.album.path().display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        Ok(self.take(scene)?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(self.complete()?)
    }
}

#[cfg(test)]
mod tests;
