//! What can be set about `bench cameras`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueHint, value_parser};
use footfall_pipeline::{Gather, Options};
use footfall_track::Preset;
use footfall_vision::{Device, EmbedderConfig};
use serde::Serialize;

use crate::args::{HostArgs, seconds};

/// `bench cameras`.
#[derive(Debug, Args)]
pub struct CamerasArgs {
    /// Measure this many cameras alone, rather than searching for the largest number
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024), conflicts_with = "at_most")]
    pub cameras: Option<u16>,

    /// Search up to this number
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = value_parser!(u16).range(1..=1024))]
    pub at_most: u16,

    /// Frames a second of each camera
    #[arg(long, value_name = "N", default_value_t = 30.0, value_parser = frame_rate)]
    pub fps: f64,

    /// People in each frame
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u16).range(..=300))]
    pub people: u16,

    /// Width and height of the frames, to which the pictures are resized
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value_t = FrameSize { width: 1920, height: 1080 })]
    pub size: FrameSize,

    /// Seconds for each number of cameras, after a second that does not count
    #[arg(long, value_name = "N", default_value_t = 10.0, value_parser = seconds)]
    pub seconds: f64,

    /// Share of the frames that may be dropped where a number of cameras counts as carried
    #[arg(long, value_name = "SHARE", default_value_t = 0.01, value_parser = share)]
    pub max_dropped: f64,

    /// How people are tracked: deepsort, for which everyone is embedded in every frame, or best, for which
    /// those are of whom something is to be learnt, as in `footfall run` [default: deepsort]
    #[arg(long, value_name = "PRESET")]
    pub preset: Option<Preset>,

    /// Person detector in ONNX [default: `NanoDet-g` from scripts/setup, int8 on a CPU]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub detector: Option<PathBuf>,

    /// Re-identification network in ONNX [default: the one in `footfall`]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub embedder: Option<PathBuf>,

    /// Copies of each network that work side by side, a thread each [default: the number of cores, 2 on a GPU]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,

    /// Crops in one run of the re-identification network, at most [default: 4 on a CPU, 32 on a GPU]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub max_batch: Option<u16>,

    /// Milliseconds that crops wait for those of other frames and cameras, to go together
    /// [default: 0 on a CPU, 3 on a GPU]
    #[arg(long, value_name = "MS", value_parser = wait)]
    pub batch_wait_ms: Option<f64>,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its own type says it")]
    pub host: HostArgs,
}

/// How the networks work side by side: as in `footfall run`, where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Sharing {
    /// Of each network.
    pub(crate) copies: usize,
    pub(crate) max_batch: usize,
    pub(crate) batch_wait_ms: f64,
}

impl CamerasArgs {
    pub(crate) fn preset(&self) -> Preset {
        self.preset.unwrap_or(Preset::DeepSort)
    }

    pub(crate) fn embedder_config(&self) -> EmbedderConfig {
        EmbedderConfig {
            max_batch: self.max_batch.and_then(|crops| NonZeroUsize::new(crops.into())),
            ..EmbedderConfig::default()
        }
    }

    pub(crate) fn sharing(&self, device: Device) -> Sharing {
        Sharing {
            copies: self.threads.map_or_else(|| device.usual_copies(), usize::from),
            max_batch: self.embedder_config().batch(device),
            batch_wait_ms: self.batch_wait_ms.unwrap_or_else(|| 1e3 * device.usual_wait().as_secs_f64()),
        }
    }
}

impl Sharing {
    pub(crate) fn options(self) -> Options {
        let wait = Duration::from_secs_f64(self.batch_wait_ms / 1e3);
        Options { gather: Gather { max_batch: self.max_batch, wait }, ..Options::default() }
    }
}

/// Width and height in pixels, `1920x1080`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the fields say it")]
pub struct FrameSize {
    pub width: usize,
    pub height: usize,
}

impl std::fmt::Display for FrameSize {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}x{}", self.width, self.height)
    }
}

impl FromStr for FrameSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Smaller ones have no room for people, and the frames of larger ones no room in memory.
        let side = |text: &str| text.parse().ok().filter(|side| (64..=8192).contains(side));
        let sides = text.split_once('x').and_then(|(width, height)| side(width).zip(side(height)));
        let size = sides.map(|(width, height)| Self { width, height });
        size.ok_or_else(|| "expected a width and a height from 64 to 8192 pixels, as in 1920x1080".into())
    }
}

fn frame_rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (0.1..=1000.0).contains(rate));
    rate.ok_or_else(|| "expected frames a second from 0.1 to 1000".into())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..1.0).contains(share));
    share.ok_or_else(|| "expected a share from 0 to less than 1, as in 0.01".into())
}

fn wait(text: &str) -> Result<f64, String> {
    let wait = text.parse().ok().filter(|wait| (0.0..=1000.0).contains(wait));
    wait.ok_or_else(|| "expected milliseconds from 0 to 1000".into())
}

#[cfg(test)]
mod tests {
    use super::{FrameSize, frame_rate, share, wait};

    #[test]
    fn what_means_nothing_is_refused() {
        for text in ["", "x", "1920", "1920x", "63x64", "8193x100", "-1x100", "1920X1080", "1e3x100"] {
            assert!(text.parse::<FrameSize>().is_err(), "{text}");
        }
        assert_eq!("64x8192".parse(), Ok(FrameSize { width: 64, height: 8192 }));
        for text in ["0", "-1", "nan", "inf", "", "1001"] {
            assert!(frame_rate(text).is_err(), "{text}");
        }
        for text in ["-0.1", "1", "nan", "1%"] {
            assert!(share(text).is_err(), "{text}");
        }
        for text in ["-1", "1001", "nan"] {
            assert!(wait(text).is_err(), "{text}");
        }
        assert_eq!((frame_rate("29.97"), share("0"), wait("0")), (Ok(29.97), Ok(0.0), Ok(0.0)));
    }
}
