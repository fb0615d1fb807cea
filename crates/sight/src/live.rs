//! Which part of a picture shows anything: what lies between bars of one colour.
//!
//! Recorders put pictures of one shape into another, and fill up with black. Nobody is to be seen there. A bar reaches
//! from the border to the first row or column that is not of one colour, in any frame that was looked at: so the part
//! that shows something only grows.

use footfall_pipeline::Image;

use crate::area::Area;

/// Samples along each side.
const SAMPLES: usize = 256;
/// Grey levels by which a bar may vary: compression is not exact.
const EVEN: u8 = 6;

/// The part that shows something, as far as is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Live(Option<Area>);

impl Live {
    /// Looks at one more frame.
    pub(crate) fn see(&mut self, image: &Image) {
        let at = |index: usize, side: usize| (2 * index + 1) * side / (2 * SAMPLES);
        let (width, height, bytes) = (image.width(), image.height(), image.bytes());
        let grey = |column: usize, row: usize| {
            let pixel = 3 * (at(row, height) * width + at(column, width));
            bytes[pixel + 1]
        };
        let is_even = |greys: &mut dyn Iterator<Item = u8>| {
            let (low, high) = greys.fold((u8::MAX, 0), |(low, high), grey| (low.min(grey), high.max(grey)));
            high.saturating_sub(low) <= EVEN
        };
        let row = |row: usize| is_even(&mut (0..SAMPLES).map(|column| grey(column, row)));
        let column = |column: usize| is_even(&mut (0..SAMPLES).map(|row| grey(column, row)));
        let span = |is_bar: &dyn Fn(usize) -> bool, side: usize| {
            let first = (0..SAMPLES).find(|&index| !is_bar(index))?;
            let last = (0..SAMPLES).rev().find(|&index| !is_bar(index))?;
            let edge = |index: usize| (index * side) as f64 / SAMPLES as f64;
            Some((edge(first), edge(last + 1)))
        };
        // A picture of one colour, as from a covered lens, tells nothing.
        let (Some((top, bottom)), Some((left, right))) = (span(&row, height), span(&column, width)) else {
            return;
        };
        let shown = Area { left, top, right, bottom };
        self.0 = Some(self.0.map_or(shown, |before| before.union(shown)));
    }

    /// The part; the whole of a picture of this width and height while nothing is known.
    pub(crate) fn area(&self, picture: [usize; 2]) -> Area {
        self.0.unwrap_or(Area::whole(picture))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use footfall_pipeline::Image;

    use super::Live;
    use crate::area::Area;

    /// Texture in a part of a black picture.
    fn picture(part: [usize; 4]) -> Image {
        let [left, top, right, bottom] = part;
        let bytes = (0..480 * 640).flat_map(|index| {
            let (x, y) = (index % 640, index / 640);
            let inside = (left..right).contains(&x) && (top..bottom).contains(&y);
            [if inside { 40 + (x * 7 + y * 13) as u8 % 150 } else { 2 }; 3]
        });
        Image::new(640, 480, Arc::new(bytes.collect::<Vec<u8>>())).unwrap()
    }

    #[test]
    fn it_lies_between_the_bars_and_only_grows() {
        let mut live = Live::default();
        assert_eq!(live.area([640, 480]), Area::whole([640, 480]));
        live.see(&picture([0, 0, 0, 0]));
        assert_eq!(live.area([640, 480]), Area::whole([640, 480]));
        live.see(&picture([160, 120, 480, 360]));
        let found = live.area([640, 480]);
        let expected = Area { left: 160.0, top: 120.0, right: 480.0, bottom: 360.0 };
        assert!(found.holds(expected, 3.0) && expected.holds(found, 3.0), "{found:?}");
        live.see(&picture([300, 120, 640, 360]));
        assert!(live.area([640, 480]).holds(Area { right: 640.0, ..expected }, 3.0));
        live.see(&picture([160, 120, 480, 360]));
        assert!(live.area([640, 480]).right > 630.0, "it shrank");
    }
}
