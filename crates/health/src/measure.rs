//! What is measured of one picture, and of a picture beside another.

use crate::Grey;

/// Side of a square of the small copy in which texture is looked for, in its pixels.
const SQUARE: usize = 8;
/// Standard deviation in grey levels from which a square has texture.
const TEXTURE: f32 = 4.0;

/// Mean and standard deviation of the whole picture, in grey levels.
pub(crate) fn level(grey: &Grey) -> (f32, f32) {
    deviation(grey.pixels.iter().copied())
}

/// Which squares of the picture have texture, row by row.
pub(crate) fn texture(grey: &Grey) -> Vec<bool> {
    let (columns, rows) = (grey.width.div_ceil(SQUARE), grey.height.div_ceil(SQUARE));
    let square = |column: usize, row: usize| {
        let xs = column * SQUARE..((column + 1) * SQUARE).min(grey.width);
        let ys = row * SQUARE..((row + 1) * SQUARE).min(grey.height);
        let pixels = ys.flat_map(|y| xs.clone().map(move |x| grey.at(x, y)));
        deviation(pixels).1 >= TEXTURE
    };
    (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (column, row)))
        .map(|(c, r)| square(c, r))
        .collect()
}

/// The share of squares with texture that the picture has lost against `before`; 0 where there were
/// hardly any. Someone who walks by takes a few squares' texture; a hand, a sheet or paint takes most.
pub(crate) fn lost_texture(now: &[bool], before: &[bool]) -> f64 {
    let had = before.iter().filter(|had| **had).count();
    if now.len() != before.len() || had * 20 < before.len() {
        return 0.0;
    }
    let lost = now.iter().zip(before).filter(|(now, before)| **before && !**now).count();
    lost as f64 / had as f64
}

/// The largest difference of a pixel between both copies, in grey levels; infinite where their sizes
/// differ. A camera's noise alone makes some of it: only a picture sent twice has none.
pub(crate) fn difference(a: &Grey, b: &Grey) -> f32 {
    if (a.width, a.height) != (b.width, b.height) {
        return f32::INFINITY;
    }
    a.pixels.iter().zip(&b.pixels).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn deviation(pixels: impl Iterator<Item = f32>) -> (f32, f32) {
    let (mut sum, mut squares, mut count) = (0.0_f64, 0.0_f64, 0.0_f64);
    for pixel in pixels {
        let pixel = f64::from(pixel);
        sum += pixel;
        squares += pixel * pixel;
        count += 1.0;
    }
    let mean = sum / count.max(1.0);
    (mean as f32, (squares / count.max(1.0) - mean * mean).max(0.0).sqrt() as f32)
}
