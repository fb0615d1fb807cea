//! Video files, and addresses whose container has a length.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use footfall_pipeline::{BoxError, Frame, Image, Item, Kind, Note, Source, SourceInfo};
use opencv::videoio::{
    CAP_PROP_FPS, CAP_PROP_FRAME_COUNT, CAP_PROP_POS_MSEC, VideoCapture, VideoCaptureTrait as _,
    VideoCaptureTraitConst as _,
};

use super::container::Container;
use super::rate::{self, Because, DEFAULT_FRAME_RATE, OPENING, Rate, SHORTEST_STEP};
use super::timeline::{AHEAD, Timeline};
use super::{SourceOptions, capture};
use crate::VideoError;
use crate::error::Doing as _;
use crate::orientation::Orientation;
use crate::picture::{Buffers, FrameSize, Place, image, same_size};

/// What is said of a source that has no more.
pub(super) const ONE_PICTURE: &str = "this is a single picture. Whoever is in it is seen; that somebody passes a \
     line takes a video, or a folder of pictures";

/// Frames that wait until those behind them tell when they were taken may take so many bytes.
const ROOM: usize = 256 << 20;

/// A video with an end.
pub(super) struct Recording {
    capture: VideoCapture,
    buffers: Buffers,
    info: SourceInfo,
    path: PathBuf,
    container: Container,
    timeline: Timeline,
    /// What was decoded and not yet handed out, with the container's time in seconds.
    ahead: VecDeque<(Image, Option<f64>)>,
    /// How much of that there may be.
    most: usize,
    /// Why nothing comes behind `ahead`.
    over: Option<Result<(), VideoError>>,
    frames: u64,
    /// Time of the last frame.
    time: Duration,
    /// What is to be told before the next frame.
    note: Option<Note>,
    warned: bool,
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
        let buffers = Buffers::default();
        let place = Place { name: &name, frame: 1 };
        let first = read(&mut capture, container.orientation, &buffers, place)?
            .ok_or_else(|| VideoError::NoFrame { name: name.clone() })?;
        let info = SourceInfo {
            kind: Kind::Recorded,
            width: first.width(),
            height: first.height(),
            frame_rate: None,
            frames: frames_of(&capture),
            length: None,
            name,
        };
        // A first time before the beginning is not that of the picture: where that is 0, OpenCV gives another.
        let time = position(&capture).map(|time| time.max(0.0));
        let most = (ROOM / first.bytes().len().max(1)).clamp(4, OPENING.max(AHEAD));
        let mut recording = Self {
            capture,
            buffers,
            info,
            path,
            container,
            timeline: Timeline::of_rate(DEFAULT_FRAME_RATE),
            ahead: VecDeque::from([(first, time)]),
            most,
            over: None,
            frames: 0,
            time: Duration::ZERO,
            note: None,
            warned: false,
            ended: false,
        };
        let rate = options.frame_rate.unwrap_or_else(|| recording.learn_rate());
        recording.info.frame_rate = Some(rate);
        recording.info.length = recording.length(rate, options);
        recording.timeline = match options.frame_rate {
            Some(rate) => Timeline::of_rate(rate),
            None => Timeline::of_container(rate),
        };
        Ok(recording)
    }

    /// The rate by the container and by the first frames, which wait until they are handed out.
    fn learn_rate(&mut self) -> f64 {
        let told = self.capture.get(CAP_PROP_FPS).ok().filter(|rate| rate.is_finite() && *rate > 0.0);
        while !rate::is_plain(&self.times(), told) && self.ahead.len() < self.most && self.over.is_none() {
            self.fetch();
        }
        let Rate { believed, because } = rate::rate(&self.times(), told);
        let said =
            told.map_or_else(|| "no rate".to_owned(), |rate| format!("{} frames a second", short(rate)));
        let words = match because {
            Because::Told => return believed,
            Because::Dated => format!(
                "the file says {said}; by their dates its frames come at {} a second",
                short(believed)
            ),
            Because::Assumed => format!(
                "the file says {said}, and its frames have no dates to believe: they are taken to come at {} a \
                 second (`frame_rate` of the source says otherwise)",
                short(believed)
            ),
        };
        // One picture has no rate.
        if self.ahead.len() > 1 {
            self.tell(words);
        }
        believed
    }

    /// How long the file says that it is: its count of frames and its rate are a mean over pauses too. A rate
    /// that cannot be comes with a length that cannot be.
    fn length(&self, rate: f64, options: &SourceOptions) -> Option<Duration> {
        let told =
            self.capture.get(CAP_PROP_FPS).ok().filter(|told| *told > 0.0 && 1.0 / told >= SHORTEST_STEP);
        let is_assumed = rate::rate(&self.times(), told).because == Because::Assumed;
        let mean = told.filter(|_| options.frame_rate.is_none() && !is_assumed).unwrap_or(rate);
        Duration::try_from_secs_f64(self.info.frames? as f64 / mean).ok()
    }

    /// Warns, and has it told to the sinks.
    fn tell(&mut self, words: String) {
        tracing::warn!("{}: {words}", self.info.name);
        self.note = Some(Note::Remark(words));
    }

    /// The container's times of the frames that wait.
    fn times(&self) -> Vec<Option<f64>> {
        self.ahead.iter().map(|&(_, time)| time).collect()
    }

    /// Decodes one more frame, or learns why there is none.
    fn fetch(&mut self) {
        let frame = self.frames + self.ahead.len() as u64 + 1;
        let place = Place { name: &self.info.name, frame };
        let size = FrameSize::promised(&self.info);
        let next = read(&mut self.capture, self.container.orientation, &self.buffers, place)
            .and_then(|next| next.map(|image| same_size(&image, size, place).map(|()| image)).transpose());
        match next {
            // After a read, the position is that of the frame that was read.
            Ok(Some(image)) => {
                // 0 is what OpenCV says where there is no time, as of the last frames that a decoder holds back.
                let time = position(&self.capture).filter(|&time| time != 0.0);
                self.ahead.push_back((image, time));
            }
            Ok(None) => self.over = Some(Ok(())),
            Err(error) => self.over = Some(Err(error)),
        }
    }

    fn next(&mut self) -> Result<Option<Frame>, VideoError> {
        loop {
            if self.ahead.is_empty() && self.over.is_none() {
                self.fetch();
            }
            if self.ahead.is_empty() {
                return self.over.take().unwrap_or(Ok(())).and_then(|()| self.end()).map(|()| None);
            }
            let is_all = self.over.is_some() || self.ahead.len() >= self.most;
            let Some(time) = self.timeline.next(&self.times(), is_all) else {
                self.fetch();
                continue;
            };
            let Some((image, _)) = self.ahead.pop_front() else { continue };
            self.frames += 1;
            self.time = time;
            if self.timeline.repairs().total() > 0 && !std::mem::replace(&mut self.warned, true) {
                let number = self.frames;
                self.tell(format!(
                    "the file's time of frame {number} cannot be, by those around it; it is dated by these"
                ));
            }
            return Ok(Some(Frame { number: self.frames, time, image }));
        }
    }

    /// What was repaired, in words.
    fn repairs(&self) -> Option<Note> {
        let repairs = self.timeline.repairs();
        let parts = [
            (repairs.between, "between those before and behind them"),
            (repairs.paced, "at the pace of those before"),
            (repairs.anew, "as the beginning of a new count of time"),
        ];
        let told = |&(frames, how): &(u64, &str)| (frames > 0).then(|| format!("{frames} {how}"));
        let parts: Vec<_> = parts.iter().filter_map(told).collect();
        let words = format!(
            "{} of {} frames have a time in the file that cannot be. They were dated by others: {}",
            repairs.total(),
            self.frames,
            parts.join(", ")
        );
        (repairs.total() > 0).then_some(Note::Remark(words))
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
        let duration = expected as f64 / self.info.frame_rate.unwrap_or(DEFAULT_FRAME_RATE);
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

    fn next_item(&mut self) -> Result<Option<Item>, BoxError> {
        if let Some(note) = self.note.take() {
            return Ok(Some(Item::Note(note)));
        }
        if self.ahead.is_empty() && self.over.is_none() && !self.ended {
            self.fetch();
        }
        if self.ahead.is_empty()
            && std::mem::take(&mut self.warned)
            && let Some(note) = self.repairs()
        {
            return Ok(Some(Item::Note(note)));
        }
        Ok(self.next_frame()?.map(Item::Frame))
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

/// A number as people write it.
fn short(number: f64) -> f64 {
    let scale = 10_f64.powi(3 - number.abs().log10().floor() as i32);
    (number * scale).round() / scale
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

/// The container's time of the frame that was read last, in seconds.
fn position(capture: &VideoCapture) -> Option<f64> {
    capture.get(CAP_PROP_POS_MSEC).ok().map(|milliseconds| milliseconds / 1000.0)
}

/// Number of frames by the container.
pub(super) fn frames_of(capture: &VideoCapture) -> Option<u64> {
    // FFmpeg says a huge negative number where there is no duration.
    capture.get(CAP_PROP_FRAME_COUNT).ok().filter(|&count| count >= 1.0).map(|count| count as u64)
}
