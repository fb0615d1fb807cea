//! The sight of one source: windows, and whether to look at all.

use std::sync::Arc;
use std::time::Duration;

use footfall_count::{Layout, Mask};
use footfall_pipeline::{Frame, Look, Sight, Sighting, Window, Windows};
use footfall_track::Bbox;

use crate::area::Area;
use crate::explore::{everywhere, scout, search};
use crate::live::Live;
use crate::motion::Motion;
use crate::optics::Optics;
use crate::plan::{LARGEST, Scenery, places};
use crate::rest::Rest;
use crate::stature::Stature;

/// A picture that the network sees at this scale or more is not searched first: people whom one could count show in
/// it as it is.
const CLOSE: f64 = 0.5;
/// So many people tell how high people are.
const ENOUGH: u32 = 40;
/// Frames from one plan to the next.
const EVERY: u64 = 64;
/// Frames from one look for bars to the next.
const LIVE: u64 = 16;
/// From one scout to the next.
const SCOUT: Duration = Duration::from_secs(5);
/// While somebody is followed, one frame in so many is looked at for motion: enough to know the picture by.
const GLANCE: u64 = 4;

/// Decides for one source where people are looked for.
pub struct Watch {
    optics: Optics,
    wish: Windows,
    may_rest: bool,
    layout: Arc<Layout>,
    stature: Stature,
    /// The windows in force; none: the whole picture.
    windows: Arc<[Window]>,
    /// Whether people's height is still to be found out.
    is_searching: bool,
    /// Frames that were looked at.
    frames: u64,
    /// The frame at which to plan again.
    plan_at: u64,
    /// When the next scout is due, and which one it is.
    scout: (Duration, u64),
    live: Live,
    motion: Motion,
    rest: Rest,
}

impl Watch {
    /// A sight that has seen nothing yet, for pictures as `optics` says with this layout, in their pixels.
    #[must_use]
    pub fn new(optics: Optics, layout: Layout, wish: Windows, may_rest: bool) -> Self {
        let stature = Stature::new(optics.picture);
        let mut watch = Self {
            optics,
            wish,
            may_rest,
            layout: Arc::new(layout),
            stature,
            windows: Arc::default(),
            is_searching: false,
            frames: 0,
            plan_at: 0,
            scout: (SCOUT, 0),
            live: Live::default(),
            motion: Motion::default(),
            rest: Rest::default(),
        };
        watch.begin();
        watch
    }

    /// A sight that looks at everything closely, at whatever cost: to learn what there is before anything is drawn.
    #[must_use]
    pub fn everywhere(optics: Optics) -> Self {
        let windows = everywhere(&optics).into();
        Self { windows, ..Self::new(optics, Layout::default(), Windows::At(Vec::new()), false) }
    }

    /// What is known of people's height.
    #[must_use]
    pub fn stature(&self) -> &Stature {
        &self.stature
    }

    /// The windows in force; none: the whole picture.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Begins with what is drawn now.
    fn begin(&mut self) {
        let has_places = self.bounds().is_some();
        self.is_searching = match &self.wish {
            Windows::Whole | Windows::At(_) => false,
            Windows::Near => has_places,
            Windows::Auto => has_places && self.optics.scale() < CLOSE,
        };
        match &self.wish {
            // What looks everywhere keeps its windows.
            Windows::At(areas) if areas.is_empty() => {}
            Windows::At(areas) => self.windows = fixed(&self.optics, areas).into(),
            Windows::Auto | Windows::Near if has_places => {}
            _ => self.windows = Arc::default(),
        }
        self.plan_at = self.frames;
    }

    /// Around all lines and zones.
    fn bounds(&self) -> Option<Area> {
        let picture = Area::whole(self.optics.picture);
        let grown = |place: &Area| place.grown(1.0, 1.0, 1.0).common(picture);
        places(&self.layout).iter().filter_map(grown).reduce(Area::union)
    }

    /// Plans again, where it is time to.
    fn plan(&mut self) {
        if !matches!(self.wish, Windows::Auto | Windows::Near)
            || self.frames < self.plan_at
            || self.stature.measured() < ENOUGH
        {
            return;
        }
        self.plan_at = self.frames + EVERY;
        let Self { optics, layout, stature, wish, .. } = &*self;
        let (near, live) = (*wish == Windows::Near, self.live.area(optics.picture));
        let planned = Scenery { optics, layout, stature, live, near }.windows(&self.windows);
        self.is_searching = false;
        if planned != *self.windows {
            tracing::debug!(frame = self.frames, people = self.stature.measured(), windows = ?planned, "other windows");
            self.windows = planned.into();
        }
    }

    /// The windows for this frame, and how many of them stay.
    fn now(&mut self, time: Duration) -> (Arc<[Window]>, usize) {
        if let (true, Some(bounds)) = (self.is_searching, self.bounds()) {
            let (windows, steady) =
                search(&self.optics, bounds, self.live.area(self.optics.picture), self.frames);
            return (windows.into(), steady);
        }
        let steady = self.windows.len();
        if steady == 0 || time < self.scout.0 || matches!(self.wish, Windows::At(_)) {
            return (Arc::clone(&self.windows), steady);
        }
        let (_, turn) = self.scout;
        self.scout = (time + SCOUT, turn + 1);
        let live = self.live.area(self.optics.picture);
        if self.windows.iter().any(|window| Area::of(&window.bbox()).holds(live, 2.0)) {
            // There is nothing else to see.
            return (Arc::clone(&self.windows), steady);
        }
        let scout = scout(&self.optics, self.windows[0].scale, turn);
        (self.windows.iter().copied().chain([scout]).collect(), steady)
    }

    /// Whether the networks may rest at this frame.
    fn rests(&mut self, frame: &Frame) -> bool {
        if !self.may_rest {
            return false;
        }
        if self.rest.followed && !self.frames.is_multiple_of(GLANCE) {
            return self.rest.may(frame.time, None);
        }
        let within: Vec<_> = self.windows.iter().map(|window| Area::of(&window.bbox())).collect();
        let masks = &self.layout.masks;
        let is_masked =
            |x: f64, y: f64| masks.iter().any(|mask: &Mask| mask.hides(&Bbox::new(x, y, 1e-3, 1e-3)));
        let moves = self.motion.moves(&frame.image, frame.time, &within, is_masked);
        self.rest.may(frame.time, Some(moves))
    }
}

impl Sight for Watch {
    fn look(&mut self, frame: &Frame) -> Look {
        if self.rests(frame) {
            return Look { windows: Arc::clone(&self.windows), steady: self.windows.len(), rests: true };
        }
        if self.frames.is_multiple_of(LIVE) && (self.is_searching || !self.windows.is_empty()) {
            self.live.see(&frame.image);
        }
        self.frames += 1;
        self.plan();
        let (windows, steady) = self.now(frame.time);
        Look { windows, steady, rests: false }
    }

    fn learn(&mut self, Sighting { found, followed, layout, .. }: Sighting) {
        self.rest.followed = followed;
        if let Some(layout) = layout.filter(|layout| *layout != self.layout) {
            self.layout = layout;
            self.begin();
        }
        self.stature.add(&found.people);
        // Somebody reaches beyond a window: there is more to look at.
        for cut in found.cut.iter().filter(|cut| cut.confidence >= 0.45) {
            let Bbox { x, y, width, height } = cut.bbox;
            let beyond = Bbox::new(x - height, y - 0.5 * height, width + 2.0 * height, 2.0 * height);
            (0..3).for_each(|_| self.stature.cover(&beyond));
            self.plan_at = self.frames;
        }
    }
}

/// Windows that somebody has asked for: `[left, top, width, height]` in pixels, as closely as the usual cost allows.
fn fixed(optics: &Optics, areas: &[[usize; 4]]) -> Vec<Window> {
    let [width, height] = optics.picture;
    let inside = areas.iter().filter_map(|&[left, top, wide, high]| {
        let (left, top) = (left.min(width), top.min(height));
        let (wide, high) = (wide.min(width - left), high.min(height - top));
        (wide > 0 && high > 0).then_some([left, top, wide, high])
    });
    let inside: Vec<_> = inside.collect();
    let pixels: usize = inside.iter().map(|[_, _, wide, high]| wide * high).sum();
    let scale = (optics.budget() / pixels.max(1) as f64).sqrt().min(LARGEST);
    let of = |[left, top, width, height]: [usize; 4]| {
        let own = optics.scale_of(width as f64, height as f64);
        Window { left, top, width, height, scale: if optics.is_free { scale } else { own } }
    };
    inside.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests;
