//! What can go wrong with a runtime library, a model file or a device.

use std::io;
use std::path::PathBuf;

use crate::{Device, DeviceFault, Size};

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no runtime library in any of the places.
    #[error("ONNX Runtime was not found; looked for {places}; run scripts/setup to fetch it")]
    NoRuntime {
        /// Where it was looked for.
        places: String,
    },
    /// The file is there, but is no library that can be used.
    #[error(
        "{} ({origin}) cannot be used as ONNX Runtime; run scripts/setup to fetch one that can, \
         or set FOOTFALL_ONNXRUNTIME to another",
        path.display()
    )]
    Runtime {
        /// The library.
        path: PathBuf,
        /// Who named it.
        origin: &'static str,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A process can load the runtime library once.
    #[error(
        "ONNX Runtime is already loaded from {}; {} cannot be loaded beside it",
        loaded.display(), wanted.display()
    )]
    SecondRuntime {
        /// The library that is in use.
        loaded: PathBuf,
        /// The library that was asked for.
        wanted: PathBuf,
    },
    /// The device cannot be had.
    #[error("{device} cannot be used")]
    Device {
        /// The device that was asked for.
        device: Device,
        /// What is wrong, and what to do.
        source: DeviceFault,
    },
    /// The model file cannot be read.
    #[error("cannot read the model {}; run scripts/setup for the models that come with Footfall", path.display())]
    ModelFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// ONNX Runtime cannot make a session of the file.
    #[error("{} is no ONNX model that this ONNX Runtime can load; fetch or export it again", path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// What ONNX Runtime says.
        source: ort::Error,
    },
    /// The file is an ONNX model, but not one that can be used for this.
    #[error("{} cannot be used", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: ModelFault,
    },
    /// The file beside a network cannot be read or understood.
    #[error("{}: {reason}", path.display())]
    Beside {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A configured value that means nothing.
    #[error("{key} is {value}; expected {expected}")]
    Setting {
        /// The configuration's key.
        key: &'static str,
        /// The value.
        value: f64,
        /// What would be understood.
        expected: &'static str,
    },
    /// The configured input size does not fit the network.
    #[error("{} takes no input of {wanted}: {reason}", path.display())]
    InputSize {
        /// The model file.
        path: PathBuf,
        /// The size that was asked for.
        wanted: Size,
        /// Why not.
        reason: String,
    },
    /// The network did not run.
    #[error("running {} on {device} failed", path.display())]
    Run {
        /// The model file.
        path: PathBuf,
        /// Where it ran.
        device: Device,
        /// What ONNX Runtime says.
        source: ort::Error,
    },
    /// ONNX Runtime's profile of a run could not be had.
    #[error("no profile of {} could be had; set TMPDIR to a folder that can be written to", path.display())]
    Profile {
        /// The model file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The picture could not be resized.
    #[error("cannot resize a picture of {width}x{height} pixels")]
    Resize {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// What the resizer says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Why an ONNX model cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFault {
    /// A value that is stated about it cannot be understood.
    #[error("{says} = {value:?}; expected {expected}")]
    Statement {
        /// Who states which key.
        says: String,
        /// The value.
        value: String,
        /// What would be understood.
        expected: &'static str,
    },
    /// A detector where an embedder belongs, or the other way round.
    #[error("it is made to {found}, and one that can {wanted} is needed here")]
    Task {
        /// The task that is needed.
        wanted: &'static str,
        /// The task that its metadata names.
        found: &'static str,
    },
    /// No detector family knows such a model.
    #[error("it is of no known detector family ({known}); it has {found}; {hint}")]
    Family {
        /// The families that are known.
        known: String,
        /// The model's inputs and outputs.
        found: String,
        /// What to do.
        hint: String,
    },
    /// Something that the file does not tell, and that would change every box if it were guessed wrong.
    #[error(
        "{unknown}; write {key} = {example} in the .toml file beside it, or give it as an option ({key}={example})"
    )]
    Ask {
        /// What is not known, and why.
        unknown: String,
        /// The key that says it.
        key: &'static str,
        /// What its value could be.
        example: String,
    },
    /// Its outputs are no numbers.
    #[error(
        "its output {name} is not a number on a trial picture: the file is damaged, or was exported wrongly"
    )]
    NotANumber {
        /// The output's name.
        name: String,
    },
    /// Inputs or outputs are not what is needed.
    #[error("it has {found}; expected {expected}")]
    Ports {
        /// The model's inputs and outputs.
        found: String,
        /// What is needed.
        expected: String,
    },
    /// An output came in another shape than promised.
    #[error("its output {name} has shape {found:?}; expected {expected:?}")]
    Output {
        /// The output's name.
        name: String,
        /// Its shape.
        found: Vec<i64>,
        /// The shape that was expected.
        expected: Vec<i64>,
    },
}
