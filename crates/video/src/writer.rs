//! The annotated video.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use footfall_pipeline::{BoxError, Kind, Scene, Sink, SourceInfo};
use footfall_scratch::{Privacy, ScratchFile};
use opencv::core::{Mat, MatTraitConst as _, Size, Vec3b, Vector};
use opencv::videoio::{
    CAP_FFMPEG, CAP_PROP_FRAME_COUNT, CAP_PROP_POS_FRAMES, VideoCapture, VideoCaptureTrait as _,
    VideoCaptureTraitConst as _, VideoWriter, VideoWriterTrait as _, VideoWriterTraitConst as _,
};

use crate::error::Doing as _;
use crate::source::Container;
use crate::{FrameSize, Overlay, OverlayConfig, VideoError};

/// Frames a second where the source does not say: a live one, mostly.
const DEFAULT_FRAME_RATE: f64 = 25.0;

/// A live source that says more tells its clock's ticks, not its frames.
const LIVE_FRAME_RATE: f64 = 120.0;

/// The longest still picture that fills a gap of a live source, in seconds.
const LONGEST_STILL: f64 = 10.0;

/// The longest that fills a pause of a recording, in seconds.
const LONGEST_PAUSE: f64 = 600.0;

/// Room that is left on the disk for others, in bytes.
const RESERVE: u64 = 1 << 20;

/// Draws each scene and encodes it into the container that the file's ending says: .mp4, .m4v, .mov and .mkv as
/// H.264, or as MPEG-4 part 2 where there is no encoder of that; .avi as MPEG-4 part 2.
///
/// The video appears under its name when it is finished and has been read back; until then it is a
/// hidden file beside it, which is removed if the sink is dropped. The video has a constant rate, that of
/// the source, and lasts as long as the source did: a frame is repeated until the next one's time,
/// and left away where two fall into one step. So a recording of constant rate has one frame for each
/// scene. An odd width or height loses its last column or row.
pub struct VideoSink {
    path: PathBuf,
    size: FrameSize,
    frame_rate: f64,
    kind: Kind,
    overlay: Overlay,
    writer: VideoWriter,
    /// Time of the first scene.
    origin: Duration,
    /// Frames encoded.
    written: u64,
    /// Frames of the source's clock that were not filled, because a gap was too long.
    left_out: u64,
    file: ScratchFile,
}

impl VideoSink {
    /// Starts the video `path` of what `source` gives, with its lines drawn.
    ///
    /// # Errors
    /// When the ending says no container, the folder cannot be written, or there is no encoder.
    pub fn create(
        path: impl AsRef<Path>,
        source: &SourceInfo,
        config: OverlayConfig,
    ) -> Result<Self, VideoError> {
        let path = path.as_ref().to_owned();
        let codecs = codecs_of(&path).ok_or_else(|| VideoError::UnknownContainer { path: path.clone() })?;
        let file = temporary(&path)?;
        let believable = |rate: &f64| source.kind == Kind::Recorded || *rate <= LIVE_FRAME_RATE;
        let frame_rate = source.frame_rate.filter(believable).unwrap_or(DEFAULT_FRAME_RATE);
        let size = FrameSize::promised(source);
        let opened =
            codecs.iter().find_map(|codec| Some((codec, open(file.path(), *codec, size, frame_rate)?)));
        let Some((codec, writer)) = opened else {
            let codec =
                codecs.iter().map(|codec| String::from_utf8_lossy(codec)).collect::<Vec<_>>().join(", ");
            return Err(VideoError::NoEncoder { path, codec, size, frame_rate });
        };
        if *codec == MPEG_4 {
            tracing::warn!(
                "{} is MPEG-4 part 2, which no browser plays: this machine's OpenCV has no encoder of H.264",
                path.display()
            );
        }
        Ok(Self {
            size,
            frame_rate,
            kind: source.kind,
            overlay: Overlay::new(config),
            writer,
            origin: Duration::ZERO,
            written: 0,
            left_out: 0,
            file,
            path,
        })
    }

    fn add(&mut self, scene: &Scene) -> Result<(), VideoError> {
        let image = &scene.frame.image;
        let (size, expected) = (FrameSize::of(image), self.size);
        if size != expected {
            let (path, frame) = (self.path.clone(), scene.frame.number);
            return Err(VideoError::OutputSize { path, frame, size, expected });
        }
        self.check_room(image.bytes().len() as u64)?;
        if self.written == 0 {
            self.origin = scene.frame.time;
        }
        let steps = self.steps(scene);
        // Until this frame's own step the one before stays on the screen.
        for _ in 1..steps {
            encode(&mut self.writer, self.overlay.rendered(), self.size, &self.path)?;
        }
        self.overlay.render(scene)?;
        if steps > 0 {
            encode(&mut self.writer, self.overlay.rendered(), self.size, &self.path)?;
        }
        self.written += steps;
        Ok(())
    }

    /// How many of the video's frames there are from the last scene's to this one's, as the clock says.
    ///
    /// A recording's may be one ahead of it: frames that come a little early and late are all shown.
    fn steps(&mut self, scene: &Scene) -> u64 {
        if self.written == 0 {
            return 1;
        }
        let due =
            (scene.frame.time.saturating_sub(self.origin).as_secs_f64() * self.frame_rate).round() as u64 + 1;
        let shown = self.written + self.left_out;
        let (early, longest) = match self.kind {
            Kind::Recorded => (1, LONGEST_PAUSE),
            Kind::Live => (0, LONGEST_STILL),
        };
        if due == shown {
            return early;
        }
        let missing = due.saturating_sub(shown);
        let steps = missing.min((longest * self.frame_rate).ceil() as u64);
        if missing > steps && self.kind == Kind::Recorded {
            let (path, seconds) = (self.path.display(), missing as f64 / self.frame_rate);
            tracing::warn!("a pause of {seconds:.0} s is {longest:.0} s long in the video {path}");
        }
        self.left_out += missing - steps;
        steps
    }

    /// OpenCV does not say when a write fails, so the disk is asked before each.
    fn check_room(&self, frame: u64) -> Result<(), VideoError> {
        match free_bytes(self.file.path()) {
            Some(free) if free < RESERVE + frame => {
                Err(VideoError::DiskFull { path: self.path.clone(), free })
            }
            _ => Ok(()),
        }
    }

    fn complete(mut self) -> Result<(), VideoError> {
        let path = self.path.clone();
        if self.written == 0 {
            return Err(VideoError::NoScene { path });
        }
        self.writer.release().doing(|| format!("complete \"{}\"", path.display()))?;
        let create = |source| VideoError::Create { path: path.clone(), source };
        self.file.as_file().sync_all().map_err(create)?;
        if let Err(found) = verify(self.file.path(), self.written) {
            return Err(match free_bytes(self.file.path()) {
                Some(free) if free < RESERVE => VideoError::DiskFull { path, free },
                _ => VideoError::Incomplete { path, written: self.written, found },
            });
        }
        self.file.persist(&self.path).map_err(create)?;
        Ok(())
    }
}

impl Sink for VideoSink {
    fn name(&self) -> String {
        format!("video {}", self.path.display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        Ok(self.add(scene)?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok((*self).complete()?)
    }
}

/// Encodes one picture of `size`.
fn encode(writer: &mut VideoWriter, bytes: &[u8], size: FrameSize, path: &Path) -> Result<(), VideoError> {
    Mat::new_rows_cols_with_bytes::<Vec3b>(size.height as i32, size.width as i32, bytes)
        .and_then(|mat| writer.write(&mat))
        .doing(|| format!("encode a frame into \"{}\"", path.display()))
}

const H264: [u8; 4] = *b"avc1";
const MPEG_4: [u8; 4] = *b"mp4v";

/// Codecs by their four letters, the best first, for the container that the file's ending says: what browsers play,
/// else what players do.
fn codecs_of(path: &Path) -> Option<&'static [[u8; 4]]> {
    const MODERN: &[[u8; 4]] = &[H264, MPEG_4];
    const OLD: &[[u8; 4]] = &[*b"XVID"];
    let ending = path.extension()?;
    [("mp4", MODERN), ("m4v", MODERN), ("mov", MODERN), ("mkv", MODERN), ("avi", OLD)]
        .into_iter()
        .find_map(|(known, codecs)| ending.eq_ignore_ascii_case(known).then_some(codecs))
}

/// An encoder of this codec, if this machine's OpenCV has one.
fn open(path: &Path, codec: [u8; 4], size: FrameSize, frame_rate: f64) -> Option<VideoWriter> {
    let [a, b, c, d] = codec.map(char::from);
    let fourcc = VideoWriter::fourcc(a, b, c, d).ok()?;
    let frame = Size::new(size.width as i32, size.height as i32);
    let writer = VideoWriter::new_with_backend(path, CAP_FFMPEG, fourcc, frame_rate, frame, true).ok()?;
    writer.is_opened().unwrap_or(false).then_some(writer)
}

/// An empty hidden file beside `path`, for this user alone: it shows people.
fn temporary(path: &Path) -> Result<ScratchFile, VideoError> {
    let create = |source| VideoError::Create { path: path.to_owned(), source };
    if path.is_dir() {
        return Err(create(std::io::ErrorKind::IsADirectory.into()));
    }
    let absolute = std::path::absolute(path).map_err(create)?;
    ScratchFile::beside(&absolute, true, Privacy::Private).map_err(create)
}

/// Bytes that this user may still write to the disk of `path`.
fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Whether the video at `path` is whole, counts `written` frames, and its last one can be decoded.
fn verify(path: &Path, written: u64) -> Result<(), String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let container = Container::examine(&mut file)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| "but its header is missing".to_owned())?;
    if let Some((bytes, promised)) = container.missing {
        return Err(format!("but only {bytes} of {promised} bytes are there"));
    }
    let unreadable = |_| "but it cannot be opened".to_owned();
    let mut capture =
        VideoCapture::from_file_with_params(path, CAP_FFMPEG, &Vector::new()).map_err(unreadable)?;
    if !capture.is_opened().map_err(unreadable)? {
        return Err("but it cannot be opened".to_owned());
    }
    let counted = capture.get(CAP_PROP_FRAME_COUNT).map_err(unreadable)?;
    // Matroska has no count: it is estimated from the duration.
    let tolerance = if container.counts_frames { 0.0 } else { 1.0 };
    if (counted - written as f64).abs() > tolerance {
        return Err(format!("but {counted} are counted in it"));
    }
    let mut last = Mat::default();
    let decoded = capture
        .set(CAP_PROP_POS_FRAMES, (counted.min(written as f64) - 1.0).max(0.0))
        .and_then(|_| capture.read(&mut last));
    match decoded {
        Ok(true) if !last.empty() => Ok(()),
        _ => Err("but its last frame cannot be decoded".to_owned()),
    }
}
