//! DeepSORT, step by step: from the observations of one frame after the other to tracks.

use std::time::Duration;

use super::cascade::Cascade;
use super::config::DeepSortConfig;
use super::frame::Frame;
use super::overlap::Overlap;
use super::track::{State, Track};
use crate::gallery::Gallery;
use crate::matches::Matches;
use crate::sighting::Sightings;
use crate::{Config, Embeddings, Observations, Step, TrackId};

/// The state of preset `deepsort`.
#[derive(Clone, Debug)]
pub(crate) struct DeepSort {
    settings: Settings,
    /// Tentative, confirmed and lost tracks, by the time they began.
    tracks: Vec<Track>,
    last_id: u64,
    sightings: Sightings,
    cascade: Cascade,
    overlap: Overlap,
    matches: Matches,
    /// Galleries of tracks that have ended: memory for new ones.
    spare: Vec<Gallery>,
    step: Step,
}

/// All that it goes by. There is one way to derive it, at the beginning and whenever settings change.
#[derive(Clone, Debug)]
struct Settings {
    deepsort: DeepSortConfig,
    frame_rate: f64,
    max_cosine_distance: f32,
}

impl Settings {
    fn of(config: &Config) -> Self {
        let &Config { frame_rate, max_cosine_distance, .. } = config;
        Self { deepsort: config.deepsort.clone(), frame_rate, max_cosine_distance }
    }
}

impl DeepSort {
    /// A tracker that has seen nothing yet, with valid settings.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            settings: Settings::of(config),
            tracks: Vec::new(),
            last_id: 0,
            sightings: Sightings::default(),
            cascade: Cascade::default(),
            overlap: Overlap::default(),
            matches: Matches::default(),
            spare: Vec::new(),
            step: Step::default(),
        }
    }

    /// Whether anybody is followed, tentative and lost ones too.
    pub(crate) fn follows(&self) -> bool {
        !self.tracks.is_empty()
    }

    /// Goes on by other valid settings.
    pub(crate) fn reconfigure(&mut self, config: &Config) {
        self.settings = Settings::of(config);
        let budget = self.settings.deepsort.nn_budget;
        self.tracks.iter_mut().for_each(|track| track.gallery.keep(budget));
    }

    /// Takes the next frame, `interval` after the last one.
    pub(crate) fn step(&mut self, interval: Duration, observations: &Observations) -> &Step {
        self.step.tracks.clear();
        self.step.removed.clear();
        self.advance(interval);
        self.sightings.fill(&observations.detections, self.settings.deepsort.min_confidence);
        self.associate(&observations.embeddings);
        self.update(&observations.embeddings);
        self.step.tracks.sort_unstable_by_key(|tracked| tracked.id);
        self.step.removed.sort_unstable();
        &self.step
    }

    /// Ages all tracks by the interval between two frames, and predicts those that are young enough.
    fn advance(&mut self, interval: Duration) {
        for track in &mut self.tracks {
            track.age(interval);
        }
        let max_age = self.settings.deepsort.max_age;
        self.remove(|track| track.unseen() > max_age);
        let frames = interval.as_secs_f64() * self.settings.frame_rate;
        for track in &mut self.tracks {
            track.filter.predict(frames);
        }
    }

    fn associate(&mut self, embeddings: &Embeddings) {
        let frame = Frame { tracks: &self.tracks, sightings: &self.sightings, embeddings };
        self.matches.reset(frame.tracks.len(), frame.sightings.as_slice().len());
        self.cascade.run(self.settings.max_cosine_distance, &frame, &mut self.matches);
        self.overlap.run(self.settings.deepsort.max_iou_distance, &frame, &mut self.matches);
    }

    /// Makes of the matches hits, misses and new tracks.
    fn update(&mut self, embeddings: &Embeddings) {
        for index in 0..self.tracks.len() {
            match self.matches.sighting_of(index) {
                Some(sighting) => self.hit(index, sighting, embeddings),
                None => self.tracks[index].miss(),
            }
        }
        self.remove(|track| track.state() == State::Tentative && track.missed() > 0);
        for sighting in 0..self.sightings.as_slice().len() {
            if !self.matches.is_taken(sighting) {
                self.begin(sighting, embeddings);
            }
        }
    }

    fn hit(&mut self, track: usize, sighting: usize, embeddings: &Embeddings) {
        self.tracks[track].hit(self.sightings.as_slice()[sighting].measured);
        self.remember(track, sighting, embeddings);
        self.report(track, sighting);
    }

    fn begin(&mut self, sighting: usize, embeddings: &Embeddings) {
        let gallery = self.spare.pop().unwrap_or_default();
        self.tracks.push(Track::new(self.sightings.as_slice()[sighting].measured, gallery));
        let track = self.tracks.len() - 1;
        self.remember(track, sighting, embeddings);
        self.report(track, sighting);
    }

    fn remember(&mut self, track: usize, sighting: usize, embeddings: &Embeddings) {
        if let Some(embedding) = embeddings.get(self.sightings.as_slice()[sighting].index) {
            self.tracks[track].gallery.push(embedding, self.settings.deepsort.nn_budget);
        }
    }

    /// Confirms a matched track if it is time, and adds it to the outcome if it is confirmed.
    fn report(&mut self, track: usize, sighting: usize) {
        let track = &mut self.tracks[track];
        if track.id.is_none() && track.is_established(self.settings.deepsort.n_init) {
            self.last_id += 1;
            track.id = Some(TrackId(self.last_id));
        }
        if let Some(id) = track.id {
            let seen = &self.sightings.as_slice()[sighting];
            self.step.tracks.push(seen.tracked_as(id, track.filter.bbox()));
        }
    }

    /// Ends some tracks, and keeps their galleries' memory.
    fn remove(&mut self, is_over: impl Fn(&Track) -> bool) {
        let Self { tracks, spare, step, .. } = self;
        tracks.retain_mut(|track| {
            if !is_over(track) {
                return true;
            }
            step.removed.extend(track.id);
            let mut gallery = std::mem::take(&mut track.gallery);
            gallery.clear();
            spare.push(gallery);
            false
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::DeepSort;
    use crate::deepsort::DeepSortConfig;
    use crate::{Bbox, Config, Detection, Embeddings, Observations, Preset};

    /// Two walk on; at times others appear, for one frame or for more than it takes to be confirmed.
    fn frame(number: u32) -> Observations {
        let (short, long) = (number.is_multiple_of(7), number % 50 < 10);
        let visitors = [(short, 300.0), (long, 600.0), (long, 900.0)];
        let places = [10.0, 150.0].into_iter().chain(visitors.into_iter().filter(|v| v.0).map(|v| v.1));
        let mut observations = Observations { detections: Vec::new(), embeddings: Embeddings::new(4) };
        for x in places {
            let bbox = Bbox::new(x, 50.0, 40.0, 100.0);
            observations.detections.push(Detection { bbox, confidence: 0.9 });
            observations.embeddings.push(Some(&[1.0, x as f32, 0.0, 1.0]));
        }
        observations
    }

    #[test]
    fn memory_depends_on_how_many_there_are_at_once() {
        let mut tracker = DeepSort::new(&Config {
            deepsort: DeepSortConfig {
                nn_budget: 8,
                max_age: Duration::from_secs(1),
                ..DeepSortConfig::default()
            },
            ..Config::of(Preset::DeepSort)
        });
        let mut most = 0;
        for number in 0..5000u32 {
            tracker.step(Duration::from_millis(40), &frame(number));
            most = most.max(tracker.tracks.len());
        }
        assert!(most >= 4 && tracker.last_id > 100);
        // Those that end in a frame are replaced by others that begin in it.
        assert!(tracker.tracks.len() + tracker.spare.len() <= most + 1);
        assert!(tracker.sightings.as_slice().len() <= 5);
    }
}
