//! Stages as threads joined by bounded channels: the frame, the ports and the run.
//!
//! Knows neither OpenCV nor ONNX: adapters implement [`Source`], [`Detector`], [`Embedder`] and
//! [`Sink`], and a binary hands them to the run.

mod error;
mod feed;
mod frame;
mod gather;
mod lane;
pub mod live;
mod look;
mod note;
mod pool;
mod port;
mod run;
mod stage;
mod start;
mod stop;
mod summary;
mod threads;

pub use error::RunError;
pub use feed::{Change, Feed, Hub, Phase, Status, Trouble};
pub use frame::{Frame, Image, ImageError, Pixels, Scene};
pub use gather::Gather;
pub use lane::{Lane, Opener, Parts};
pub use look::{BEHIND, Found, Look, Sight, Sighting, Window, Windows};
pub use note::Note;
pub use pool::WhenBusy;
pub use port::{Admission, BoxError, Detector, Embedder, Inspector, Item, Kind, Sink, Source, SourceInfo};
pub use run::{LaneOutcome, Options, Outcome, Pipeline};
pub use stop::Stop;
pub use summary::{Ended, StageSummary, Summary, Work};
