//! Two boxes, one person: a new track whose box is part of somebody's is not somebody yet.
//!
//! Detectors give a second box to parts of people: head and shoulders, legs, from above the body without the
//! legs. Such a box moves with the person, and would become a second person. It is held back for as long as it
//! is part of the box of a confirmed track, and confirmed in the first frame in which it is not. Where the
//! person's track finds no box of its own any more, the held one turns out to be them.

use super::track::Track;
use crate::Bbox;
use crate::matches::Matches;
use crate::sighting::Sightings;

/// How much wider for its height, or higher for its width, a part is than the whole. Who stands behind somebody
/// has a box of the same shape, only smaller.
const OTHER_SHAPE: f64 = 1.2;
/// Two boxes that overlap by more are one person whatever their shape, as IoU: suppression lets pass what overlaps
/// somewhat less than it asks for.
const SAME: f64 = 0.5;

/// Tells of each tentative track whose box its own is part of, by `share` of the smaller one; hands the sighting of
/// one that was to the track that it was part of, where that has none. Nothing is a part where `share` is 0.
pub(crate) fn settle(
    tracks: &mut [Track],
    sightings: &Sightings,
    matches: &mut Matches,
    owners: &mut Vec<Option<u32>>,
    share: f64,
) {
    if share == 0.0 || tracks.iter().all(Track::is_confirmed) {
        return;
    }
    let list = sightings.as_slice();
    owners.clear();
    owners.resize(list.len(), None);
    for (index, _) in tracks.iter().enumerate().filter(|(_, track)| track.is_confirmed()) {
        if let Some(sighting) = matches.sighting_of(index) {
            owners[sighting] = Some(index as u32);
        }
    }
    for index in (0..tracks.len()).filter(|&index| !tracks[index].is_confirmed()).collect::<Vec<_>>() {
        let Some(own) = matches.sighting_of(index) else { continue };
        let bbox = list[own].bbox;
        let whole = tracks[index].part_of.and_then(|id| tracks.iter().position(|track| track.id == Some(id)));
        if let Some(whole) = whole.filter(|&whole| matches.sighting_of(whole).is_none())
            && common(&bbox, &tracks[whole].expected) >= share
        {
            matches.hand_over(index, whole);
            owners[own] = Some(whole as u32);
            continue;
        }
        let wholes =
            sightings.places().around(&bbox, 0.0).filter_map(|seen| Some((owners[seen]?, &list[seen].bbox)));
        let shares = wholes
            .filter(|(_, whole)| is_part(&bbox, whole))
            .map(|(owner, whole)| (common(&bbox, whole), owner));
        let most = shares.filter(|&(common, _)| common >= share).max_by(|(a, _), (b, _)| a.total_cmp(b));
        tracks[index].part_of = most.and_then(|(_, owner)| tracks[owner as usize].id);
    }
}

/// Whether a box within another has the shape of a part, or is nearly the whole.
fn is_part(bbox: &Bbox, whole: &Bbox) -> bool {
    let shape = (bbox.width * whole.height) / (bbox.height * whole.width);
    shape >= OTHER_SHAPE || shape <= 1.0 / OTHER_SHAPE || bbox.iou(whole) > SAME
}

/// The area that two boxes have in common, as a share of the smaller one's.
fn common(a: &Bbox, b: &Bbox) -> f64 {
    let width = a.right().min(b.right()) - a.x.max(b.x);
    let height = a.bottom().min(b.bottom()) - a.y.max(b.y);
    if width > 0.0 && height > 0.0 { width * height / a.area().min(b.area()) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::{Bbox, BestConfig, Config, Detection, Embeddings, Observations, Tracker};

    /// The ids in each frame of a film at 10 frames a second, and how far back newborn tracks were found.
    fn film(part_share: f64, frames: &[Vec<Bbox>]) -> Vec<Vec<u64>> {
        let best = BestConfig { part_share, ..BestConfig::default() };
        let mut tracker = Tracker::new(Config { best, ..Config::default() }).unwrap();
        let step = |(number, boxes): (u32, &Vec<Bbox>)| {
            let detections = boxes.iter().map(|&bbox| Detection { bbox, confidence: 0.9 }).collect();
            let seen = Observations { detections, embeddings: Embeddings::default() };
            let step = tracker.step(Duration::from_millis(100) * number, &seen);
            step.tracks.iter().map(|tracked| tracked.id.0).collect()
        };
        (0..).zip(frames).map(step).collect()
    }

    /// Somebody who walks to the right, 40 wide and 100 high.
    fn body(frame: u32) -> Bbox {
        Bbox::new(100.0 + 4.0 * f64::from(frame), 200.0, 40.0, 100.0)
    }

    /// Their head and shoulders.
    fn head(frame: u32) -> Bbox {
        Bbox { height: 40.0, ..body(frame) }
    }

    #[test]
    fn head_and_shoulders_are_no_second_person() {
        let frames: Vec<_> =
            (0..20).map(|i| if i < 4 { vec![body(i)] } else { vec![body(i), head(i)] }).collect();
        assert!(film(0.8, &frames).iter().all(|ids| *ids == [1]));
        assert_eq!(film(0.0, &frames)[19], [1, 2], "without it they would be");
    }

    #[test]
    fn whoever_parts_from_somebody_is_one_from_then_on() {
        let child = |i: u32| {
            let apart = 6.0 * f64::from(i.saturating_sub(10));
            Bbox { y: 240.0, height: 60.0, ..body(i) }.moved(apart)
        };
        let frames: Vec<_> =
            (0..20).map(|i| if i < 4 { vec![body(i)] } else { vec![body(i), child(i)] }).collect();
        let ids = film(0.8, &frames);
        assert_eq!((&ids[10][..], &ids[19][..]), (&[1][..], &[1, 2][..]));
    }

    #[test]
    fn somebody_smaller_of_the_same_shape_is_somebody_behind() {
        let behind = |i: u32| Bbox::new(body(i).x + 10.0, 205.0, 24.0, 60.0);
        let frames: Vec<_> =
            (0..20).map(|i| if i < 4 { vec![body(i)] } else { vec![body(i), behind(i)] }).collect();
        assert_eq!(film(0.8, &frames)[6], [1, 2]);
    }

    #[test]
    fn who_enters_head_first_goes_on_as_the_whole() {
        let frames: Vec<_> = (0..20)
            .map(|i| match i {
                0..6 => vec![head(i)],
                6..9 => vec![head(i), body(i)],
                _ => vec![body(i)],
            })
            .collect();
        let ids = film(0.8, &frames);
        assert!(ids[..9].iter().chain(&ids[10..]).all(|ids| *ids == [1]), "{ids:?}");
    }

    impl Bbox {
        fn moved(self, x: f64) -> Self {
            Self { x: self.x + x, ..self }
        }
    }
}
