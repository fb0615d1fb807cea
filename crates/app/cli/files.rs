//! `footfall track` and `footfall count`: stages by themselves, over files.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use footfall_count::{Anchor, Line};
use footfall_track::Preset;

use super::{AreaArgs, positive, size};

/// Track detections from a file, without networks
///
/// Reads MOT text (frame,-1,x,y,w,h,score; also separated by spaces, tabs or semicolons) or JSON lines with
/// embeddings, a frame a line:
/// `{"frame":1,"time":0.0,"detections":[{"bbox":[x,y,w,h],"confidence":0.9,"embedding":[...]}]}`; also
/// COCO results and annotations, folders of YOLO labels, supervision's CSV, CVAT's XML and Label Studio's JSON,
/// which it recognises by their content.
#[derive(Debug, Args)]
#[command(after_long_help = TRACK_HELP)]
pub(crate) struct TrackArgs {
    /// The detections; `-` is stdin
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) detections: PathBuf,

    /// Frames a second, where the file has no times [default: 30]
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(crate) fps: Option<f64>,

    /// Detections were made in every Nth frame, from the file's first one on; 1 is every frame
    /// [default: for MOT text, what the numbers of its frames show]
    #[arg(long, value_name = "N", conflicts_with = "missing", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) stride: Option<u64>,

    /// Whether frames that the file leaves out were skipped by the detector, or had nobody in them
    /// [default: skipped for JSON lines; for MOT text empty, except those that a stride skips]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) missing: Option<MissingFrames>,

    /// The tracker: deepsort as published, or best with what was found since then [default: best]
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<Preset>,

    /// After the last frame, join tracks of one person and fill gaps
    #[arg(long)]
    pub(crate) offline: bool,

    /// Count over this line; may be repeated. See `footfall run --help`
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    /// Which point of a person crosses lines: feet, centre (for cameras from straight above) or head
    /// [default: as in the configuration, else feet]
    #[arg(long, value_name = "NAME")]
    pub(crate) anchor: Option<Anchor>,

    #[command(flatten)]
    pub(crate) areas: AreaArgs,

    /// Size of the picture in pixels, if lines, zones, masks or detections are relative to it
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub(crate) size: Option<(usize, usize)>,

    /// Settings in TOML; `tracker`, `counter`, `line`, `zone` and `mask` are used
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Tracks as MOT text, or as JSON lines in a file called .jsonl; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tracks: PathBuf,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: Option<PathBuf>,

    /// Counts of each line with their ranges, as JSON
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ranges: Option<PathBuf>,

    /// How many times as large pictures were for the detector, as 0.54: ranges then know whether people were too small
    #[arg(long, value_name = "SHARE", value_parser = super::positive)]
    pub(crate) input_scale: Option<f64>,
}

/// What the frames are that a file leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MissingFrames {
    /// The detector skipped them: whether somebody was in them is not known
    Skipped,
    /// Nobody was in them
    Empty,
}

const TRACK_HELP: &str = "\
Frames that the file leaves out. A frame that the detector skipped says nothing. In a frame that it looked at
and found empty, whoever was there before is lost. JSON lines of `footfall run --detections` have a line for
each frame that was looked at, so the others were skipped. MOT text has no line for either. If all its frames
are a whole number of steps of two or more frames apart, the frames between the steps count as skipped, and
Footfall says so; otherwise they count as empty. --stride and --missing set it explicitly.

Confidences are from 0 to 1. In MOT text whose scores are all -1 or 0, each detection counts as certain;
scores up to 100 count as percent, and others outside 0 to 1 as margins s, by 1 / (1 + exp(-s)).
Footfall says what it did. Columns after the tenth are an embedding, if all rows have the same number.

From a pipe or stdin, frames are tracked as they come, and --tracks - writes each as soon as it is decided: MOT
text when the next frame begins, JSON lines at once. Frame numbers must then rise, the scale of the scores is
that of the first frame, and frames that are left out count as empty.

JSON lines of tracks (--tracks FILE.jsonl) have a line a box: frame, time, id, bbox, confidence, zones (those
that the person stands in) and crossed (the lines that they crossed, with direction and frame).

Other programs' files: if there are several classes, those called person or pedestrian are taken (class 0 of
YOLO and supervision, category 1 of COCO results). Frame numbers are those that the names of files and pictures
end with. CVAT and Label Studio interpolate between the frames in which somebody has drawn; so does Footfall.";

/// Count tracks from a file over lines, without networks or a tracker
///
/// Reads MOT text (frame,id,x,y,w,h,confidence,...; also separated by spaces, tabs or semicolons) of any
/// tracker. An id is one person: at most once in a frame, and 1 or above.
#[derive(Debug, Args)]
pub(crate) struct CountArgs {
    /// The tracks; `-` is stdin
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) tracks: PathBuf,

    /// Frames a second
    #[arg(long, value_name = "N", value_parser = positive, default_value_t = 30.0)]
    pub(crate) fps: f64,

    /// Count over this line; may be repeated. See `footfall run --help`
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    /// Which point of a person crosses lines: feet, centre (for cameras from straight above) or head
    /// [default: as in the configuration, else feet]
    #[arg(long, value_name = "NAME")]
    pub(crate) anchor: Option<Anchor>,

    /// Size of the picture in pixels, if lines are in percent
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub(crate) size: Option<(usize, usize)>,

    /// Settings in TOML; `counter`, `line` and `zone` are used
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: PathBuf,

    /// Who came in together, as JSON lines: a group a line, whoever came alone is one; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) groups: Option<PathBuf>,
}
