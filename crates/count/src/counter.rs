//! From tracks to crossings: who has really passed which line.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_track::{Point, TrackId, TrackedBox};
use serde::{Deserialize, Serialize};

use crate::{Crossing, Direction, Line, Reason, Tally};

/// When a passage counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Half the width of the band around a line in which nobody is on either side, in heights of the
    /// person's box: someone who stands on the line and sways is not counted over and over.
    pub dead_band: f64,
    /// After how many seconds without a match a track's side is forgotten: what happened in a
    /// longer gap nobody saw.
    pub max_gap: f64,
}

/// Why a configuration cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// The dead band is negative or not a number.
    #[error("counter.dead_band is {value}; it is a share of a box's height, 0 or more (0.1 by default)")]
    DeadBand {
        /// What was given.
        value: f64,
    },
    /// The gap is negative or not a number.
    #[error("counter.max_gap is {value}; it is a number of seconds, 0 or more (1 by default)")]
    MaxGap {
        /// What was given.
        value: f64,
    },
}

impl Default for Config {
    fn default() -> Self {
        Self { dead_band: 0.1, max_gap: 1.0 }
    }
}

/// Counts confirmed tracks over lines.
///
/// The anchor of a box (bottom centre) takes a side of a line once it is more than the dead band
/// away from it. When the side that it takes is not the one that it had, the track has passed the
/// line; that is a crossing if the anchor's path met the line between its ends, where it last
/// changed sides. A track that appears on a side has not passed anything, and one that comes back
/// has passed again.
#[derive(Clone, Debug)]
pub struct Counter {
    lines: Vec<Line>,
    config: Config,
    max_gap: Duration,
    walks: BTreeMap<TrackId, Walk>,
    tallies: Vec<Tally>,
}

/// What is remembered of one track.
#[derive(Clone, Debug)]
struct Walk {
    /// Where and when it was last seen.
    last: Place,
    /// Its relation to each line.
    lines: Vec<Relation>,
}

/// An anchor in a frame.
#[derive(Clone, Copy, Debug)]
struct Place {
    anchor: Point,
    frame: u64,
    time: Duration,
}

/// A track's relation to one line.
#[derive(Clone, Copy, Debug, Default)]
struct Relation {
    /// The side on which the anchor last was clear of the dead band, as a direction towards it.
    side: Option<Direction>,
    /// Where the anchor last changed sides, dead band or not, if that was between the line's ends.
    passage: Option<Passage>,
}

/// The anchor's path meets a line.
#[derive(Clone, Copy, Debug)]
struct Passage {
    point: Point,
    frame: u64,
    time: Duration,
}

impl Counter {
    /// A counter for `lines`, each starting at zero.
    ///
    /// # Errors
    /// When a number in `config` cannot be used.
    pub fn new(lines: Vec<Line>, config: Config) -> Result<Self, ConfigError> {
        if !(config.dead_band >= 0.0 && config.dead_band.is_finite()) {
            return Err(ConfigError::DeadBand { value: config.dead_band });
        }
        let max_gap = Duration::try_from_secs_f64(config.max_gap)
            .map_err(|_| ConfigError::MaxGap { value: config.max_gap })?;
        let tallies = vec![Tally::default(); lines.len()];
        Ok(Self { lines, config, max_gap, walks: BTreeMap::new(), tallies })
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

    /// Takes the tracks of one frame, and those that have ended; gives the crossings decided in it,
    /// by track, then by line.
    ///
    /// Frames come in rising order of number and time.
    pub fn step(
        &mut self,
        frame: u64,
        time: Duration,
        tracks: &[TrackedBox],
        removed: &[TrackId],
    ) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        for track in tracks {
            self.follow(frame, time, track, &mut crossings);
        }
        for id in removed {
            self.walks.remove(id);
        }
        for crossing in &crossings {
            self.tallies[crossing.line].add(crossing.direction);
        }
        crossings
    }

    fn follow(&mut self, frame: u64, time: Duration, track: &TrackedBox, crossings: &mut Vec<Crossing>) {
        let here = Place { anchor: track.bbox.anchor(), frame, time };
        let fresh = || Walk { last: here, lines: vec![Relation::default(); self.lines.len()] };
        let walk = self.walks.entry(track.id).or_insert_with(fresh);
        if time.saturating_sub(walk.last.time) > self.max_gap {
            walk.lines.fill(Relation::default());
            walk.last = here;
        }
        let band = self.config.dead_band * track.bbox.height.max(0.0);
        for (index, (line, relation)) in self.lines.iter().zip(&mut walk.lines).enumerate() {
            let distance = line.signed_distance(here.anchor);
            if (line.signed_distance(walk.last.anchor) > 0.0) != (distance > 0.0) {
                relation.passage = passage(line, walk.last, here);
            }
            if distance.abs() <= band || distance.is_nan() {
                continue;
            }
            let direction = if distance > 0.0 { Direction::In } else { Direction::Out };
            let passed = relation.side.is_some_and(|side| side != direction);
            relation.side = Some(direction);
            if let (true, Some(Passage { point, frame: at, time })) = (passed, relation.passage) {
                let track = track.id;
                crossings.push(Crossing {
                    line: index,
                    direction,
                    track,
                    frame: at,
                    time,
                    decided: frame,
                    point,
                    confidence: 1.0,
                    reasons: vec![Reason::Followed],
                });
            }
        }
        walk.last = here;
    }
}

/// Where and when an anchor that changed sides on its way from `from` to `to` met the line; `None`
/// where that was beyond the line's ends.
///
/// Between two frames the anchor moves straight and evenly. The passage is dated at the first frame
/// in which the anchor has reached the line, seen in it or not.
fn passage(line: &Line, from: Place, to: Place) -> Option<Passage> {
    let before = line.signed_distance(from.anchor).abs();
    let after = line.signed_distance(to.anchor).abs();
    let share = before / (before + after).max(f64::MIN_POSITIVE);
    let between = |a: f64, b: f64| a + share * (b - a);
    let point = Point::new(between(from.anchor.x, to.anchor.x), between(from.anchor.y, to.anchor.y));
    if !(0.0..=1.0).contains(&line.along(point)) {
        return None;
    }
    let frames = to.frame.saturating_sub(from.frame).max(1);
    let passed = ((share * frames as f64).ceil() as u64).min(frames);
    let elapsed = to.time.saturating_sub(from.time).mul_f64(passed as f64 / frames as f64);
    Some(Passage { point, frame: to.frame.saturating_sub(frames) + passed, time: from.time + elapsed })
}

#[cfg(test)]
mod tests;
