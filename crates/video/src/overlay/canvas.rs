//! Anti-aliased drawing on BGR bytes. Coordinates are pixels, a pixel's middle at +0.5; whatever
//! lies outside the picture is left away, however far out.

use footfall_pipeline::Image;
use footfall_track::Point;

/// Blue, green, red.
pub(super) type Colour = [u8; 3];

/// A picture that is drawn on.
#[derive(Default)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    /// `[height, width, 3]`, BGR.
    bytes: Vec<u8>,
}

/// How a stroke ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cap {
    /// In half a circle around its end.
    Round,
    /// Straight, at its end: strokes in a row meet without overlap.
    Butt,
}

/// Colour, opacity (0 to 1) and width (pixels) of a stroke.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub(super) colour: Colour,
    pub(super) opacity: f32,
    pub(super) width: f64,
    pub(super) cap: Cap,
}

impl Canvas {
    /// Becomes a copy of `image`.
    pub(super) fn load(&mut self, image: &Image) {
        (self.width, self.height) = (image.width(), image.height());
        self.bytes.clear();
        self.bytes.extend_from_slice(image.bytes());
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn size(&self) -> (f64, f64) {
        (self.width as f64, self.height as f64)
    }

    /// Lays `colour` over one pixel.
    pub(super) fn blend(&mut self, x: i64, y: i64, colour: Colour, opacity: f32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x < self.width && y < self.height {
            self.blend_run(y, x, x + 1, colour, opacity);
        }
    }

    /// Lays `colour` over pixels `from..to` of row `y`, which must lie inside.
    fn blend_run(&mut self, y: usize, from: usize, to: usize, colour: Colour, opacity: f32) {
        let start = (y * self.width + from) * 3;
        let end = (y * self.width + to) * 3;
        let weight = (opacity.clamp(0.0, 1.0) * 256.0) as u32;
        let (pixels, _) = self.bytes[start..end].as_chunks_mut::<3>();
        for pixel in pixels {
            for (value, colour) in pixel.iter_mut().zip(colour) {
                *value = ((u32::from(*value) * (256 - weight) + u32::from(colour) * weight) >> 8) as u8;
            }
        }
    }

    /// Fills a rectangle with corners of `radius`, its sides on whole pixels.
    pub(super) fn fill(&mut self, area: Area, radius: f64, colour: Colour, opacity: f32) {
        let area = area.rounded();
        let radius = radius.min((area.right - area.left) / 2.0).min((area.bottom - area.top) / 2.0).max(0.0);
        let rows = clip(area.top, area.bottom, self.height);
        for y in rows {
            let middle = y as f64 + 0.5;
            let into_corner = (area.top + radius - middle).max(middle - (area.bottom - radius)).max(0.0);
            let inset = radius - (radius * radius - into_corner * into_corner).max(0.0).sqrt();
            let whole = inset.ceil();
            let run = clip(area.left + whole, area.right - whole, self.width);
            self.blend_run(y, run.start, run.end, colour, opacity);
            let edge = opacity * (whole - inset) as f32;
            self.blend((area.left + whole - 1.0) as i64, y as i64, colour, edge);
            self.blend((area.right - whole) as i64, y as i64, colour, edge);
        }
    }

    /// Outlines a rectangle by `width` pixels to the inside, its sides on whole pixels.
    pub(super) fn outline(&mut self, area: Area, width: f64, colour: Colour, opacity: f32) {
        let Area { left, top, right, bottom } = area.rounded();
        let (inner_top, inner_bottom) = ((top + width).min(bottom), (bottom - width).max(top + width));
        for side in [
            Area { left, top, right, bottom: inner_top },
            Area { left, top: inner_bottom, right, bottom },
            Area { left, top: inner_top, right: (left + width).min(right), bottom: inner_bottom },
            Area { left: (right - width).max(left + width), top: inner_top, right, bottom: inner_bottom },
        ] {
            self.fill(side, 0.0, colour, opacity);
        }
    }

    /// A straight stroke from `a` to `b`; equal ends with round caps are a dot.
    ///
    /// A pixel's coverage is its middle's distance to the segment against half the width.
    pub(super) fn stroke(&mut self, a: Point, b: Point, pen: Pen) {
        let reach = pen.width / 2.0 + 0.5;
        let Some((a, b)) = self.clip_segment(a, b, reach + 1.0) else { return };
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let square = dx * dx + dy * dy;
        for y in clip(a.y.min(b.y) - reach, a.y.max(b.y) + reach, self.height) {
            let middle = y as f64 + 0.5;
            // Where the segment is within reach of this row: between these two of its points.
            let at = |y: f64| if dy == 0.0 { 0.0 } else { ((y - a.y) / dy).clamp(0.0, 1.0) };
            let (s, t) = if dy == 0.0 { (0.0, 1.0) } else { (at(middle - reach), at(middle + reach)) };
            let (from, to) = (a.x + s * dx, a.x + t * dx);
            for x in clip(from.min(to) - reach, from.max(to) + reach, self.width) {
                let (px, py) = (x as f64 + 0.5 - a.x, middle - a.y);
                let along = if square > 0.0 { (px * dx + py * dy) / square } else { 0.0 };
                if pen.cap == Cap::Butt && !(0.0..1.0).contains(&along) {
                    continue;
                }
                let along = along.clamp(0.0, 1.0);
                let (aside, ahead) = (px - along * dx, py - along * dy);
                let distance = (aside * aside + ahead * ahead).sqrt();
                let coverage = (reach - distance).clamp(0.0, 1.0) as f32;
                if coverage > 0.0 {
                    self.blend_run(y, x, x + 1, pen.colour, pen.opacity * coverage);
                }
            }
        }
    }

    /// A circle's line around `centre`.
    pub(super) fn ring(&mut self, centre: Point, radius: f64, pen: Pen) {
        let half = pen.width / 2.0 + 0.5;
        for y in clip(centre.y - radius - half, centre.y + radius + half, self.height) {
            for x in clip(centre.x - radius - half, centre.x + radius + half, self.width) {
                let distance = (x as f64 + 0.5 - centre.x).hypot(y as f64 + 0.5 - centre.y);
                let coverage = (half - (distance - radius).abs()).clamp(0.0, 1.0) as f32;
                if coverage > 0.0 {
                    self.blend_run(y, x, x + 1, pen.colour, pen.opacity * coverage);
                }
            }
        }
    }

    /// The part of a segment that lies in the picture widened by `margin` (Liang-Barsky).
    pub(super) fn clip_segment(&self, a: Point, b: Point, margin: f64) -> Option<(Point, Point)> {
        let (width, height) = self.size();
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        let sides = [
            (-dx, a.x + margin),
            (dx, width + margin - a.x),
            (-dy, a.y + margin),
            (dy, height + margin - a.y),
        ];
        for (step, room) in sides {
            if step < 0.0 {
                from = from.max(room / step);
            } else if step > 0.0 {
                to = to.min(room / step);
            } else if room < 0.0 {
                return None;
            }
        }
        let at = |t: f64| Point::new(a.x + t * dx, a.y + t * dy);
        let whole =
            at(from).x.is_finite() && at(from).y.is_finite() && at(to).x.is_finite() && at(to).y.is_finite();
        (from <= to && whole).then(|| (at(from), at(to)))
    }
}

/// A rectangle by its sides, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Area {
    fn rounded(self) -> Self {
        Self {
            left: self.left.round(),
            top: self.top.round(),
            right: self.right.round(),
            bottom: self.bottom.round(),
        }
    }

    /// Shifted by as little as brings it into a picture of `size`; at its top left where it is larger.
    pub(super) fn inside(self, size: (f64, f64)) -> Self {
        let shift = |low: f64, high: f64, most: f64| (most - high).min(0.0).max(-low);
        let (dx, dy) = (shift(self.left, self.right, size.0), shift(self.top, self.bottom, size.1));
        Self { left: self.left + dx, top: self.top + dy, right: self.right + dx, bottom: self.bottom + dy }
    }
}

/// The whole numbers from `low` (rounded down) up to `high` (rounded up) that are in `0..size`.
fn clip(low: f64, high: f64, size: usize) -> std::ops::Range<usize> {
    // A cast from f64 saturates, and makes 0 of what is no number.
    let low = (low.floor().max(0.0) as usize).min(size);
    let high = (high.ceil().max(0.0) as usize).min(size);
    low..high.max(low)
}
