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
        for tracked in &scene.tracks {
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
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use footfall_pipeline::Sink as _;
    use footfall_track::Bbox;

    use super::Harvest;
    use crate::testing::{busy, scene};
    use crate::{Config, CropSize, Error, Manifest, Reason};

    const ONE: Bbox = Bbox::new(40.0, 50.0, 50.0, 120.0);
    const OTHER: Bbox = Bbox::new(200.0, 60.0, 60.0, 140.0);

    fn start(path: &Path, config: Config) -> Result<(Harvest, std::sync::mpsc::Receiver<Manifest>), Error> {
        let (done, manifest) = channel();
        // Its size and first pixel: enough to see which picture it was.
        let encode = |image: &footfall_pipeline::Image, _: &str| {
            Ok(format!("{}x{} {}", image.height(), image.width(), image.bytes()[0]).into_bytes())
        };
        Ok((Harvest::create(path, "clip.avi".into(), config, Box::new(encode), done)?, manifest))
    }

    /// 40 frames with one person, and another for the second half who is badly seen at first.
    fn run(path: &Path, config: Config) -> Manifest {
        let (mut harvest, manifest) = start(path, config).unwrap();
        for number in 1..=40 {
            let mut people = vec![(1, ONE, 0.9)];
            if number > 20 {
                people.push((2, OTHER, if number > 30 { 0.8 } else { 0.3 }));
            }
            harvest.write(&scene(number, busy(number), &people)).unwrap();
        }
        Box::new(harvest).finish().unwrap();
        manifest.recv().unwrap()
    }

    fn files(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let inner = if path.is_dir() { files(&path) } else { Vec::new() };
            found.extend(inner.iter().map(|file| format!("{name}/{file}")));
            if path.is_file() {
                found.push(name);
            }
        }
        found.sort();
        found
    }

    #[test]
    fn a_folder_a_track_with_few_good_crops() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("set");
        let manifest = run(&path, Config { camera: 3, ..Config::default() });
        assert_eq!((manifest.frames, manifest.identities, manifest.tracks.len()), (40, 2, 2));
        assert_eq!(manifest.counts.sightings, 60);
        assert_eq!(manifest.counts.kept, 8 + 2, "one each half second");
        assert_eq!(manifest.tracks[1].counts.left_out[&Reason::LowScore], 10);
        let left_out: u64 = manifest.counts.left_out.values().sum();
        assert_eq!(manifest.counts.kept + left_out, manifest.counts.sightings, "each is accounted for");

        let files = files(&path);
        assert_eq!(files.len(), 10 + 2);
        assert!(files[0].starts_with("0001/0001_c3s1_00000") && files[0].ends_with("_00.jpg"), "{files:?}");
        let listed = fs::read_to_string(path.join("crops.csv")).unwrap();
        assert_eq!(listed.lines().count(), 1 + 60);
        for file in files.iter().filter(|file| file.contains('/')) {
            assert!(listed.contains(&format!("kept,{file}\n")), "{file}");
            assert!(fs::read_to_string(path.join(file)).unwrap().starts_with("128x64 "));
        }
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "no temporary folder is left");
    }

    #[test]
    fn the_same_footage_makes_the_same_bytes() {
        let place = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| place.path().join(name));
        let size = CropSize::Native;
        assert_eq!(
            run(&one, Config { size, ..Config::default() }),
            run(&other, Config { size, ..Config::default() })
        );
        assert_eq!(files(&one), files(&other));
        for file in files(&one) {
            assert_eq!(fs::read(one.join(&file)).unwrap(), fs::read(other.join(&file)).unwrap(), "{file}");
        }
        let first = &files(&one)[0];
        assert!(fs::read_to_string(one.join(first)).unwrap().starts_with("120x50 "));
    }

    #[test]
    fn a_track_that_is_over_is_written_and_too_few_crops_are_not() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("set");
        let config = Config { max_gap: Duration::from_secs(1), min_per_track: 3, ..Config::default() };
        let (mut harvest, manifest) = start(&path, config).unwrap();
        for number in 1..=40 {
            let person = if number <= 20 { (1, ONE, 0.9) } else { (2, OTHER, 0.9) };
            let person = if number > 28 { (3, ONE, 0.1) } else { person };
            harvest.write(&scene(number, busy(number), &[person])).unwrap();
        }
        assert_eq!(harvest.closed.iter().map(|summary| summary.track).collect::<Vec<_>>(), [1, 2]);
        Box::new(harvest).finish().unwrap();
        let manifest = manifest.recv().unwrap();
        let kept: Vec<_> = manifest.tracks.iter().map(|track| track.counts.kept).collect();
        assert_eq!(kept, [4, 0, 0]);
        assert_eq!(manifest.tracks[1].counts.left_out[&Reason::FewOfTrack], 2);
        assert!(!path.join("0002").exists());
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_is_left_of_what_was_not_finished() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("set");
        let refused = |path: &Path| start(path, Config::default()).err().expect("taken").to_string();
        drop(start(&path, Config::default()).unwrap());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        fs::create_dir(&path).unwrap();
        run(&path, Config::default());
        assert!(refused(&path).contains("nothing is overwritten"), "{}", refused(&path));
        assert!(refused(&path.join("crops.csv")).contains("nothing is overwritten"));
        let nowhere = place.path().join("none/set");
        assert!(refused(&nowhere).contains("none/set"), "{}", refused(&nowhere));
        assert!(matches!(
            start(&place.path().join("x"), Config { max_per_track: 0, ..Config::default() }),
            Err(Error::Setting { key: "max_per_track", .. })
        ));
    }
}
