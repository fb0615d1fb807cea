//! Stages as threads joined by bounded channels: the frame, the ports and the run.
//!
//! Knows neither OpenCV nor ONNX: adapters implement [`Source`], [`Detector`], [`Embedder`] and
//! [`Sink`], and a binary hands them to the run.

mod error;
mod frame;
mod port;
mod queue;
mod run;
mod stage;
mod stop;
mod summary;
mod threads;

pub use error::RunError;
pub use frame::{Frame, Image, ImageError, Pixels, Scene};
pub use port::{BoxError, Detector, Embedder, Kind, Sink, Source, SourceInfo};
pub use queue::WhenBusy;
pub use run::{Options, Outcome, Pipeline};
pub use stop::Stop;
pub use summary::{Ended, StageSummary, Summary};
