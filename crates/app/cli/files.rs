//! `footfall track` and `footfall count`: stages by themselves, over files.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use footfall_count::Line;
use footfall_track::Preset;

use super::{AreaArgs, positive, size};

/// Track detections from a file: association alone
///
/// Reads MOT text (frame,-1,x,y,w,h,score) or JSON lines with embeddings, a frame a line:
/// `{"frame":1,"time":0.0,"detections":[{"bbox":[x,y,w,h],"confidence":0.9,"embedding":[...]}]}`
#[derive(Debug, Args)]
pub(crate) struct TrackArgs {
    /// The detections; `-` is stdin (JSON lines)
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) detections: PathBuf,

    /// Frames a second: what a frame's number means in time, where the file says nothing [default: 30]
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(crate) fps: Option<f64>,

    /// How people are associated: deepsort as published, or what was found since then [default: best]
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<Preset>,

    /// Once all is read, join tracks of one person and fill gaps
    #[arg(long)]
    pub(crate) offline: bool,

    /// Count over this line; may be repeated. See `footfall run --help`
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    #[command(flatten)]
    pub(crate) areas: AreaArgs,

    /// Size of the picture in pixels, where lines, zones or masks are in percent of it
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub(crate) size: Option<(usize, usize)>,

    /// Settings in TOML: its `tracker`, `counter`, `line`, `zone` and `mask` parts
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Tracks as MOT text; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tracks: PathBuf,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: Option<PathBuf>,
}

/// Count tracks from a file over lines: counting alone
///
/// Reads MOT text (frame,id,x,y,w,h,confidence,...) of any tracker.
#[derive(Debug, Args)]
pub(crate) struct CountArgs {
    /// The tracks; `-` is stdin
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) tracks: PathBuf,

    /// Frames a second: what a frame's number means in time
    #[arg(long, value_name = "N", value_parser = positive, default_value_t = 30.0)]
    pub(crate) fps: f64,

    /// Count over this line; may be repeated. See `footfall run --help`
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    /// Size of the picture in pixels, where lines are in percent of it
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub(crate) size: Option<(usize, usize)>,

    /// Settings in TOML: its `counter`, `line` and `zone` parts
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: PathBuf,
}
