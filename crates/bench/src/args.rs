//! What is measured, and how.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use footfall_vision::DeviceRequest;

use crate::cameras::CamerasArgs;
use crate::cards::Precision;

/// Measure the networks on a device
///
/// Calls a second, how long one takes (median, 90% and 99%), what each network ran on by ONNX Runtime's
/// own profile, and the least time that a run could take: its operations at the device's rate, or its bytes at
/// the bandwidth of its memory, whichever is longer. These limits are measured on a CPU, on one thread, and the
/// maker's figures of a known GPU.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// What is measured.
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// What is measured.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// The re-identification network: crops a second against crops in a run
    Embed(EmbedArgs),
    /// The person detector: pictures a second
    Detect(DetectArgs),
    /// Cameras that the device carries, and how late their scenes are
    ///
    /// Runs the whole pipeline over live cameras that are made up: frames put together beforehand from pictures,
    /// with people who sway. The detector's network runs on every frame, but its boxes are replaced by the known
    /// ones of the scene, so that exactly as many people as wanted are embedded and tracked. Cameras keep their
    /// rate whatever becomes of their frames, and are not in step. A number of them is carried where few frames
    /// are dropped and they are processed at 95% of the cameras' rate or more; the largest one is searched for by
    /// doubling, then bisecting.
    Cameras(CamerasArgs),
    /// Results that --json wrote, side by side as Markdown
    Summary(SummaryArgs),
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

/// `bench summary`.
#[derive(Debug, Args)]
pub struct SummaryArgs {
    /// Files that --json wrote, of any of the measurements
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub results: Vec<PathBuf>,
}

/// What measurements of one network have.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// The same network in float, which the CPU runs for comparison [default: the file itself]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub reference: Option<PathBuf>,

    /// Seconds for each row
    #[arg(long, value_name = "N", default_value_t = 2.0, value_parser = seconds)]
    pub seconds: f64,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its own type says it")]
    pub limits: LimitArgs,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its own type says it")]
    pub host: HostArgs,
}

/// What the device can do at most.
#[derive(Debug, Args)]
pub struct LimitArgs {
    /// What the file computes in, which decides what a GPU could do at most
    #[arg(long, value_enum, default_value_t)]
    pub precision: Precision,

    /// What the device could compute at most, in 10^12 operations a second, where it is not known
    #[arg(long, value_name = "TFLOPS", value_parser = positive)]
    pub peak: Option<f64>,

    /// What the device could read and write at most, in 10^9 bytes a second, where it is not known
    #[arg(long, value_name = "GB/s", value_parser = positive)]
    pub bandwidth: Option<f64>,
}

/// What all measurements have.
#[derive(Debug, Args)]
pub struct HostArgs {
    /// What it runs on: cpu, cuda or cuda:N, tensorrt or tensorrt:N, coreml (on macOS), auto
    #[arg(long, value_name = "DEVICE", default_value_t)]
    pub device: DeviceRequest,

    /// Pictures that are gone over in turns, as binary PPM; may be repeated [default: one of waves, 1920x1080]
    #[arg(long = "picture", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub pictures: Vec<PathBuf>,

    /// The ONNX Runtime library [default: the one from scripts/setup or scripts/setup-gpu]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub runtime: Option<PathBuf>,

    /// The result as JSON; `-` is stdout, in place of the table
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub json: Option<PathBuf>,
}

/// A number above 0.
fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "expected a number above 0".to_owned())
}

/// Seconds up to an hour.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=3600.0).contains(number));
    number.ok_or_else(|| "expected seconds from 0 to 3600".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{positive, seconds};

    #[test]
    fn numbers_that_mean_nothing_are_refused() {
        for text in ["0", "-1", "nan", "inf", "x", ""] {
            assert!(positive(text).is_err(), "{text}");
        }
        assert_eq!(positive("0.5"), Ok(0.5));
        for text in ["-1", "nan", "inf", "3601"] {
            assert!(seconds(text).is_err(), "{text}");
        }
        assert_eq!(seconds("0"), Ok(0.0));
    }
}
