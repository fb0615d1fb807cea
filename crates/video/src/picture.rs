//! OpenCV's matrices as the pipeline's images.

use std::sync::Arc;

use footfall_pipeline::{Image, Pixels};
use opencv::core::{CV_8U, Mat, MatTraitConst as _, MatTraitConstManual as _};
use opencv::imgproc::{COLOR_BGRA2BGR, COLOR_GRAY2BGR, cvt_color_def};

use crate::VideoError;
use crate::error::Doing as _;

/// The least width and height of a frame: a person in fewer pixels is nobody.
pub(crate) const SMALLEST_SIDE: usize = 16;

/// A matrix that owns its buffer, kept where OpenCV decoded it.
struct Decoded(Mat);

impl Pixels for Decoded {
    fn bytes(&self) -> &[u8] {
        self.0.data_bytes().unwrap_or_default()
    }
}

/// Which frame of which source: for errors.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) frame: u64,
}

/// The picture in `mat`, without a copy where that is BGR already.
///
/// Grey and BGRA become BGR. Fails on a frame of less than [`SMALLEST_SIDE`], and on pixels of more
/// than 8 bits.
pub(crate) fn image(mat: Mat, place: Place<'_>) -> Result<Image, VideoError> {
    let (name, frame) = (|| place.name.to_owned(), place.frame);
    let (width, height) = (mat.cols().max(0) as usize, mat.rows().max(0) as usize);
    if width < SMALLEST_SIDE || height < SMALLEST_SIDE {
        return Err(VideoError::TooSmall { name: name(), frame, width, height, smallest: SMALLEST_SIDE });
    }
    let converted = |code| -> Result<Mat, VideoError> {
        let mut bgr = Mat::default();
        cvt_color_def(&mat, &mut bgr, code)
            .doing(|| format!("convert frame {frame} of {} to BGR", name()))?;
        Ok(bgr)
    };
    let bgr = match (mat.depth(), mat.channels()) {
        (CV_8U, 1) => converted(COLOR_GRAY2BGR)?,
        (CV_8U, 4) => converted(COLOR_BGRA2BGR)?,
        (CV_8U, 3) if mat.is_continuous() => mat,
        (CV_8U, 3) => mat.try_clone().doing(|| format!("copy frame {frame} of {}", name()))?,
        (_, channels) => {
            let kind = opencv::core::type_to_string(mat.typ()).unwrap_or_default();
            return Err(VideoError::PixelKind { name: name(), frame, channels, kind });
        }
    };
    Image::new(width, height, Arc::new(Decoded(bgr))).map_err(|source| VideoError::Image {
        name: name(),
        frame,
        source,
    })
}

/// Fails where `image` has another size than `expected`, (width, height).
pub(crate) fn same_size(image: &Image, expected: (usize, usize), place: Place<'_>) -> Result<(), VideoError> {
    if (image.width(), image.height()) == expected {
        return Ok(());
    }
    Err(VideoError::SizeChanged {
        name: place.name.to_owned(),
        frame: place.frame,
        width: image.width(),
        height: image.height(),
        expected_width: expected.0,
        expected_height: expected.1,
    })
}
