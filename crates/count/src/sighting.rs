//! Where a person was in one frame.

use std::time::Duration;

use footfall_track::{Bbox, Point, TrackId};

use crate::Anchor;

/// A place of a person, seen or inferred.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    /// By which track.
    pub(crate) track: TrackId,
    /// The point of the box that passes lines, in pixels.
    pub(crate) anchor: Point,
    /// Middle of the box, in pixels.
    pub(crate) centre: Point,
    /// Of the box, in pixels.
    pub(crate) height: f64,
    /// How tall the person is there, in pixels: bands and distances are shares of it.
    pub(crate) stature: f64,
    /// Number of the frame, from 1.
    pub(crate) frame: u64,
    /// That frame's time since the source's start.
    pub(crate) time: Duration,
    /// Whether another person's box overlapped this one.
    pub(crate) crowded: bool,
    /// Whether nobody was seen here, but they must have come from here.
    pub(crate) inferred: bool,
    /// Whether it was found by looking back from a track that began later.
    pub(crate) found: bool,
}

impl Sighting {
    /// What a track's box in a frame says, of somebody who is alone.
    pub(crate) fn new(track: TrackId, bbox: &Bbox, anchor: Anchor, frame: u64, time: Duration) -> Self {
        Self {
            track,
            anchor: anchor.of(bbox),
            centre: bbox.centre(),
            height: bbox.height,
            stature: anchor.stature(bbox),
            frame,
            time,
            crowded: false,
            inferred: false,
            found: false,
        }
    }

    /// Upper edge of the box whose feet are the anchor, in pixels.
    pub(crate) fn top(&self) -> f64 {
        self.anchor.y - self.height
    }

    /// The same head, with the feet so many pixels below it; for anchors that are feet.
    pub(crate) fn with_height(self, height: f64) -> Self {
        let anchor = Point::new(self.anchor.x, self.top() + height);
        let centre = Point::new(self.centre.x, self.top() + height / 2.0);
        Self { anchor, centre, height, stature: height, ..self }
    }
}

/// Two times that differ by less are the same: frames' times are rounded.
pub(crate) const RESOLUTION: Duration = Duration::from_millis(1);

/// Change of a point in pixels a second.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Velocity {
    x: f64,
    y: f64,
}

impl Velocity {
    /// The straight line through points at times in seconds that is nearest to them by least squares; at
    /// rest where they say nothing.
    pub(crate) fn of(points: &(impl Iterator<Item = (f64, Point)> + Clone)) -> Self {
        let count = points.clone().count() as f64;
        if count < 2.0 {
            return Self::default();
        }
        let mean = |value: fn(&(f64, Point)) -> f64| points.clone().map(|p| value(&p)).sum::<f64>() / count;
        let (time, x, y) = (mean(|p| p.0), mean(|p| p.1.x), mean(|p| p.1.y));
        let (mut spread, mut along_x, mut along_y) = (0.0, 0.0, 0.0);
        for (at, point) in points.clone() {
            spread += (at - time) * (at - time);
            along_x += (at - time) * (point.x - x);
            along_y += (at - time) * (point.y - y);
        }
        if spread > 0.0 { Self { x: along_x / spread, y: along_y / spread } } else { Self::default() }
    }

    /// Where a point is after so many seconds; before, where they are negative.
    pub(crate) fn carry(self, from: Point, seconds: f64) -> Point {
        Point::new(from.x + seconds * self.x, from.y + seconds * self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::Velocity;
    use footfall_track::Point;

    #[test]
    fn a_line_through_points_is_found() {
        let points = [(0.0, Point::new(1.0, 9.0)), (0.5, Point::new(2.0, 7.0)), (1.5, Point::new(4.0, 3.0))];
        let there = Velocity::of(&points.into_iter()).carry(Point::new(0.0, 0.0), 2.0);
        assert!((there.x - 4.0).abs() < 1e-12 && (there.y + 8.0).abs() < 1e-12);
    }

    #[test]
    fn one_point_or_one_time_is_at_rest() {
        let point = Point::new(3.0, 4.0);
        for points in [vec![], vec![(1.0, point)], vec![(1.0, point), (1.0, Point::new(9.0, 9.0))]] {
            assert_eq!(Velocity::of(&points.into_iter()).carry(point, 5.0), point);
        }
    }
}
