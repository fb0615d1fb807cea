//! Text: anti-aliased glyphs of a font that is part of the binary.

use std::collections::BTreeMap;

use ab_glyph::{Font as _, FontRef, ScaleFont as _, point};

use super::canvas::{Canvas, Colour};
use crate::VideoError;

/// `DejaVu` Sans Bold, cut down to Latin, Greek and Cyrillic letters (fonts/LICENSE).
static FONT: &[u8] = include_bytes!("../../fonts/DejaVuSans-Bold.subset.ttf");

/// One font size, with the glyphs that were drawn so far.
pub(super) struct Text {
    font: FontRef<'static>,
    size: f32,
    glyphs: BTreeMap<char, Glyph>,
}

/// A glyph's coverage, `[height, width]` values of 0 to 255, and where it lies.
#[derive(Default)]
struct Glyph {
    coverage: Vec<u8>,
    width: usize,
    /// Offset of its top left corner from the pen on the baseline, in pixels.
    offset: (i64, i64),
    advance: f32,
}

impl Text {
    /// Text whose line is `size` pixels high.
    pub(super) fn new(size: f32) -> Result<Self, VideoError> {
        let font = FontRef::try_from_slice(FONT).map_err(|source| VideoError::Font { source })?;
        Ok(Self { font, size, glyphs: BTreeMap::new() })
    }

    /// Height of a capital letter above the baseline, in pixels.
    pub(super) fn cap_height(&self) -> f64 {
        // 0.729 em in DejaVu Sans; `size` is ascent plus descent, 1.164 em.
        f64::from(self.size) * 0.729 / 1.164
    }

    /// Width of `text` in pixels.
    pub(super) fn width(&mut self, text: &str) -> f64 {
        text.chars().map(|c| f64::from(self.glyph(c).advance)).sum()
    }

    /// Draws `text` from (`x`, `baseline`) on.
    pub(super) fn draw(&mut self, canvas: &mut Canvas, x: f64, baseline: f64, text: &str, colour: Colour) {
        let baseline = baseline.round() as i64;
        let mut pen = x;
        for c in text.chars() {
            let glyph = self.glyph(c);
            let left = (pen.round() as i64).saturating_add(glyph.offset.0);
            let top = baseline.saturating_add(glyph.offset.1);
            for (row, coverage) in glyph.coverage.chunks_exact(glyph.width.max(1)).enumerate() {
                for (column, &coverage) in coverage.iter().enumerate() {
                    let (x, y) = (left.saturating_add(column as i64), top.saturating_add(row as i64));
                    canvas.blend(x, y, colour, f32::from(coverage) / 255.0);
                }
            }
            pen += f64::from(glyph.advance);
        }
    }

    fn glyph(&mut self, c: char) -> &Glyph {
        let (font, size) = (&self.font, self.size);
        self.glyphs.entry(c).or_insert_with(|| rasterize(font, size, c))
    }
}

fn rasterize(font: &FontRef<'static>, size: f32, c: char) -> Glyph {
    let scaled = font.as_scaled(size);
    let id = scaled.glyph_id(c);
    let advance = scaled.h_advance(id);
    let outline = font.outline_glyph(id.with_scale_and_position(size, point(0.0, 0.0)));
    let Some(outline) = outline else { return Glyph { advance, ..Glyph::default() } };
    let bounds = outline.px_bounds();
    let (width, height) = (bounds.width() as usize, bounds.height() as usize);
    let mut coverage = vec![0; width * height];
    outline.draw(|x, y, c| {
        if let Some(value) = coverage.get_mut(y as usize * width + x as usize) {
            *value = (c.clamp(0.0, 1.0) * 255.0).round() as u8;
        }
    });
    Glyph { coverage, width, offset: (bounds.min.x as i64, bounds.min.y as i64), advance }
}
