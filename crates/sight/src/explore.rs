//! Windows beside the planned ones: to find out how high people are, and whether anybody is elsewhere.

use footfall_pipeline::Window;

use crate::area::Area;
use crate::optics::Optics;

/// The scale at which people are looked for before anything is known of their height: those of 80 pixels and more
/// are as high then as they need to be.
const FIRST: f64 = 0.5;
/// What that may cost, as a multiple of what the whole picture does.
const EFFORT: f64 = 1.5;

/// The whole picture as a window.
pub(crate) fn whole(optics: &Optics) -> Window {
    let [width, height] = optics.picture;
    Window { left: 0, top: 0, width, height, scale: optics.scale() }
}

/// A window around the middle of `bounds` in the shape of the picture, whose input has `pixels` at this scale; or a
/// coarser one that holds the bounds.
pub(crate) fn around(optics: &Optics, bounds: Area, scale: f64, pixels: f64) -> Window {
    let [width, height] = optics.picture;
    let shape = width as f64 / height as f64;
    let high = (pixels / shape).sqrt() / scale;
    let sides = [(high * shape).max(bounds.width()), high.max(bounds.height())];
    let [wide, high] = [(sides[0] as usize).clamp(1, width), (sides[1] as usize).clamp(1, height)];
    let at = |low: f64, high: f64, length: usize, side: usize| {
        let first = f64::midpoint(low, high) - length as f64 / 2.0;
        (first.round().max(0.0) as usize).min(side - length)
    };
    let (left, top) =
        (at(bounds.left, bounds.right, wide, width), at(bounds.top, bounds.bottom, high, height));
    let scale = scale.min((pixels / (wide * high) as f64).sqrt());
    let scale = if optics.is_free { scale } else { optics.scale_of(wide as f64, high as f64) };
    Window { left, top, width: wide, height: high, scale }
}

/// Where people are looked for while nothing is known of them; now and then the whole picture too, and close to the
/// middle of what is drawn.
pub(crate) fn search(optics: &Optics, bounds: Area, live: Area, turn: u64) -> (Vec<Window>, usize) {
    let effort = EFFORT * optics.budget();
    // Everything that shows anything, if that is no more.
    let (bounds, pixels) = match live.union(bounds) {
        all if all.size() * FIRST * FIRST <= effort => (all, all.size() * FIRST * FIRST),
        _ => (bounds, effort),
    };
    let mut windows = vec![around(optics, bounds, FIRST, pixels)];
    match turn % 16 {
        0 => windows.push(whole(optics)),
        8 => windows.push(around(optics, bounds, 2.0 * FIRST, optics.budget())),
        _ => {}
    }
    (windows, 1)
}

/// All of the picture as closely as it is searched at first, in windows that overlap, and the whole of it for those who
/// are larger; none where the whole shows it as closely.
pub(crate) fn everywhere(optics: &Optics) -> Vec<Window> {
    if optics.scale() >= FIRST {
        return Vec::new();
    }
    let places = |side: usize, input: usize| {
        let length = ((input as f64 / FIRST) as usize).clamp(1, side);
        let steps = (side - length).div_ceil((length * 4 / 5).max(1));
        let place = move |step: usize| ((side - length) * step / steps.max(1), length);
        (0..=steps).map(place).collect::<Vec<_>>()
    };
    let [columns, rows] = [0, 1].map(|axis| places(optics.picture[axis], optics.input[axis]));
    let tiles = rows.iter().flat_map(|&(top, height)| {
        columns.iter().map(move |&(left, width)| Window { left, top, width, height, scale: FIRST })
    });
    tiles.chain([whole(optics)]).collect()
}

/// The part of the picture that a scout looks at: the whole, and by turns each of the tiles that the usual input
/// shows at this scale.
pub(crate) fn scout(optics: &Optics, scale: f64, turn: u64) -> Window {
    let [width, height] = optics.picture;
    let columns = ((width as f64 * scale / optics.input[0] as f64).ceil() as usize).clamp(1, 8);
    let rows = ((height as f64 * scale / optics.input[1] as f64).ceil() as usize).clamp(1, 8);
    let tiles = (columns * rows) as u64;
    if turn.is_multiple_of(2) || tiles == 1 {
        return whole(optics);
    }
    let tile = (turn / 2 % tiles) as usize;
    let (wide, high) = (width.div_ceil(columns), height.div_ceil(rows));
    let (left, top) = ((tile % columns * wide).min(width - wide), (tile / columns * high).min(height - high));
    let own = optics.scale_of(wide as f64, high as f64);
    Window { left, top, width: wide, height: high, scale: if optics.is_free { scale.min(own) } else { own } }
}

#[cfg(test)]
mod tests {
    use super::{everywhere, scout, search};
    use crate::area::Area;
    use crate::optics::Optics;

    const OPTICS: Optics = Optics { picture: [3072, 1728], input: [480, 256], stride: 32, is_free: true };

    #[test]
    fn scouts_come_to_every_part_of_the_picture() {
        let tiles: Vec<_> = (0..200).map(|turn| Area::of(&scout(&OPTICS, 0.5, turn).bbox())).collect();
        for x in (0..3072).step_by(64) {
            for y in (0..1728).step_by(64) {
                let point = Area {
                    left: x.into(),
                    top: y.into(),
                    right: f64::from(x) + 1.0,
                    bottom: f64::from(y) + 1.0,
                };
                assert!(tiles.iter().filter(|tile| tile.width() < 3000.0).any(|tile| tile.holds(point, 0.0)));
            }
        }
    }

    #[test]
    fn everywhere_leaves_nothing_out_and_overlaps() {
        let tiles: Vec<_> = everywhere(&OPTICS).iter().map(|window| Area::of(&window.bbox())).collect();
        for x in (0..2970).step_by(33) {
            for y in (0..1620).step_by(31) {
                let person = Area {
                    left: x.into(),
                    top: y.into(),
                    right: f64::from(x) + 40.0,
                    bottom: f64::from(y) + 90.0,
                };
                assert!(
                    tiles.iter().filter(|tile| tile.width() < 3000.0).any(|tile| tile.holds(person, 0.0))
                );
            }
        }
        assert!(everywhere(&Optics { picture: [768, 576], input: [416, 320], ..OPTICS }).is_empty());
    }

    #[test]
    fn the_search_holds_the_line_however_long_it_is() {
        for (left, right) in [(1500.0, 1500.0), (100.0, 3000.0), (0.0, 3072.0), (3000.0, 3072.0)] {
            let bounds = Area { left, top: 400.0, right, bottom: 900.0 };
            for turn in 0..16 {
                let (windows, steady) = search(&OPTICS, bounds, Area::whole(OPTICS.picture), turn);
                assert_eq!(steady, 1);
                assert!(Area::of(&windows[0].bbox()).holds(bounds, 1.0), "{windows:?}");
                let cost = |w: &footfall_pipeline::Window| w.scale * w.scale * (w.width * w.height) as f64;
                assert!(windows.iter().map(cost).sum::<f64>() <= 2.6 * OPTICS.budget());
            }
        }
    }
}
