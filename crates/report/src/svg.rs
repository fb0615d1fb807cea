//! A chart as a picture: crossings above, people inside below.

use std::ops::Range;

use footfall_ledger::jiff::{Timestamp, ZonedDateTime};
use footfall_ledger::{Count, Period, Span};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    BLACK, Cartesian2d, Color as _, DrawingArea, IntoDrawingArea as _, IntoFont as _, RGBColor, Rectangle,
    SVGBackend, SeriesLabelPosition, WHITE,
};

use crate::label::{MOST_TICKS, tick, ticks};
use crate::{Error, Report, Rows};

const SIZE: (u32, u32) = (1200, 620);
const IN: RGBColor = RGBColor(0, 114, 178);
const OUT: RGBColor = RGBColor(230, 159, 0);
const INSIDE: RGBColor = RGBColor(0, 158, 115);
const UNCOUNTED: RGBColor = RGBColor(200, 200, 200);
const FONT: &str = "sans-serif";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plane = Cartesian2d<Periods, RangedCoordf64>;

/// The axis of time: each period is one wide, whatever the clock does, and some have a label.
struct Periods {
    count: f64,
    ticks: Vec<f64>,
}

impl Ranged for Periods {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        from + (value / self.count * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        0.0..self.count
    }
}

/// Draws the report: bars for `in` and `out`, and below them the most people inside at once and those inside
/// at the end of each period. Grey stripes are time that was not counted.
///
/// # Errors
/// When the rows cannot be read, or the library refuses.
pub fn svg(report: &Report<'_>) -> Result<String, Error> {
    let points = points(report.counts)?;
    let mut text = String::new();
    draw(report, &points, &mut text).map_err(|error| Error::Chart { problem: error.to_string() })?;
    Ok(text)
}

fn draw(report: &Report<'_>, points: &[Point], text: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let root = root.margin(10, 0, 0, 0).titled(&report.title, (FONT, 22))?;
    let (above, below) = root.split_vertically(i32::try_from(SIZE.1 * 6 / 10)?);
    let stripes = stripes(points, &report.gaps);
    crossings(report.by, points, &stripes, &above)?;
    inside(report.by, points, &stripes, &below)?;
    root.present()?;
    Ok(())
}

/// A period, with its lines added up.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) from: ZonedDateTime,
    to: ZonedDateTime,
    pub(crate) entered: u64,
    pub(crate) left: u64,
    occupancy: u64,
    peak: u64,
}

/// More periods than this are drawn as if they were longer: a picture has not as many columns.
const MOST_POINTS: usize = 65_536;

pub(crate) fn points(rows: &dyn Rows<Count>) -> Result<Vec<Point>, Error> {
    let mut points: Vec<Point> = Vec::new();
    rows.each(&mut |count| {
        match points.last_mut() {
            Some(last) if last.from == count.from => {
                last.entered += count.entered;
                last.left += count.left;
                last.occupancy += count.occupancy;
                last.peak += count.peak;
            }
            _ => points.push(Point {
                from: count.from.clone(),
                to: count.to.clone(),
                entered: count.entered,
                left: count.left,
                occupancy: count.occupancy,
                peak: count.peak,
            }),
        }
        Ok(())
    })?;
    while points.len() > MOST_POINTS {
        points = points.chunks(2).map(as_one).collect();
    }
    Ok(points)
}

/// Neighbours as one: the greatest number of people that any has.
fn as_one(pair: &[Point]) -> Point {
    let mut one = pair[0].clone();
    for next in &pair[1..] {
        one.to = next.to.clone();
        one.entered = one.entered.max(next.entered);
        one.left = one.left.max(next.left);
        one.occupancy = one.occupancy.max(next.occupancy);
        one.peak = one.peak.max(next.peak);
    }
    one
}

fn crossings(
    by: Period,
    counts: &[Point],
    gaps: &[Stripe],
    area: &Area<'_>,
) -> Result<(), Box<dyn std::error::Error>> {
    let most = counts.iter().map(|c| c.entered.max(c.left)).max().unwrap_or(0);
    let mut chart = plane(by, counts, gaps, area, most, "people")?;
    let bars = |shift: f64, number: fn(&Point) -> u64, colour: RGBColor| {
        counts.iter().enumerate().filter(move |(_, c)| number(c) > 0).map(move |(index, count)| {
            let left = index as f64 + shift;
            Rectangle::new([(left, 0.0), (left + 0.4, number(count) as f64)], colour.filled())
        })
    };
    let key = |colour: RGBColor| {
        move |(x, y): (i32, i32)| Rectangle::new([(x, y - 5), (x + 14, y + 5)], colour.filled())
    };
    chart.draw_series(bars(0.1, |c| c.entered, IN))?.label("in").legend(key(IN));
    chart.draw_series(bars(0.5, |c| c.left, OUT))?.label("out").legend(key(OUT));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .label_font((FONT, 15))
        .draw()?;
    Ok(())
}

fn inside(
    by: Period,
    counts: &[Point],
    gaps: &[Stripe],
    area: &Area<'_>,
) -> Result<(), Box<dyn std::error::Error>> {
    let most = counts.iter().map(|c| c.peak.max(c.occupancy)).max().unwrap_or(0);
    let mut chart = plane(by, counts, gaps, area, most, "inside")?;
    let steps = |number: fn(&Point) -> u64, strength: f64| {
        counts.iter().enumerate().filter(move |(_, c)| number(c) > 0).map(move |(index, count)| {
            let left = index as f64;
            Rectangle::new([(left, 0.0), (left + 1.0, number(count) as f64)], INSIDE.mix(strength).filled())
        })
    };
    chart.draw_series(steps(|c| c.peak, 0.35))?;
    chart.draw_series(steps(|c| c.occupancy, 0.8))?;
    Ok(())
}

/// From where to where on the axis of time.
type Stripe = (f64, f64);

/// A stripe is at least so wide, in periods: a camera that was away for a minute is seen in a year, too.
const THINNEST: f64 = 0.02;

/// Where gaps lie on the axis of time.
fn stripes(points: &[Point], gaps: &[Span]) -> Vec<Stripe> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let (begin, end) = (first.from.timestamp(), last.to.timestamp());
    let place = |time: Timestamp| {
        let index = points.partition_point(|point| point.to.timestamp() <= time);
        let Some(point) = points.get(index) else { return points.len() as f64 };
        let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64();
        let length = seconds(point.from.timestamp(), point.to.timestamp());
        index as f64 + (seconds(point.from.timestamp(), time) / length).clamp(0.0, 1.0)
    };
    let within = gaps.iter().filter(|gap| gap.from < end && gap.to > begin);
    within.map(|gap| (place(gap.from), place(gap.to).max(place(gap.from) + THINNEST))).collect()
}

/// Axes, with the uncounted time behind.
fn plane<'a, 'b>(
    by: Period,
    counts: &[Point],
    gaps: &[Stripe],
    area: &'a Area<'b>,
    most: u64,
    what: &str,
) -> Result<ChartContext<'a, SVGBackend<'b>, Plane>, Box<dyn std::error::Error>> {
    let ticks = ticks(counts.iter().map(|c| &c.from), by).into_iter().map(|index| index as f64).collect();
    let width = Periods { count: counts.len().max(1) as f64, ticks };
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(34)
        .y_label_area_size(56)
        .build_cartesian_2d(width, 0.0..(most.max(1) as f64 * 1.08))?;
    let label = |x: &f64| {
        let index = x.round();
        let count = counts.get(index.max(0.0) as usize).filter(|_| (x - index).abs() < 1e-9);
        count.map_or_else(String::new, |count| tick(&count.from, by))
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(MOST_TICKS)
        .x_label_formatter(&label)
        .y_labels(6)
        .y_label_formatter(&|y| format!("{y:.0}"))
        .y_desc(what)
        .light_line_style(BLACK.mix(0.04))
        .bold_line_style(BLACK.mix(0.12))
        .label_style((FONT, 14).into_font())
        .draw()?;
    let stripe = |&(from, to): &Stripe| {
        Rectangle::new([(from, 0.0), (to, most.max(1) as f64 * 1.08)], UNCOUNTED.mix(0.6).filled())
    };
    chart.draw_series(gaps.iter().map(stripe))?;
    Ok(chart)
}

#[cfg(test)]
mod tests {
    use footfall_ledger::{Period, Span};

    use super::svg;
    use crate::testing::{counts, report};

    #[test]
    fn a_picture_has_a_bar_for_each_number_and_names_its_axes() {
        let counts = counts("2026-03-28T00:00:00Z", 24, Period::Hour, "UTC");
        let picture = svg(&report(&counts, Period::Hour)).unwrap();
        assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
        let bars = |colour: &str| picture.matches(&format!("fill=\"{colour}\"")).count();
        assert_eq!(bars("#0072B2"), 24, "23 bars and the key");
        assert_eq!(bars("#E69F00"), 24);
        for word in ["door", "people", "inside", "12:00", "Sat 28 Mar"] {
            assert!(picture.contains(word), "{word}");
        }
    }

    #[test]
    fn what_was_not_counted_is_where_it_was() {
        let counts = counts("2026-03-28T00:00:00Z", 24, Period::Hour, "UTC");
        let at = |text: &str| text.parse().unwrap();
        let gap = |from, to| Span { from: at(from), to: at(to) };
        let gaps = [
            gap("2026-03-27T10:00:00Z", "2026-03-27T12:00:00Z"),
            gap("2026-03-27T23:00:00Z", "2026-03-28T00:30:00Z"),
            gap("2026-03-28T07:45:00Z", "2026-03-28T09:15:00Z"),
            gap("2026-03-28T20:00:00Z", "2026-03-28T20:00:01Z"),
            gap("2026-03-28T23:30:00Z", "2026-03-30T00:00:00Z"),
        ];
        let points = super::points(&counts).unwrap();
        let found = super::stripes(&points, &gaps);
        assert_eq!(found, [(0.0, 0.5), (7.75, 9.25), (20.0, 20.02), (23.5, 24.0)]);
        let picture = svg(&crate::Report { gaps: gaps.to_vec(), ..report(&counts, Period::Hour) }).unwrap();
        assert!(picture.contains("#C8C8C8"), "grey stripes");
    }

    #[test]
    fn nothing_is_a_picture_too() {
        svg(&report(&Vec::new(), Period::Hour)).unwrap();
    }
}
