//! `footfall harvest`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use footfall_harvest::{Config as HarvestConfig, CropSize};

use super::NetworkArgs;

/// Turn footage into a training set: a folder of crops for each track
///
/// Few, sharp and different crops of each confirmed track, under names like Market-1501's
/// (`0002/0002_c1s1_000451_00.jpg`), with `manifest.json` and `crops.csv`, which say of every sighting
/// what became of it and why. The folder appears when it is complete.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct HarvestArgs {
    /// A video file, a folder of pictures, a camera's number, or an rtsp:// or http:// address
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) source: OsString,

    /// The folder to make; nothing is overwritten
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,

    #[command(flatten)]
    pub(crate) crops: CropArgs,

    /// Settings in TOML, as for `footfall run`; options on the command line override them
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// End after this many frames were read
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_frames: Option<u64>,

    #[command(flatten)]
    pub(crate) networks: NetworkArgs,
}

/// What is wanted of crops.
#[derive(Debug, Args)]
#[command(next_help_heading = "Crops")]
pub(crate) struct CropArgs {
    /// The camera's number in file names: give each camera its own
    #[arg(long, value_name = "N", default_value_t = HarvestConfig::default().camera)]
    pub(crate) camera: u32,

    /// `HEIGHTxWIDTH`, or native
    #[arg(long, value_name = "SIZE", default_value_t = HarvestConfig::default().size)]
    pub(crate) size: CropSize,

    /// Seconds between two crops of a track, at least; the sharpest within is taken
    #[arg(long, value_name = "SECONDS", default_value_t = HarvestConfig::default().every.as_secs_f64(), value_parser = seconds)]
    pub(crate) every: f64,

    /// At most so many crops of a track, spread over all of it
    #[arg(long, value_name = "N", default_value_t = HarvestConfig::default().max_per_track)]
    pub(crate) max_per_track: usize,

    /// Leave out tracks with fewer crops
    #[arg(long, value_name = "N", default_value_t = HarvestConfig::default().min_per_track)]
    pub(crate) min_per_track: usize,

    /// The detector's score, 0 to 1, at least
    #[arg(long, value_name = "SCORE", default_value_t = HarvestConfig::default().min_confidence)]
    pub(crate) min_confidence: f32,

    /// The person's height in pixels, at least
    #[arg(long, value_name = "PIXELS", default_value_t = HarvestConfig::default().min_height)]
    pub(crate) min_height: f64,

    /// The share of the box under another person's, 0 to 1, at most
    #[arg(long, value_name = "SHARE", default_value_t = HarvestConfig::default().max_overlap)]
    pub(crate) max_overlap: f64,

    /// Pixels between the box and the picture's border, at least
    #[arg(long, value_name = "PIXELS", default_value_t = HarvestConfig::default().border)]
    pub(crate) border: f64,

    /// Variance of the Laplacian at 128x64, at least: less is blur
    #[arg(long, value_name = "VARIANCE", default_value_t = HarvestConfig::default().min_sharpness)]
    pub(crate) min_sharpness: f64,

    /// How much a crop differs from each other one of its track, at least: 1 minus their correlation
    #[arg(long, value_name = "DIFFERENCE", default_value_t = HarvestConfig::default().min_difference)]
    pub(crate) min_difference: f64,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= 86_400.0 => Ok(number),
        _ => Err("expected seconds, above 0".into()),
    }
}

const HELP: &str = "\
A sighting is left out where its score is low, the person is small, cut by the border, under another's
box, or blurred; where a sharper one is from about the same time; or where it looks like one that was
kept. The rest is spread over the whole track.

Examples:
  footfall harvest shop.mp4 --output crops --camera 2
  footfall reid eval crops                     # how well the network tells these people apart

Training on it: scripts/train/README.md.

Exit status: 0 done, 1 failed (what was processed is in the folder), 2 wrong usage or configuration.";
