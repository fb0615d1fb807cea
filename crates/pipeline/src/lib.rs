//! Stages as threads joined by bounded channels: the frame, the ports and the run.
//!
//! Knows neither OpenCV nor ONNX: adapters implement [`Source`], [`Detector`], [`Embedder`] and
//! [`Sink`], and a binary hands them to the run.

mod frame;
mod port;

pub use frame::{Frame, Image, ImageError, Pixels, Scene};
pub use port::{BoxError, Detector, Embedder, Kind, Sink, Source, SourceInfo};
