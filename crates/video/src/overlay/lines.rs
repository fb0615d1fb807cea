//! Lines, their counts, and the flash when one is passed.

use std::time::Duration;

use footfall_count::{Direction, Line, Tally};
use footfall_pipeline::Scene;
use footfall_track::Point;

use super::canvas::{Area, Canvas, Cap, Pen};
use super::{Style, margin, palette};

/// How long a passed line is lit.
const FLASH: Duration = Duration::from_millis(600);

/// A line that was passed a moment ago.
pub(super) struct Flash {
    line: usize,
    direction: Direction,
    point: Point,
    since: Duration,
}

impl Flash {
    /// 1 at first, 0 at the end.
    fn strength(&self, now: Duration) -> f32 {
        1.0 - (now.saturating_sub(self.since).as_secs_f32() / FLASH.as_secs_f32()).min(1.0)
    }
}

/// Lights what was passed in this scene, and forgets what has faded.
pub(super) fn update(flashes: &mut Vec<Flash>, scene: &Scene) {
    let now = scene.frame.time;
    flashes.retain(|flash| now.saturating_sub(flash.since) < FLASH);
    flashes.extend(scene.seen.crossings.iter().map(|crossing| Flash {
        line: crossing.line,
        direction: crossing.direction,
        point: crossing.point,
        since: now,
    }));
}

/// Each line with its ends, its name at its start, and an arrow to its `in` side.
pub(super) fn draw(canvas: &mut Canvas, style: &mut Style, lines: &[Line], flashes: &[Flash], now: Duration) {
    let stroke = style.stroke;
    let width = (1.5 * stroke).max(2.0);
    for (index, line) in lines.iter().enumerate() {
        let segments: Vec<(Point, Point)> =
            line.points().windows(2).filter_map(|pair| canvas.clip_segment(pair[0], pair[1], 0.0)).collect();
        let Some(&(a, b)) = segments.first() else { continue };
        for flash in flashes.iter().filter(|flash| flash.line == index) {
            let colour = palette::of_direction(flash.direction);
            let strength = flash.strength(now);
            let pen = Pen { colour, opacity: 0.8 * strength, width: 8.0 * stroke, cap: Cap::Round };
            for &(a, b) in &segments {
                canvas.stroke(a, b, pen);
            }
        }
        let pen = |colour, width| Pen { colour, opacity: 1.0, width, cap: Cap::Round };
        let casing = |width| Pen { opacity: 0.6, ..pen(palette::BLACK, width + 2.0) };
        for &(a, b) in &segments {
            canvas.stroke(a, b, casing(width));
        }
        for &(a, b) in &segments {
            canvas.stroke(a, b, pen(palette::WHITE, width));
        }
        for end in [line.a(), line.b()] {
            canvas.stroke(end, end, casing(5.0 * stroke));
            canvas.stroke(end, end, pen(palette::WHITE, 5.0 * stroke));
        }
        draw_arrow(canvas, style, a, b);
        draw_name(canvas, style, line.name(), a, b);
    }
}

/// From the visible part's middle to the right hand of someone who walks from `a` to `b`.
fn draw_arrow(canvas: &mut Canvas, style: &mut Style, a: Point, b: Point) {
    let length = (b.x - a.x).hypot(b.y - a.y);
    if length < 1.0 {
        return;
    }
    let (nx, ny) = (-(b.y - a.y) / length, (b.x - a.x) / length);
    let reach = (0.07 * style.height as f64).max(14.0);
    let foot = Point::new(f64::midpoint(a.x, b.x), f64::midpoint(a.y, b.y));
    let at = |along: f64, aside: f64| {
        Point::new(foot.x + along * nx - aside * ny, foot.y + along * ny + aside * nx)
    };
    let (tip, barb) = (at(reach, 0.0), reach * 0.3);
    let colour = palette::of_direction(Direction::In);
    let width = 1.5 * style.stroke;
    for (colour, opacity, width) in [(palette::BLACK, 0.6, width + 2.0), (colour, 1.0, width)] {
        let pen = Pen { colour, opacity, width, cap: Cap::Round };
        canvas.stroke(foot, tip, pen);
        canvas.stroke(at(reach - barb, barb), tip, pen);
        canvas.stroke(at(reach - barb, -barb), tip, pen);
    }
    let (cap, text_width) = (style.text.cap_height(), style.text.width("in"));
    let middle = at(reach + 0.9 * cap + 0.5 * (nx * text_width).abs() + 0.5 * (ny * cap).abs(), 0.0);
    draw_plate(canvas, style, "in", middle, colour);
}

/// On the line, near its start.
fn draw_name(canvas: &mut Canvas, style: &mut Style, name: &str, a: Point, b: Point) {
    let at = Point::new(a.x + 0.12 * (b.x - a.x), a.y + 0.12 * (b.y - a.y));
    draw_plate(canvas, style, name, at, palette::WHITE);
}

/// A word on a dark plate around `middle`, moved into the picture.
fn draw_plate(canvas: &mut Canvas, style: &mut Style, word: &str, middle: Point, colour: [u8; 3]) {
    let (cap, width) = (style.text.cap_height().round(), style.text.width(word));
    let (half_width, half_height) = (width / 2.0 + 0.4 * cap, 0.9 * cap);
    let plate = Area {
        left: middle.x - half_width,
        top: middle.y - half_height,
        right: middle.x + half_width,
        bottom: middle.y + half_height,
    }
    .inside(canvas.size());
    canvas.fill(plate, 0.4 * cap, palette::BLACK, 0.6);
    style.text.draw(canvas, plate.left + 0.4 * cap, plate.bottom - 0.4 * cap, word, colour);
}

/// A ring that widens where a line was passed.
pub(super) fn draw_flashes(canvas: &mut Canvas, style: &Style, flashes: &[Flash], now: Duration) {
    for flash in flashes {
        let strength = flash.strength(now);
        let radius = style.height as f64 * (0.015 + 0.03 * f64::from(1.0 - strength));
        let colour = palette::of_direction(flash.direction);
        let pen = Pen { colour, opacity: strength, width: 2.0 * style.stroke, cap: Cap::Round };
        canvas.ring(flash.point, radius, pen);
    }
}

/// A table in the top left corner: `door  in 3  out 5`, a row a line.
pub(super) fn draw_tallies(canvas: &mut Canvas, style: &mut Style, lines: &[Line], tallies: &[Tally]) {
    let rows: Vec<[(String, [u8; 3]); 5]> =
        lines.iter().zip(tallies).map(|(line, tally)| row(line, *tally)).collect();
    let Some(columns) = rows
        .iter()
        .map(|cells| std::array::from_fn(|i| style.text.width(&cells[i].0)))
        .reduce(|a: [f64; 5], b| std::array::from_fn(|i| a[i].max(b[i])))
    else {
        return;
    };
    let (cap, margin) = (style.text.cap_height().round(), margin(style));
    let gaps = [cap, 0.5 * cap, cap, 0.5 * cap, 0.0];
    let width = columns.iter().sum::<f64>() + gaps.iter().sum::<f64>() + 1.2 * cap;
    let pitch = (1.9 * cap).round();
    let plate = Area {
        left: margin,
        top: margin,
        right: margin + width,
        bottom: margin + pitch * rows.len() as f64 + 0.4 * cap,
    };
    canvas.fill(plate, cap / 2.0, palette::BLACK, 0.6);
    for (index, cells) in rows.iter().enumerate() {
        let baseline = plate.top + 1.6 * cap + pitch * index as f64;
        let mut x = plate.left + 0.6 * cap;
        for (i, (word, colour)) in cells.iter().enumerate() {
            // Numbers stand to the right of their column, so that their digits line up.
            let shift = if i % 2 == 0 && i > 0 { columns[i] - style.text.width(word) } else { 0.0 };
            style.text.draw(canvas, x + shift, baseline, word, *colour);
            x += columns[i] + gaps[i];
        }
    }
}

fn row(line: &Line, tally: Tally) -> [(String, [u8; 3]); 5] {
    let direction = |direction: Direction| (direction.to_string(), palette::of_direction(direction));
    [
        (line.name().to_owned(), palette::WHITE),
        direction(Direction::In),
        (tally.entered.to_string(), palette::WHITE),
        direction(Direction::Out),
        (tally.left.to_string(), palette::WHITE),
    ]
}
