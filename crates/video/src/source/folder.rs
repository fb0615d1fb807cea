//! Folders of pictures, as in MOTChallenge's `img1`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use footfall_pipeline::{BoxError, Frame, Image, Kind, Source, SourceInfo};

use super::SourceOptions;
use super::rate::DEFAULT_FRAME_RATE;
use super::recording::ONE_PICTURE;
use super::timeline::Timeline;
use crate::VideoError;
use crate::picture::{Buffers, FrameSize, Place, image, same_size};
use crate::still;

const ENDINGS: [&str; 5] = ["bmp", "jpeg", "jpg", "png", "webp"];

/// Whether `path` ends like a picture.
pub(super) fn is_picture(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// A folder's pictures, in natural order of their names.
pub(super) struct PictureFolder {
    pictures: Vec<PathBuf>,
    info: SourceInfo,
    timeline: Timeline,
    /// The first picture: it was decoded on opening.
    first: Option<Image>,
    /// Pictures handed out.
    frames: usize,
    ended: bool,
}

impl PictureFolder {
    /// Opens the pictures of folder `path`, or of `img1` in it; or the one picture `path`.
    pub(super) fn open(path: &Path, options: &SourceOptions) -> Result<Self, VideoError> {
        let (folder, pictures) = if path.is_dir() {
            let inner = path.join("img1");
            match pictures_in(path)? {
                pictures if pictures.is_empty() && inner.is_dir() => {
                    let pictures = pictures_in(&inner)?;
                    (inner, pictures)
                }
                pictures => (path.to_owned(), pictures),
            }
        } else {
            (path.parent().unwrap_or(Path::new("")).to_owned(), vec![path.to_owned()])
        };
        let Some(picture) = pictures.first() else {
            return Err(VideoError::NoPictures { path: path.to_owned() });
        };
        let first = decode(picture, 1)?;
        let frame_rate = options.frame_rate.or_else(|| sequence_rate(&folder)).unwrap_or(DEFAULT_FRAME_RATE);
        let info = SourceInfo {
            name: path.to_string_lossy().into_owned(),
            kind: Kind::Recorded,
            width: first.width(),
            height: first.height(),
            frame_rate: Some(frame_rate),
            frames: Some(pictures.len() as u64),
            length: Duration::try_from_secs_f64(pictures.len() as f64 / frame_rate).ok(),
        };
        if pictures.len() == 1 {
            tracing::warn!("{}: {ONE_PICTURE}", info.name);
        }
        let timeline = Timeline::of_rate(frame_rate);
        Ok(Self { pictures, info, timeline, first: Some(first), frames: 0, ended: false })
    }

    fn next(&mut self) -> Result<Option<Frame>, VideoError> {
        let Some(path) = self.pictures.get(self.frames) else { return Ok(None) };
        let number = self.frames as u64 + 1;
        let image = match self.first.take() {
            Some(first) => first,
            None => decode(path, number)?,
        };
        let name = path.to_string_lossy();
        same_size(&image, FrameSize::promised(&self.info), Place { name: &name, frame: number })?;
        self.frames += 1;
        // By a rate alone, no frame waits for another.
        let time = self.timeline.next(&[None], true).unwrap_or_default();
        Ok(Some(Frame { number, time, image }))
    }
}

impl Source for PictureFolder {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        if self.ended {
            return Ok(None);
        }
        let next = self.next();
        self.ended = !matches!(next, Ok(Some(_)));
        Ok(next?)
    }
}

/// The pictures that lie in `folder` itself, hidden ones left out.
fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, VideoError> {
    let open = |source| VideoError::Open { path: folder.to_owned(), source };
    let mut pictures = Vec::new();
    for entry in fs::read_dir(folder).map_err(open)? {
        let entry = entry.map_err(open)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && is_picture(&entry.path()) {
            pictures.push(entry.path());
        }
    }
    alphanumeric_sort::sort_path_slice(&mut pictures);
    Ok(pictures)
}

/// Decodes from bytes: OpenCV's own reading of files says less about what failed.
fn decode(path: &Path, frame: u64) -> Result<Image, VideoError> {
    let bytes =
        fs::read(path).map_err(|source| VideoError::ReadPicture { path: path.to_owned(), frame, source })?;
    let name = path.to_string_lossy();
    let place = Place { name: &name, frame };
    let mat = still::decode(&bytes, place)?
        .ok_or_else(|| VideoError::DecodePicture { path: path.to_owned(), frame })?;
    // imdecode makes a matrix of its own: there is nothing to use again.
    image(mat, &Buffers::default(), place)
}

/// `frameRate` of MOTChallenge's `seqinfo.ini`, in the folder or beside it.
fn sequence_rate(folder: &Path) -> Option<f64> {
    let beside = folder.file_name() == Some(OsStr::new("img1"));
    let places = [Some(folder.join("seqinfo.ini")), beside.then(|| folder.join("../seqinfo.ini"))];
    let text = places.into_iter().flatten().find_map(|path| fs::read_to_string(path).ok())?;
    let rate = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        key.trim().eq_ignore_ascii_case("frameRate").then(|| value.trim().parse::<f64>().ok())?
    })?;
    (rate > 0.0 && rate <= 1000.0).then_some(rate)
}
