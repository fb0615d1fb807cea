use footfall_track::Point;
use proptest::prelude::*;

use super::Line;
use crate::ShapeError;

#[test]
fn the_in_side_is_at_the_right_hand() {
    let up: Line = "door:384,576,384,0".parse().unwrap();
    assert!(up.signed_distance(Point::new(400.0, 300.0)) > 0.0);
    assert_eq!(up.signed_distance(Point::new(374.0, 300.0)), -10.0);
    assert_eq!(up.along(Point::new(0.0, 576.0)), 0.0);
    assert_eq!(up.along(Point::new(0.0, 0.0)), 1.0);
}

#[test]
fn what_is_no_line_says_why() {
    let error = |text: &str| text.parse::<Line>().unwrap_err();
    assert!(matches!(error("door"), ShapeError::Syntax { .. }));
    assert!(matches!(error("door:1,2,3"), ShapeError::Syntax { .. }));
    assert!(matches!(error("door:1,2"), ShapeError::Syntax { .. }));
    assert!(matches!(error("door:1,2,3,x"), ShapeError::Syntax { .. }));
    assert!(matches!(error(":1,2,3,4"), ShapeError::NoName { .. }));
    assert!(matches!(error("door:1,2,nan,4"), ShapeError::NotFinite { .. }));
    assert!(matches!(error("door:1,2,1,2"), ShapeError::Degenerate { .. }));
    assert!(matches!(error("door:1,2,3,4,3,4"), ShapeError::Degenerate { .. }));
    assert!(matches!(error("door:1%,2,3%,4"), ShapeError::Mixed { .. }));
}

#[test]
fn percent_are_of_the_picture() {
    let line: Line = "door: 50%,100%, 50 %,0%".parse().unwrap();
    assert!(line.is_relative());
    let pixels = line.in_pixels(768, 576);
    assert_eq!(pixels, "door:384,576,384,0".parse().unwrap());
    assert_eq!(pixels.in_pixels(10, 10), pixels);
}

/// Two segments at a right angle, walked to the right and then down: `in` is inside of the angle.
fn corner() -> Line {
    "corner:0,0,100,0,100,100".parse().unwrap()
}

#[test]
fn a_chain_has_two_sides_round_its_corners() {
    for (x, y, distance) in [
        (50.0, 20.0, 20.0),
        (50.0, -20.0, -20.0),
        (80.0, 50.0, 20.0),
        (130.0, 50.0, -30.0),
        (103.0, -4.0, -5.0),
        (-40.0, 7.0, 7.0),
        (93.0, 300.0, 7.0),
    ] {
        assert!((corner().signed_distance(Point::new(x, y)) - distance).abs() < 1e-9, "({x}, {y})");
    }
}

#[test]
fn a_chain_is_met_on_its_segments_only() {
    let met = |from: (f64, f64), to: (f64, f64)| {
        corner().meeting(Point::new(from.0, from.1), Point::new(to.0, to.1)).map(|m| (m.point.x, m.point.y))
    };
    assert_eq!(met((50.0, -10.0), (50.0, 10.0)), Some((50.0, 0.0)));
    assert_eq!(met((120.0, 30.0), (80.0, 30.0)), Some((100.0, 30.0)));
    assert_eq!(met((-50.0, -10.0), (-50.0, 10.0)), None);
    assert_eq!(met((120.0, 130.0), (80.0, 130.0)), None);
    // In over one segment and out over the other: where it changed sides last.
    assert_eq!(met((60.0, -20.0), (120.0, 40.0)), Some((100.0, 20.0)));
}

proptest! {
    /// A point in the middle of a straight line changes nothing about it.
    #[test]
    fn a_chain_along_a_straight_line_is_that_line(
        a in (0.0..100.0_f64, 0.0..100.0_f64), share in 0.1..0.9_f64, p in (0.0..100.0_f64, 0.0..100.0_f64),
        q in (0.0..100.0_f64, 0.0..100.0_f64)
    ) {
        let (a, b) = (Point::new(a.0, a.1), Point::new(a.0 + 60.0, a.1 - 35.0));
        let middle = Point::new(a.x + share * 60.0, a.y - share * 35.0);
        let one = Line::new("l", a, b).unwrap();
        let two = Line::through("l", vec![a, middle, b], false).unwrap();
        let (p, q) = (Point::new(p.0, p.1), Point::new(q.0, q.1));
        prop_assert!((one.signed_distance(p) - two.signed_distance(p)).abs() < 1e-6);
        match (one.meeting(p, q), two.meeting(p, q)) {
            (Some(m), Some(n)) => prop_assert!((m.share - n.share).abs() < 1e-6),
            (m, n) => prop_assert_eq!(m, n),
        }
    }
}
