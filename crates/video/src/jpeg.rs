//! A picture as JPEG, for those who look from elsewhere.

use footfall_pipeline::Image;
use opencv::core::{Mat, MatTraitConst, Rect, Size, ToInputArray, Vector, VectorToVec as _};
use opencv::imgcodecs::{IMWRITE_JPEG_QUALITY, imencode};
use opencv::imgproc::{INTER_AREA, resize};

use crate::VideoError;
use crate::error::Doing as _;

/// `image` as JPEG of this quality (1 to 100), made smaller where it is wider than `width` pixels.
///
/// # Errors
/// When OpenCV cannot encode it.
pub fn jpeg(image: &Image, width: usize, quality: u8) -> Result<Vec<u8>, VideoError> {
    let doing = || "encode a picture as JPEG".to_owned();
    let flat = Mat::from_slice(image.bytes()).doing(doing)?;
    let full = flat.reshape(3, image.height() as i32).doing(doing)?;
    encoded(&full, width, quality)
}

/// What is in `area` (left, top, width and height in pixels) of `image`, as [`jpeg`] makes it. What of the area is
/// outside of the picture is left out.
///
/// # Errors
/// When nothing of the area is in the picture, or OpenCV cannot encode it.
pub fn jpeg_of_part(
    image: &Image,
    [left, top, across, down]: [f64; 4],
    width: usize,
    quality: u8,
) -> Result<Vec<u8>, VideoError> {
    let doing = || "encode a part of a picture as JPEG".to_owned();
    let flat = Mat::from_slice(image.bytes()).doing(doing)?;
    let full = flat.reshape(3, image.height() as i32).doing(doing)?;
    let within = |at: f64, most: usize| at.clamp(0.0, most as f64).round() as i32;
    let (x, y) = (within(left, image.width()), within(top, image.height()));
    let (right, bottom) = (within(left + across, image.width()), within(top + down, image.height()));
    let part = Mat::roi(&full, Rect::new(x, y, right - x, bottom - y)).doing(doing)?;
    encoded(&part, width, quality)
}

fn encoded(
    full: &(impl MatTraitConst + ToInputArray),
    width: usize,
    quality: u8,
) -> Result<Vec<u8>, VideoError> {
    let doing = || "encode a picture as JPEG".to_owned();
    let (across, down) = (full.cols() as usize, full.rows() as usize);
    let mut bytes = Vector::new();
    let parameters = Vector::from_slice(&[IMWRITE_JPEG_QUALITY, i32::from(quality)]);
    if across <= width {
        imencode(".jpg", full, &mut bytes, &parameters).doing(doing)?;
    } else {
        let height = (down * width).div_ceil(across).max(1);
        let mut small = Mat::default();
        let size = Size::new(width as i32, height as i32);
        resize(full, &mut small, size, 0.0, 0.0, INTER_AREA).doing(doing)?;
        imencode(".jpg", &small, &mut bytes, &parameters).doing(doing)?;
    }
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use footfall_pipeline::Image;
    use opencv::core::{MatTraitConst as _, Vec3b, Vector};
    use opencv::imgcodecs::{IMREAD_COLOR, imdecode};

    #[test]
    fn what_is_encoded_can_be_read_and_is_no_wider_than_asked() {
        let (width, height) = (640, 360);
        let bytes: Vec<u8> =
            (0..width * height).flat_map(|i| [if i % width < 320 { 250 } else { 5 }, 100, 30]).collect();
        let image = Image::new(width, height, Arc::new(bytes)).unwrap();
        for (wanted, size) in [(1280, (640, 360)), (320, (320, 180)), (333, (333, 188))] {
            let jpeg = super::jpeg(&image, wanted, 80).unwrap();
            let read = imdecode(&Vector::from_slice(&jpeg), IMREAD_COLOR).unwrap();
            assert_eq!((read.cols(), read.rows()), size);
            let left = *read.at_2d::<Vec3b>(10, 10).unwrap();
            let right = *read.at_2d::<Vec3b>(10, size.0 - 10).unwrap();
            assert!(left[0] > 220 && right[0] < 40, "blue at the left: {left:?} {right:?}");
        }
        for (area, size, blue) in
            [([300.0, 350.0, 20.0, 90.0], (20, 10), true), ([330.0, -9.0, 400.0, 29.0], (160, 11), false)]
        {
            let jpeg = super::jpeg_of_part(&image, area, 160, 80).unwrap();
            let read = imdecode(&Vector::from_slice(&jpeg), IMREAD_COLOR).unwrap();
            assert_eq!((read.cols(), read.rows()), size);
            assert_eq!(read.at_2d::<Vec3b>(5, 5).unwrap()[0] > 128, blue);
        }
        assert!(super::jpeg_of_part(&image, [700.0, 0.0, 10.0, 10.0], 160, 80).is_err());
    }
}
