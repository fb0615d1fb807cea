//! OpenCV's matrices as the pipeline's images.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use footfall_pipeline::{Image, Pixels, SourceInfo};
use opencv::core::{CV_8U, Mat, MatTraitConst as _, MatTraitConstManual as _, Size, Vec3b};
use opencv::imgproc::{COLOR_BGRA2BGR, COLOR_GRAY2BGR, INTER_AREA, cvt_color_def, resize};

use crate::VideoError;
use crate::error::Doing as _;

/// The least width and height of a frame: a person in fewer pixels is nobody.
pub(crate) const SMALLEST_SIDE: usize = 16;

/// A frame's size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSize {
    /// From left to right.
    pub width: usize,
    /// From top to bottom.
    pub height: usize,
}

impl FrameSize {
    /// The size of `image`.
    pub(crate) fn of(image: &Image) -> Self {
        Self { width: image.width(), height: image.height() }
    }

    /// The size that a source promises.
    pub(crate) fn promised(info: &SourceInfo) -> Self {
        Self { width: info.width, height: info.height }
    }

    /// Whether the two differ by a scale only, within a hundredth.
    pub(crate) fn has_shape_of(self, other: Self) -> bool {
        let (here, there) = (self.width * other.height, other.width * self.height);
        here.abs_diff(there) * 100 <= here.max(there)
    }
}

impl fmt::Display for FrameSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}x{}", self.width, self.height)
    }
}

/// Buffers of frames that nobody looks at any more, for the next ones to be decoded into: fresh
/// memory for each frame costs as much as some decoders do.
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Mat>>>);

impl Buffers {
    /// A matrix to decode into, with a buffer if there is one.
    pub(crate) fn take(&self) -> Mat {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps a matrix whose pixels nobody needs any more.
    pub(crate) fn give_back(&self, mat: Mat) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(mat);
    }
}

/// A matrix that owns its buffer, kept where OpenCV decoded it.
struct Decoded {
    mat: Mat,
    buffers: Buffers,
}

impl Pixels for Decoded {
    fn bytes(&self) -> &[u8] {
        self.mat.data_bytes().unwrap_or_default()
    }
}

impl Drop for Decoded {
    fn drop(&mut self) {
        self.buffers.give_back(std::mem::take(&mut self.mat));
    }
}

/// Which frame of which source: for errors.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) frame: u64,
}

/// The frame in `mat`, as [`bgr_image`]. Fails on one of less than [`SMALLEST_SIDE`] too.
pub(crate) fn image(mat: Mat, buffers: &Buffers, place: Place<'_>) -> Result<Image, VideoError> {
    let size = size_of(&mat);
    if size.width < SMALLEST_SIDE || size.height < SMALLEST_SIDE {
        let (name, frame) = (place.name.to_owned(), place.frame);
        return Err(VideoError::TooSmall { name, frame, size, smallest: SMALLEST_SIDE });
    }
    bgr_image(mat, buffers, place)
}

fn size_of(mat: &Mat) -> FrameSize {
    FrameSize { width: mat.cols().max(0) as usize, height: mat.rows().max(0) as usize }
}

/// The picture in `mat`, without a copy where that is BGR already; its buffer goes to `buffers` when
/// the last clone of the image is dropped.
///
/// Grey and BGRA become BGR. Fails on pixels of more than 8 bits.
pub(crate) fn bgr_image(mat: Mat, buffers: &Buffers, place: Place<'_>) -> Result<Image, VideoError> {
    let (name, frame, size) = (|| place.name.to_owned(), place.frame, size_of(&mat));
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
    Image::new(size.width, size.height, Arc::new(Decoded { mat: bgr, buffers: buffers.clone() }))
        .map_err(|source| VideoError::Image { name: name(), frame, source })
}

/// Fails where `image` has another size than `expected`.
pub(crate) fn same_size(image: &Image, expected: FrameSize, place: Place<'_>) -> Result<(), VideoError> {
    let size = FrameSize::of(image);
    if size == expected {
        return Ok(());
    }
    Err(VideoError::SizeChanged { name: place.name.to_owned(), frame: place.frame, size, expected })
}

/// The picture at another size.
pub(crate) fn scaled(
    picture: &Image,
    size: FrameSize,
    buffers: &Buffers,
    place: Place<'_>,
) -> Result<Image, VideoError> {
    let mut mat = buffers.take();
    let (rows, columns) = (picture.height() as i32, picture.width() as i32);
    Mat::new_rows_cols_with_bytes::<Vec3b>(rows, columns, picture.bytes())
        .and_then(|from| {
            let size = Size::new(size.width as i32, size.height as i32);
            resize(&from, &mut mat, size, 0.0, 0.0, INTER_AREA)
        })
        .doing(|| format!("scale frame {} of {}", place.frame, place.name))?;
    image(mat, buffers, place)
}
