//! ONNX Runtime behind two of the pipeline's ports: [`OnnxDetector`] finds people in a picture,
//! [`OnnxEmbedder`] maps their crops to appearance vectors.
//!
//! What to do to the pixels and how to read the outputs comes from the model file itself: from its
//! `footfall.*` metadata, else from the names and shapes of its inputs and outputs and from what it gives for a
//! trial picture. A file beside it or an option overrules both.
//!
//! ```no_run
//! use footfall_vision::{DetectorConfig, EmbedderConfig, OnnxDetector, OnnxEmbedder, Runtime, RuntimeConfig, cache};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = Runtime::load(&RuntimeConfig::default())?;
//! let path = cache::model("nanodet-g-int8.onnx").ok_or("no home folder")?;
//! let detector = OnnxDetector::open(&runtime, &path, &DetectorConfig::default())?;
//! let embedder = OnnxEmbedder::open(&runtime, "models/reid-mobilenet-128.onnx".as_ref(), &EmbedderConfig::default())?;
//! # Ok(())
//! # }
//! ```
//!
//! Each value is one session of its own, so a pool of workers opens one apiece.

pub mod cache;
mod cost;
mod detect;
mod device;
mod embed;
mod error;
mod feed;
mod letterbox;
mod library;
mod metadata;
mod normalise;
mod profile;
mod providers;
mod reading;
mod resample;
mod runtime;
mod session;
mod signature;
mod size;
mod staging;
mod tensor;
#[cfg(test)]
mod testing;
mod times;

pub use cost::{Cost, product_rate};
pub use detect::{DetectorConfig, Inputs, OnnxDetector};
pub use device::{Choice, Device, DeviceFault, DeviceRequest, ParseDeviceError};
pub use embed::{EmbedderConfig, OnnxEmbedder};
pub use error::{Error, ModelFault};
pub use metadata::{ParseStatementError, Statement, beside, counting_distances};
pub use providers::{ProviderReport, ProviderShare};
pub use reading::{Fact, Reading};
pub use runtime::{Runtime, RuntimeConfig};
pub use size::{ParseSizeError, Size};
pub use times::Times;
