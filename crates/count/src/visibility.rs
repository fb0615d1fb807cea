//! How well people could be followed: what counts say nothing of.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_track::{Bbox, Detection, Step, TrackId};
use serde::Serialize;

use crate::{CountInterval, Doubt, Tally, Uncountable, Visible};

/// Whoever is there as the source begins has not appeared.
const MARGIN: Duration = Duration::from_millis(700);
/// A track that is over after so many frames was hardly one.
const SHORT_TRACK: u64 = 5;
/// Whoever has been in one place for more frames than this stands.
const STANDS: u32 = 25;
/// A stretch without frames is no time in which anybody was followed.
const LONGEST_STEP: f64 = 1.0;
/// Conditions of late are those of so long, and of up to as long before: a dark evening says nothing of the morning.
const LATE: Duration = Duration::from_mins(30);

/// What was seen of people without being counted: how many could not be followed, how large they were, how often their
/// tracks broke.
///
/// Crossings tell of those who were followed. Where tracks are short, or many detections belong to none, others have
/// passed in between. Nothing here has a part in what is counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Visibility {
    sums: Visible,
    began: Option<Duration>,
    /// The latest frame's time.
    latest: Option<Duration>,
    /// The tracks that go on.
    going: BTreeMap<TrackId, Going>,
    /// How far people were seen.
    extent: Option<Extent>,
    /// How tracks held together since `turned`, and in the [`LATE`] before that.
    recent: Followed,
    before: Followed,
    turned: Duration,
}

/// How tracks held together for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Followed {
    sums: Visible,
    tracks: u64,
    /// Those that were over after a few frames.
    short: u64,
    /// How often one began or ended in the midst of the picture.
    midst: u64,
    /// How long all of them lasted, added up, in seconds.
    seconds: f64,
}

impl Followed {
    /// Both together.
    fn and(&self, other: &Self) -> Self {
        Self {
            sums: self.sums.and(&other.sums),
            tracks: self.tracks + other.tracks,
            short: self.short + other.short,
            midst: self.midst + other.midst,
            seconds: self.seconds + other.seconds,
        }
    }
}

/// Where a track that goes on was last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trail {
    /// In pixels.
    pub bbox: Bbox,
    /// When that was, since the source's start.
    pub seen: Duration,
    /// Whether it was ever away from where it began.
    pub has_moved: bool,
}

/// A track that goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Going {
    first: Bbox,
    last: Bbox,
    /// When it was last in a frame.
    seen: Duration,
    /// In how many frames it was.
    frames: u64,
    /// Whether it was ever away from where it was first.
    has_moved: bool,
    /// Where it came to be where it is, and for how many frames it has been there.
    place: Bbox,
    here: u32,
}

/// What conditions say of how many people were hidden; each is 0 where all is well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Signs {
    /// How often a second a track begins or ends in the midst of the picture, for each of its two ends.
    pub broken: f64,
    /// The share of tracks that were over after five frames.
    pub short: f64,
    /// The share of those who are seen that belong to no track, times `broken`.
    pub lost: f64,
}

/// The part of the picture in which people are seen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Extent {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Extent {
    fn of(bbox: &Bbox) -> Self {
        let Bbox { x, y, width, height } = *bbox;
        Self { left: x, top: y, right: x + width, bottom: y + height }
    }

    fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Whether somebody who is there has neither come in from its edge just now nor is about to go: at the sides, or
    /// below.
    fn is_midst(self, bbox: &Bbox) -> bool {
        let Self { left, right, bottom, .. } = Self::of(bbox);
        let (side, foot) = (0.3 * bbox.width, 0.1 * bbox.height);
        left - self.left > side && self.right - right > side && self.bottom - bottom > foot
    }
}

impl Visibility {
    /// Takes the next frame: everybody whom the detector saw, and who was followed.
    pub fn see(&mut self, time: Duration, detections: &[Detection], step: &Step) {
        let began = *self.began.get_or_insert(time);
        let passed = time.saturating_sub(self.latest.replace(time).unwrap_or(time)).as_secs_f64();
        if time.saturating_sub(self.turned) >= LATE {
            (self.before, self.recent, self.turned) =
                (std::mem::take(&mut self.recent), Followed::default(), time);
        }
        self.recent.seconds += passed.min(LONGEST_STEP) * step.tracks.len() as f64;
        let seen = detections.iter().map(|seen| Extent::of(&seen.bbox));
        self.extent = self.extent.into_iter().chain(seen).reduce(Extent::with);
        for track in &step.tracks {
            let bbox = track.bbox;
            let new = Going {
                first: bbox,
                last: bbox,
                seen: time,
                frames: 0,
                has_moved: false,
                place: bbox,
                here: 0,
            };
            let going = self.going.entry(track.id).or_insert(new);
            (going.last, going.seen, going.frames) = (track.bbox, time, going.frames + 1);
            going.has_moved |= is_away(&going.first, &track.bbox);
            if is_away(&going.place, &track.bbox) {
                (going.place, going.here) = (track.bbox, 0);
            }
            going.here = going.here.saturating_add(1);
            if going.frames == 1 {
                self.recent.tracks += 1;
                let has_come = time.saturating_sub(began) > MARGIN;
                self.recent.midst += u64::from(has_come && self.is_midst(&track.bbox));
            }
        }
        for id in &step.removed {
            if let Some(Going { last, frames, .. }) = self.going.remove(id) {
                self.recent.midst += u64::from(self.is_midst(&last));
                self.recent.short += u64::from(frames <= SHORT_TRACK);
            }
        }
        let going = &self.going;
        let mut seen = Visible::default();
        seen.see(detections, step, |track| going.get(&track.id).is_some_and(|going| going.has_moved));
        self.sums = self.sums.and(&seen);
        self.recent.sums = self.recent.sums.and(&seen);
    }

    /// All tracks that go on, out of sight or not.
    pub fn going(&self) -> impl Iterator<Item = Trail> + Clone {
        self.going.values().map(|&Going { last, seen, has_moved, .. }| Trail { bbox: last, seen, has_moved })
    }

    /// Whether this track has been in one place for a while. Seen there again and again, it says no more of how people
    /// look than it did at first: else somebody who waits at a counter all day would outweigh everybody who passes.
    #[must_use]
    pub fn stands(&self, id: TrackId) -> bool {
        self.going.get(&id).is_some_and(|going| going.here > STANDS)
    }

    fn is_midst(&self, bbox: &Bbox) -> bool {
        self.extent.is_some_and(|extent| extent.is_midst(bbox))
    }

    /// All that was seen.
    #[must_use]
    pub fn sums(&self) -> Visible {
        self.sums
    }

    /// See [`Visible::uncountable`], over all that was seen.
    #[must_use]
    pub fn uncountable(&self, scale: Option<f64>) -> Option<Uncountable> {
        self.sums.uncountable(scale)
    }

    /// What the conditions were like of late.
    #[must_use]
    pub fn signs(&self) -> Signs {
        let Followed { sums, tracks, short, midst, seconds } = self.before.and(&self.recent);
        let broken = if seconds > 0.0 { midst as f64 / (2.0 * seconds) } else { 0.0 };
        Signs { broken, short: short as f64 / tracks.max(1) as f64, lost: sums.unfollowed() * broken }
    }

    /// How many people are expected to have been missed for each one who is counted now, by the conditions of late: the
    /// weighted sum of the [`Signs`]. `None` where nobody was looked for.
    ///
    /// The weights are fitted on sequences with ground truth, thinned, shrunk, darkened and blurred:
    /// `scripts/measure conditions` makes them anew, and tells how often ranges hold on sequences that had no part in
    /// the fit.
    #[must_use]
    pub fn hidden(&self) -> Option<f64> {
        self.began?;
        let Signs { broken, short, lost } = self.signs();
        Some(BROKEN * broken + SHORT * short + LOST * lost)
    }

    /// The range of a line's counts in each direction, inwards and outwards: [`CountInterval::likely`], with what is
    /// hidden now where nobody was counted.
    #[must_use]
    pub fn range(&self, tally: &Tally, doubt: &Doubt) -> [CountInterval; 2] {
        [(tally.entered, doubt.entered), (tally.left, doubt.left)].map(|(count, mut unsure)| {
            if count == 0 {
                unsure.hidden = self.hidden().unwrap_or_default();
            }
            CountInterval::likely(count, unsure)
        })
    }
}

/// Whether somebody is half their width or more from where they were: a detector's jitter is less.
#[must_use]
pub fn is_away(from: &Bbox, to: &Bbox) -> bool {
    let (from, to, width) = (from.centre(), to.centre(), from.width);
    (to.x - from.x).hypot(to.y - from.y) >= 0.5 * width
}

/// Of the number of people hidden: see [`Visibility::hidden`].
const BROKEN: f64 = 0.6;
const SHORT: f64 = 0.14;
const LOST: f64 = 5.5;

#[cfg(test)]
mod tests;
