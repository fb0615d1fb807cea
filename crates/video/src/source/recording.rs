//! Video files, and addresses whose container has a length.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use footfall_pipeline::{BoxError, Frame, Image, Kind, Source, SourceInfo};
use opencv::videoio::{
    CAP_PROP_FPS, CAP_PROP_FRAME_COUNT, CAP_PROP_POS_MSEC, VideoCapture, VideoCaptureTrait as _,
    VideoCaptureTraitConst as _,
};

use super::container::Container;
use super::timeline::Timeline;
use super::{SourceOptions, capture};
use crate::VideoError;
use crate::error::Doing as _;
use crate::orientation::Orientation;
use crate::picture::{Buffers, FrameSize, Place, image, same_size};

/// The rate at which frames are dated when neither container nor user gives one.
pub(super) const DEFAULT_FRAME_RATE: f64 = 25.0;

/// What is said of a source that has no more.
pub(super) const ONE_PICTURE: &str = "this is a single picture. Whoever is in it is seen; that somebody passes a \
     line takes a video, or a folder of pictures";

/// A video with an end.
pub(super) struct Recording {
    capture: VideoCapture,
    buffers: Buffers,
    info: SourceInfo,
    path: PathBuf,
    container: Container,
    timeline: Timeline,
    /// The first frame: it was decoded on opening.
    first: Option<Image>,
    frames: u64,
    /// Time of the last frame.
    time: Duration,
    ended: bool,
}

impl Recording {
    /// Opens a video file of any container and codec that FFmpeg knows.
    pub(super) fn open_file(path: &Path, options: &SourceOptions) -> Result<Self, VideoError> {
        let open = |source| VideoError::Open { path: path.to_owned(), source };
        let metadata = fs::metadata(path).map_err(open)?;
        let mut container = Container::default();
        if metadata.is_file() {
            if metadata.len() == 0 {
                return Err(VideoError::EmptyFile { path: path.to_owned() });
            }
            let mut file = File::open(path).map_err(open)?;
            container = Container::examine(&mut file).map_err(open)?.unwrap_or_default();
        }
        if container.sound_only {
            return Err(VideoError::SoundOnly { path: path.to_owned() });
        }
        let name = path.to_string_lossy().into_owned();
        match capture::open_file(path, &name, &container)? {
            Some(capture) => Self::of_capture(capture, name, path.to_owned(), container, options),
            None => Err(VideoError::NotVideo { path: path.to_owned() }),
        }
    }

    /// Takes over an opened capture; `path` is what errors call it.
    pub(super) fn of_capture(
        mut capture: VideoCapture,
        name: String,
        path: PathBuf,
        container: Container,
        options: &SourceOptions,
    ) -> Result<Self, VideoError> {
        let frame_rate = options.frame_rate.or_else(|| rate_of(&capture));
        let interval_rate = frame_rate.unwrap_or(DEFAULT_FRAME_RATE);
        let timeline = match options.frame_rate {
            Some(rate) => Timeline::of_rate(rate),
            None => Timeline::of_container(interval_rate),
        };
        let buffers = Buffers::default();
        let first = read(&mut capture, container.orientation, &buffers, Place { name: &name, frame: 1 })?
            .ok_or_else(|| VideoError::NoFrame { name: name.clone() })?;
        let info = SourceInfo {
            kind: Kind::Recorded,
            width: first.width(),
            height: first.height(),
            frame_rate,
            frames: frames_of(&capture),
            name,
        };
        let (frames, time, ended) = (0, Duration::ZERO, false);
        Ok(Self {
            capture,
            buffers,
            info,
            path,
            container,
            timeline,
            first: Some(first),
            frames,
            time,
            ended,
        })
    }

    fn next(&mut self) -> Result<Option<Frame>, VideoError> {
        let number = self.frames + 1;
        let place = Place { name: &self.info.name, frame: number };
        let next = match self.first.take() {
            Some(first) => Some(first),
            None => read(&mut self.capture, self.container.orientation, &self.buffers, place)?,
        };
        let Some(image) = next else { return self.end().map(|()| None) };
        same_size(&image, FrameSize::promised(&self.info), place)?;
        // After a read, the position is that of the frame that was read.
        let position = self.capture.get(CAP_PROP_POS_MSEC).ok().map(|milliseconds| milliseconds / 1000.0);
        self.time = self.timeline.next(position);
        self.frames = number;
        Ok(Some(Frame { number, time: self.time, image }))
    }

    /// Whether the end is where the container has it.
    fn end(&self) -> Result<(), VideoError> {
        let (path, frames) = (self.path.clone(), self.frames);
        if frames == 1 {
            tracing::warn!("{}: {ONE_PICTURE}", self.info.name);
        }
        if let Some((bytes, promised)) = self.container.missing {
            let expected = self.info.frames.filter(|&expected| expected > frames);
            return Err(VideoError::CutShort { path, frames, expected, bytes, promised });
        }
        let Some(expected) = self.info.frames.filter(|&expected| expected > frames) else { return Ok(()) };
        // Cut by an edit list, or with frames left out on purpose, a good file has fewer frames than
        // it counts; one that stops well before its time is none.
        let duration = expected as f64 / rate_of(&self.capture).unwrap_or(DEFAULT_FRAME_RATE);
        let early = |there: f64, all: f64| there < 0.9 * all;
        if self.container.counts_frames
            && early(frames as f64, expected as f64)
            && early(self.time.as_secs_f64(), duration)
        {
            return Err(VideoError::Damaged { path, frames, expected });
        }
        if self.container.counts_frames {
            tracing::warn!(source = %self.info.name, frames, expected, "fewer frames than the container counts");
        }
        Ok(())
    }
}

impl Source for Recording {
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

/// The next picture of `capture`, set upright; `None` where there is none.
pub(super) fn read(
    capture: &mut VideoCapture,
    orientation: Orientation,
    buffers: &Buffers,
    place: Place<'_>,
) -> Result<Option<Image>, VideoError> {
    let mut mat = buffers.take();
    if !capture.read(&mut mat).doing(|| format!("decode frame {} of {}", place.frame, place.name))? {
        return Ok(None);
    }
    image(orientation.apply(mat, buffers, place)?, buffers, place).map(Some)
}

/// Frames a second by the container, where that is a number to believe.
pub(super) fn rate_of(capture: &VideoCapture) -> Option<f64> {
    capture.get(CAP_PROP_FPS).ok().filter(|&rate| rate > 0.0 && rate <= 1000.0)
}

/// Number of frames by the container.
pub(super) fn frames_of(capture: &VideoCapture) -> Option<u64> {
    // FFmpeg says a huge negative number where there is no duration.
    capture.get(CAP_PROP_FRAME_COUNT).ok().filter(|&count| count >= 1.0).map(|count| count as u64)
}
