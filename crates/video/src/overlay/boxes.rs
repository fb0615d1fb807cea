//! Boxes with a word on each, without tracks: what a detector alone sees.

use std::sync::Arc;

use footfall_pipeline::Image;
use footfall_track::{Bbox, TrackId};

use super::{Style, draw_box, palette};
use crate::VideoError;
use crate::overlay::canvas::Canvas;

/// A copy of the picture with the boxes drawn on it, each in a colour of its own with its label above; errors call
/// it `name`.
///
/// # Errors
/// When the font cannot be read.
pub fn draw_boxes(image: &Image, boxes: &[(Bbox, String)], name: &str) -> Result<Image, VideoError> {
    let mut canvas = Canvas::default();
    canvas.load(image);
    let mut style = Style::of_height(image.height())?;
    // The last is drawn on top: the first, which are the surest, shall be.
    for (number, (bbox, label)) in boxes.iter().enumerate().rev() {
        let colour = palette::of_track(TrackId(number as u64 + 1));
        draw_box(&mut canvas, &mut style, bbox, label, colour);
    }
    let bytes = canvas.bytes().to_vec();
    let drawn = Image::new(image.width(), image.height(), Arc::new(bytes));
    drawn.map_err(|source| VideoError::Image { name: name.to_owned(), frame: 1, source })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use footfall_pipeline::Image;
    use footfall_track::Bbox;

    use super::draw_boxes;

    #[test]
    fn a_box_is_drawn_where_it_is_and_nowhere_else() {
        let grey = Image::new(200, 120, Arc::new(vec![90_u8; 200 * 120 * 3])).unwrap();
        let boxes = [(Bbox::new(60.0, 40.0, 50.0, 60.0), "0.9".to_owned())];
        let drawn = draw_boxes(&grey, &boxes, "grey").unwrap();
        let pixel = |x: usize, y: usize| &drawn.bytes()[3 * (y * 200 + x)..3 * (y * 200 + x) + 3];
        assert_ne!(pixel(60, 70), [90; 3], "its left side");
        assert_ne!(pixel(62, 35), [90; 3], "its label");
        for (x, y) in [(85, 70), (10, 10), (150, 100)] {
            assert_eq!(pixel(x, y), [90; 3], "({x}, {y})");
        }
        let outside = [(Bbox::new(-500.0, 0.0, 10.0, 10.0), "1".to_owned())];
        assert_eq!(draw_boxes(&grey, &outside, "grey").unwrap().bytes(), grey.bytes());
    }
}
