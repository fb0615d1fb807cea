//! Which windows the detector is run on: near lines and zones, as closely as people's size there asks for.
//!
//! A window costs the pixels of the network's input that it takes. The plan spends about what the whole picture costs:
//! on everywhere that anybody was seen if that is enough, else on the lines and zones with as much around them as it
//! is enough for. People are followed on both sides of a line before they pass it, so there is a least margin, which
//! may cost more.

use footfall_count::Layout;
use footfall_pipeline::Window;

use crate::area::{Area, merged};
use crate::optics::Optics;
use crate::stature::Stature;

/// People need this height in the network's input, in pixels: about what the smaller ones of the sample clip have in
/// the whole picture. With nine tenths of it, crossings there are missed and identities mixed up that are not with it.
pub(crate) const NEEDED: f64 = 42.0;
/// The share of people near a line who may be smaller.
pub(crate) const SMALL: f64 = 0.2;
/// Margins follow the height of all but the tallest.
pub(crate) const TALL: f64 = 0.8;
/// The whole picture is looked at until people in it have less than this share of what they need.
const SLACK: f64 = 0.8;
/// A picture is not enlarged more than this: there is nothing in it that a network could see.
pub(crate) const LARGEST: f64 = 1.5;
/// Margins around lines and zones in people's heights, from the least to the widest.
const MARGINS: [f64; 9] = [2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 10.0];
/// Windows may cost this many times what the whole picture costs.
const MOST: f64 = 2.5;
/// So many people show where people are to be seen at all,
const MANY: u32 = 1500;
/// but for so much around it, in people's heights.
const BEYOND: f64 = 0.5;
/// To see everywhere that people are, this share of what they need is enough, and a little more than the usual cost is
/// well spent.
const ENOUGH: f64 = 0.88;
const WELL_SPENT: f64 = 1.2;

/// What is planned from.
pub(crate) struct Scenery<'a> {
    pub(crate) optics: &'a Optics,
    pub(crate) layout: &'a Layout,
    pub(crate) stature: &'a Stature,
    /// The part of the picture that shows anything.
    pub(crate) live: Area,
    /// Whether windows are wanted although the whole picture would do: it costs less.
    pub(crate) near: bool,
}

/// Lines and zones as the areas that they span.
pub(crate) fn places(layout: &Layout) -> Vec<Area> {
    let lines = layout.lines.iter().filter_map(|line| Area::around(line.points()));
    lines.chain(layout.zones.iter().filter_map(|zone| Area::around(zone.corners()))).collect()
}

/// The place with people around it: as far as somebody of this height reaches who stands in it, and `margin` heights
/// more.
pub(crate) fn around(place: Area, height: f64, margin: f64) -> Area {
    place.grown(margin * height, (margin + 1.0) * height, margin * height)
}

impl Scenery<'_> {
    /// The windows; none where the whole picture is to be looked at. `now` are those in force: they stay while they
    /// are about as good.
    pub(crate) fn windows(&self, now: &[Window]) -> Vec<Window> {
        let picture = Area::whole(self.optics.picture);
        let places = places(self.layout);
        let bounds = places.iter().filter_map(|place| place.grown(1.0, 1.0, 1.0).common(picture));
        let Some(bounds) = bounds.reduce(Area::union) else { return Vec::new() };
        let heights = |share| self.stature.height(bounds.grown(100.0, 100.0, 100.0), share);
        let (Some(small), Some(tall)) = (heights(SMALL), heights(TALL)) else { return now.to_vec() };
        let needed = (NEEDED / small).min(LARGEST);
        let whole = self.optics.scale();
        let slack = if now.is_empty() { SLACK } else { 1.0 };
        if !self.near && whole >= slack * needed {
            return Vec::new();
        }
        let scale = if self.near { needed.min(whole.max(0.9 * needed)) } else { needed };
        let (areas, scale) = self.areas(&places, tall, scale);
        let cost: f64 = areas.iter().map(|area| self.cost(*area, scale)).sum();
        let most = MOST * self.optics.budget();
        let scale = if cost > most { scale * (most / cost).sqrt() } else { scale };
        if is_as_good(now, &areas, scale, tall) {
            return now.to_vec();
        }
        areas.into_iter().map(|area| self.window(area, scale)).collect()
    }

    /// What to look at, and how closely: everywhere that anybody was seen, or what is near lines and zones.
    fn areas(&self, places: &[Area], tall: f64, scale: f64) -> (Vec<Area>, f64) {
        let picture = Area::whole(self.optics.picture);
        let beyond = BEYOND * tall;
        let known = self.stature.whereabouts().filter(|_| self.stature.measured() >= MANY);
        let seen = known.and_then(|seen| seen.grown(beyond, beyond, beyond).common(self.live));
        let seen = seen.unwrap_or(self.live);
        let clipped = |area: Area| area.common(self.live).or_else(|| area.common(picture));
        let with = |margin: f64| {
            merged(places.iter().filter_map(|place| clipped(around(*place, tall, margin))).collect())
        };
        let cost = |areas: &[Area], scale| -> f64 { areas.iter().map(|area| self.cost(*area, scale)).sum() };
        let budget = self.optics.budget();
        if self.near {
            return (with(MARGINS[0]), scale);
        }
        let everywhere = merged(with(MARGINS[0]).into_iter().chain([seen]).collect());
        if let Some(scale) =
            [scale, ENOUGH * scale].into_iter().find(|scale| cost(&everywhere, *scale) <= WELL_SPENT * budget)
        {
            return (everywhere, scale);
        }
        let widest =
            MARGINS.iter().rev().map(|margin| with(*margin)).find(|areas| cost(areas, scale) <= budget);
        (widest.unwrap_or_else(|| with(MARGINS[0])), scale)
    }

    /// Pixels of input for an area.
    fn cost(&self, area: Area, scale: f64) -> f64 {
        if !self.optics.is_free {
            return self.optics.budget();
        }
        self.input(area.width(), scale) * self.input(area.height(), scale)
    }

    /// A side of the input, in whole strides.
    fn input(&self, side: f64, scale: f64) -> f64 {
        let stride = self.optics.stride as f64;
        ((side * scale / stride) - 0.25).ceil().max(1.0) * stride
    }

    /// The area in whole pixels, as large as its input has room for: at about this scale, or at that of a network of one
    /// size.
    fn window(&self, area: Area, scale: f64) -> Window {
        let input = if self.optics.is_free {
            [self.input(area.width(), scale), self.input(area.height(), scale)]
        } else {
            self.optics.input.map(|side| side as f64)
        };
        // The sides' strides were rounded each for itself: nothing of the area is to be left out.
        let scale = (input[0] / area.width().max(1.0)).min(input[1] / area.height().max(1.0));
        let [(left, width), (top, height)] = [
            span(area.left, area.right, input[0] / scale, self.optics.picture[0]),
            span(area.top, area.bottom, input[1] / scale, self.optics.picture[1]),
        ];
        Window { left, top, width, height, scale }
    }
}

/// From `low` to `high`, as long as `room` and within a picture's side: where it begins, and how long it is.
fn span(low: f64, high: f64, room: f64, side: usize) -> (usize, usize) {
    let length = ((room + 1e-6).floor() as usize).clamp(1, side);
    let middle = f64::midpoint(low, high) - length as f64 / 2.0;
    let first = (middle.round().max(0.0) as usize).min(side - length);
    (first, length)
}

/// Whether the windows in force do about what others would: they show all areas about as closely, and cost little more.
/// With every change, people are seen a little differently, and some are lost.
fn is_as_good(now: &[Window], areas: &[Area], scale: f64, tall: f64) -> bool {
    let is_shown = |area: &Area| {
        now.iter().any(|holder| {
            let (holds, ratio) = (Area::of(&holder.bbox()), holder.scale / scale);
            (0.8..=1.35).contains(&ratio) && holds.holds(*area, 0.25 * tall)
        })
    };
    let pixels = now.iter().map(|w| (w.width * w.height) as f64 * w.scale * w.scale).sum::<f64>();
    let needed = areas.iter().map(|area| area.size() * scale * scale).sum::<f64>();
    !now.is_empty() && areas.iter().all(is_shown) && pixels <= 1.6 * needed
}

#[cfg(test)]
mod tests;
