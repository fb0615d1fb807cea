//! Preset `best`, step by step: from the observations of one frame after the other to tracks.

use std::time::Duration;

use super::affinity::Affinity;
use super::camera::Camera;
use super::feature::Feature;
use super::looks::Looks;
use super::matching::{Matching, Rules};
use super::motion::Noise;
use super::need::Need;
use super::occlusion;
use super::parts;
use super::past::{MOST_OVERLAP, Past, Stray};
use super::scale::ScoreScale;
use super::settings::Settings;
use super::track::Track;
use crate::matches::Matches;
use crate::sighting::{Sighting, Sightings};
use crate::{Bbox, Config, Detection, FoundPast, Observations, Step, TrackId};

/// The state of preset `best`.
#[derive(Clone, Debug)]
pub(crate) struct Best {
    settings: Settings,
    /// Tentative, confirmed and lost tracks, by the time they began.
    tracks: Vec<Track>,
    last_id: u64,
    scale: ScoreScale,
    sightings: Sightings,
    camera: Camera,
    matching: Matching,
    matches: Matches,
    need: Need,
    /// Memory of [`parts::settle`].
    owners: Vec<Option<u32>>,
    /// Features of tracks that have ended: memory for new ones.
    spare: Vec<Feature>,
    past: Past,
    /// Tracks confirmed in this frame, and where they are.
    newborn: Vec<(TrackId, Bbox)>,
    /// Sightings of this frame that confirmed tracks have.
    taken: Vec<bool>,
    step: Step,
}

impl Best {
    /// A tracker that has seen nothing yet, with valid settings.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            settings: Settings::of(config),
            tracks: Vec::new(),
            last_id: 0,
            scale: ScoreScale::default(),
            sightings: Sightings::default(),
            camera: Camera::default(),
            matching: Matching::default(),
            matches: Matches::default(),
            need: Need::default(),
            owners: Vec::new(),
            spare: Vec::new(),
            past: Past::default(),
            newborn: Vec::new(),
            taken: Vec::new(),
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
    }

    /// Takes the next frame, `interval` after the last one.
    pub(crate) fn step(&mut self, interval: Duration, observations: &Observations) -> &Step {
        self.step.tracks.clear();
        self.step.removed.clear();
        self.step.found.clear();
        self.advance(interval);
        self.scale = self.scale_with(&observations.detections);
        let high = self.scale.apply(self.settings.best.high_confidence);
        self.sightings.fill(&observations.detections, high.min(self.settings.best.low_confidence));
        let shift = if self.settings.best.camera_motion { self.follow_camera(high) } else { (0.0, 0.0) };
        let looks = Looks {
            embeddings: &observations.embeddings,
            confidence: self.scale.apply(self.settings.best.embedding_confidence),
        };
        self.associate(looks, high);
        let Self { settings, tracks, sightings, matches, owners, .. } = self;
        parts::settle(tracks, sightings, matches, owners, settings.best.part_share);
        self.update(looks, high);
        self.look_back(interval, shift, high);
        self.step.tracks.sort_unstable_by_key(|tracked| tracked.id);
        self.step.removed.sort_unstable();
        &self.step
    }

    /// Adds to `wanted` the detections of the next frame that should have an embedding.
    pub(crate) fn plan(&mut self, interval: Duration, detections: &[Detection], wanted: &mut Vec<usize>) {
        if self.settings.best.appearance_weight == 0.0 {
            return;
        }
        let scale = self.scale_with(detections);
        self.sightings.fill(detections, scale.apply(self.settings.best.high_confidence));
        let clear = scale.apply(self.settings.best.embedding_confidence);
        let frames = interval.as_secs_f64() * self.settings.frame_rate;
        self.need.collect(&self.tracks, &self.sightings, frames, clear, wanted);
    }

    fn scale_with(&self, detections: &[Detection]) -> ScoreScale {
        self.scale.with(detections, self.settings.best.low_confidence, self.settings.best.scale_memory)
    }

    /// Ages all tracks by the interval between two frames, and predicts those that are young enough.
    fn advance(&mut self, interval: Duration) {
        let frames = interval.as_secs_f64() * self.settings.frame_rate;
        for track in &mut self.tracks {
            track.advance(interval, frames);
        }
        let max_age = self.settings.best.max_age;
        self.remove(|track| track.unseen > max_age);
    }

    /// Moves the picture under all tracks; gives by how much, in pixels.
    fn follow_camera(&mut self, high: f32) -> (f64, f64) {
        let (x, y) = self.camera.shift(&self.tracks, &self.sightings, high).unwrap_or_default();
        self.tracks.iter_mut().for_each(|track| track.shift(x, y));
        (x, y)
    }

    /// Follows tracks that have just been confirmed back through what nobody took, and keeps what nobody took of
    /// this frame.
    fn look_back(&mut self, interval: Duration, shift: (f64, f64), high: f32) {
        let frames = interval.as_secs_f64() * self.settings.frame_rate;
        let Self { settings, sightings, past, step, newborn, taken, .. } = self;
        let affinity = Affinity { buffer: settings.best.box_buffer, height: settings.best.height_similarity };
        if settings.best.look_back.is_zero() {
            newborn.clear();
            *past = Past::default();
            return;
        }
        newborn.sort_unstable_by_key(|(id, _)| *id);
        for (id, bbox) in newborn.drain(..) {
            let boxes = past.way_to(&bbox, interval, frames, shift, affinity);
            if !boxes.is_empty() {
                step.found.push(FoundPast { id, boxes });
            }
        }
        let list = sightings.as_slice();
        let is_free = |index: &usize| {
            let seen = &list[*index];
            let covers = |other: usize| taken[other] && list[other].bbox.iou(&seen.bbox) > MOST_OVERLAP;
            seen.confidence >= high
                && !taken[*index]
                && !sightings.places().around(&seen.bbox, 0.0).any(covers)
        };
        let strays = (0..list.len()).filter(is_free).map(|index| list[index]);
        let strays = strays.map(|seen| Stray::new(seen.bbox, seen.confidence));
        past.push(interval, frames, shift, strays, settings.best.look_back);
    }

    /// The associations, one after the other: `ByteTrack` (Zhang et al., 2022). Confirmed tracks choose
    /// among confident detections; those seen in the frame before also among the others, which
    /// may be people who are half hidden; tentative tracks have what is left.
    fn associate(&mut self, looks: Looks<'_>, high: f32) {
        let Self { settings, tracks, sightings, matching, matches, .. } = self;
        let Settings { best: config, neutral_distance, .. } = settings;
        matches.reset(tracks.len(), sightings.as_slice().len());
        let affinity = Affinity { buffer: config.box_buffer, height: config.height_similarity };
        let similarity = |track: &Track, seen: &Sighting| {
            Some(affinity.of(&track.expected, &seen.bbox)).filter(|&similarity| similarity > 0.0)
        };
        let fused = |track: &Track, seen: &Sighting| {
            similarity(track, seen).map(|similarity| 1.0 - similarity * f64::from(seen.confidence))
        };
        let appearance = |track: &Track, seen: &Sighting| {
            let distance = looks.of(seen).and_then(|embedding| track.feature.distance(embedding));
            distance.map_or(0.0, |d| config.appearance_weight * (f64::from(d) - *neutral_distance))
        };
        let buffer = config.box_buffer;
        let confident = |seen: &Sighting| seen.confidence >= high;
        matching.run(
            tracks,
            sightings,
            matches,
            &Rules {
                track: Track::is_confirmed,
                sighting: confident,
                cost: |track: &Track, seen: &Sighting| Some(fused(track, seen)? + appearance(track, seen)),
                limit: config.max_distance,
                buffer,
            },
        );
        matching.run(
            tracks,
            sightings,
            matches,
            &Rules {
                track: |track: &Track| track.is_confirmed() && track.missed == 0,
                sighting: |seen: &Sighting| !confident(seen) && seen.confidence >= config.low_confidence,
                cost: |track: &Track, seen: &Sighting| {
                    similarity(track, seen).map(|similarity| 1.0 - similarity)
                },
                limit: config.max_low_distance,
                buffer,
            },
        );
        matching.run(
            tracks,
            sightings,
            matches,
            &Rules {
                track: |track: &Track| !track.is_confirmed(),
                sighting: confident,
                cost: fused,
                limit: config.max_tentative_distance,
                buffer,
            },
        );
    }

    /// Makes of the matches hits, misses and new tracks.
    fn update(&mut self, looks: Looks<'_>, high: f32) {
        let is_first = self.tracks.is_empty() && self.last_id == 0;
        self.taken.clear();
        self.taken.resize(self.sightings.as_slice().len(), false);
        let least_hits = if is_first { 1 } else { self.settings.best.n_init };
        for index in 0..self.tracks.len() {
            match self.matches.sighting_of(index) {
                Some(sighting) => {
                    let noise = self.noise_of(sighting, high);
                    self.tracks[index].hit(&self.sightings.as_slice()[sighting].bbox, noise);
                    self.remember(index, sighting, looks);
                    self.report(index, sighting, least_hits);
                }
                None => self.tracks[index].miss(),
            }
        }
        self.remove(|track| !track.is_confirmed() && track.missed > 0);
        let new = self.scale.apply(self.settings.best.new_confidence).max(high);
        for sighting in 0..self.sightings.as_slice().len() {
            let seen = self.sightings.as_slice()[sighting];
            if seen.confidence >= new && !self.matches.is_taken(sighting) {
                self.tracks.push(Track::new(&seen.bbox, self.spare.pop().unwrap_or_default()));
                let track = self.tracks.len() - 1;
                self.remember(track, sighting, looks);
                self.report(track, sighting, least_hits);
            }
        }
    }

    /// How far a sighting's box is to be trusted. Whoever is half hidden has a box that ends where the other
    /// person begins: its gain is damped (`OccluBoost`).
    fn noise_of(&self, sighting: usize, high: f32) -> Noise {
        let hidden = occlusion::hidden_share(&self.sightings, sighting, high);
        let place = 1.0 + self.settings.best.occlusion_noise * hidden;
        Noise { place, size: place * self.settings.best.size_noise }
    }

    fn remember(&mut self, track: usize, sighting: usize, looks: Looks<'_>) {
        if let Some(embedding) = looks.of(&self.sightings.as_slice()[sighting]) {
            self.tracks[track].remember(embedding, self.settings.best.feature_momentum);
        }
    }

    /// Confirms a matched track if it is time, and adds it to the outcome if it is confirmed.
    fn report(&mut self, track: usize, sighting: usize, least_hits: u32) {
        let seen = &self.sightings.as_slice()[sighting];
        let track = &mut self.tracks[track];
        if track.id.is_none() {
            track.evidence +=
                (self.scale.normal(seen.confidence) - self.settings.best.doubtful_confidence).max(0.0);
            let is_clear = least_hits == 1 || track.evidence >= self.settings.best.evidence;
            if track.hits >= least_hits && is_clear && track.part_of.is_none() {
                self.last_id += 1;
                track.id = Some(TrackId(self.last_id));
                self.newborn.push((TrackId(self.last_id), seen.bbox));
            }
        }
        if let Some(id) = track.id {
            self.taken[sighting] = true;
            self.step.tracks.push(seen.tracked_as(id, track.motion.bbox()));
        }
    }

    /// Ends some tracks, and keeps their features' memory.
    fn remove(&mut self, is_over: impl Fn(&Track) -> bool) {
        let Self { tracks, spare, step, .. } = self;
        tracks.retain_mut(|track| {
            if !is_over(track) {
                return true;
            }
            step.removed.extend(track.id);
            let mut feature = std::mem::take(&mut track.feature);
            feature.clear();
            spare.push(feature);
            false
        });
    }
}
