//! OpenCV: cameras, files and streams in; the annotated video out.
//!
//! The only crate that knows OpenCV. [`open_source`] gives the pipeline's [`Source`] for whatever a
//! user names; [`VideoSink`] is its [`Sink`] for an annotated video, [`Overlay`] the drawing alone. With
//! the feature `preview`, `PreviewSink` shows it in a window. [`decode_picture`] and [`encode_jpeg`] are
//! for single pictures.
//!
//! OpenCV's own log is silenced by [`quiet`]. FFmpeg's log inside OpenCV can only be set by the
//! environment, before the first video is opened: [`FFMPEG_LOG_VARIABLE`].
//!
//! [`Source`]: footfall_pipeline::Source
//! [`Sink`]: footfall_pipeline::Sink

// OpenCV counts pixels in i32, and so does every picture that it decodes.
#![allow(clippy::cast_possible_wrap)]

mod error;
mod jpeg;
mod orientation;
mod overlay;
mod picture;
#[cfg(feature = "preview")]
mod preview;
mod source;
mod still;
mod version;
mod writer;

pub use error::VideoError;
pub use jpeg::{jpeg, jpeg_of_part};
pub use overlay::{Overlay, OverlayConfig, draw_boxes};
pub use picture::FrameSize;
#[cfg(feature = "preview")]
pub use preview::PreviewSink;
pub use source::{
    Address, Inquiry, SourceOptions, Transport, await_source, listens, local_file, may_come_later,
    open_lasting, open_source, part_login,
};
pub use still::{decode_picture, encode_jpeg};
pub use version::{Versions, versions};
pub use writer::VideoSink;

/// The environment variable, and the value that keeps FFmpeg's messages off the terminal.
///
/// OpenCV reads it once, when it first uses FFmpeg; a binary that wants silence sets it for itself
/// before it starts (this crate's errors say what went wrong without them).
pub const FFMPEG_LOG_VARIABLE: (&str, &str) = ("OPENCV_FFMPEG_LOGLEVEL", "-8");

/// Keeps OpenCV's own messages off the terminal, unless `OPENCV_LOG_LEVEL` asks for them.
pub fn quiet() {
    if std::env::var_os("OPENCV_LOG_LEVEL").is_none() {
        // Only fails where OpenCV was built without its log, which is silence too.
        let _ = opencv::core::set_log_level(opencv::core::LogLevel::LOG_LEVEL_SILENT);
    }
}
