//! Whether a sighting is good enough to be kept.

use std::time::Duration;

use footfall_pipeline::{Image, Scene};
use footfall_track::{Bbox, Detection, TrackedBox};
use serde::Serialize;

use crate::pixels::{Look, Thumbnail, cut};
use crate::{Config, Error};

/// Why a sighting was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The detector was not sure.
    LowScore,
    /// The box is not high enough.
    Small,
    /// The box reaches the picture's border.
    Cut,
    /// Another person is in the box.
    Overlapped,
    /// It is blurred.
    Blurred,
    /// There is a sharper one from about the same time.
    Close,
    /// It looks like one that was kept.
    Duplicate,
    /// The track has so many that they were spread out further.
    Limit,
    /// The track has too few good ones.
    FewOfTrack,
}

impl Reason {
    /// As it stands in the manifest.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LowScore => "low-score",
            Self::Small => "small",
            Self::Cut => "cut",
            Self::Overlapped => "overlapped",
            Self::Blurred => "blurred",
            Self::Close => "close",
            Self::Duplicate => "duplicate",
            Self::Limit => "limit",
            Self::FewOfTrack => "few-of-track",
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::LowScore => "the detector was not sure",
            Self::Small => "too small",
            Self::Cut => "cut by the picture's border",
            Self::Overlapped => "another person in the box",
            Self::Blurred => "blurred",
            Self::Close => "a sharper one from about the same time",
            Self::Duplicate => "looks like one that was kept",
            Self::Limit => "the track has enough",
            Self::FewOfTrack => "the track has too few good ones",
        }
    }
}

/// A track in one frame.
#[derive(Clone, Debug)]
pub(crate) struct Sighting {
    pub(crate) frame: u64,
    pub(crate) time: Duration,
    /// As the detector gave it, in the frame's pixels.
    pub(crate) bbox: Bbox,
    pub(crate) confidence: f32,
    /// The share of it under another box.
    pub(crate) overlap: f64,
    /// Where it was judged.
    pub(crate) sharpness: Option<f64>,
}

/// A sighting that is good enough, with its pixels.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) sighting: Sighting,
    pub(crate) sharpness: f64,
    pub(crate) crop: Image,
    pub(crate) thumbnail: Thumbnail,
}

/// What came of looking at a sighting.
#[derive(Debug)]
pub(crate) enum Screened {
    Good(Candidate),
    Bad(Sighting, Reason),
}

/// Looks at a track's box; the cheapest tests come first. `None` where no detection is behind it.
pub(crate) fn screen(config: &Config, scene: &Scene, track: &TrackedBox) -> Result<Option<Screened>, Error> {
    let detections = &scene.observations.detections;
    let Some(own) = detections.get(track.detection) else { return Ok(None) };
    let mut sighting = Sighting {
        frame: scene.frame.number,
        time: scene.frame.time,
        bbox: own.bbox,
        confidence: own.confidence,
        overlap: overlap(config, detections, track.detection),
        sharpness: None,
    };
    let image = &scene.frame.image;
    if let Some(reason) = by_box(config, image, &sighting) {
        return Ok(Some(Screened::Bad(sighting, reason)));
    }
    let Some(crop) = cut(image, &own.bbox) else { return Ok(Some(Screened::Bad(sighting, Reason::Cut))) };
    let Look { sharpness, thumbnail } = Look::of(&crop)?;
    sighting.sharpness = Some(sharpness);
    if sharpness < config.min_sharpness {
        return Ok(Some(Screened::Bad(sighting, Reason::Blurred)));
    }
    Ok(Some(Screened::Good(Candidate { sighting, sharpness, crop, thumbnail })))
}

/// What the box alone tells.
fn by_box(config: &Config, image: &Image, sighting: &Sighting) -> Option<Reason> {
    let Sighting { bbox, confidence, overlap, .. } = sighting;
    let (width, height) = (image.width() as f64, image.height() as f64);
    let gaps = [bbox.x, bbox.y, width - bbox.right(), height - bbox.bottom()];
    [
        (*confidence < config.min_confidence, Reason::LowScore),
        (bbox.height < config.min_height, Reason::Small),
        (!gaps.iter().all(|&gap| gap >= config.border), Reason::Cut),
        (*overlap > config.max_overlap, Reason::Overlapped),
    ]
    .into_iter()
    .find_map(|(is_bad, reason)| is_bad.then_some(reason))
}

/// The greatest share of the box that another person's box covers. Boxes about which the detector was
/// not sure count half as sure as wanted: a doubtful person in front hides no less.
fn overlap(config: &Config, detections: &[Detection], own: usize) -> f64 {
    let bbox = &detections[own].bbox;
    let others = detections.iter().enumerate().filter(|(index, other)| {
        // A box in the same place is a second one of the same person.
        *index != own && other.confidence >= config.min_confidence / 2.0 && bbox.iou(&other.bbox) < 0.8
    });
    others.map(|(_, other)| covered(bbox, &other.bbox)).fold(0.0, f64::max)
}

fn covered(bbox: &Bbox, other: &Bbox) -> f64 {
    let width = bbox.right().min(other.right()) - bbox.x.max(other.x);
    let height = bbox.bottom().min(other.bottom()) - bbox.y.max(other.y);
    if width <= 0.0 || height <= 0.0 || bbox.area() <= 0.0 { 0.0 } else { width * height / bbox.area() }
}

#[cfg(test)]
mod tests {
    use footfall_track::Bbox;

    use super::{Reason, Screened, screen};
    use crate::Config;
    use crate::testing::{busy, painted, scene};

    const GOOD: Bbox = Bbox::new(100.0, 50.0, 50.0, 120.0);

    fn reason(people: &[(u64, Bbox, f32)], image: footfall_pipeline::Image) -> Option<Reason> {
        let scene = scene(1, image, people);
        match screen(&Config::default(), &scene, &scene.seen.tracks[0]).unwrap().unwrap() {
            Screened::Good(_) => None,
            Screened::Bad(_, reason) => Some(reason),
        }
    }

    #[test]
    fn each_fault_has_its_reason() {
        let moved = |x: f64, y: f64| Bbox::new(x, y, GOOD.width, GOOD.height);
        assert_eq!(reason(&[(1, GOOD, 0.9)], busy(1)), None);
        assert_eq!(reason(&[(1, GOOD, 0.59)], busy(1)), Some(Reason::LowScore));
        assert_eq!(reason(&[(1, Bbox::new(100.0, 50.0, 30.0, 60.0), 0.9)], busy(1)), Some(Reason::Small));
        for place in
            [moved(-3.0, 50.0), moved(1.0, 50.0), moved(269.0, 50.0), moved(100.0, 119.0), moved(100.0, 1.0)]
        {
            assert_eq!(reason(&[(1, place, 0.9)], busy(1)), Some(Reason::Cut), "{place:?}");
        }
        assert_eq!(
            reason(&[(1, GOOD, 0.9), (2, moved(135.0, 50.0), 0.9)], busy(1)),
            Some(Reason::Overlapped)
        );
        assert_eq!(reason(&[(1, GOOD, 0.9), (2, moved(145.0, 50.0), 0.9)], busy(1)), None);
        assert_eq!(reason(&[(1, GOOD, 0.9), (2, moved(102.0, 50.0), 0.9)], busy(1)), None, "the same person");
        assert_eq!(reason(&[(1, GOOD, 0.9)], painted(320, 240, |x, _| x as u8)), Some(Reason::Blurred));
    }

    #[test]
    fn a_track_without_a_detection_shows_nobody() {
        let mut scene = scene(1, busy(1), &[(1, GOOD, 0.9)]);
        scene.seen.tracks[0].detection = footfall_track::TrackedBox::INTERPOLATED;
        assert!(screen(&Config::default(), &scene, &scene.seen.tracks[0]).unwrap().is_none());
    }
}
