//! `footfall track` and `footfall count`: stages by themselves, over files.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use footfall_count::{Anchor, Line};
use footfall_track::Preset;

use super::{AreaArgs, positive, size};

/// Track detections from a file: association alone
///
/// Reads MOT text (frame,-1,x,y,w,h,score; also parted by spaces, tabs or semicolons) or JSON lines with
/// embeddings, a frame a line:
/// `{"frame":1,"time":0.0,"detections":[{"bbox":[x,y,w,h],"confidence":0.9,"embedding":[...]}]}`; and, told by
/// what is in them, COCO's results and annotations, folders of YOLO labels, supervision's CSV, CVAT's XML and Label
/// Studio's JSON.
#[derive(Debug, Args)]
#[command(after_long_help = TRACK_HELP)]
pub(crate) struct TrackArgs {
    /// The detections; `-` is stdin
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) detections: PathBuf,

    /// Frames a second: what a frame's number means in time, where the file says nothing [default: 30]
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(crate) fps: Option<f64>,

    /// Every how many frames somebody looked, from the file's first one on; 1: at every frame
    /// [default: of MOT text what its frames' numbers show]
    #[arg(long, value_name = "N", conflicts_with = "missing", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) stride: Option<u64>,

    /// What a frame is that the file leaves out: not looked at, or one with nobody in it
    /// [default: skipped in JSON lines; in MOT text empty, but for those that a stride skips]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) missing: Option<MissingFrames>,

    /// How people are associated: deepsort as published, or what was found since then [default: best]
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<Preset>,

    /// Once all is read, join tracks of one person and fill gaps
    #[arg(long)]
    pub(crate) offline: bool,

    /// Count over this line; may be repeated. See `footfall run --help`
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    /// Which point of a person passes lines: feet, centre or head; from above the centre
    /// [default: that of the configuration, else feet]
    #[arg(long, value_name = "NAME")]
    pub(crate) anchor: Option<Anchor>,

    #[command(flatten)]
    pub(crate) areas: AreaArgs,

    /// Size of the picture in pixels, where lines, zones, masks or the detections are in shares of it
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub(crate) size: Option<(usize, usize)>,

    /// Settings in TOML: its `tracker`, `counter`, `line`, `zone` and `mask` parts
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Tracks as MOT text, or as JSON lines in a file called .jsonl; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tracks: PathBuf,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: Option<PathBuf>,
}

/// What frames are that a file leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MissingFrames {
    /// Nobody looked at them: where somebody was in them is not known
    Skipped,
    /// Nobody was in them
    Empty,
}

const TRACK_HELP: &str = "\
Frames that the file leaves out. A frame at which nobody looked tells nothing; in one that was looked at and
is empty, whoever was there is lost. JSON lines of `footfall run --detections` have a line for each frame
that was looked at, so what they leave out was not. MOT text has no line for either. Where all its frames
are a whole number of steps of two frames or more apart, those between the steps were not looked at, which
is said; else all of them were. --stride and --missing say it outright.

Confidences are from 0 to 1. Of MOT text whose scores are all -1 or 0, each detection is taken as certain;
scores up to 100 are taken as percent, and others that leave 0 to 1 as margins s, by 1 / (1 + exp(-s)).
What was done is said. Columns after the tenth are taken as an embedding, where all rows have as many.

From a pipe or stdin frames are tracked as they come, and --tracks - tells of each as soon as it is decided: with MOT
text when the next frame begins, with JSON lines at once. Frames have to rise then, scores are what the first frame's
are, and frames that are left out are taken as without anybody.

JSON lines of tracks (--tracks FILE.jsonl) have a line a box: frame, time, id, bbox, confidence, zones (those that the
person stands in) and crossed (lines that they were found to have passed, with direction and frame).

Other programs' files: of several classes, those called person or pedestrian are taken (class 0 of YOLO and
supervision, category 1 of COCO results); frames are those that files' and pictures' names end with; CVAT and Label
Studio draw straight lines between the frames that somebody has drawn, which is done here too.";

/// Count tracks from a file over lines: counting alone
///
/// Reads MOT text (frame,id,x,y,w,h,confidence,...; also parted by spaces, tabs or semicolons) of any tracker.
/// An id is one person: once in a frame, from 1.
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

    /// Which point of a person passes lines: feet, centre or head; from above the centre
    /// [default: that of the configuration, else feet]
    #[arg(long, value_name = "NAME")]
    pub(crate) anchor: Option<Anchor>,

    /// Size of the picture in pixels, where lines are in percent of it
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub(crate) size: Option<(usize, usize)>,

    /// Settings in TOML: its `counter`, `line` and `zone` parts
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: PathBuf,

    /// Who came in together, as JSON lines: a group a line, whoever came alone is one; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) groups: Option<PathBuf>,
}
