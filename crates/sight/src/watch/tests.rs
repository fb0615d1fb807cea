use std::sync::Arc;
use std::time::Duration;

use footfall_count::Layout;
use footfall_pipeline::{BEHIND, Found, Frame, Image, Look, Sight as _, Sighting, Windows};
use footfall_track::{Bbox, Detection};

use super::Watch;
use crate::area::Area;
use crate::optics::Optics;

const LARGE: Optics = Optics { picture: [1920, 1080], input: [480, 256], stride: 32, is_free: true };
const SMALL: Optics = Optics { picture: [768, 576], input: [416, 320], stride: 32, is_free: true };

fn layout(line: &str) -> Layout {
    Layout { lines: vec![line.parse().unwrap()], ..Layout::default() }
}

fn frame(optics: &Optics, number: u64, grey: u8) -> Frame {
    let [width, height] = optics.picture;
    let image = Image::new(width, height, Arc::new(vec![grey; 3 * width * height])).unwrap();
    Frame { number, time: Duration::from_millis(100 * (number - 1)), image }
}

/// Walks people of a height along y = `foot`, and gives where the watch looked.
fn walk(
    watch: &mut Watch,
    optics: &Optics,
    numbers: std::ops::Range<u64>,
    height: f64,
    foot: f64,
) -> Vec<Look> {
    let still = frame(optics, 1, 90);
    numbers
        .map(|number| {
            let people = (0..4).map(|person| {
                let x = f64::from(person) * 90.0 + 700.0 + (number % 60) as f64 * 3.0;
                let bbox = Bbox::new(x, foot - height, 0.4 * height, height);
                Detection { bbox, confidence: 0.9 }
            });
            let look = watch.look(&Frame { number, ..still.clone() });
            let found = Found { people: people.collect(), cut: Vec::new() };
            watch.learn(Sighting { frame: number, found, followed: true, layout: None });
            look
        })
        .collect()
}

#[test]
fn a_small_picture_is_looked_at_as_a_whole_from_the_first_frame() {
    let mut watch = Watch::new(SMALL, layout("door:384,576,384,0"), Windows::Auto, true);
    let looks = walk(&mut watch, &SMALL, 1..200, 100.0, 400.0);
    assert!(looks.iter().all(|look| look.windows.is_empty() && !look.rests));
}

#[test]
fn a_large_one_is_searched_until_peoples_height_is_known() {
    let mut watch = Watch::new(LARGE, layout("door:900,800,900,300"), Windows::Auto, false);
    let looks = walk(&mut watch, &LARGE, 1..100, 80.0, 600.0);
    assert!((0.3..0.51).contains(&looks[0].windows[0].scale), "{:?}", looks[0]);
    let last = looks.last().unwrap();
    assert!(last.steady == 1 && (0.45..0.6).contains(&last.windows[0].scale), "{last:?}");
    let large = walk(&mut watch, &LARGE, 100..2000, 300.0, 900.0);
    assert!(large.last().unwrap().windows.is_empty(), "{:?}", large.last());
}

#[test]
fn without_lines_or_on_request_it_is_the_whole_picture() {
    for (layout, wish) in [
        (Layout::default(), Windows::Auto),
        (Layout::default(), Windows::Near),
        (layout("door:900,800,900,300"), Windows::Whole),
    ] {
        let mut watch = Watch::new(LARGE, layout, wish, false);
        assert!(walk(&mut watch, &LARGE, 1..100, 60.0, 600.0).iter().all(|look| look.windows.is_empty()));
    }
    let wish = Windows::At(vec![[100, 100, 400, 300], [5000, 0, 10, 10]]);
    let mut watch = Watch::new(LARGE, layout("door:900,800,900,300"), wish, false);
    let looks = walk(&mut watch, &LARGE, 1..100, 60.0, 600.0);
    assert!(looks.iter().all(|look| look.windows.len() == 1 && look.windows[0].left == 100));
}

#[test]
fn the_windows_follow_a_line_that_is_moved() {
    let mut watch = Watch::new(LARGE, layout("door:900,620,900,580"), Windows::Near, false);
    walk(&mut watch, &LARGE, 1..100, 60.0, 600.0);
    let before = watch.windows()[0];
    let moved = Some(Arc::new(layout("door:300,620,300,580")));
    watch.learn(Sighting { frame: 100, found: Found::default(), followed: true, layout: moved });
    // It is searched around its new place until enough is known, which it is already.
    walk(&mut watch, &LARGE, 101..110, 60.0, 600.0);
    let after = watch.windows()[0];
    assert!(before.left > 500 && after.left < 300, "{before:?} {after:?}");
}

#[test]
fn the_networks_rest_over_a_still_picture_and_wake_when_it_changes() {
    let mut watch = Watch::new(SMALL, Layout::default(), Windows::Auto, true);
    let rests: Vec<_> = (1..=100).map(|number| watch.look(&frame(&SMALL, number, 90)).rests).collect();
    assert!(
        !rests[..10].iter().any(|&rests| rests) && rests[30..].iter().filter(|&&rests| rests).count() > 60
    );
    let mut bytes = vec![90; 3 * 768 * 576];
    for y in 200..300 {
        bytes[3 * (y * 768 + 300)..3 * (y * 768 + 340)].fill(20);
    }
    let image = Image::new(768, 576, Arc::new(bytes)).unwrap();
    let someone = Frame { image, ..frame(&SMALL, 101, 90) };
    assert!(!watch.look(&someone).rests);
}

#[test]
fn a_window_grows_where_somebody_reaches_beyond_it() {
    let mut watch = Watch::new(LARGE, layout("door:900,620,900,580"), Windows::Auto, false);
    walk(&mut watch, &LARGE, 1..600, 60.0, 600.0);
    let before = Area::of(&watch.windows()[0].bbox());
    let cut = Detection { bbox: Bbox::new(before.left + 1.0, 540.0, 20.0, 60.0), confidence: 0.8 };
    for number in 600..600 + BEHIND {
        let found = Found { people: Vec::new(), cut: vec![cut] };
        watch.learn(Sighting { frame: number, found, followed: true, layout: None });
        watch.look(&frame(&LARGE, number, 90));
    }
    let after = Area::of(&watch.windows()[0].bbox());
    assert!(after.left < before.left - 30.0, "{before:?} {after:?}");
}
