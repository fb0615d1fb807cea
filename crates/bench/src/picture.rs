//! What the networks look at: pictures from files, or one that needs none.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use footfall_pipeline::Image;
use footfall_track::Bbox;

use crate::Error;

/// The pictures of these files, or one of 1920x1080 with waves of colour.
///
/// # Errors
/// When a file cannot be read or is no such picture.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Vec<Image>, Error> {
    if paths.is_empty() {
        return waves(1920, 1080).map(|image| vec![image]);
    }
    paths.iter().map(|path| read(path)).collect()
}

fn waves(width: usize, height: usize) -> Result<Image, Error> {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let bytes: Vec<u8> = pixels
        .flat_map(|(x, y)| [(x * 7 + y * 3) as u8, (x * y / 5 + 40) as u8, ((y * 11) ^ (x * 5)) as u8])
        .collect();
    of("waves", width, height, bytes)
}

/// A picture of these BGR bytes; an error calls it `name`.
///
/// # Errors
/// When the bytes do not fit the size.
pub(crate) fn of(name: &str, width: usize, height: usize, bytes: Vec<u8>) -> Result<Image, Error> {
    Image::new(width, height, Arc::new(bytes))
        .map_err(|error| Error::Picture { path: name.into(), reason: error.to_string() })
}

fn read(path: &Path) -> Result<Image, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
    let refuse = |reason: String| Error::Picture { path: path.to_path_buf(), reason };
    let (width, height, rgb) = parse(&bytes).map_err(|reason| refuse(reason.to_owned()))?;
    let bgr: Vec<u8> = rgb.chunks_exact(3).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    Image::new(width, height, Arc::new(bgr)).map_err(|error| refuse(error.to_string()))
}

/// Width, height and RGB bytes of `P6 WIDTH HEIGHT 255` and one white space.
fn parse(bytes: &[u8]) -> Result<(usize, usize, &[u8]), &'static str> {
    let mut rest = bytes.strip_prefix(b"P6").ok_or("it does not begin with P6")?;
    let mut numbers = [0_usize; 3];
    for number in &mut numbers {
        rest = rest.trim_ascii_start();
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, after) = rest.split_at(length);
        let text = std::str::from_utf8(digits).unwrap_or_default();
        *number = text.parse().map_err(|_| "its header is not three numbers (comments are not known)")?;
        rest = after;
    }
    let [width, height, most] = numbers;
    if most != 255 {
        return Err("its largest value is not 255");
    }
    let pixels = rest.get(1..).unwrap_or_default();
    let expected = width.checked_mul(height).and_then(|area| area.checked_mul(3));
    if expected == Some(pixels.len()) { Ok((width, height, pixels)) } else { Err("it was cut short") }
}

/// Boxes of people of usual sizes all over a picture, the same every time.
pub(crate) fn people(image: &Image, count: usize) -> Vec<Bbox> {
    let (width, height) = (image.width() as f64, image.height() as f64);
    // Multiples of two irrational shares spread evenly over the square.
    let place = |index: usize| [(index as f64 * 0.754_877).fract(), (index as f64 * 0.569_840).fract()];
    (0..count)
        .map(|index| {
            let [x, y] = place(index + 1);
            let tall = height * (0.1 + 0.25 * y);
            let wide = (0.4 * tall).min(width);
            Bbox::new(x * (width - wide), y * (height - tall), wide, tall)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{load, parse, people};

    #[test]
    fn ppm_pictures_come_in_as_bgr() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.ppm");
        std::fs::write(&path, b"P6\n2 1\n255\n\x01\x02\x03\x04\x05\x06").unwrap();
        let image = &load(&[path]).unwrap()[0];
        assert_eq!((image.width(), image.height()), (2, 1));
        assert_eq!(image.bytes(), [3, 2, 1, 6, 5, 4]);
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in
            [&b""[..], b"P5 1 1 255\n1", b"P6 1 1 255\n12", b"P6 1 1 65535\n123", b"P6 # hi\n1 1 255\n123"]
        {
            assert!(parse(bytes).is_err(), "{:?}", String::from_utf8_lossy(bytes));
        }
        let error = load(&["/nowhere.ppm".into()]).unwrap_err().to_string();
        assert_eq!(error, "cannot read /nowhere.ppm");
    }

    #[test]
    fn people_stand_inside_the_picture() {
        let image = &load(&[]).unwrap()[0];
        let boxes = people(image, 100);
        assert_eq!(boxes.len(), 100);
        for bbox in boxes {
            assert!(bbox.x >= 0.0 && bbox.y >= 0.0 && bbox.right() <= 1920.0 && bbox.bottom() <= 1080.0);
        }
    }
}
