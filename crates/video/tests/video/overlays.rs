//! The drawing: where it changes pixels, and that nothing upsets it.

use std::sync::Arc;
use std::time::Duration;

use footfall_count::{Crossing, Direction, Line, Reason, Seen, Tally};
use footfall_pipeline::{Frame, Image, Look, Scene};
use footfall_track::{Bbox, Observations, Point, TrackId, TrackedBox};
use footfall_video::{Overlay, OverlayConfig};
use proptest::prelude::*;

const BARE: OverlayConfig = OverlayConfig { trail: 2.0, time: false, windows: false };

fn scene(width: usize, height: usize, number: u64, boxes: &[(u64, Bbox)]) -> Scene {
    let image = Image::new(width, height, Arc::new(vec![100; width * height * 3])).unwrap();
    let tracks = boxes
        .iter()
        .map(|&(id, bbox)| TrackedBox { id: TrackId(id), bbox, confidence: 0.9, detection: 0 })
        .collect();
    let frame = Frame { number, time: Duration::from_millis(100 * number), image };
    let seen = Seen { frame: number, time: frame.time, tracks, ..Seen::default() };
    Scene { frame, observations: Observations::default(), seen, look: Look::default() }
}

/// Pixels of `drawn` that are not the grey they were: (x, y).
fn changed(drawn: &Image) -> Vec<(usize, usize)> {
    let (pixels, _) = drawn.bytes().as_chunks::<3>();
    (0..pixels.len())
        .filter(|&i| pixels[i] != [100; 3])
        .map(|i| (i % drawn.width(), i / drawn.width()))
        .collect()
}

#[test]
fn an_empty_scene_is_left_alone() {
    let drawn = Overlay::new(BARE).draw(&scene(320, 240, 1, &[])).unwrap();
    assert_eq!(changed(&drawn), []);
}

#[test]
fn a_box_is_drawn_at_its_place_in_its_tracks_colour() {
    let mut overlay = Overlay::new(OverlayConfig { trail: 0.0, ..BARE });
    let bbox = Bbox::new(100.0, 80.0, 60.0, 100.0);
    let first = overlay.draw(&scene(320, 240, 1, &[(3, bbox)])).unwrap();
    let pixel = |image: &Image, x: usize, y: usize| image.bytes()[(y * 320 + x) * 3..][..3].to_vec();
    let colour = pixel(&first, 100, 120);
    assert_ne!(colour, [100; 3]);
    assert_eq!(pixel(&first, 159, 120), colour);
    assert_eq!(pixel(&first, 130, 120), [100; 3], "the person stays visible");
    for (x, y) in changed(&first) {
        assert!((98..=162).contains(&x) && (55..=183).contains(&y), "({x}, {y})");
    }
    let later =
        overlay.draw(&scene(320, 240, 9, &[(3, bbox), (4, Bbox::new(5.0, 80.0, 30.0, 60.0))])).unwrap();
    assert_eq!(pixel(&later, 100, 120), colour);
    assert_ne!(pixel(&later, 5, 120), colour);
}

#[test]
fn a_trail_follows_the_anchor_and_fades() {
    let mut overlay = Overlay::new(BARE);
    let at = |x: f64| Bbox::new(x - 10.0, 60.0, 20.0, 40.0);
    overlay.draw(&scene(320, 240, 1, &[(1, at(50.0))])).unwrap();
    overlay.draw(&scene(320, 240, 2, &[(1, at(250.0))])).unwrap();
    let on_trail = |image: &Image| i32::from(image.bytes()[(100 * 320 + 150) * 3]);
    let difference = |number| {
        let mut copy = Overlay::new(BARE);
        copy.draw(&scene(320, 240, 1, &[(1, at(50.0))])).unwrap();
        copy.draw(&scene(320, 240, 2, &[(1, at(250.0))])).unwrap();
        (on_trail(&copy.draw(&scene(320, 240, number, &[])).unwrap()) - 100).abs()
    };
    assert!(difference(3) > difference(12));
    assert!(difference(12) > 0);
    assert_eq!(difference(40), 0);
}

#[test]
fn the_arrow_points_to_the_in_side() {
    let line = Line::new("x", Point::new(160.0, 230.0), Point::new(160.0, 10.0)).unwrap();
    let mut with_line = scene(320, 240, 1, &[]);
    with_line.seen.lines = [line].into();
    let drawn = Overlay::new(BARE).draw(&with_line).unwrap();
    let in_row = |from: usize, to: usize| {
        changed(&drawn).iter().filter(|&&(x, y)| (from..to).contains(&x) && (115..125).contains(&y)).count()
    };
    assert!(in_row(165, 240) > 20, "to the right of someone who walks upwards");
    assert_eq!(in_row(80, 155), 0);
}

#[test]
fn a_crossing_flashes_and_goes_out() {
    let line = Line::new("x", Point::new(160.0, 230.0), Point::new(160.0, 10.0)).unwrap();
    let with_line = |number| {
        let mut scene = scene(320, 240, number, &[]);
        scene.seen.lines = [line.clone()].into();
        scene
    };
    let mut overlay = Overlay::new(BARE);
    let plain = overlay.draw(&with_line(1)).unwrap();
    let mut crossed = with_line(2);
    crossed.seen.crossings.push(Crossing {
        line: 0,
        direction: Direction::Out,
        track: TrackId(1),
        frame: 2,
        time: crossed.frame.time,
        decided: 2,
        point: Point::new(160.0, 60.0),
        confidence: 1.0,
        reasons: vec![Reason::Followed],
        visitor: None,
        again: None,
        staff: None,
        hidden: None,
        elsewhere: None,
        look: None,
    });
    let lit = overlay.draw(&crossed).unwrap();
    assert!(changed(&lit).len() > changed(&plain).len() + 100);
    let after = overlay.draw(&with_line(20)).unwrap();
    assert!(after.bytes() == plain.bytes());
}

#[test]
fn the_same_scenes_give_the_same_bytes() {
    let draw = || {
        let mut overlay = Overlay::new(OverlayConfig::default());
        overlay.draw(&scene(64, 48, 1, &[(1, Bbox::new(3.3, 4.4, 20.0, 30.0))])).unwrap();
        overlay.draw(&scene(64, 48, 2, &[(1, Bbox::new(5.3, 4.4, 20.0, 30.0))])).unwrap().bytes().to_vec()
    };
    assert_eq!(draw(), draw());
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        -300.0..600.0_f64,
        prop::sample::select(vec![
            0.0,
            -0.0,
            1e-300,
            1e9,
            -1e9,
            1e300,
            -1e300,
            f64::MAX,
            f64::MIN,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ]),
    ]
}

proptest! {
    #[test]
    fn whatever_is_drawn_it_ends(
        (width, height) in prop_oneof![Just((1, 1)), Just((2, 300)), Just((300, 1)), Just((320, 240))],
        boxes in prop::collection::vec((any::<u64>(), number(), number(), number(), number()), 0..6),
        ends in prop::collection::vec((number(), number(), number(), number()), 0..4),
        (x, y) in (number(), number()),
    ) {
        let lines: Vec<Line> = ends
            .iter()
            .filter_map(|&(a, b, c, d)| Line::new("tür 入口 🚪", Point::new(a, b), Point::new(c, d)).ok())
            .collect();
        let boxes: Vec<(u64, Bbox)> =
            boxes.iter().map(|&(id, x, y, w, h)| (id, Bbox::new(x, y, w, h))).collect();
        let mut overlay = Overlay::new(OverlayConfig::default());
        for number in 1..4 {
            let mut scene = scene(width, height, number, &boxes);
            scene.seen.lines = lines.as_slice().into();
            scene.seen.tallies = vec![Tally { entered: u64::MAX, left: 0 }; lines.len()];
            scene.seen.crossings.push(Crossing {
                line: 0,
                direction: Direction::In,
                track: TrackId(1),
                frame: number,
                time: scene.frame.time,
                decided: number,
                point: Point::new(x, y),
                confidence: 1.0,
                reasons: vec![Reason::Followed],
                visitor: None,
                again: None,
                staff: None,
                hidden: None,
                elsewhere: None,
                look: None,
            });
            overlay.draw(&scene).unwrap();
        }
    }
}
