//! From tracks to crossings: who has really passed which line.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use footfall_track::{Bbox, Embeddings, Step, TrackId, TrackedBox};

use crate::config::Limits;
use crate::groups::Groups;
use crate::newcomer::{Beginning, Newcomer, overlapping};
use crate::person::{Event, Person, Watched};
use crate::sighting::{RESOLUTION, Sighting};
use crate::{
    Anchor, Config, ConfigError, Crossing, Doubt, Estimate, Group, GroupTally, Line, Mask, Staff, Tally,
    Visit, Visitors, Zone, ZoneTally,
};

pub(crate) mod change;
mod events;
mod follow;

/// Counts people over lines.
///
/// The anchor of a person ([`Anchor`](crate::Anchor)) takes a side of a line once it is more than the
/// dead band away from it. When the side that it takes is not the one that it had, the person has
/// passed the line; that is a crossing if the anchor's path met the line between its ends, where it
/// last changed sides. Someone who appears on a side has not passed anything, and one who comes back
/// has passed again.
///
/// Tracks have faults, and five things keep them from the counts. Places are averaged over a moment,
/// so that jitter is no walk (`path`). A track that begins where another one was lost goes on as the
/// same person, if motion and appearance agree (`newcomer`). Feet that vanish behind something while the
/// head stays are where they were, as far below the head (`stature`). Whose track begins late may have been
/// seen dimly before, which the tracker has found (`Step::found`). And whoever comes out of an
/// occlusion, walking away from it, has come from its other side. So a crossing is decided a little
/// later than it happens, and dated at the side change.
#[derive(Clone, Debug)]
pub struct Counter {
    lines: Vec<Line>,
    zones: Vec<Zone>,
    masks: Vec<Mask>,
    limits: Limits,
    tallies: Vec<Tally>,
    doubts: Vec<Doubt>,
    zone_tallies: Vec<ZoneTally>,
    /// Visits that nobody took yet.
    visits: Vec<Visit>,
    /// The first frame.
    began: Option<Beginning>,
    /// The latest frame's number.
    latest: u64,
    /// The last frames before it, as far as tracks may have been found in them later.
    recent: VecDeque<(u64, Duration)>,
    /// By their order of appearance.
    people: BTreeMap<u64, Person>,
    /// Whose track it is.
    person_of: BTreeMap<TrackId, u64>,
    newcomers: BTreeMap<TrackId, Newcomer>,
    /// How many people there have been.
    appeared: u64,
    /// Those who can be known again, where anybody is to be.
    visitors: Option<Visitors>,
    /// Who comes in together, where anybody wants to know.
    groups: Option<Groups>,
    group_tallies: Vec<GroupTally>,
    /// Groups that nobody took yet.
    decided_groups: Vec<Group>,
    /// The last number of a visitor that was given before anybody ceased to be known again.
    numbered: u64,
    staff: Staff,
    /// See [`expect_hidden`](Self::expect_hidden).
    hidden: Option<f64>,
}

impl Counter {
    /// A counter for `lines`, each starting at zero.
    ///
    /// # Errors
    /// When a number in `config` cannot be used.
    pub fn new(lines: Vec<Line>, config: Config) -> Result<Self, ConfigError> {
        let limits = config.limits()?;
        let tallies = vec![Tally::default(); lines.len()];
        let doubts = vec![Doubt::default(); lines.len()];
        let group_tallies = vec![GroupTally::default(); lines.len()];
        Ok(Self {
            lines,
            zones: Vec::new(),
            masks: Vec::new(),
            limits,
            tallies,
            doubts,
            zone_tallies: Vec::new(),
            visits: Vec::new(),
            began: None,
            latest: 0,
            recent: VecDeque::new(),
            people: BTreeMap::new(),
            person_of: BTreeMap::new(),
            newcomers: BTreeMap::new(),
            appeared: 0,
            visitors: limits.visitors.map(Visitors::new),
            groups: limits.groups.map(Groups::new),
            group_tallies,
            decided_groups: Vec::new(),
            numbered: 0,
            staff: Staff::default(),
            hidden: None,
        })
    }

    /// The counter, with zones to watch too.
    #[must_use]
    pub fn with_zones(mut self, zones: Vec<Zone>) -> Self {
        self.zone_tallies = vec![ZoneTally::default(); zones.len()];
        self.zones = zones;
        self
    }

    /// The counter, with masks: places where nobody is to be looked for.
    #[must_use]
    pub fn with_masks(mut self, masks: Vec<Mask>) -> Self {
        self.masks = masks;
        self
    }

    /// The counter, leaving out of its counts those who work there. Their crossings are given, and say so.
    #[must_use]
    pub fn with_staff(mut self, staff: Staff) -> Self {
        self.employ(staff);
        self
    }

    /// From now on leaves these out of all counts, and nobody else.
    pub fn employ(&mut self, staff: Staff) {
        self.staff = staff;
    }

    /// Takes lines, zones and masks that are relative as parts of a picture of this size, in pixels. Needed
    /// before the first step if there are any.
    pub fn fit(&mut self, width: usize, height: usize) {
        self.lines.iter_mut().for_each(|line| *line = line.in_pixels(width, height));
        self.zones.iter_mut().for_each(|zone| *zone = zone.in_pixels(width, height));
        self.masks.iter_mut().for_each(|mask| *mask = mask.in_pixels(width, height));
    }

    /// Whether nothing is relative to the picture's size any more.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        let relative = self.lines.iter().any(Line::is_relative)
            || self.zones.iter().any(Zone::is_relative)
            || self.masks.iter().any(Mask::is_relative);
        !relative
    }

    /// Which point of a person lines and zones look at.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        self.limits.anchor
    }

    /// Places where nobody is to be looked for.
    #[must_use]
    pub fn masks(&self) -> &[Mask] {
        &self.masks
    }

    /// Whether a detection with this box is to be ignored: it stands in a mask.
    #[must_use]
    pub fn hides(&self, bbox: &Bbox) -> bool {
        self.masks.iter().any(|mask| mask.hides(bbox))
    }

    /// The lines, in the order that [`Crossing::line`] refers to.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Counts so far, a line each.
    #[must_use]
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// How much the counts so far are in doubt, a line each.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// Says how many people are expected to be missed from now on for each one who is counted, where that is known:
    /// [`Visibility::hidden`](crate::Visibility::hidden).
    pub fn expect_hidden(&mut self, hidden: Option<f64>) {
        self.hidden = hidden;
    }

    /// The zones, in the order that [`Visit::zone`] refers to.
    #[must_use]
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// What zones have seen so far, one each.
    #[must_use]
    pub fn zone_tallies(&self) -> &[ZoneTally] {
        &self.zone_tallies
    }

    /// Visits that have ended since they were last taken, by their end.
    pub fn take_visits(&mut self) -> Vec<Visit> {
        std::mem::take(&mut self.visits)
    }

    /// Whether it is told who comes in together.
    #[must_use]
    pub fn tells_groups(&self) -> bool {
        self.groups.is_some()
    }

    /// Groups so far, a line each; a group is in it some seconds after it came in.
    #[must_use]
    pub fn group_tallies(&self) -> &[GroupTally] {
        &self.group_tallies
    }

    /// Groups that were decided since they were last taken, by the time of their first.
    pub fn take_groups(&mut self) -> Vec<Group> {
        std::mem::take(&mut self.decided_groups)
    }

    /// How many different people came in within the window, where that is told.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        self.visitors.as_ref().map(Visitors::estimate)
    }

    /// Takes the tracks of one frame, and those that have ended, with the embeddings of the frame's
    /// detections as far as there are any; gives the crossings decided in it, by track, then by line.
    ///
    /// Frames come in rising order of number and time.
    pub fn step(
        &mut self,
        frame: u64,
        time: Duration,
        step: &Step,
        embeddings: &Embeddings,
    ) -> Vec<Crossing> {
        self.began.get_or_insert(Beginning { frame, time });
        self.latest = frame;
        let anchor = self.limits.anchor;
        for (index, tracked) in step.tracks.iter().enumerate() {
            let sighting = self.sighting(frame, time, &step.tracks, index);
            let beside = || overlapping(&step.tracks, index).map(|other| anchor.of(&other.bbox)).collect();
            let found = step.found.iter().find(|found| found.id == tracked.id);
            found
                .into_iter()
                .flat_map(|found| &found.boxes)
                .for_each(|past| self.find(&sighting, past, beside));
            self.see(sighting, beside, embeddings.get(tracked.detection));
        }
        for id in &step.removed {
            if let Some(newcomer) = self.newcomers.get_mut(id) {
                newcomer.ended = true;
            }
            if let Some(person) = self.person_of.remove(id).and_then(|key| self.people.get_mut(&key)) {
                person.ended = true;
            }
        }
        self.recent.push_front((frame, time));
        self.recent.truncate(RECENT);
        self.settle_newcomers(Some(time));
        let mut events = self.advance(Some(time));
        let since = time.saturating_sub(self.limits.join_gap + self.watched() + RESOLUTION);
        self.people.retain(|_, person| {
            let is_over = person.is_over(since);
            if is_over {
                person.end_visits(&mut events);
            }
            !is_over
        });
        self.settle_groups(Some(time));
        self.count(events)
    }

    /// Decides what can be decided at the end of the source, after its last frame; gives the crossings.
    pub fn finish(&mut self) -> Vec<Crossing> {
        self.settle_newcomers(None);
        let mut events = self.advance(None);
        self.people.values_mut().for_each(|person| person.end_visits(&mut events));
        self.settle_groups(None);
        self.count(events)
    }

    fn sighting(&self, frame: u64, time: Duration, tracks: &[TrackedBox], index: usize) -> Sighting {
        let TrackedBox { id, bbox, .. } = &tracks[index];
        let crowded = overlapping(tracks, index).next().is_some();
        Sighting { crowded, ..Sighting::new(*id, bbox, self.limits.anchor, frame, time) }
    }

    fn advance(&mut self, now: Option<Duration>) -> Vec<Event> {
        let watched = Watched { lines: &self.lines, zones: &self.zones, limits: &self.limits };
        let (mut events, decided) = (Vec::new(), self.latest);
        let mut doers = Vec::new();
        for (&key, person) in &mut self.people {
            person.advance(&watched, now, decided, &mut events);
            doers.resize(events.len(), key);
        }
        self.recognise(&mut events, &doers);
        self.accompany(&mut events, &doers);
        events
    }
}

/// Frames that are remembered: tracks are followed back over two seconds.
const RECENT: usize = 256;

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod feet_tests;
#[cfg(test)]
mod looks_tests;
#[cfg(test)]
mod tests;
