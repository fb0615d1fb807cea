//! Cameras and streams: frames that come when they come.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use footfall_count::{Condition, HealthChange};
use footfall_pipeline::{BoxError, Frame, Item, Kind, Note, Source, SourceInfo};
use opencv::core::Vector;
use opencv::videoio::{
    CAP_ANY, CAP_FFMPEG, CAP_PROP_BUFFERSIZE, CAP_PROP_FOURCC, CAP_PROP_FPS, CAP_PROP_FRAME_HEIGHT,
    CAP_PROP_FRAME_WIDTH, CAP_PROP_OPEN_TIMEOUT_MSEC, CAP_PROP_READ_TIMEOUT_MSEC, CAP_V4L2, VideoCapture,
    VideoCaptureTrait as _, VideoCaptureTraitConst as _, VideoWriter,
};

use super::capture::as_stored;
use super::container::Container;
use super::location::Camera;
use super::recording::{Recording, frames_of, read};
use super::{SourceOptions, inquiry};
use crate::VideoError;
use crate::error::Doing as _;
use crate::orientation::Orientation;
use crate::picture::{Buffers, FrameSize, Place, same_size, scaled};

/// A camera or a stream. A frame's time is when it arrived, by a monotonic clock, since the first.
///
/// The frame that was waited for on opening only tells the size: when the run asks for its first one,
/// it is old.
pub(super) struct Live {
    capture: VideoCapture,
    /// How the next picture is had, where the address gives one at a time.
    again: Option<Again>,
    buffers: Buffers,
    info: SourceInfo,
    /// The size that frames come in; they are scaled to that of `info`.
    native: FrameSize,
    /// When the first frame arrived.
    started: Option<Instant>,
    /// How long a read may take.
    patience: Duration,
    frames: u64,
    /// What is to be told before the next frame.
    note: Option<Note>,
    ended: bool,
}

/// An address that gives one picture at a time, as a camera's snapshot does: it is asked again and again.
struct Again {
    address: String,
    options: SourceOptions,
    /// From one picture to the next.
    every: Duration,
    /// When the next one is due.
    due: Instant,
}

/// How often a second such an address is asked, unless `camera_rate` says otherwise.
const SNAPSHOTS: f64 = 5.0;

/// Opens an address, which is shown by `name`: a live stream, or a recording where its container has a length.
pub(super) fn open_stream(
    address: &str,
    name: String,
    options: &SourceOptions,
) -> Result<Box<dyn Source>, VideoError> {
    let capture = open_capture(address, &name, options)?;
    if address.starts_with("http") && frames_of(&capture).is_some_and(|frames| frames > 1) {
        let path = PathBuf::from(&name);
        // Its bytes cannot be asked beforehand: an early end shows by the frames that are missing.
        let container = Container { counts_frames: true, ..Container::default() };
        return Ok(Box::new(Recording::of_capture(capture, name, path, container, options)?));
    }
    Ok(Box::new(Live::of_capture(capture, name, options, None)?.asked_again(address, options)))
}

/// Opens an address as a live stream, of frames of `size` where that is given.
pub(super) fn open_stream_live(
    address: &str,
    name: String,
    options: &SourceOptions,
    size: Option<FrameSize>,
) -> Result<Live, VideoError> {
    let capture = open_capture(address, &name, options)?;
    Ok(Live::of_capture(capture, name, options, size)?.asked_again(address, options))
}

fn open_capture(address: &str, name: &str, options: &SourceOptions) -> Result<VideoCapture, VideoError> {
    let milliseconds = |seconds: f64| (seconds * 1000.0).ceil() as i32;
    let params = Vector::from_slice(&[
        CAP_PROP_OPEN_TIMEOUT_MSEC,
        milliseconds(options.open_timeout),
        CAP_PROP_READ_TIMEOUT_MSEC,
        milliseconds(options.read_timeout),
    ]);
    // What OpenCV says of a failure may have the whole address in it.
    let opened = VideoCapture::from_file_with_params(address, CAP_FFMPEG, &params).ok();
    let opened = opened.filter(|capture| capture.is_opened().unwrap_or(false));
    let refused = || VideoError::NoStream { name: name.to_owned(), inquiry: inquiry::ask(address) };
    let mut capture = opened.ok_or_else(refused)?;
    as_stored(&mut capture);
    Ok(capture)
}

impl Live {
    /// Opens a camera of this machine, for frames of `promised` size where that is given.
    pub(super) fn open_camera(
        camera: &Camera,
        options: &SourceOptions,
        promised: Option<FrameSize>,
    ) -> Result<Self, VideoError> {
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
            // The sizes and rates that there are depend on the format.
            (CAP_PROP_FOURCC, options.camera_format.as_deref().and_then(fourcc)),
            (CAP_PROP_FRAME_WIDTH, size.map(|size| size.0)),
            (CAP_PROP_FRAME_HEIGHT, size.map(|size| size.1)),
            (CAP_PROP_FPS, options.camera_rate),
        ];
        for (property, wish) in wishes {
            // A camera that cannot grant a wish gives what it has.
            let _ = wish.map(|wish| capture.set(property, wish));
        }
        Self::of_capture(capture, name, options, promised)
    }

    fn of_capture(
        mut capture: VideoCapture,
        name: String,
        options: &SourceOptions,
        promised: Option<FrameSize>,
    ) -> Result<Self, VideoError> {
        let buffers = Buffers::default();
        let first = read(&mut capture, Orientation::UPRIGHT, &buffers, Place { name: &name, frame: 1 })?
            .ok_or_else(|| VideoError::NoFrame { name: name.clone() })?;
        let native = FrameSize::of(&first);
        let size = promised.unwrap_or(native);
        let info = SourceInfo {
            kind: Kind::Live,
            width: size.width,
            height: size.height,
            frame_rate: rate_of(&capture),
            frames: None,
            length: None,
            name,
        };
        let patience = Duration::try_from_secs_f64(options.read_timeout).unwrap_or(Duration::MAX);
        let note = (!native.has_shape_of(size)).then(|| Note::Health(resized(native, size)));
        let (again, started, frames, ended) = (None, None, 0, false);
        Ok(Self { capture, again, buffers, info, native, started, patience, frames, note, ended })
    }

    /// The same; where a web server has nothing behind the first picture, it is asked for the next one each time.
    fn asked_again(mut self, address: &str, options: &SourceOptions) -> Self {
        let asked = Instant::now();
        if !address.starts_with("http")
            || self.capture.grab().unwrap_or(false)
            || asked.elapsed() >= self.patience
        {
            return self;
        }
        let rate = options.camera_rate.unwrap_or(SNAPSHOTS);
        tracing::info!(
            source = %self.info.name,
            "the address gives one picture at a time: it is asked {rate} times a second (`camera_rate`)"
        );
        self.info.frame_rate = Some(rate);
        let every = Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::MAX);
        self.again =
            Some(Again { address: address.to_owned(), options: options.clone(), every, due: Instant::now() });
        self
    }

    fn next(&mut self) -> Result<Frame, VideoError> {
        if let Some(again) = &mut self.again {
            std::thread::sleep(again.due.saturating_duration_since(Instant::now()));
            // What takes longer than it may is not caught up with.
            again.due = (again.due + again.every).max(Instant::now());
            self.capture = open_capture(&again.address, &self.info.name, &again.options)?;
        }
        let (name, number) = (&self.info.name, self.frames + 1);
        let asked = Instant::now();
        let place = Place { name, frame: number };
        let read = read(&mut self.capture, Orientation::UPRIGHT, &self.buffers, place)?;
        let arrival = Instant::now();
        let image = read.ok_or_else(|| self.lost(arrival.duration_since(asked)))?;
        same_size(&image, self.native, place)?;
        let size = FrameSize::promised(&self.info);
        let image = if self.native == size { image } else { scaled(&image, size, &self.buffers, place)? };
        self.frames = number;
        let time = arrival.duration_since(*self.started.get_or_insert(arrival));
        Ok(Frame { number, time, image })
    }

    /// Why no frame came, after `waited`.
    fn lost(&self, waited: Duration) -> VideoError {
        let name = self.info.name.clone();
        if waited >= self.patience.mul_f64(0.9) {
            return VideoError::Stalled { name, seconds: waited.as_secs_f64() };
        }
        let seconds = self.started.map_or(0.0, |started| started.elapsed().as_secs_f64());
        VideoError::BrokenOff { name, frames: self.frames, seconds }
    }
}

/// Frames a second by the stream, where that is a number to believe.
fn rate_of(capture: &VideoCapture) -> Option<f64> {
    capture.get(CAP_PROP_FPS).ok().filter(|&rate| rate > 0.0 && rate <= 1000.0)
}

/// The four letters of a format as OpenCV wants them.
fn fourcc(letters: &str) -> Option<f64> {
    let [a, b, c, d] = letters.chars().collect::<Vec<_>>()[..] else { return None };
    VideoWriter::fourcc(a, b, c, d).ok().map(f64::from)
}

fn resized(native: FrameSize, size: FrameSize) -> HealthChange {
    let evidence = [
        ("width", native.width),
        ("height", native.height),
        ("expected_width", size.width),
        ("expected_height", size.height),
    ];
    HealthChange {
        condition: Condition::Resized,
        raised: true,
        time: Duration::ZERO,
        frame: None,
        evidence: evidence
            .map(|(name, value)| (name.to_owned(), value as f64))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    }
}

impl Source for Live {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn native_size(&self) -> Option<[usize; 2]> {
        let FrameSize { width, height } = self.native;
        (self.native != FrameSize::promised(&self.info)).then_some([width, height])
    }

    fn next_item(&mut self) -> Result<Option<Item>, BoxError> {
        if let Some(note) = self.note.take() {
            return Ok(Some(Item::Note(note)));
        }
        Ok(self.next_frame()?.map(Item::Frame))
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
