//! Single pictures: from the bytes of a file, and back.

use std::io::Cursor;

use footfall_pipeline::Image;
use opencv::core::{CV_8UC3, Mat, MatTraitConst as _, Vector};
use opencv::imgcodecs::{IMREAD_COLOR, IMREAD_IGNORE_ORIENTATION, IMWRITE_JPEG_QUALITY, imdecode, imencode};

use crate::VideoError;
use crate::error::Doing as _;
use crate::orientation::Orientation;
use crate::picture::{Buffers, Place, bgr_image};

/// The picture in the bytes of a JPEG, PNG, BMP or WebP file, of any size, set upright as its Exif data say; errors
/// call it `name`.
///
/// A JPEG that breaks off is refused: its missing half would be grey.
///
/// # Errors
/// When the bytes are no such picture.
pub fn decode_picture(bytes: &[u8], name: &str) -> Result<Image, VideoError> {
    let place = Place { name, frame: 1 };
    let mat = decode(bytes, place)?.ok_or_else(|| VideoError::Undecodable { name: name.to_owned() })?;
    // imdecode makes a matrix of its own: there is nothing to use again.
    bgr_image(mat, &Buffers::default(), place)
}

/// Any picture that OpenCV knows, whole and upright; or none.
pub(crate) fn decode(bytes: &[u8], place: Place<'_>) -> Result<Option<Mat>, VideoError> {
    if bytes.starts_with(&START_OF_IMAGE) && !has_end(bytes) {
        return Ok(None);
    }
    let decoded = Mat::from_slice(bytes)
        .and_then(|bytes| imdecode(&bytes, IMREAD_COLOR | IMREAD_IGNORE_ORIENTATION))
        .ok()
        .filter(|mat| !mat.empty());
    decoded.map(|mat| orientation_of(bytes).apply(mat, &Buffers::default(), place)).transpose()
}

/// How a picture is set upright. OpenCV knows this too, of which formats depends on its version.
fn orientation_of(bytes: &[u8]) -> Orientation {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    if !(bytes.starts_with(&START_OF_IMAGE) || bytes.starts_with(b"\x89PNG") || is_webp) {
        return Orientation::UPRIGHT;
    }
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok();
    let number = exif.and_then(|exif| {
        exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY).and_then(|field| field.value.get_uint(0))
    });
    number.and_then(Orientation::of_exif).unwrap_or_default()
}

/// How a JPEG begins.
const START_OF_IMAGE: [u8; 2] = [0xff, 0xd8];

/// Whether a JPEG goes on to its end: segments, each with its length, and scans, which go on to the next
/// mark. What stands behind the end is not looked at: phones append all sorts of things.
fn has_end(bytes: &[u8]) -> bool {
    let mut rest = &bytes[START_OF_IMAGE.len()..];
    while let Some(mark) = rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff)) {
        let kind = rest[mark + 1];
        rest = &rest[mark + 2..];
        match kind {
            0xd9 => return true,
            // They stand alone, in a scan or anywhere.
            0x01 | 0xd0..=0xd8 => (),
            _ => match *rest {
                [high, low, ..] => {
                    let length = usize::from(u16::from_be_bytes([high, low])).max(2);
                    rest = rest.get(length..).unwrap_or_default();
                }
                _ => return false,
            },
        }
    }
    false
}

/// The picture as a JPEG file of this quality, 0 to 100; errors call it `name`.
///
/// # Errors
/// When OpenCV cannot encode it.
pub fn encode_jpeg(image: &Image, quality: u8, name: &str) -> Result<Vec<u8>, VideoError> {
    let doing = || format!("encode {name} as JPEG");
    let (rows, columns) = (image.height() as i32, image.width() as i32);
    let flat = Mat::from_slice(image.bytes()).doing(doing)?;
    let mat = flat.reshape(3, rows).doing(doing)?;
    debug_assert_eq!((mat.typ(), mat.cols()), (CV_8UC3, columns));
    let mut bytes = Vector::new();
    let quality = Vector::from_slice(&[IMWRITE_JPEG_QUALITY, i32::from(quality.min(100))]);
    imencode(".jpg", &mat, &mut bytes, &quality).doing(doing)?;
    Ok(bytes.as_slice().to_vec())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use footfall_pipeline::Image;

    use super::{decode_picture, encode_jpeg};

    fn waves() -> Image {
        let pixel = |at: usize| ((at % 40) * 6 + at / 120) as u8;
        Image::new(40, 90, Arc::new((0..40 * 90 * 3).map(pixel).collect::<Vec<_>>())).unwrap()
    }

    #[test]
    fn a_picture_survives_a_file() {
        let image = waves();
        let bytes = encode_jpeg(&image, 95, "waves").unwrap();
        let back = decode_picture(&bytes, "waves").unwrap();
        assert_eq!((back.width(), back.height()), (40, 90));
        let differences = image.bytes().iter().zip(back.bytes()).map(|(&a, &b)| f64::from(a.abs_diff(b)));
        let mean = differences.sum::<f64>() / image.bytes().len() as f64;
        assert!(mean < 8.0, "{mean}");
    }

    #[test]
    fn a_picture_may_be_tiny() {
        let dot = Image::new(2, 3, Arc::new(vec![90_u8; 18])).unwrap();
        let back = decode_picture(&encode_jpeg(&dot, 95, "dot").unwrap(), "dot").unwrap();
        assert_eq!((back.width(), back.height()), (2, 3));
    }

    #[test]
    fn what_is_no_whole_picture_is_refused_by_name() {
        let whole = encode_jpeg(&waves(), 95, "waves").unwrap();
        for bytes in [&b""[..], b"text", &whole[..100], &whole[..whole.len() / 2], &whole[..whole.len() - 2]]
        {
            let error = decode_picture(bytes, "folder/waves.jpg").unwrap_err().to_string();
            assert!(error.contains("folder/waves.jpg"), "{error}");
        }
        // What a phone appends may look like anything, a scan without an end too.
        for behind in [&[0; 10][..], &[0xff, 0xda, 0, 2, 7, 7]] {
            let padded = [whole.as_slice(), behind].concat();
            assert!(decode_picture(&padded, "padded").is_ok());
        }
    }

    #[test]
    fn the_end_of_a_small_picture_in_the_head_is_not_that_of_the_picture() {
        let (whole, small) =
            (encode_jpeg(&waves(), 95, "waves").unwrap(), encode_jpeg(&waves(), 10, "small").unwrap());
        let length = u16::try_from(small.len() + 2).unwrap().to_be_bytes();
        let with_small = |rest: &[u8]| [&whole[..2], &[0xff, 0xe1], &length, &small, rest].concat();
        assert!(decode_picture(&with_small(&whole[2..]), "whole").is_ok());
        for cut in [whole.len() / 2, whole.len() - 2] {
            assert!(decode_picture(&with_small(&whole[2..cut]), "cut").is_err());
        }
    }

    /// A JPEG with these Exif data: the number of its orientation, big-endian.
    fn turned(jpeg: &[u8], number: u8) -> Vec<u8> {
        let entry = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, number, 0, 0];
        let exif = [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".as_slice(), &entry, &[0; 4]].concat();
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn exif_data_set_a_picture_upright() {
        // Dark but for its top left corner.
        let (width, height) = (64, 32);
        let corner = |at: usize| if at % width < 16 && at / width < 8 { [255; 3] } else { [0; 3] };
        let bytes: Vec<u8> = (0..width * height).flat_map(corner).collect();
        let jpeg = encode_jpeg(&Image::new(width, height, Arc::new(bytes)).unwrap(), 95, "corner").unwrap();
        for (number, size, at_left, at_top) in [
            (1, (64, 32), true, true),
            (2, (64, 32), false, true),
            (3, (64, 32), false, false),
            (4, (64, 32), true, false),
            (5, (32, 64), true, true),
            (6, (32, 64), false, true),
            (7, (32, 64), false, false),
            (8, (32, 64), true, false),
            (9, (64, 32), true, true),
        ] {
            let picture = decode_picture(&turned(&jpeg, number), "corner").unwrap();
            assert_eq!((picture.width(), picture.height()), size, "{number}");
            for (left, top) in [(true, true), (true, false), (false, true), (false, false)] {
                let (x, y) = (if left { 3 } else { size.0 - 4 }, if top { 3 } else { size.1 - 4 });
                let is_bright = picture.bytes()[3 * (y * size.0 + x)] > 128;
                assert_eq!(is_bright, (left, top) == (at_left, at_top), "{number}: {left} {top}");
            }
        }
    }
}
