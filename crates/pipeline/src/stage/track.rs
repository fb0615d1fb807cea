//! Association and counting: one thread, since each frame builds on the one before it.
//!
//! This stage asks for embeddings, rather than being given them: what it has learnt from the frames
//! before may tell which of the next frame's people need any.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Sender;
use footfall_count::{
    Counter, Doubt, Estimate, Follower, GroupTally, Layout, Seen, Tally, Visibility, ZoneTally,
};
use footfall_track::{Detection, Embeddings, Observations, TrackedBox, Tracker};
use tracing::info_span;

use super::embed::Asked;
use super::fixtures::Fixtures;
use super::{Again, Detected, EmbedStage, Teller};
use crate::feed::Feed;
use crate::{Found, Frame, Kind, Look, Scene, Sighting, SourceInfo};

/// What tracking and counting give, in order.
pub(crate) enum Counted {
    Scene(Scene),
    /// The last of a live source.
    Rest(Seen),
}

/// What tracking and counting came to.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    pub(crate) detections: u64,
    pub(crate) embedded: u64,
    pub(crate) people: u64,
    pub(crate) boxes: u64,
    pub(crate) lines: Vec<String>,
    pub(crate) tallies: Vec<Tally>,
    pub(crate) doubts: Vec<Doubt>,
    pub(crate) visibility: Visibility,
    pub(crate) window_scale: Option<f64>,
    pub(crate) zones: Vec<String>,
    pub(crate) zone_tallies: Vec<ZoneTally>,
    pub(crate) group_tallies: Option<Vec<GroupTally>>,
    pub(crate) visitors: Option<Estimate>,
    pub(crate) footage: Duration,
}

/// Follows people and counts them, with the embedding stage at its service.
pub(crate) struct TrackStage {
    follower: Follower,
    ends: TrackEnds,
    fixtures: Fixtures,
    /// Lines, zones and masks, until they have been told.
    layout: Option<Arc<Layout>>,
    /// The greatest scale of a window that stayed.
    window_scale: Option<f64>,
    /// How many frames are asked for embeddings before the one that is tracked.
    ahead: usize,
    /// Width and height of the picture.
    size: (usize, usize),
}

/// The ways to others.
pub(crate) struct TrackEnds {
    pub(crate) embedding: Option<EmbedStage>,
    pub(crate) again: Again,
    pub(crate) teller: Teller,
}

/// A frame for which embeddings were asked.
struct Waiting {
    frame: Frame,
    look: Look,
    /// Boxes that a window's edge cuts.
    cut: Vec<Detection>,
    detections: Vec<Detection>,
    asked: Option<Asked>,
}

/// The detections of a frame but for those who stand.
fn passing(detections: &[Detection], tracks: &[TrackedBox], visibility: &Visibility) -> Vec<Detection> {
    let mut stands = vec![false; detections.len()];
    for track in tracks.iter().filter(|track| visibility.stands(track.id)) {
        if let Some(stands) = stands.get_mut(track.detection) {
            *stands = true;
        }
    }
    detections.iter().zip(stands).filter(|(_, stands)| !stands).map(|(detection, _)| *detection).collect()
}

/// What is counted over, in pixels.
fn layout(counter: &Counter) -> Layout {
    Layout {
        lines: counter.lines().to_vec(),
        zones: counter.zones().to_vec(),
        masks: counter.masks().to_vec(),
    }
}

/// How many frames' embeddings are made side by side.
///
/// With one frame more than the one that is tracked no embedder waits for the tracker; which of that
/// frame's people need an embedding is then told by what was known one frame earlier, always, so
/// the outcome does not depend on who was faster. A live frame is not held back for the next one.
fn ahead(kind: Kind) -> usize {
    match kind {
        Kind::Recorded => 1,
        Kind::Live => 0,
    }
}

impl TrackStage {
    pub(crate) fn new(tracker: Tracker, mut counter: Counter, ends: TrackEnds, info: &SourceInfo) -> Self {
        counter.fit(info.width, info.height);
        let layout = Some(Arc::new(layout(&counter)));
        let size = (info.width, info.height);
        Self {
            follower: Follower::new(tracker, counter),
            ends,
            fixtures: Fixtures::default(),
            layout,
            window_scale: None,
            ahead: ahead(info.kind),
            size,
        }
    }

    /// Tracks and counts until the stream ends, the embedding stage is gone, or nobody takes the
    /// scenes.
    pub(crate) fn run(
        mut self,
        detected: impl Iterator<Item = Detected>,
        scenes: &Sender<Counted>,
        feed: &Feed,
    ) -> Tracked {
        let mut total = Tracked::default();
        self.follow(detected, scenes, feed, &mut total);
        total.visibility = self.follower.visibility().clone();
        total.window_scale = self.window_scale;
        total
    }

    fn follow(
        &mut self,
        detected: impl Iterator<Item = Detected>,
        scenes: &Sender<Counted>,
        feed: &Feed,
        total: &mut Tracked,
    ) {
        total.count(self.follower.counter());
        // A frame that a detector failed on ends the stream: those behind it are not to be tracked.
        let mut detected = detected.fuse();
        let mut waiting = VecDeque::new();
        loop {
            while waiting.len() <= self.ahead
                && let Some(next) = detected.next()
            {
                let Some(next) = self.look_again(next, &waiting, feed) else { return };
                let Some(next) = self.ask(next) else { return };
                waiting.push_back(next);
            }
            let Some(next) = waiting.pop_front() else {
                self.decide_rest(scenes, total);
                return;
            };
            total.embedded += next.asked.as_ref().map_or(0, Asked::people) as u64;
            self.make_changes(feed, total);
            let Some(mut scene) = self.finish(next, feed) else { return };
            if self.ahead > 0 && waiting.is_empty() {
                // A recording's last frame: what is still open is decided with what there is.
                scene.seen.absorb(self.follower.rest());
            }
            total.add(&scene);
            total.follow(self.follower.counter());
            if scenes.send(Counted::Scene(scene)).is_err() {
                return;
            }
        }
    }

    /// At the end of a live source: decides what is still open with what there is.
    fn decide_rest(&mut self, scenes: &Sender<Counted>, total: &mut Tracked) {
        let rest = self.follower.rest();
        if rest.is_eventful() {
            total.follow(self.follower.counter());
            // Whoever does not take it any more has failed, and says so.
            let _ = scenes.send(Counted::Rest(rest));
        }
    }

    /// Makes the changes that were asked for since the frame before.
    fn make_changes(&mut self, feed: &Feed, total: &mut Tracked) {
        let changes = feed.take_changes();
        if changes.is_empty() {
            return;
        }
        let (width, height) = self.size;
        self.follower.change(|tracker, counter| {
            for change in changes {
                change(tracker, counter);
            }
            counter.fit(width, height);
        });
        self.layout = Some(Arc::new(layout(self.follower.counter())));
        total.count(self.follower.counter());
    }

    /// Looks after all at a frame at which the networks were to rest, while somebody is followed or was seen in a
    /// frame that is not tracked yet; `None` once there are no detectors any more.
    fn look_again(&mut self, next: Detected, waiting: &VecDeque<Waiting>, feed: &Feed) -> Option<Detected> {
        if !next.look.rests {
            return Some(next);
        }
        let was_seen = waiting.iter().any(|waiting| self.fixtures.sees_others(&waiting.detections));
        if self.follows() || was_seen {
            return self.ends.again.look(next);
        }
        feed.meter.rest_one();
        let people = self.fixtures.seen().to_vec();
        Some(Detected { found: Found { people, ..Found::default() }, ..next })
    }

    /// Whether anybody is followed but fixtures.
    fn follows(&self) -> bool {
        self.follower.tracker().follows() && self.fixtures.has_others()
    }

    /// Asks for the embeddings that the tracker wants, unless the networks rest; `None` once the embedding stage is
    /// gone.
    fn ask(&mut self, Detected { frame, look, found }: Detected) -> Option<Waiting> {
        let Found { people: mut detections, cut } = found;
        self.follower.mask(&mut detections);
        let asked = match &self.ends.embedding {
            Some(stage) if !look.rests => {
                Some(stage.ask(&frame, &detections, self.follower.plan(frame.time, &detections))?)
            }
            _ => None,
        };
        Some(Waiting { frame, look, cut, detections, asked })
    }

    /// Tracks and counts a frame, once its embeddings are there; `None` once the embedding stage is
    /// gone.
    fn finish(&mut self, waiting: Waiting, feed: &Feed) -> Option<Scene> {
        let Waiting { frame, look, cut, detections, asked } = waiting;
        let scales = look.steady().iter().map(|window| window.scale);
        self.window_scale = scales.chain(self.window_scale).reduce(f64::max);
        let embeddings = match (&mut self.ends.embedding, asked) {
            (Some(stage), Some(asked)) => {
                let embeddings = stage.answer(&asked, detections.len())?;
                feed.meter.embed.count();
                embeddings
            }
            _ => Embeddings::absent(detections.len()),
        };
        let observations = Observations { detections, embeddings };
        Some(feed.meter.track.time(|| {
            let _span = info_span!("track", source = feed.name(), frame = frame.number).entered();
            let seen = self.follower.step(frame.number, frame.time, &observations);
            // Without a sight nothing ever rests.
            if !look.rests && self.ends.teller.has_sight() {
                let going = self.follower.visibility().going();
                self.fixtures.see(frame.time, &observations.detections, &going);
            }
            let (followed, layout) = (self.follows(), self.layout.take());
            self.ends.teller.tell(|| {
                // At rest nobody was found: what is there is what was.
                let people = if look.rests {
                    Vec::new()
                } else {
                    passing(&observations.detections, &seen.tracks, self.follower.visibility())
                };
                let found = Found { people, cut };
                Sighting { frame: frame.number, found, followed, layout }
            });
            Scene { frame, observations, seen, look }
        }))
    }
}

impl Tracked {
    fn add(&mut self, scene: &Scene) {
        self.detections += scene.observations.detections.len() as u64;
        self.boxes += scene.seen.tracks.len() as u64;
        self.people = scene.seen.tracks.iter().map(|t| t.id.0).fold(self.people, u64::max);
        self.footage = scene.frame.time;
    }

    fn count(&mut self, counter: &Counter) {
        self.lines = counter.lines().iter().map(|line| line.name().to_owned()).collect();
        self.zones = counter.zones().iter().map(|zone| zone.name().to_owned()).collect();
        self.follow(counter);
    }

    fn follow(&mut self, counter: &Counter) {
        counter.tallies().clone_into(&mut self.tallies);
        counter.doubts().clone_into(&mut self.doubts);
        counter.zone_tallies().clone_into(&mut self.zone_tallies);
        self.group_tallies = counter.tells_groups().then(|| counter.group_tallies().to_vec());
        self.visitors = counter.estimate();
    }
}
