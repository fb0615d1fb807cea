//! Draws what is known about a frame onto a copy of it.

mod boxes;
mod canvas;
mod lines;
mod palette;
mod text;
mod trails;

use std::sync::Arc;
use std::time::Duration;

use footfall_count::Anchor;
use footfall_pipeline::{Image, Scene};
use footfall_track::{Bbox, TrackedBox};
use serde::{Deserialize, Serialize};

use crate::VideoError;
pub use boxes::draw_boxes;
use canvas::{Area, Canvas, Cap, Colour, Pen};
use lines::Flash;
use text::Text;
use trails::Trails;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OverlayConfig {
    /// How far back a person's trail reaches, in seconds; 0 or less draws none.
    pub trail: f64,
    /// Whether the frame's time stands in the corner.
    pub time: bool,
    /// Whether the windows in which people are looked for are drawn.
    pub windows: bool,
}

impl Default for OverlayConfig {
    fn default() -> Self {
        Self { trail: 2.0, time: true, windows: false }
    }
}

/// Draws scenes, one after the other: each track in a colour of its own with its number and a trail
/// that fades, each line with an arrow to its `in` side, its counts, and a flash when it is passed.
///
/// Sizes follow the picture's height, from 320x240 to 4K. Keeps the trails of the last seconds, so
/// that memory does not grow with the video.
pub struct Overlay {
    config: OverlayConfig,
    trails: Trails,
    flashes: Vec<Flash>,
    canvas: Canvas,
    style: Option<Style>,
}

/// Sizes for one height of picture.
struct Style {
    height: usize,
    /// Width of thin strokes in whole pixels.
    stroke: f64,
    text: Text,
}

impl Style {
    fn of_height(height: usize) -> Result<Self, VideoError> {
        let stroke = (height as f64 / 300.0).round().max(1.0);
        let size = (0.024 * height as f32 + 4.0).max(12.0).round();
        Ok(Self { height, stroke, text: Text::new(size)? })
    }
}

impl Overlay {
    /// An overlay that has drawn nothing yet.
    #[must_use]
    pub fn new(config: OverlayConfig) -> Self {
        let trail = Duration::try_from_secs_f64(config.trail.max(0.0)).unwrap_or(Duration::MAX);
        Self {
            config,
            trails: Trails::new(trail),
            flashes: Vec::new(),
            canvas: Canvas::default(),
            style: None,
        }
    }

    /// The scene's picture with everything drawn on it.
    ///
    /// # Errors
    /// When the font cannot be read.
    pub fn draw(&mut self, scene: &Scene) -> Result<Image, VideoError> {
        self.render(scene)?;
        let bytes = self.rendered().to_vec();
        let (width, height) = (scene.frame.image.width(), scene.frame.image.height());
        Image::new(width, height, Arc::new(bytes)).map_err(|source| VideoError::Image {
            name: "overlay".to_owned(),
            frame: scene.frame.number,
            source,
        })
    }

    /// The last drawn picture's BGR bytes.
    pub(crate) fn rendered(&self) -> &[u8] {
        self.canvas.bytes()
    }

    /// Draws into a buffer that every scene uses again.
    pub(crate) fn render(&mut self, scene: &Scene) -> Result<(), VideoError> {
        let image = &scene.frame.image;
        let now = scene.frame.time;
        let mut style = match self.style.take() {
            Some(style) if style.height == image.height() => style,
            _ => Style::of_height(image.height())?,
        };
        self.trails.add(scene);
        lines::update(&mut self.flashes, scene);
        self.canvas.load(image);

        if self.config.windows {
            draw_windows(&mut self.canvas, &style, scene);
        }
        lines::draw(&mut self.canvas, &mut style, &scene.seen.lines, &self.flashes, now);
        self.draw_trails(&style, now);
        for track in &scene.seen.tracks {
            draw_track(&mut self.canvas, &mut style, track, scene.seen.anchor);
        }
        lines::draw_flashes(&mut self.canvas, &style, &self.flashes, now);
        lines::draw_tallies(&mut self.canvas, &mut style, &scene.seen.lines, &scene.seen.tallies);
        if self.config.time {
            draw_time(&mut self.canvas, &mut style, scene);
        }
        self.style = Some(style);
        Ok(())
    }

    fn draw_trails(&mut self, style: &Style, now: Duration) {
        if self.config.trail <= 0.0 {
            return;
        }
        for (id, from, to, freshness) in self.trails.steps(now) {
            let pen = Pen {
                colour: palette::of_track(id),
                opacity: freshness,
                width: style.stroke * f64::from(1.5 + freshness),
                cap: Cap::Butt,
            };
            self.canvas.stroke(from, to, pen);
        }
    }
}

/// A thin frame around each window that stays.
fn draw_windows(canvas: &mut Canvas, style: &Style, scene: &Scene) {
    for window in scene.look.steady() {
        let bbox = window.bbox();
        let area = Area { left: bbox.x, top: bbox.y, right: bbox.right(), bottom: bbox.bottom() };
        canvas.outline(area, style.stroke + 2.0, palette::BLACK, 0.3);
        canvas.outline(area, style.stroke, palette::WHITE, 0.6);
    }
}

/// A track's box, its number on a plate above it, and a dot at the point that stands for it.
fn draw_track(canvas: &mut Canvas, style: &mut Style, track: &TrackedBox, anchor: Anchor) {
    let (bbox, colour) = (&track.bbox, palette::of_track(track.id));
    if is_seen(bbox, canvas.size()) {
        draw_frame(canvas, style, bbox, colour);
        let dot = Pen { colour, opacity: 1.0, width: 3.0 * style.stroke, cap: Cap::Round };
        canvas.stroke(anchor.of(bbox), anchor.of(bbox), dot);
        draw_label(canvas, style, bbox, &track.id.to_string(), colour);
    }
}

/// A box with a label on a plate above it.
fn draw_box(canvas: &mut Canvas, style: &mut Style, bbox: &Bbox, label: &str, colour: Colour) {
    if is_seen(bbox, canvas.size()) {
        draw_frame(canvas, style, bbox, colour);
        draw_label(canvas, style, bbox, label, colour);
    }
}

/// Whether part of the box lies in a picture of this size.
fn is_seen(bbox: &Bbox, (width, height): (f64, f64)) -> bool {
    let outside = bbox.right() <= 0.0 || bbox.bottom() <= 0.0 || bbox.x >= width || bbox.y >= height;
    bbox.is_proper() && !outside
}

fn area_of(bbox: &Bbox) -> Area {
    Area { left: bbox.x, top: bbox.y, right: bbox.right(), bottom: bbox.bottom() }
}

fn draw_frame(canvas: &mut Canvas, style: &Style, bbox: &Bbox, colour: Colour) {
    let area = area_of(bbox);
    canvas.outline(grown(area, 1.0), 1.0, palette::BLACK, 0.45);
    canvas.outline(area, style.stroke, colour, 1.0);
}

fn draw_label(canvas: &mut Canvas, style: &mut Style, bbox: &Bbox, label: &str, colour: Colour) {
    let (area, stroke) = (area_of(bbox), style.stroke);
    let (pad, cap) = (2.0 * stroke + 1.0, style.text.cap_height().round());
    let plate = Area {
        left: area.left.round(),
        top: area.top.round() - cap - 2.0 * pad,
        right: area.left.round() + style.text.width(label) + 2.0 * pad,
        bottom: area.top.round(),
    }
    .inside(canvas.size());
    canvas.fill(plate, 0.0, colour, 1.0);
    style.text.draw(canvas, plate.left + pad, plate.bottom - pad, label, palette::text_on(colour));
}

/// `1:02.4` and the frame's number, in the top right corner.
fn draw_time(canvas: &mut Canvas, style: &mut Style, scene: &Scene) {
    let tenths = scene.frame.time.as_millis() / 100;
    let (minutes, seconds, tenths) = (tenths / 600, tenths / 10 % 60, tenths % 10);
    let label = format!("{minutes}:{seconds:02}.{tenths}");
    let (cap, margin) = (style.text.cap_height().round(), margin(style));
    let width = style.text.width(&label);
    let (right, _) = canvas.size();
    let plate = Area {
        left: right - margin - width - cap,
        top: margin,
        right: right - margin,
        bottom: margin + 2.0 * cap,
    };
    canvas.fill(plate, cap / 2.0, palette::BLACK, 0.6);
    style.text.draw(canvas, plate.left + cap / 2.0, plate.top + 1.5 * cap, &label, palette::WHITE);
}

fn grown(area: Area, by: f64) -> Area {
    Area { left: area.left - by, top: area.top - by, right: area.right + by, bottom: area.bottom + by }
}

/// From the picture's edge to what stands in its corners, in pixels.
fn margin(style: &Style) -> f64 {
    (style.text.cap_height() * 0.6).round()
}
