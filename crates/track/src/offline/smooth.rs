//! Smooth ways: what a detector's boxes jitter by, and not what the camera does.
//!
//! Each side of a box is fitted by a straight line over the time around it, weighted by a Gaussian window: local linear
//! regression (Cleveland, 1979), which leaves an even motion as it is, at the ends of a track, too. `StrongSORT` (Du et al.,
//! 2022) smooths interpolated tracks by Gaussian processes. A camera that is carried shakes all people alike: what the
//! crowd's median does from one frame to the next is taken off before, and put back after.

use super::tracklet::Tracklet;
use crate::statistics::median;
use crate::{Bbox, TrackedBox};

/// Standard deviation of the window in seconds, for places
const PLACE: f64 = 0.25;
/// and for sizes, which change more slowly.
const SIZE: f64 = 0.4;
/// A window reaches so many standard deviations to either side.
const REACH: f64 = 3.0;
/// Weight of a box that was filled in: it says no more than those at its gap's ends. Others weigh their confidence.
const FILLED: f64 = 0.2;
/// The median of fewer people than these tells more of them than of the camera.
const CROWD: usize = 6;

/// Where the camera is, by what the crowd does: pixels from the first frame on, for each frame.
pub(crate) fn camera(people: &[Tracklet], frames: usize) -> Vec<[f64; 2]> {
    let mut steps: Vec<Vec<[f64; 2]>> = vec![Vec::new(); frames];
    for person in people {
        for pair in person.boxes.windows(2) {
            let [(before, from), (frame, to)] = pair else { continue };
            if *frame == before + 1 {
                let (from, to) = (from.bbox.centre(), to.bbox.centre());
                steps[*frame].push([to.x - from.x, to.y - from.y]);
            }
        }
    }
    let mut at = [0.0; 2];
    let place = |steps: Vec<[f64; 2]>| {
        if steps.len() >= CROWD {
            at = [0, 1]
                .map(|axis| at[axis] + median(&mut steps.iter().map(|step| step[axis]).collect::<Vec<_>>()));
        }
        at
    };
    steps.into_iter().map(place).collect()
}

/// The boxes of one person, filled ones included, on a smooth way. `times` are the frames' in seconds, `camera` is where
/// the camera was.
pub(crate) fn smooth(
    boxes: &[(usize, TrackedBox)],
    times: &[f64],
    camera: &[[f64; 2]],
) -> Vec<(usize, TrackedBox)> {
    let one = |index: usize| {
        let (frame, own) = boxes[index];
        let around = |deviation: f64| Window::around(boxes, times, index, deviation);
        let (places, sizes) = (around(PLACE), around(SIZE));
        let x = places.fit(|(frame, own)| own.bbox.centre().x - camera[*frame][0]) + camera[frame][0];
        let y = places.fit(|(frame, own)| own.bbox.centre().y - camera[*frame][1]) + camera[frame][1];
        // A line through few boxes may fall below what any of them has.
        let [width, height] = [
            sizes.fit(|(_, own)| own.bbox.width).max(own.bbox.width / 2.0),
            sizes.fit(|(_, own)| own.bbox.height).max(own.bbox.height / 2.0),
        ];
        let bbox = Bbox::new(x - width / 2.0, y - height / 2.0, width, height);
        (frame, TrackedBox { bbox, ..own })
    };
    (0..boxes.len()).map(one).collect()
}

/// The boxes around one of them, each with its weight and its time from there.
struct Window<'a> {
    own: &'a (usize, TrackedBox),
    near: Vec<(f64, f64, &'a (usize, TrackedBox))>,
    deviation: f64,
}

impl<'a> Window<'a> {
    fn around(boxes: &'a [(usize, TrackedBox)], times: &[f64], index: usize, deviation: f64) -> Self {
        let own = &boxes[index];
        let time = |of: &(usize, TrackedBox)| times[of.0] - times[own.0];
        let is_near = |of: &&(usize, TrackedBox)| time(of).abs() <= REACH * deviation;
        let (before, after) = boxes.split_at(index);
        let near = before.iter().rev().take_while(is_near).chain(after.iter().take_while(is_near));
        let weighed = near.map(|of| {
            let off = time(of) / deviation;
            let is_filled = of.1.detection == TrackedBox::INTERPOLATED;
            let trust = if is_filled { FILLED } else { f64::from(of.1.confidence) };
            (trust * (-0.5 * off * off).exp(), time(of), of)
        });
        Self { own, near: weighed.collect(), deviation }
    }

    /// The value at its own time of the line that fits best, by weighted least squares; the value itself where none can be
    /// told.
    fn fit(&self, value: impl Fn(&(usize, TrackedBox)) -> f64) -> f64 {
        let [mut weights, mut times, mut squares, mut values, mut products] = [0.0; 5];
        for &(weight, time, of) in &self.near {
            let value = value(of);
            weights += weight;
            times += weight * time;
            squares += weight * time * time;
            values += weight * value;
            products += weight * time * value;
        }
        if weights <= 0.0 {
            return value(self.own);
        }
        let spread = weights * squares - times * times;
        if spread <= 1e-9 * (weights * self.deviation).powi(2) {
            return values / weights;
        }
        (squares * values - times * products) / spread
    }
}

#[cfg(test)]
mod tests {
    use super::{camera, smooth};
    use crate::offline::tracklet::Tracklet;
    use crate::{Bbox, TrackId, TrackedBox};

    const RATE: f64 = 20.0;

    fn times(frames: usize) -> Vec<f64> {
        (0..frames).map(|frame| frame as f64 / RATE).collect()
    }

    fn walk(frames: usize, place: impl Fn(usize) -> [f64; 2]) -> Vec<(usize, TrackedBox)> {
        let one = |frame| {
            let [x, y] = place(frame);
            let bbox = Bbox::new(x, y, 40.0, 100.0);
            (frame, TrackedBox { id: TrackId(1), bbox, confidence: 0.9, detection: 0 })
        };
        (0..frames).map(one).collect()
    }

    /// A detector's error, from -3 to 3 pixels, which no window takes for motion.
    fn jitter(frame: usize) -> f64 {
        ((frame * 7919) % 7) as f64 - 3.0
    }

    /// How far these are from where they should be, as the mean of squares.
    fn error(boxes: &[(usize, TrackedBox)], truth: impl Fn(usize) -> f64) -> f64 {
        boxes.iter().map(|(frame, own)| (own.bbox.x - truth(*frame)).powi(2)).sum::<f64>()
            / boxes.len() as f64
    }

    #[test]
    fn an_even_motion_stays_and_a_detectors_jitter_goes() {
        let (times, still) = (times(60), vec![[0.0; 2]; 60]);
        let truth = |frame: usize| 3.0 * frame as f64;
        let even = walk(60, |frame| [truth(frame), 50.0]);
        for ((frame, own), (_, was)) in smooth(&even, &times, &still).iter().zip(&even) {
            assert!(
                (own.bbox.x - was.bbox.x).abs() < 1e-6 && (own.bbox.height - 100.0).abs() < 1e-6,
                "{frame}"
            );
        }
        let rough = walk(60, |frame| [truth(frame) + jitter(frame), 50.0]);
        assert!(error(&smooth(&rough, &times, &still), truth) < error(&rough, truth) / 4.0);
    }

    #[test]
    fn what_the_camera_does_to_all_stays() {
        let shake = |frame: usize| 15.0 * (frame as f64 * 1.3).sin();
        let people: Vec<Tracklet> = (0..7)
            .map(|person| Tracklet {
                boxes: walk(60, |frame| {
                    [100.0 * person as f64 + jitter(frame + 3 * person) + shake(frame), 50.0]
                }),
                ..Tracklet::default()
            })
            .collect();
        let (times, seen) = (times(60), camera(&people, 60));
        let truth = |frame: usize| shake(frame);
        let known = error(&smooth(&people[0].boxes, &times, &seen), truth);
        assert!(known < error(&people[0].boxes, truth), "{known}");
        assert!(error(&smooth(&people[0].boxes, &times, &[[0.0; 2]; 60]), truth) > 10.0 * known);
        assert_eq!(camera(&people[..5], 60), vec![[0.0; 2]; 60], "of five nothing is concluded");
    }

    #[test]
    fn one_box_alone_and_boxes_far_apart_stay_where_they_are() {
        let mut boxes = walk(3, |frame| [500.0 * frame as f64, 50.0]);
        let times = [0.0, 10.0, 20.0];
        assert_eq!(smooth(&boxes, &times, &[[0.0; 2]; 3]), boxes);
        boxes.truncate(1);
        assert_eq!(smooth(&boxes, &times, &[[0.0; 2]; 3]), boxes);
    }
}
