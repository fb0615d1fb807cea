//! What is measured, and how.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use footfall_vision::DeviceRequest;

use crate::cards::Precision;

/// Measure the networks on a device
///
/// Calls a second, how long one takes (median, 90% and 99%), what each network ran on by ONNX Runtime's
/// own profile, and the share of what the device could do at most: of a CPU one thread's rate in a large
/// product of matrices, measured; of a known GPU its maker's figure.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Which network.
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// Which network is measured.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// The re-identification network: crops a second against crops in a run
    Embed(EmbedArgs),
    /// The person detector: pictures a second
    Detect(DetectArgs),
}

/// `bench embed`.
#[derive(Debug, Args)]
pub struct EmbedArgs {
    /// Re-identification network in ONNX [default: the one in `footfall`]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub embedder: Option<PathBuf>,

    /// Crops in a run; may be repeated
    #[arg(long = "batch", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024),
        default_values_t = [1, 2, 4, 8, 16, 32, 64])]
    pub batches: Vec<u16>,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its own type says it")]
    pub common: CommonArgs,
}

/// `bench detect`.
#[derive(Debug, Args)]
pub struct DetectArgs {
    /// Person detector in ONNX [default: `NanoDet-g` from scripts/setup, int8 on a CPU]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub detector: Option<PathBuf>,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its own type says it")]
    pub common: CommonArgs,
}

/// What both have.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// What it runs on: cpu, cuda or cuda:N, tensorrt or tensorrt:N, coreml (on macOS), auto
    #[arg(long, value_name = "DEVICE", default_value_t)]
    pub device: DeviceRequest,

    /// The same network in float, which the CPU runs for comparison [default: the file itself]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub reference: Option<PathBuf>,

    /// Pictures that are gone over in turns, as binary PPM; may be repeated [default: one of waves, 1920x1080]
    #[arg(long = "picture", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub pictures: Vec<PathBuf>,

    /// What the file computes in, which decides what a GPU could do at most
    #[arg(long, value_enum, default_value_t)]
    pub precision: Precision,

    /// What the device could do at most, in 10^12 operations a second, where it is not known
    #[arg(long, value_name = "TFLOPS")]
    pub peak: Option<f64>,

    /// Seconds for each row
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    pub seconds: f64,

    /// The ONNX Runtime library [default: the one from scripts/setup or scripts/setup-gpu]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub runtime: Option<PathBuf>,

    /// The result as JSON; `-` is stdout, in place of the table
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub json: Option<PathBuf>,
}
