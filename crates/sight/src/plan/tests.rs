use footfall_count::Layout;
use footfall_track::{Bbox, Detection};
use proptest::prelude::*;

use super::{NEEDED, Scenery};
use crate::area::Area;
use crate::optics::Optics;
use crate::stature::Stature;

fn optics(width: usize, height: usize) -> Optics {
    let input = if width * 9 == height * 16 { [480, 256] } else { [416, 320] };
    Optics { picture: [width, height], input, stride: 32, is_free: true }
}

fn layout(line: &str) -> Layout {
    Layout { lines: vec![line.parse().unwrap()], ..Layout::default() }
}

/// People of one height, everywhere in a part of the picture.
fn people(optics: &Optics, height: f64, within: [f64; 4]) -> Stature {
    let mut stature = Stature::new(optics.picture);
    let [left, top, right, bottom] = within;
    for row in 0..12 {
        for column in 0..12 {
            let x = left + (right - left) * (f64::from(column) + 0.5) / 12.0;
            let y = top + (bottom - top) * (f64::from(row) + 0.5) / 12.0;
            let bbox = Bbox::new(x - 0.2 * height, y - height, 0.4 * height, height);
            stature.add(&[Detection { bbox, confidence: 0.9 }; 12]);
        }
    }
    stature
}

fn plan(optics: &Optics, line: &str, stature: &Stature) -> Vec<footfall_pipeline::Window> {
    Scenery { optics, layout: &layout(line), stature, live: Area::whole(optics.picture), near: false }
        .windows(&[])
}

#[test]
fn a_picture_in_which_people_are_large_enough_is_looked_at_as_a_whole() {
    let small = optics(768, 576);
    assert!(plan(&small, "door:384,576,384,0", &people(&small, 80.0, [0.0, 100.0, 768.0, 576.0])).is_empty());
    let large = optics(1920, 1080);
    assert!(
        plan(&large, "door:0,500,1920,500", &people(&large, 220.0, [0.0, 300.0, 1920.0, 1080.0])).is_empty()
    );
}

#[test]
fn everywhere_that_people_are_is_looked_at_where_that_costs_no_more() {
    let optics = optics(3072, 1728);
    let stature = people(&optics, 80.0, [1160.0, 750.0, 1900.0, 1150.0]);
    let windows = plan(&optics, "door:1536,1000,1536,850", &stature);
    let [window] = windows[..] else { panic!("{windows:?}") };
    assert!(
        Area::of(&window.bbox()).holds(Area { left: 1185.0, top: 740.0, right: 1870.0, bottom: 1120.0 }, 0.0)
    );
    assert!((0.4..0.6).contains(&window.scale), "{window:?}");
    let cost = window.scale * window.scale * (window.width * window.height) as f64;
    assert!(cost <= 1.25 * optics.budget(), "{window:?}");
}

#[test]
fn where_it_would_cost_more_only_what_is_near_the_line_is() {
    let optics = optics(3072, 1728);
    let stature = people(&optics, 60.0, [0.0, 60.0, 3072.0, 1728.0]);
    let windows = plan(&optics, "door:300,900,300,700", &stature);
    let [window] = windows[..] else { panic!("{windows:?}") };
    // Two heights to either side, and one more above for the body.
    assert!(
        Area::of(&window.bbox()).holds(Area { left: 180.0, top: 520.0, right: 420.0, bottom: 1020.0 }, 2.0)
    );
    assert!(window.width < 1500 && window.height < 1200, "{window:?}");
}

#[test]
fn windows_stay_while_they_are_about_as_good() {
    let optics = optics(1920, 1080);
    let layout = layout("door:960,650,960,350");
    let mut stature = people(&optics, 80.0, [700.0, 300.0, 1200.0, 700.0]);
    let scenery = |stature: &Stature, now: &[_]| {
        Scenery { optics: &optics, layout: &layout, stature, live: Area::whole(optics.picture), near: false }
            .windows(now)
    };
    let first = scenery(&stature, &[]);
    assert_eq!(first.len(), 1);
    stature.add(&[Detection { bbox: Bbox::new(690.0, 500.0, 32.0, 84.0), confidence: 0.9 }]);
    assert_eq!(scenery(&stature, &first), first);
    for _ in 0..3 {
        stature.add(&[Detection { bbox: Bbox::new(200.0, 500.0, 32.0, 84.0), confidence: 0.9 }]);
    }
    let later = scenery(&stature, &first);
    assert_ne!(later, first);
    assert!(later[0].left < 200 || later[0].width < first[0].width, "{later:?}");
}

proptest! {
    #[test]
    fn windows_lie_in_the_picture_and_hold_the_line_as_closely_as_they_may(
        (width, height) in (640..4000_usize, 480..2200_usize),
        (x, y, dx, dy) in (0.1..0.9_f64, 0.1..0.9_f64, -0.3..0.3_f64, -0.3..0.3_f64),
        person in 12.0..200.0_f64, free in any::<bool>(), near in any::<bool>(),
    ) {
        prop_assume!(dx.abs() + dy.abs() > 0.05);
        let optics = Optics { is_free: free, ..optics(width, height) };
        let (w, h) = (width as f64, height as f64);
        let end = |at: f64, step: f64, side: f64| ((at + step).clamp(0.0, 1.0) * side).round();
        let line = format!("a:{},{},{},{}", (x * w).round(), (y * h).round(), end(x, dx, w), end(y, dy, h));
        let stature = people(&optics, person, [0.0, 0.2 * h, w, h]);
        let layout = layout(&line);
        let windows = Scenery { optics: &optics, layout: &layout, stature: &stature, live: Area::whole(optics.picture), near }.windows(&[]);
        let cost: f64 = windows.iter().map(|w| w.scale * w.scale * (w.width * w.height) as f64).sum();
        prop_assert!(!free || cost <= 1.2 * super::MOST * optics.budget(), "{cost}");
        for window in &windows {
            prop_assert!(window.width > 0 && window.left + window.width <= width);
            prop_assert!(window.height > 0 && window.top + window.height <= height);
            prop_assert!(!free || window.scale <= 1.3 * NEEDED / person);
        }
        if !windows.is_empty() {
            for point in layout.lines[0].points() {
                let holds = |window: &footfall_pipeline::Window| {
                    Area::of(&window.bbox()).holds(Area::around(&[*point]).unwrap(), 1.0)
                };
                prop_assert!(windows.iter().any(holds), "{:?} is not in {:?}", point, windows);
            }
        }
    }
}
