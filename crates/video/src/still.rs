//! Single pictures: from the bytes of a file, and back.

use footfall_pipeline::Image;
use opencv::core::{CV_8UC3, Mat, MatTraitConst as _, Vector};
use opencv::imgcodecs::{IMREAD_COLOR, IMWRITE_JPEG_QUALITY, imdecode, imencode};

use crate::VideoError;
use crate::error::Doing as _;
use crate::picture::{Buffers, Place, bgr_image};

/// The picture in the bytes of a JPEG, PNG, BMP or WebP file, of any size; errors call it `name`.
///
/// A JPEG that breaks off is refused: its missing half would be grey.
///
/// # Errors
/// When the bytes are no such picture.
pub fn decode_picture(bytes: &[u8], name: &str) -> Result<Image, VideoError> {
    let mat = if breaks_off(bytes) { None } else { decode(bytes) };
    let mat = mat.ok_or_else(|| VideoError::Undecodable { name: name.to_owned() })?;
    // imdecode makes a matrix of its own: there is nothing to use again.
    bgr_image(mat, &Buffers::default(), Place { name, frame: 1 })
}

/// Any picture that OpenCV knows, or none.
pub(crate) fn decode(bytes: &[u8]) -> Option<Mat> {
    let bytes = Mat::from_slice(bytes).ok()?;
    imdecode(&bytes, IMREAD_COLOR).ok().filter(|mat| !mat.empty())
}

/// Whether a JPEG has no end behind its last scan. Within a scan no byte pair looks like either mark.
fn breaks_off(bytes: &[u8]) -> bool {
    let last = |mark: [u8; 2]| bytes.windows(2).rposition(|pair| pair == mark);
    bytes.starts_with(&[0xff, 0xd8]) && last([0xff, 0xd9]) < last([0xff, 0xda])
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
        let padded = [whole.as_slice(), &[0; 10]].concat();
        assert!(decode_picture(&padded, "padded").is_ok());
    }
}
