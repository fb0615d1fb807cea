//! Joining of tracklets of one person.

use super::OfflineConfig;
use super::tracklet::Tracklet;
use crate::assignment::{Edge, Solver};
use crate::{Point, TrackedBox};

/// Velocities are taken over this much time at a tracklet's end, in seconds.
const MOTION_TIME: f64 = 0.5;
/// How far from where they are expected people may be, in heights: at once,
const SLACK: f64 = 0.3;
/// and for each second of the gap in addition.
const SLACK_RATE: f64 = 0.5;
/// Least ratio of the heights at the ends of a gap.
const MIN_HEIGHT_RATIO: f64 = 0.7;

/// Joins tracklets, given by the frame they begin at or not, into people.
///
/// One goes on as another if the other begins after its end, within the longest gap, where both
/// motions carried on to the middle of the gap meet, at about the same height and, if both have an
/// appearance, with about the same one. Who goes on as whom is one optimal assignment of ends to
/// beginnings over the whole recording.
pub(crate) fn stitch(mut tracklets: Vec<Tracklet>, times: &[f64], config: &OfflineConfig) -> Vec<Tracklet> {
    tracklets.sort_by_key(Tracklet::first);
    let mut edges = Vec::new();
    for (row, ending) in tracklets.iter().enumerate() {
        let start = tracklets.partition_point(|other| other.first() <= ending.last());
        for (column, beginning) in tracklets.iter().enumerate().skip(start) {
            let gap = times[beginning.first()] - times[ending.last()];
            if gap > config.max_gap.as_secs_f64() {
                break;
            }
            let cost = cost(ending, beginning, gap, times, config);
            edges.extend(cost.map(|cost| Edge { row: row as u32, column: column as u32, cost }));
        }
    }
    let mut solver = Solver::default();
    solver.solve(tracklets.len(), tracklets.len(), &edges, 1.0);
    let mut whole: Vec<Option<Tracklet>> = tracklets.into_iter().map(Some).collect();
    // A continuation begins later than what it continues: from the last on, each is complete.
    for row in (0..whole.len()).rev() {
        let rest = solver.column_of(row).and_then(|column| whole[column].take());
        if let (Some(ending), Some(rest)) = (&mut whole[row], rest) {
            ending.append(rest);
        }
    }
    whole.into_iter().flatten().collect()
}

/// How unlike one person's the two are, 0 to 1; none if they cannot be one.
fn cost(
    ending: &Tracklet,
    beginning: &Tracklet,
    gap: f64,
    times: &[f64],
    config: &OfflineConfig,
) -> Option<f64> {
    let (&(_, from), &(_, to)) = (ending.boxes.last()?, beginning.boxes.first()?);
    let (low, high) = (from.bbox.height.min(to.bbox.height), from.bbox.height.max(to.bbox.height));
    if low < MIN_HEIGHT_RATIO * high {
        return None;
    }
    let after = carried(&from, velocity(ending.boxes.iter().rev(), times), gap / 2.0);
    let before = carried(&to, velocity(beginning.boxes.iter(), times), -gap / 2.0);
    let distance = (after.x - before.x).hypot(after.y - before.y) / f64::midpoint(low, high);
    let motion = distance / (SLACK + SLACK_RATE * gap);
    let look = match beginning.feature.distance_to(&ending.feature) {
        Some(distance) => f64::from(distance / config.max_cosine_distance),
        None => motion,
    };
    (motion <= 1.0 && look <= 1.0).then(|| f64::midpoint(motion, look))
}

/// Velocity of the anchor in pixels a second over the first boxes of a sequence, in either direction of time.
fn velocity<'a>(boxes: impl Iterator<Item = &'a (usize, TrackedBox)>, times: &[f64]) -> (f64, f64) {
    let mut boxes = boxes.map(|(frame, tracked)| (times[*frame], tracked.bbox.centre()));
    let Some((start, from)) = boxes.next() else { return (0.0, 0.0) };
    let Some((end, to)) = boxes.take_while(|(time, _)| (time - start).abs() <= MOTION_TIME).last() else {
        return (0.0, 0.0);
    };
    let time = end - start;
    if time == 0.0 { (0.0, 0.0) } else { ((to.x - from.x) / time, (to.y - from.y) / time) }
}

fn carried(tracked: &TrackedBox, velocity: (f64, f64), seconds: f64) -> Point {
    let centre = tracked.bbox.centre();
    Point::new(centre.x + seconds * velocity.0, centre.y + seconds * velocity.1)
}
