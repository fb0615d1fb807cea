//! Makes clips and pictures whose frames say their own number.

use std::path::Path;

use footfall_pipeline::{Frame, Image, Source};
use footfall_video::{SourceOptions, open_source};
use opencv::core::{CV_8UC3, Mat, MatTraitConst as _, Rect, Scalar, Size};
use opencv::imgproc::rectangle;
use opencv::videoio::{CAP_FFMPEG, VideoWriter, VideoWriterTrait as _, VideoWriterTraitConst as _};

pub(crate) const WIDTH: i32 = 160;
pub(crate) const HEIGHT: i32 = 120;

/// A picture that shows `number` as ten bits, black or white blocks from left to right.
pub(crate) fn numbered(width: i32, height: i32, number: u64) -> Mat {
    let mut mat =
        Mat::new_rows_cols_with_default(height, width, CV_8UC3, Scalar::new(40.0, 80.0, 120.0, 0.0)).unwrap();
    let block = width / 10;
    for bit in 0..10 {
        let colour = Scalar::all(if number >> bit & 1 == 1 { 255.0 } else { 0.0 });
        let area = Rect::new(block * bit, height / 4, block, height / 2);
        rectangle(&mut mat, area, colour, -1, 8, 0).unwrap();
    }
    mat
}

/// The number that a picture shows.
pub(crate) fn number_of(image: &Image) -> u64 {
    let block = image.width() / 10;
    let row = image.height() / 2 * image.width();
    (0..10).filter(|bit| image.bytes()[(row + block * bit + block / 2) * 3] > 127).map(|bit| 1 << bit).sum()
}

/// Writes frames 1 to `count`; false where this OpenCV has no such encoder.
pub(crate) fn write_clip(path: &Path, fourcc: [char; 4], frame_rate: f64, count: u64) -> bool {
    let [a, b, c, d] = fourcc;
    let code = VideoWriter::fourcc(a, b, c, d).unwrap();
    let size = Size::new(WIDTH, HEIGHT);
    let mut writer = VideoWriter::new_with_backend(path, CAP_FFMPEG, code, frame_rate, size, true).unwrap();
    if !writer.is_opened().unwrap() {
        return false;
    }
    for number in 1..=count {
        writer.write(&numbered(WIDTH, HEIGHT, number)).unwrap();
    }
    writer.release().unwrap();
    true
}

/// Encodes a picture as bytes of the kind that `ending` says.
pub(crate) fn encoded(mat: &Mat, ending: &str) -> Vec<u8> {
    let mut bytes = opencv::core::Vector::new();
    assert!(!mat.empty());
    opencv::imgcodecs::imencode_def(ending, mat, &mut bytes).unwrap();
    bytes.into()
}

/// All frames of a source, and the text of the error that ended it.
pub(crate) fn drain(source: &mut dyn Source) -> (Vec<Frame>, Option<String>) {
    let mut frames = Vec::new();
    loop {
        match source.next_frame() {
            Ok(Some(frame)) => frames.push(frame),
            Ok(None) => return (frames, None),
            Err(error) => return (frames, Some(error.to_string())),
        }
    }
}

/// All frames at `path`.
pub(crate) fn read(path: &Path) -> (Vec<Frame>, Option<String>) {
    drain(&mut *open_source(path, &SourceOptions::default()).unwrap())
}

/// The numbers that frames show.
pub(crate) fn numbers(frames: &[Frame]) -> Vec<u64> {
    frames.iter().map(|frame| number_of(&frame.image)).collect()
}

/// An mp4 file with its index moved to the front, as for the web.
pub(crate) fn index_first(bytes: &[u8]) -> Vec<u8> {
    let boxes = boxes(bytes);
    let find = |kind: &[u8]| boxes.iter().find(|(_, k)| k == &kind).map(|&(b, _)| b).unwrap();
    let (moov, mdat) = (find(b"moov"), find(b"mdat"));
    let mut moov = moov.to_vec();
    let shift = moov.len() as u32;
    // Every chunk's offset in `stco` moves by the index's length.
    let at = moov.windows(4).position(|w| w == b"stco").unwrap();
    let number = |bytes: &[u8], at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let count = number(&moov, at + 8) as usize;
    for entry in (0..count).map(|i| at + 12 + 4 * i) {
        let moved = number(&moov, entry) + shift;
        moov[entry..entry + 4].copy_from_slice(&moved.to_be_bytes());
    }
    let before: Vec<u8> =
        boxes.iter().take_while(|(_, kind)| kind != b"mdat").flat_map(|(b, _)| b.iter().copied()).collect();
    [before, moov, mdat.to_vec()].concat()
}

/// The outermost boxes of an mp4 file, with their four letters.
fn boxes(mut bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut boxes = Vec::new();
    while bytes.len() >= 8 {
        let size = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
        let (first, rest) = bytes.split_at(size);
        boxes.push((first, &first[4..8]));
        bytes = rest;
    }
    boxes
}
