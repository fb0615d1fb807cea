//! What can go wrong between OpenCV and the pipeline.

use std::io;
use std::path::PathBuf;

use footfall_pipeline::ImageError;
use footfall_private::shown;

use crate::{FrameSize, Inquiry};

/// Why a source cannot be read or a video cannot be written. Addresses in it have no password.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// An option has a value that means nothing.
    #[error("source option {key} = {value}: expected {expected}")]
    Option {
        /// The option's name.
        key: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// The system does not give us the file or folder.
    #[error(
        "cannot open \"{}\": expected a video file, a folder of pictures, a camera number or an \
         rtsp:// or http:// address", shown(path.as_os_str())
    )]
    Open {
        /// What was asked for.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// An address names a variable that the environment lacks.
    #[error("the address asks for ${{{name}}}, and the environment has no such text")]
    Variable {
        /// Its name.
        name: String,
    },
    /// The file with user and password cannot be read.
    #[error("cannot read user and password from \"{}\" (login_file)", path.display())]
    Login {
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file with user and password has something else in it.
    #[error("\"{}\" (login_file) does not hold user:password in its first line", path.display())]
    NoLogin {
        /// Which file.
        path: PathBuf,
    },
    /// There is nothing in the file.
    #[error("\"{}\" is an empty file: was its copy or download completed?", path.display())]
    EmptyFile {
        /// Which file.
        path: PathBuf,
    },
    /// FFmpeg finds no video in the file.
    #[error(
        "\"{}\" is not a video that FFmpeg can read: it is of another kind, damaged at its start, \
         or (mp4) its recording was never completed", path.display()
    )]
    NotVideo {
        /// Which file.
        path: PathBuf,
    },
    /// A file has sound and no video.
    #[error("\"{}\" has sound in it and no video: at most a cover picture", path.display())]
    SoundOnly {
        /// Which file.
        path: PathBuf,
    },
    /// The system has no place for a small file of our own.
    #[error("no place for a temporary file (TMPDIR names a folder for them)")]
    Temporary {
        /// The system's reason.
        source: io::Error,
    },
    /// There is a video stream, but no picture comes out of it.
    #[error("{name} was opened, but not one frame of it can be decoded")]
    NoFrame {
        /// The source.
        name: String,
    },
    /// A folder has no pictures.
    #[error(
        "folder \"{}\" has no pictures (.jpg, .jpeg, .png, .bmp, .webp), and neither has a folder \
         img1 in it", path.display()
    )]
    NoPictures {
        /// Which folder.
        path: PathBuf,
    },
    /// A picture cannot be read from disk.
    #[error("cannot read picture \"{}\" (frame {frame})", path.display())]
    ReadPicture {
        /// Which picture.
        path: PathBuf,
        /// Its number in the folder, from 1.
        frame: u64,
        /// The system's reason.
        source: io::Error,
    },
    /// A picture cannot be decoded.
    #[error(
        "picture \"{}\" (frame {frame}) cannot be decoded: it is no picture, or it breaks off; remove or replace it",
        path.display()
    )]
    DecodePicture {
        /// Which picture.
        path: PathBuf,
        /// Its number in the folder, from 1.
        frame: u64,
    },
    /// Bytes that are no picture.
    #[error("{name} cannot be decoded: it is no picture, or it breaks off; remove or replace it")]
    Undecodable {
        /// The file.
        name: String,
    },
    /// No camera answers.
    #[error(
        "{name} cannot be opened: is it plugged in, free, and may this user read it? \
         `ls -l /dev/video*` lists the cameras"
    )]
    NoCamera {
        /// Which camera.
        name: String,
    },
    /// A stream cannot be opened.
    #[error("cannot open stream {name}: {inquiry}")]
    NoStream {
        /// Its address.
        name: String,
        /// What whoever is there says.
        inquiry: Inquiry,
    },
    /// A live source stopped giving frames.
    #[error("{name} broke off after frame {frames}, {seconds:.1} s after its start")]
    BrokenOff {
        /// The source.
        name: String,
        /// How many frames came.
        frames: u64,
        /// For how long they came, in seconds.
        seconds: f64,
    },
    /// A live source is there, but sends nothing.
    #[error("{name} has sent nothing for {seconds:.1} s")]
    Stalled {
        /// The source.
        name: String,
        /// How long we waited, in seconds.
        seconds: f64,
    },
    /// What was a live source is named by a file now.
    #[error("\"{}\" is a file or a folder, where a live source was", path.display())]
    NotLive {
        /// What is named.
        path: PathBuf,
    },
    /// A recording has fewer bytes than its own header says.
    #[error(
        "\"{}\" is cut short: {bytes} of {promised} bytes are there. {frames} frames could be read{}; \
         copy or download it again for the rest", path.display(), of(*expected)
    )]
    CutShort {
        /// Which file.
        path: PathBuf,
        /// How many frames could be read.
        frames: u64,
        /// How many the container says there are.
        expected: Option<u64>,
        /// The file's size.
        bytes: u64,
        /// The size that its header implies, at least.
        promised: u64,
    },
    /// Of a recording that seemed complete, many frames are missing at its end.
    #[error("\"{}\" is damaged, or broke off: only {frames} of its {expected} frames came", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// How many frames could be read.
        frames: u64,
        /// How many the container says there are.
        expected: u64,
    },
    /// A frame has another size than those before.
    #[error(
        "frame {frame} of {name} is {size} pixels, but those before it are \
         {expected}: every frame must have the same size"
    )]
    SizeChanged {
        /// The source; for a folder, the picture.
        name: String,
        /// The frame's number, from 1.
        frame: u64,
        /// Its size.
        size: FrameSize,
        /// The size so far.
        expected: FrameSize,
    },
    /// A frame is too small to see anyone in it.
    #[error("frame {frame} of {name} is {size} pixels: at least {smallest}x{smallest} are needed")]
    TooSmall {
        /// The source; for a folder, the picture.
        name: String,
        /// The frame's number, from 1.
        frame: u64,
        /// Its size.
        size: FrameSize,
        /// The least width and height.
        smallest: usize,
    },
    /// Decoded pixels are of no kind that can become BGR.
    #[error(
        "frame {frame} of {name} has pixels of {channels} channels ({kind}); 8-bit grey, BGR or BGRA is read"
    )]
    PixelKind {
        /// The source.
        name: String,
        /// The frame's number, from 1.
        frame: u64,
        /// Values a pixel.
        channels: i32,
        /// OpenCV's name of the type.
        kind: String,
    },
    /// Decoded bytes are no picture.
    #[error("frame {frame} of {name} cannot be used")]
    Image {
        /// The source.
        name: String,
        /// The frame's number, from 1.
        frame: u64,
        /// Why.
        source: ImageError,
    },
    /// OpenCV itself failed.
    #[error("OpenCV failed to {action}")]
    OpenCv {
        /// What it was asked to do, and on what.
        action: String,
        /// Its reason.
        source: opencv::Error,
    },
    /// The video's file name has no ending that says a container we write.
    #[error(
        "cannot write a video to \"{}\": its name must end in .mp4, .m4v, .mov, .mkv or .avi",
        path.display()
    )]
    UnknownContainer {
        /// The output.
        path: PathBuf,
    },
    /// The output's folder does not let us write.
    #[error("cannot write video \"{}\": does its folder exist, and may this user write there?", path.display())]
    Create {
        /// The output.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// This OpenCV cannot encode the video.
    #[error(
        "cannot encode \"{}\" as {codec}, {size} at {frame_rate} frames a second: this \
         OpenCV's FFmpeg has no such encoder, or it refuses the size", path.display()
    )]
    NoEncoder {
        /// The output.
        path: PathBuf,
        /// The codec's four-letter code.
        codec: String,
        /// The frames' size.
        size: FrameSize,
        /// Frames a second.
        frame_rate: f64,
    },
    /// There is no room for the video.
    #[error(
        "no room for video \"{}\": {free} bytes are left on its disk. Make room there, or name another \
         folder", path.display()
    )]
    DiskFull {
        /// The output.
        path: PathBuf,
        /// Bytes left for this user.
        free: u64,
    },
    /// What was written does not read back.
    #[error(
        "video \"{}\" was not written completely: {written} frames went in, {found}. The disk may be \
         full or failing; nothing was kept", path.display()
    )]
    Incomplete {
        /// The output.
        path: PathBuf,
        /// How many frames were encoded.
        written: u64,
        /// What reading back found.
        found: String,
    },
    /// The font that is part of this crate cannot be read.
    #[error("the overlay's font cannot be read")]
    Font {
        /// Why.
        source: ab_glyph::InvalidFont,
    },
    /// There is no screen to show a window on.
    #[error("a preview window needs a display, but neither DISPLAY nor WAYLAND_DISPLAY is set")]
    NoDisplay,
    /// The run ended before the first frame.
    #[error("video \"{}\" was not written: there was no frame", path.display())]
    NoScene {
        /// The output.
        path: PathBuf,
    },
    /// A scene's frame has another size than the video.
    #[error(
        "frame {frame} is {size} pixels, but video \"{}\" is {expected}",
        path.display()
    )]
    OutputSize {
        /// The output.
        path: PathBuf,
        /// The frame's number, from 1.
        frame: u64,
        /// Its size.
        size: FrameSize,
        /// The video's size.
        expected: FrameSize,
    },
}

/// Names what OpenCV was doing when it failed.
pub(crate) trait Doing<T> {
    fn doing(self, action: impl FnOnce() -> String) -> Result<T, VideoError>;
}

impl<T> Doing<T> for opencv::Result<T> {
    fn doing(self, action: impl FnOnce() -> String) -> Result<T, VideoError> {
        self.map_err(|source| VideoError::OpenCv { action: action(), source })
    }
}

fn of(expected: Option<u64>) -> String {
    expected.map_or_else(String::new, |expected| format!(" of about {expected}"))
}
