//! `footfall reid`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use footfall_formats::crops::Naming;
use footfall_vision::{DeviceRequest, Statement};

/// Judge and use the re-identification network
#[derive(Debug, Args)]
pub(crate) struct ReidArgs {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Eval(EvalArgs),
    Calibrate(CalibrateArgs),
    Verify(VerifyArgs),
    Identify(IdentifyArgs),
    Visitors(VisitorsArgs),
    Cameras(CamerasArgs),
}

/// Which embedder runs, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct EmbedderArgs {
    /// What the network runs on: cpu, cuda or cuda:N, tensorrt or tensorrt:N, coreml (on macOS), auto
    #[arg(long, value_name = "DEVICE", default_value_t)]
    pub(crate) device: DeviceRequest,

    /// Re-identification network in ONNX, or `clean` [default: the one in this program]
    ///
    /// The usual one is trained on pictures that are for research alone; `clean` may be used for anything, and tells people
    /// apart less well: models/reid-clean-128.md has the figures.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) embedder: Option<PathBuf>,

    /// Say how a network of your own is read, where its file does not; `footfall model` tells the keys
    #[arg(long = "embedder-option", value_name = "KEY=VALUE")]
    pub(crate) embedder_options: Vec<Statement>,

    /// Copies of the network that work side by side, a thread each [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
}

/// Judge an embedder on crops of known people
///
/// Every crop is looked up among the others (rank-1, 5 and 10, mAP, mINP) and among the identities'
/// centres; all pairs are compared (equal error, true accepts at 1% and 0.1% false accepts, d').
/// People that the network was trained on make it look better than it is.
#[derive(Debug, Args)]
#[command(after_long_help = EVAL_HELP)]
pub(crate) struct EvalArgs {
    /// Crops: a folder, or a .tar, of IDENTITY/IMAGE (jpg, png, bmp, webp)
    #[arg(value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) set: PathBuf,

    /// How file names tell the camera
    #[arg(long, value_enum, value_name = "NAMING", default_value_t)]
    pub(crate) cameras: Cameras,

    /// Every figure as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) embedder: EmbedderArgs,
}

/// Whose names files have.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Cameras {
    /// market1501 where a name has its `_c1`; cuhk03 where every name is `FOLDER_0N` with a folder of four
    /// digits and both views there; else none
    #[default]
    Auto,
    /// `0002_c1s1_000451_03.jpg` is of camera 1
    Market1501,
    /// `0000_07.jpg`: 00 to 04 are one view, 05 to 09 the other
    Cuhk03,
    /// No cameras are known
    None,
}

impl Cameras {
    pub(crate) fn naming(self) -> Option<Naming> {
        match self {
            Self::Auto => None,
            Self::Market1501 => Some(Naming::Market1501),
            Self::Cuhk03 => Some(Naming::Cuhk03),
            Self::None => Some(Naming::None),
        }
    }
}

/// Measure the distances of an embedder of your own on crops of known people, and write them beside it
///
/// How near two people look to an embedder, and how far one person looks from herself, differs from network to
/// network. This finds the distances that tracking and counting go by, and writes them into FILE.toml beside the
/// network, from which every command reads them. What else stands in that file stays.
#[derive(Debug, Args)]
#[command(after_long_help = CALIBRATE_HELP)]
pub(crate) struct CalibrateArgs {
    /// Crops: a folder, or a .tar, of IDENTITY/IMAGE (jpg, png, bmp, webp), of people whom the network was not
    /// trained on
    #[arg(value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) set: PathBuf,

    /// How file names tell the camera
    #[arg(long, value_enum, value_name = "NAMING", default_value_t)]
    pub(crate) cameras: Cameras,

    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// The distances as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) embedder: EmbedderArgs,
}

/// Compare two crops: do they show one person?
#[derive(Debug, Args)]
#[command(after_long_help = VERIFY_HELP)]
pub(crate) struct VerifyArgs {
    /// A picture of one person, cut close
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) a: PathBuf,

    /// Another
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) b: PathBuf,

    /// One person up to this cosine distance, 0 to 2 [default: where one person is as likely as two]
    #[arg(long, value_name = "DISTANCE", value_parser = distance)]
    pub(crate) threshold: Option<f64>,

    /// The answer as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) embedder: EmbedderArgs,
}

/// Say who is on crops, by a gallery of known people
///
/// Each identity's centre is the mean of its crops' embeddings; the nearest centres are named.
#[derive(Debug, Args)]
pub(crate) struct IdentifyArgs {
    /// Known people: a folder, or a .tar, of IDENTITY/IMAGE
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) gallery: PathBuf,

    /// Pictures of one person each, cut close
    #[arg(required = true, value_name = "CROP", value_hint = ValueHint::FilePath)]
    pub(crate) crops: Vec<PathBuf>,

    /// Name this many of the nearest identities
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) top: u16,

    /// Someone unknown where the nearest centre is farther than this cosine distance, 0 to 2
    /// [default: the embedder's `max_cosine_distance`]
    #[arg(long, value_name = "DISTANCE", value_parser = distance)]
    pub(crate) threshold: Option<f64>,

    /// The answers as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) embedder: EmbedderArgs,
}

/// Measure what telling visitors and staff apart costs: `footfall run --visitors`, `--staff`
///
/// How many new visitors are taken for somebody who came before, and how many who come again are taken for
/// new, by how many people came within the window; and how far the estimated number of different visitors is
/// off. A visit is what one camera saw of a person, and they come
/// again before another camera: at one door, from one side, expect less. People that the network was
/// trained on make it look better than it is.
#[derive(Debug, Args)]
pub(crate) struct VisitorsArgs {
    /// Crops: a folder, or a .tar, of IDENTITY/IMAGE (jpg, png, bmp, webp)
    #[arg(value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) set: PathBuf,

    /// How file names tell the camera
    #[arg(long, value_enum, value_name = "NAMING", default_value_t)]
    pub(crate) cameras: Cameras,

    /// How many people came within the window
    ///
    /// With more than the set has, errors of the nearest distance follow from those of pairs, and the others are
    /// left out.
    #[arg(long, value_name = "N,N,...", value_delimiter = ',', default_values_t = [10, 20, 50, 100, 200, 500])]
    pub(crate) sizes: Vec<usize>,

    /// How many people work there
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) staff: usize,

    /// Cosine distances, 0 to 2, within which the nearest one would be taken for the same: a plainer rule to compare
    #[arg(long, value_name = "D,D,...", value_delimiter = ',', value_parser = distance,
          default_values_t = [0.2, 0.25, 0.3, 0.4])]
    pub(crate) max_cosine_distance: Vec<f64>,

    /// Which share of the comings, 0 to 0.9, is of people who came before, for the estimates
    #[arg(long, value_name = "S,S,...", value_delimiter = ',', value_parser = share,
          default_values_t = [0.0, 0.1, 0.3, 0.5])]
    pub(crate) returning: Vec<f64>,

    /// Make this share of the crops poor first, 0 to 0.9: far away, or hidden by half
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.0)]
    pub(crate) poor: f64,

    /// Every figure as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) embedder: EmbedderArgs,
}

/// Take passages of several cameras together, and measure what that costs: `[site]` of a configuration
///
/// FILE has a passage a line, as JSON: source, line, direction, time in seconds, and an embedding, or crops (pictures beside
/// the file). Where each also has event (the same number for what several cameras have seen of one passage) and person, it
/// says how many are counted twice, lost, or mixed up with others.
#[derive(Debug, Args)]
pub(crate) struct CamerasArgs {
    /// Passages as JSON lines
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) passages: PathBuf,

    /// Configuration with `[site]` and `[counter.visitors]` [default: all cameras see the same passages]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Cosine distances, 0 to 2, within which the nearest one would be taken for the same: a plainer rule to compare
    #[arg(long, value_name = "D,D,...", value_delimiter = ',', value_parser = distance,
          default_values_t = [0.3, 0.4, 0.5, 0.6])]
    pub(crate) max_cosine_distance: Vec<f64>,

    /// What is said of each passage, as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) answers: Option<PathBuf>,

    /// Every figure as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) embedder: EmbedderArgs,
}

fn distance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=2.0).contains(&number) => Ok(number),
        _ => Err("expected a cosine distance from 0 to 2".into()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=0.9).contains(&number) => Ok(number),
        _ => Err("expected a share from 0 to 0.9".into()),
    }
}

const EVAL_HELP: &str = "\
Which crops a query is not matched with, beside itself:
  market1501  those of the same person from the same camera (where some person is seen by two cameras)
  cuhk03      all crops of its view
  none        no others
The table says which rule was taken. Of Market-1501's folders, -1 is junk and counts for nothing, and 0000
has distractors: people are looked up among them, and nobody looks for them. Queries without a right answer are left out. Rates are percent in
the table, and fractions (0 to 1) in JSON. Crops at the same distance stand in the order of their paths.

mAP   mean over queries of the mean precision at each right answer
mINP  mean over queries of (right answers) / (place of the last one)

The threshold for a tracker is the cosine distance that 0.1% of pairs of different people within one
camera stay under: `max_cosine_distance` in the configuration.";

const CALIBRATE_HELP: &str = "\
Written:
  max_cosine_distance  0.1% of pairs of different people within one camera are nearer: the tracker's limit
  same_person          midpoint and scale of the curve from a distance to the probability that it is one person
  join_distance        the same multiple of max_cosine_distance as the usual embedder has: of two tracks of one
                       person (counter.max_cosine_distance)
  visitor_distance     where some people are seen by two cameras: at most 1% of new visitors are taken for one of
                       10 others (counter.visitors.max_cosine_distance)
  staff_distance       the same (staff.max_cosine_distance)
What a configuration sets itself goes before all of these. Staff who are enrolled already are to be enrolled anew.

The more people, the better: 0.1% is one pair of 1000, and 50 people with 5 crops each make 30,000 pairs.

Example:
  footfall reid calibrate crops/ --embedder own.onnx
      measures, and writes own.onnx.toml";

const VERIFY_HELP: &str = "\
The probability, where one person and two are equally likely beforehand, is
1 / (1 + exp((distance - midpoint) / scale)); the threshold is the midpoint. Both numbers are the
embedder's metadata footfall.same_person, measured on pairs of known people (`footfall reid eval` finds
them for crops of your own, as `probability` in its JSON). Where the file has none, the midpoint is its
footfall.max_cosine_distance, else the tracker's default, the scale an eighth of that, and the answer
says that it is not calibrated.

Exit status: 0 whatever the answer is, 1 failed, 2 wrong usage.";
