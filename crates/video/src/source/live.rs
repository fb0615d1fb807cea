//! Cameras and streams: frames that come when they come.

use std::path::PathBuf;
use std::time::Instant;

use footfall_pipeline::{BoxError, Frame, Kind, Source, SourceInfo};
use opencv::core::Vector;
use opencv::videoio::{
    CAP_ANY, CAP_FFMPEG, CAP_PROP_BUFFERSIZE, CAP_PROP_FPS, CAP_PROP_FRAME_HEIGHT, CAP_PROP_FRAME_WIDTH,
    CAP_PROP_OPEN_TIMEOUT_MSEC, CAP_PROP_READ_TIMEOUT_MSEC, CAP_V4L2, VideoCapture, VideoCaptureTrait as _,
    VideoCaptureTraitConst as _,
};

use super::container::Container;
use super::location::Camera;
use super::recording::{Recording, frames_of, rate_of, read};
use super::{SourceOptions, display_name};
use crate::VideoError;
use crate::error::Doing as _;
use crate::picture::{Buffers, FrameSize, Place, same_size};

/// A camera or a stream. A frame's time is when it arrived, by a monotonic clock, since the first.
///
/// The frame that was waited for on opening only tells the size: when the run asks for its first one,
/// it is old.
pub(super) struct Live {
    capture: VideoCapture,
    buffers: Buffers,
    info: SourceInfo,
    /// When the first frame arrived.
    started: Option<Instant>,
    frames: u64,
    ended: bool,
}

/// Opens an address: a live stream, or a recording where its container has a length.
pub(super) fn open_stream(address: &str, options: &SourceOptions) -> Result<Box<dyn Source>, VideoError> {
    let name = display_name(address.as_ref());
    let milliseconds = |seconds: f64| (seconds * 1000.0).ceil() as i32;
    let params = Vector::from_slice(&[
        CAP_PROP_OPEN_TIMEOUT_MSEC,
        milliseconds(options.open_timeout),
        CAP_PROP_READ_TIMEOUT_MSEC,
        milliseconds(options.read_timeout),
    ]);
    let capture =
        VideoCapture::from_file_with_params(address, CAP_FFMPEG, &params).doing(|| format!("open {name}"))?;
    if !capture.is_opened().unwrap_or(false) {
        return Err(VideoError::NoStream { name, timeout: options.open_timeout });
    }
    if address.starts_with("http") && frames_of(&capture).is_some() {
        let path = PathBuf::from(&name);
        // Its bytes cannot be asked beforehand: an early end shows by the frames that are missing.
        let container = Container { counts_frames: true, missing: None };
        return Ok(Box::new(Recording::of_capture(capture, name, path, container, options)?));
    }
    Ok(Box::new(Live::of_capture(capture, name)?))
}

impl Live {
    pub(super) fn open_camera(camera: &Camera, options: &SourceOptions) -> Result<Self, VideoError> {
        let backend = if cfg!(target_os = "linux") { CAP_V4L2 } else { CAP_ANY };
        let (name, capture) = match camera {
            Camera::Index(index) => (format!("camera {index}"), VideoCapture::new(*index, backend)),
            Camera::Device(path) => (
                format!("camera {}", path.display()),
                VideoCapture::from_file_with_params(path, backend, &Vector::new()),
            ),
        };
        let mut capture = capture.doing(|| format!("open {name}"))?;
        if !capture.is_opened().unwrap_or(false) {
            return Err(VideoError::NoCamera { name });
        }
        let size = options.camera_size.map(|[width, height]| (f64::from(width), f64::from(height)));
        let wishes = [
            // Newest frame first: an older one in the driver's queue is a late one.
            (CAP_PROP_BUFFERSIZE, Some(1.0)),
            (CAP_PROP_FRAME_WIDTH, size.map(|size| size.0)),
            (CAP_PROP_FRAME_HEIGHT, size.map(|size| size.1)),
            (CAP_PROP_FPS, options.camera_rate),
        ];
        for (property, wish) in wishes {
            // A camera that cannot grant a wish gives what it has.
            let _ = wish.map(|wish| capture.set(property, wish));
        }
        Self::of_capture(capture, name)
    }

    fn of_capture(mut capture: VideoCapture, name: String) -> Result<Self, VideoError> {
        let buffers = Buffers::default();
        let first = read(&mut capture, &buffers, &name, 1)?
            .ok_or_else(|| VideoError::NoFrame { name: name.clone() })?;
        let info = SourceInfo {
            kind: Kind::Live,
            width: first.width(),
            height: first.height(),
            frame_rate: rate_of(&capture),
            frames: None,
            name,
        };
        Ok(Self { capture, buffers, info, started: None, frames: 0, ended: false })
    }

    fn next(&mut self) -> Result<Frame, VideoError> {
        let (name, number) = (&self.info.name, self.frames + 1);
        let image =
            read(&mut self.capture, &self.buffers, name, number)?.ok_or_else(|| VideoError::BrokenOff {
                name: name.clone(),
                frames: self.frames,
                seconds: self.started.map_or(0.0, |started| started.elapsed().as_secs_f64()),
            })?;
        let arrival = Instant::now();
        let place = Place { name, frame: number };
        same_size(&image, FrameSize::promised(&self.info), place)?;
        self.frames = number;
        let time = arrival.duration_since(*self.started.get_or_insert(arrival));
        Ok(Frame { number, time, image })
    }
}

impl Source for Live {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        if self.ended {
            return Ok(None);
        }
        let next = self.next();
        self.ended = next.is_err();
        Ok(Some(next?))
    }
}
