//! `footfall eval`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use footfall_count::Line;
use footfall_eval::{Benchmark, Selection};

use super::positive;

/// Score tracks or crossings against ground truth
#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Mot(MotArgs),
    Crossings(CrossingsArgs),
}

/// Score tracks: HOTA, CLEAR (MOTA) and identity metrics (IDF1)
///
/// Sequences are prepared by the rules of MOTChallenge: zero-marked boxes are left out, and with
/// classes (MOT16, MOT17, MOT20) tracks on distractors are neither right nor wrong. A sequence
/// without a result file is named and left out of the combined scores.
#[derive(Debug, Args)]
#[command(after_long_help = MOT_HELP)]
pub(crate) struct MotArgs {
    /// Ground truth: a folder of SEQUENCE/gt/gt.txt, with SEQUENCE/seqinfo.ini where there is one
    ///
    /// In the place of gt.txt other programs' files will do, with a number for each person: gt.json (COCO, Label
    /// Studio), gt.xml (CVAT), gt.csv (supervision), or a folder labels (YOLO).
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) gt: PathBuf,

    /// Tracks: a folder of SEQUENCE.txt, as `footfall track` writes them
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) tracks: PathBuf,

    /// A second folder of tracks, scored on the same sequences; differences are --tracks minus this
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) compare: Option<PathBuf>,

    /// Score these frames only: A-B, or second-half (N/2 + 2 to N of N frames)
    #[arg(long, value_name = "FRAMES", default_value = "all", hide_default_value = true, value_parser = selection)]
    pub(crate) frames: Selection,

    /// Score this sequence only; may be repeated
    #[arg(long = "sequence", value_name = "NAME")]
    pub(crate) sequences: Vec<String>,

    /// Whose rules to go by
    #[arg(long, value_enum, default_value_t)]
    pub(crate) benchmark: Rules,

    /// Every score as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,

    /// Every score as CSV; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) csv: Option<PathBuf>,
}

/// The rules of a benchmark.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Rules {
    /// By the ground truth: nine columns have classes; MOT20 by the sequence's name
    #[default]
    Auto,
    /// No classes
    Mot15,
    /// MOT16 and MOT17
    Mot17,
    /// MOT20
    Mot20,
}

impl Rules {
    pub(crate) fn benchmark(self) -> Option<Benchmark> {
        match self {
            Self::Auto => None,
            Self::Mot15 => Some(Benchmark::Mot15),
            Self::Mot17 => Some(Benchmark::Mot17),
            Self::Mot20 => Some(Benchmark::Mot20),
        }
    }
}

/// Score crossings: precision, recall, and errors of the counts
///
/// A counted crossing is right where a true one on the same line, in the same direction, is within
/// the tolerance; each true one makes one right at most.
#[derive(Debug, Args)]
#[command(after_long_help = CROSSINGS_HELP)]
pub(crate) struct CrossingsArgs {
    /// True crossings: JSON lines, or one JSON object of sequences with fps, lines and events
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, required_unless_present = "from_gt")]
    pub(crate) gt: Option<PathBuf>,

    /// Derive the true crossings from ground-truth tracks (gt.txt) and --line, by the counter's own
    /// rule; without a file of its own, from --gt
    #[arg(long, value_name = "GT.TXT", num_args = 0..=1, requires = "lines", value_hint = ValueHint::FilePath)]
    #[expect(clippy::option_option, reason = "absent, a flag, or a flag with a value")]
    pub(crate) from_gt: Option<Option<PathBuf>>,

    /// A line for --from-gt; may be repeated. See `footfall run --help`
    #[arg(long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    /// The dead band of --from-gt's rule, in heights of the person
    #[arg(long, value_name = "HEIGHTS", default_value_t = 0.1, value_parser = not_negative, requires = "from_gt")]
    pub(crate) dead_band: f64,

    /// Write the derived true crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "from_gt")]
    pub(crate) write_gt: Option<PathBuf>,

    /// Counted crossings: JSON lines, or a folder of SEQUENCE.jsonl
    #[arg(long, value_name = "FILE", value_hint = ValueHint::AnyPath, required_unless_present = "write_gt")]
    pub(crate) crossings: Option<PathBuf>,

    /// How far a counted crossing may be from the true one, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = not_negative)]
    pub(crate) tolerance: f64,

    /// Frames a second: what frame numbers mean in time, where the files do not say
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(crate) fps: Option<f64>,

    /// The sequence that --crossings belongs to, where the ground truth has several
    #[arg(long, value_name = "NAME")]
    pub(crate) sequence: Option<String>,

    /// Every score as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,
}

fn selection(text: &str) -> Result<Selection, footfall_eval::RangeError> {
    if text == "all" { Ok(Selection::All) } else { text.parse() }
}

fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number >= 0.0 && number.is_finite() => Ok(number),
        _ => Err("expected a number, 0 or more".into()),
    }
}

const MOT_HELP: &str = "\
Ratios are percent in the table, and fractions (0 to 1) in JSON and CSV. HOTA and its parts are means
over the thresholds 0.05, 0.10, ..., 0.95. The combined scores take all sequences as one: they are not
the mean of the rows.

With --frames, boxes of other frames are left out. Tracks that have no box in these frames, and as many
frames as they have or fewer, are taken as numbered from 1 within them, and a note says so.

Without seqinfo.ini a sequence ends with the last frame of its ground truth.

Of the ground truth, boxes with a mark of 0 in the seventh column are left out, as are those with a mark
between 0 and 1 (a tracker's confidence), and with classes all but pedestrians. A sequence of which
nothing is left is an error that says why.";

const CROSSINGS_HELP: &str = "\
Times are compared by frame number where the frame rate is known (the ground truth's fps, or --fps),
else by the rows' own `time`. Intervals are 95% bootstrap intervals over crossings.

Examples:
  footfall eval crossings --gt truth.json --crossings out/crossings.jsonl
  footfall eval crossings --from-gt gt/gt.txt --fps 25 --line door:384,576,384,0 --crossings c.jsonl";
