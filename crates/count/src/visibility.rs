//! How well people could be followed: what counts say nothing of.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_track::{Bbox, Detection, Point, Step, TrackId};
use serde::{Deserialize, Serialize};

use crate::{Anchor, CountInterval, Direction, Doubt, Line, Tally};

/// Detections at or above this confidence are somebody.
const SURE: f32 = 0.4;
/// A track begins or ends at a line if it does within so many heights of it.
const NEAR: f64 = 1.0;
/// Whoever is there as the source begins or ends has not appeared or vanished.
const MARGIN: Duration = Duration::from_millis(700);

/// What was seen of people without being counted: how many could not be followed, how large they were, and how
/// many tracks began or ended at each line.
///
/// Crossings tell of those who were followed. Where many detections belong to no track, others have passed in
/// between. Nothing here has a part in what is counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Visibility {
    /// Detections that are somebody, and how many of these belong to no track.
    sure: u64,
    unfollowed: u64,
    /// Heights of people who were followed, summed up, in pixels.
    heights: f64,
    followed: u64,
    began: Option<Duration>,
    /// Where the tracks that go on were last seen.
    last: BTreeMap<TrackId, Bbox>,
    loose: Vec<Loose>,
}

/// Tracks that began and ended at a line, on its `in` side and on its `out` side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Loose {
    began: [u64; 2],
    ended: [u64; 2],
}

/// Why no honest range can be given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Uncountable {
    /// Too many of those who are seen cannot be followed from one frame to the next.
    Unfollowed {
        /// Their share of all who are seen, 0 to 1.
        share: f64,
    },
    /// People are too small in the network's input to be found.
    TooSmall {
        /// How high they are there on average, in its pixels.
        height: f64,
    },
}

impl Uncountable {
    /// Its name, as in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unfollowed { .. } => "unfollowed",
            Self::TooSmall { .. } => "too_small",
        }
    }
}

impl Visibility {
    /// Takes the next frame: everybody whom the detector saw, and who was followed.
    pub(crate) fn see(
        &mut self,
        time: Duration,
        detections: &[Detection],
        step: &Step,
        (anchor, lines): (Anchor, &[Line]),
    ) {
        let began = *self.began.get_or_insert(time);
        self.loose.resize(lines.len(), Loose::default());
        let is_sure = |index: usize| detections.get(index).is_some_and(|seen| seen.confidence >= SURE);
        let sure = (0..detections.len()).filter(|&index| is_sure(index)).count();
        // A detection belongs to one track at most.
        let followed = step.tracks.iter().filter(|track| is_sure(track.detection)).count();
        self.sure += sure as u64;
        self.unfollowed += sure.saturating_sub(followed) as u64;
        for track in &step.tracks {
            self.heights += track.bbox.height;
            self.followed += 1;
            let is_new = self.last.insert(track.id, track.bbox).is_none();
            if is_new && time.saturating_sub(began) > MARGIN {
                self.loosen(&track.bbox, anchor, lines, |loose| &mut loose.began);
            }
        }
        for id in &step.removed {
            if let Some(bbox) = self.last.remove(id) {
                self.loosen(&bbox, anchor, lines, |loose| &mut loose.ended);
            }
        }
    }

    /// Goes on with other lines: what was seen at those before says nothing of them.
    pub(crate) fn change(&mut self, lines: usize) {
        self.loose = vec![Loose::default(); lines];
    }

    fn loosen(
        &mut self,
        bbox: &Bbox,
        anchor: Anchor,
        lines: &[Line],
        of: impl Fn(&mut Loose) -> &mut [u64; 2],
    ) {
        let point = anchor.of(bbox);
        for (line, loose) in lines.iter().zip(&mut self.loose) {
            if apart(line, point) < NEAR * bbox.height {
                of(loose)[usize::from(line.signed_distance(point) <= 0.0)] += 1;
            }
        }
    }

    /// The share of those who are seen that belong to no track; 0 where nobody is seen.
    #[must_use]
    pub fn unfollowed(&self) -> f64 {
        if self.sure == 0 { 0.0 } else { self.unfollowed as f64 / self.sure as f64 }
    }

    /// The mean height of people who are followed, in pixels; nothing where nobody is.
    #[must_use]
    pub fn height(&self) -> Option<f64> {
        (self.followed > 0).then(|| self.heights / self.followed as f64)
    }

    /// Whether counting is beyond what can be answered for, with pictures made `scale` times as large for the network,
    /// where that is known.
    #[must_use]
    pub fn uncountable(&self, scale: Option<f64>) -> Option<Uncountable> {
        let small = self.height().zip(scale).map(|(height, scale)| height * scale).filter(|h| *h < SMALLEST);
        let share = self.unfollowed();
        let enough = self.sure >= ENOUGH;
        let lost = (enough && share > MOST_UNFOLLOWED).then_some(Uncountable::Unfollowed { share });
        lost.or_else(|| small.map(|height| Uncountable::TooSmall { height }))
    }

    /// The range of the counts of the line at `index`, in each direction: inwards, outwards.
    ///
    /// The mean number of people hidden is `BASE + count (LOST u / (1 - u) + SMALL s) + LOOSE u b`: `u` is the share
    /// unfollowed, `s` how much smaller people are than `LARGE`, and `b` how many tracks ended before the line and
    /// began behind it, of both the lesser. It varies more than chance alone would have it: a negative binomial
    /// distribution with the variance `m + VARIES m^2`. All are fitted on sequences with ground truth, thinned and
    /// shrunk: `scripts/measure conditions` prints how often ranges hold.
    #[must_use]
    pub fn range(
        &self,
        index: usize,
        tally: &Tally,
        doubt: &Doubt,
        scale: Option<f64>,
    ) -> [CountInterval; 2] {
        let u = self.unfollowed().min(0.9);
        let height = self.height().zip(scale).map_or(LARGE, |(height, scale)| height * scale);
        let small = ((LARGE - height) / LARGE).clamp(0.0, 1.0);
        let loose = self.loose.get(index).copied().unwrap_or_default();
        [Direction::In, Direction::Out].map(|direction| {
            let (count, doubt, behind) = match direction {
                Direction::In => (tally.entered, doubt.entered, 0),
                Direction::Out => (tally.left, doubt.left, 1),
            };
            let both = loose.began[behind].min(loose.ended[1 - behind]) as f64;
            let hidden = BASE + count as f64 * (LOST * u / (1.0 - u) + SMALL * small) + LOOSE * u * both;
            CountInterval::with_hidden(count, doubt, hidden, VARIES)
        })
    }
}

/// The distance of a point from a line between its ends, in pixels.
fn apart(line: &Line, p: Point) -> f64 {
    let to = |pair: &[Point]| {
        let (a, b) = (pair[0], pair[1]);
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy).max(f64::MIN_POSITIVE);
        let along = along.clamp(0.0, 1.0);
        (p.x - a.x - along * dx).hypot(p.y - a.y - along * dy)
    };
    line.points().windows(2).map(to).fold(f64::INFINITY, f64::min)
}

/// Of the number of people hidden: see [`Visibility::range`].
const BASE: f64 = 0.1;
const LOST: f64 = 0.8;
const SMALL: f64 = 0.6;
const LOOSE: f64 = 0.1;
const VARIES: f64 = 1.1;
/// People as high as this in the network's input are large enough, in its pixels.
const LARGE: f64 = 30.0;
/// Below this no range holds.
const SMALLEST: f64 = 16.0;
/// Above this share no range holds,
const MOST_UNFOLLOWED: f64 = 0.35;
/// once so many people were seen, frame by frame.
const ENOUGH: u64 = 20;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::{Bbox, Detection, Point, Step, TrackId, TrackedBox};

    use super::{Uncountable, Visibility, apart};
    use crate::{Anchor, CountInterval, Doubt, Line, Tally};

    fn door() -> Line {
        Line::new("door", Point::new(100.0, 200.0), Point::new(100.0, 0.0)).unwrap()
    }

    fn detection(x: f64) -> Detection {
        Detection { bbox: Bbox::new(x, 50.0, 20.0, 50.0), confidence: 0.8 }
    }

    /// Somebody with this id at each x, one a second; followed where the id is not 0.
    fn seen(frames: &[(u64, f64)]) -> Visibility {
        let mut sight = Visibility::default();
        let mut before = 0;
        for (second, &(id, x)) in (0..).zip(frames) {
            let detection = detection(x);
            let tracked =
                |id| TrackedBox { id: TrackId(id), bbox: detection.bbox, confidence: 0.8, detection: 0 };
            let tracks: Vec<_> = (id > 0).then(|| tracked(id)).into_iter().collect();
            let removed = if before > 0 && before != id { vec![TrackId(before)] } else { Vec::new() };
            let step = Step { tracks, removed, ..Step::default() };
            sight.see(Duration::from_secs(second), &[detection], &step, (Anchor::Feet, &[door()]));
            before = id;
        }
        sight
    }

    fn ranges(sight: &Visibility, entered: u64, scale: Option<f64>) -> [CountInterval; 2] {
        sight.range(
            0,
            &Tally { entered, left: 0 },
            &Doubt { entered: 0.05 * entered as f64, left: 0.0 },
            scale,
        )
    }

    #[test]
    fn who_is_seen_and_not_followed_may_have_passed() {
        let well = seen(&[(1, 40.0); 60]);
        let badly = seen(&[[(1, 40.0); 40], [(0, 40.0); 40]].concat()[15..75]);
        assert_eq!(well.unfollowed(), 0.0);
        assert!(badly.unfollowed() > 0.5 && badly.uncountable(None).is_some());
        let some = seen(&[[(1, 40.0); 50].as_slice(), &[(0, 40.0); 10]].concat());
        assert_eq!(some.uncountable(None), None);
        assert!(ranges(&some, 10, None)[0].high > ranges(&well, 10, None)[0].high);
        assert_eq!(ranges(&some, 10, None)[0].low, ranges(&well, 10, None)[0].low);
    }

    #[test]
    fn tracks_that_break_at_the_line_hide_crossings_of_that_direction() {
        // From the out side on the left: lost before the door, found behind it; far from it nobody is lost.
        let pass: Vec<_> = (1..=40)
            .flat_map(|n| [(2 * n, -400.0), (2 * n, 60.0), (0, 80.0), (2 * n + 1, 110.0), (2 * n + 1, 600.0)])
            .collect();
        let sight = seen(&pass);
        let [inwards, outwards] = ranges(&sight, 0, None);
        assert!(inwards.high > outwards.high, "{inwards:?} {outwards:?}");
    }

    #[test]
    fn people_who_are_too_small_are_not_counted_on() {
        let sight = seen(&[(1, 40.0); 60]);
        assert_eq!(sight.uncountable(Some(1.0)), None);
        assert_eq!(sight.uncountable(Some(0.2)), Some(Uncountable::TooSmall { height: 10.0 }));
        assert!(ranges(&sight, 20, Some(0.4))[0].high > ranges(&sight, 20, Some(1.0))[0].high);
    }

    #[test]
    fn beyond_its_ends_a_line_is_as_far_as_its_end() {
        assert_eq!(apart(&door(), Point::new(130.0, 100.0)), 30.0);
        assert_eq!(apart(&door(), Point::new(100.0, 240.0)), 40.0);
    }
}
