//! A line across the middle of where people walk.

use footfall_track::Point;

use crate::{Line, ShapeError};

/// A line, and why it lies there.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// In pixels.
    pub line: Line,
    /// A sentence for people.
    pub reason: String,
}

/// Someone who has moved by less than this share of the picture's width tells nothing about ways.
const SHORT: f64 = 0.05;
/// By how much the line reaches beyond the ways on either side, as a share of the picture's width.
const BEYOND: f64 = 0.05;

/// A line across `walks`, the paths of people in pixels of a picture of this size.
///
/// It is at right angles to the direction in which most walk, at the middle of all places, from one side of the paths
/// to the other. `in` is to the right, or downwards where people walk up and down.
///
/// # Errors
/// Never of finite walks.
pub fn propose(walks: &[Vec<Point>], width: usize, height: usize) -> Result<Proposal, ShapeError> {
    let (width, height) = (width as f64, height as f64);
    let ways: Vec<&[Point]> =
        walks.iter().map(Vec::as_slice).filter(|walk| length(walk) >= SHORT * width).collect();
    let places: Vec<Point> = ways.iter().flat_map(|way| way.iter().copied()).collect();
    let Some(along) = direction(&ways) else {
        let line = Line::new(
            "door",
            Point::new(0.0, (0.6 * height).round()),
            Point::new(width, (0.6 * height).round()),
        )?;
        let reason = "nobody was seen walking: the line is a guess, move it to where people pass".to_owned();
        return Ok(Proposal { line, reason });
    };
    // Across: the right hand of someone who walks along the line from a to b looks along `along`.
    let across = Point::new(along.y, -along.x);
    let middle = percentile(&places, |p| dot(*p, along), 0.5);
    let near: Vec<Point> =
        places.iter().copied().filter(|p| (dot(*p, along) - middle).abs() < 0.25 * width).collect();
    let from = percentile(&near, |p| dot(*p, across), 0.02) - BEYOND * width;
    let to = percentile(&near, |p| dot(*p, across), 0.98) + BEYOND * width;
    let at = |s: f64| {
        let (x, y) = (along.x * middle + across.x * s, along.y * middle + across.y * s);
        Point::new(x.clamp(0.0, width).round(), y.clamp(0.0, height).round())
    };
    let line = Line::new("door", at(from), at(to))?;
    let reason =
        format!("{} people were seen walking: the line crosses their ways in the middle", ways.len());
    Ok(Proposal { line, reason })
}

/// The main direction of ways, as a unit vector to the right, or downwards: the first eigenvector of the
/// sum of the outer products of their displacements, which does not care which way people go.
fn direction(ways: &[&[Point]]) -> Option<Point> {
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for way in ways {
        let (dx, dy) = displacement(way);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    if xx + yy == 0.0 {
        return None;
    }
    let angle = 0.5 * f64::atan2(2.0 * xy, xx - yy);
    let (sin, cos) = angle.sin_cos();
    let turn = if cos < -1e-9 || (cos.abs() <= 1e-9 && sin < 0.0) { -1.0 } else { 1.0 };
    Some(Point::new(turn * cos, turn * sin))
}

fn displacement(way: &[Point]) -> (f64, f64) {
    match (way.first(), way.last()) {
        (Some(first), Some(last)) => (last.x - first.x, last.y - first.y),
        _ => (0.0, 0.0),
    }
}

fn length(way: &[Point]) -> f64 {
    let (dx, dy) = displacement(way);
    dx.hypot(dy)
}

fn dot(p: Point, direction: Point) -> f64 {
    p.x * direction.x + p.y * direction.y
}

fn percentile(places: &[Point], of: impl Fn(&Point) -> f64, share: f64) -> f64 {
    let mut values: Vec<f64> = places.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use footfall_track::Point;

    use super::propose;

    fn walk(from: (f64, f64), to: (f64, f64)) -> Vec<Point> {
        (0..=50)
            .map(|i| f64::from(i) / 50.0)
            .map(|s| Point::new(from.0 + s * (to.0 - from.0), from.1 + s * (to.1 - from.1)))
            .collect()
    }

    #[test]
    fn the_line_crosses_every_way_whichever_way_people_go() {
        let both = [walk((50.0, 300.0), (600.0, 320.0)), walk((600.0, 200.0), (40.0, 190.0))];
        let down = [walk((300.0, 50.0), (320.0, 460.0)), walk((200.0, 450.0), (190.0, 30.0))];
        let slanted = [walk((100.0, 100.0), (500.0, 400.0)), walk((150.0, 60.0), (560.0, 380.0))];
        for walks in [&both, &down, &slanted] {
            let proposal = propose(walks, 640, 480).unwrap();
            let line = proposal.line;
            for way in walks {
                let sides = [way[0], way[50]].map(|p| line.signed_distance(p) > 0.0);
                assert_ne!(sides[0], sides[1], "{line:?}");
                assert!(
                    way.iter()
                        .any(|p| line.signed_distance(*p).abs() < 10.0
                            && (0.0..=1.0).contains(&line.along(*p)))
                );
            }
            assert!(proposal.reason.starts_with("2 people"));
        }
        let line = propose(&both, 640, 480).unwrap().line;
        assert!(line.signed_distance(Point::new(639.0, 250.0)) > 0.0, "to the right is in: {line:?}");
    }

    #[test]
    fn without_walks_it_is_a_guess_that_says_so() {
        for walks in [vec![], vec![vec![]], vec![walk((10.0, 10.0), (12.0, 10.0))]] {
            assert!(propose(&walks, 640, 480).unwrap().reason.contains("guess"));
        }
    }
}
