//! The check itself: a look at the picture now and then, and what it means.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_count::Condition;
use footfall_pipeline::{Frame, Inspector, Note, Scene};

use crate::latch::{Latch, Sign};
use crate::measure::{difference, level, lost_texture, texture};
use crate::shift::Edges;
use crate::{CheckConfig, Grey};

/// A reference without a picture from set-up is made of so many looks.
const LEARN: usize = 5;
/// A level that was crossed must be left by this factor until that counts.
const MARGIN: f64 = 1.3;
/// Below this correlation of edges nothing can be said about a shift: too much stands in the way, or it
/// is another place altogether.
const FIT: f64 = 0.35;
/// A shift is believed where it fits so much better than none.
const GAIN: f64 = 0.1;

/// Looks at a camera's pictures, and tells when they are not fit for counting.
///
/// They are compared with a reference: the picture from set-up, or else what the first looks at a
/// picture that is neither dark nor blank have shown. With the latter, a camera that was moved while the
/// program did not run goes unnoticed.
pub struct PictureCheck {
    config: CheckConfig,
    reference: Option<Reference>,
    /// Looks for a reference, while there is none.
    learnt: Vec<Grey>,
    /// The latest pictures, of which the median leaves people out.
    recent: Vec<Grey>,
    next_look: Duration,
    /// The picture since which nothing has changed, and when that was.
    still: Option<(Grey, Duration)>,
    latches: Latches,
    last: (u64, Duration),
}

struct Latches {
    dark: Latch,
    covered: Latch,
    blurred: Latch,
    frozen: Latch,
    moved: Latch,
}

/// What pictures are compared with.
struct Reference {
    texture: Vec<bool>,
    edges: Edges,
    detail: f64,
    width: usize,
}

/// So many of the latest pictures tell whether the camera was moved.
const RECENT: usize = 5;

impl Reference {
    fn of(grey: &Grey) -> Self {
        Self {
            texture: texture(grey),
            edges: Edges::of(grey),
            detail: f64::from(grey.detail),
            width: grey.width,
        }
    }
}

impl PictureCheck {
    /// A check that has seen nothing yet; `reference` is the picture from set-up.
    #[must_use]
    pub fn new(config: CheckConfig, reference: Option<&Grey>) -> Self {
        Self {
            config,
            reference: reference.map(Reference::of),
            learnt: Vec::new(),
            recent: Vec::new(),
            next_look: Duration::ZERO,
            still: None,
            latches: Latches {
                dark: Latch::new(Condition::Dark),
                covered: Latch::new(Condition::Covered),
                blurred: Latch::new(Condition::Blurred),
                frozen: Latch::new(Condition::Frozen),
                moved: Latch::new(Condition::Moved),
            },
            last: (0, Duration::ZERO),
        }
    }

    fn look(&mut self, number: u64, time: Duration, grey: Grey) -> Vec<Note> {
        let mut notes = Vec::new();
        let hold = Duration::try_from_secs_f64(self.config.hold).unwrap_or_default();
        let frozen = self.frozen(&grey, time);
        let since = self.still.as_ref().map_or(time, |(_, since)| *since);
        self.latches.frozen.take(frozen, number, (since, time), Duration::ZERO, &mut notes);
        let (mean, spread) = level(&grey);
        let dark = sign(f64::from(mean), self.config.dark, "mean", false);
        let is_dark = matches!(dark, Sign::Bad(_)) || self.latches.dark.is_on();
        self.latches.dark.take(dark, number, (time, time), hold, &mut notes);
        if is_dark {
            // In the dark there is neither texture nor detail, which says nothing about the lens.
            return notes;
        }
        self.learn(&grey, spread);
        let covered = self.covered(&grey);
        let is_covered = matches!(covered, Sign::Bad(_)) || self.latches.covered.is_on();
        self.latches.covered.take(covered, number, (time, time), hold, &mut notes);
        if is_covered {
            return notes;
        }
        let blurred = self.blurred(&grey);
        let is_blurred = matches!(blurred, Sign::Bad(_)) || self.latches.blurred.is_on();
        self.latches.blurred.take(blurred, number, (time, time), hold, &mut notes);
        if !is_blurred {
            let moved = self.moved(grey);
            self.latches.moved.take(moved, number, (time, time), hold, &mut notes);
        }
        notes
    }

    /// Whether the picture is the one that was there before, for how long.
    fn frozen(&mut self, grey: &Grey, time: Duration) -> Sign {
        let difference = self.still.as_ref().map_or(f32::INFINITY, |(still, _)| difference(still, grey));
        if difference > 0.0 {
            self.still = Some((grey.clone(), time));
            return Sign::Good(BTreeMap::new());
        }
        let since = self.still.as_ref().map_or(time, |(_, since)| *since);
        let seconds = time.saturating_sub(since).as_secs_f64();
        if seconds < self.config.frozen {
            return Sign::Unclear;
        }
        Sign::Bad(evidence([("seconds_unchanged", seconds), ("limit", self.config.frozen)]))
    }

    /// Makes a reference of the first good pictures, where set-up has left none.
    fn learn(&mut self, grey: &Grey, spread: f32) {
        let is_blank = spread < 8.0;
        if self.reference.is_some() || is_blank {
            return;
        }
        self.learnt.push(grey.clone());
        if self.learnt.len() == LEARN {
            self.reference = median(&self.learnt).as_ref().map(Reference::of);
            self.learnt.clear();
        }
    }

    fn covered(&self, grey: &Grey) -> Sign {
        let Some(reference) = &self.reference else { return Sign::Unclear };
        let lost = lost_texture(&texture(grey), &reference.texture);
        sign(lost, self.config.covered, "texture_lost", true)
    }

    fn blurred(&self, grey: &Grey) -> Sign {
        let Some(reference) = self.reference.as_ref().filter(|r| r.detail > 0.0) else {
            return Sign::Unclear;
        };
        sign(f64::from(grey.detail) / reference.detail, self.config.blurred, "detail", false)
    }

    fn moved(&mut self, grey: Grey) -> Sign {
        if self.recent.len() == RECENT {
            self.recent.remove(0);
        }
        self.recent.push(grey);
        let Some(now) = median(&self.recent).filter(|_| self.recent.len() == RECENT) else {
            return Sign::Unclear;
        };
        let Some(reference) = &self.reference else { return Sign::Unclear };
        let Some(fit) = reference.edges.fit(&Edges::of(&now)) else { return Sign::Unclear };
        let [dx, dy] = fit.shift.map(f64::from);
        let shift = dx.hypot(dy) / reference.width as f64;
        let evidence = evidence([
            ("shift", shift),
            ("limit", self.config.moved),
            ("fit_there", fit.there),
            ("fit_here", fit.here),
        ]);
        if shift > self.config.moved && fit.there > FIT && fit.there > fit.here + GAIN {
            return Sign::Bad(evidence);
        }
        if fit.there <= FIT {
            // Nothing of the reference is to be found: it looks elsewhere altogether.
            return if fit.here < FIT / 2.0 { Sign::Bad(evidence) } else { Sign::Unclear };
        }
        Sign::Good(evidence)
    }

    /// Looks at a frame that was processed; what is there to tell.
    pub fn take(&mut self, frame: &Frame) -> Vec<Note> {
        self.last = (frame.number, frame.time);
        if frame.time < self.next_look {
            return Vec::new();
        }
        self.next_look = frame.time + Duration::try_from_secs_f64(self.config.every).unwrap_or_default();
        self.look(frame.number, frame.time, Grey::of(&frame.image))
    }
}

impl Inspector for PictureCheck {
    fn inspect(&mut self, scene: &Scene) -> Vec<Note> {
        self.take(&scene.frame)
    }

    fn finish(&mut self) -> Vec<Note> {
        let mut notes = Vec::new();
        let Latches { dark, covered, blurred, frozen, moved } = &mut self.latches;
        for latch in [dark, covered, blurred, frozen, moved] {
            latch.tell(self.last.1, &mut notes);
        }
        notes
    }
}

/// What a measure says that is bad above `limit`, or below it.
fn sign(value: f64, limit: f64, name: &'static str, bad_above: bool) -> Sign {
    let evidence = evidence([(name, value), ("limit", limit)]);
    let (bad, good) = if bad_above {
        (value > limit, value < limit / MARGIN)
    } else {
        (value < limit, value > limit * MARGIN)
    };
    match (bad, good) {
        (true, _) => Sign::Bad(evidence),
        (_, true) => Sign::Good(evidence),
        _ => Sign::Unclear,
    }
}

fn evidence<const N: usize>(values: [(&str, f64); N]) -> BTreeMap<String, f64> {
    values.into_iter().map(|(name, value)| (name.to_owned(), (value * 1e4).round() / 1e4)).collect()
}

/// The median of each pixel, and of the detail; `None` of no pictures, or of different sizes.
fn median(pictures: &[Grey]) -> Option<Grey> {
    let first = pictures.first()?;
    if pictures.iter().any(|p| (p.width, p.height) != (first.width, first.height)) {
        return None;
    }
    let mut values = vec![0.0; pictures.len()];
    let mut middle = |of: &dyn Fn(&Grey) -> f32| {
        for (value, picture) in values.iter_mut().zip(pictures) {
            *value = of(picture);
        }
        values.sort_by(f32::total_cmp);
        values[values.len() / 2]
    };
    let pixels = (0..first.pixels.len()).map(|index| middle(&|picture| picture.pixels[index])).collect();
    let detail = middle(&|picture| picture.detail);
    Some(Grey { width: first.width, height: first.height, pixels, detail })
}
