//! `footfall run`.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueHint};
use footfall_count::{Anchor, Line, PartLayout};
use footfall_track::Preset;
use footfall_video::Transport;
use footfall_vision::{DeviceRequest, Statement};

use super::{AreaArgs, LedgerArgs, address, batch_wait, hours, positive};

/// Count people in videos, folders of pictures, cameras or streams
///
/// Every frame goes through the reader, the person detector, the re-identification network, the
/// tracker and the counter. Without outputs, only the summary is shown. Outputs get their final
/// names when they are complete.
#[derive(Debug, Args)]
#[command(after_long_help = RUN_HELP)]
pub(crate) struct RunArgs {
    /// Video files, folders of pictures, cameras' numbers, rtsp:// or http:// addresses
    /// [default: each `[[source]]` of the configuration]
    ///
    /// NAME=PLACE gives a source a name, under which its crossings are kept. The name of a `[[source]]`
    /// takes that one. Several sources share the networks; each has its own tracks and counts.
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(crate) sources: Vec<OsString>,

    /// Count over this line, from (x1,y1) to (x2,y2) in pixels; may be repeated
    ///
    /// `in` is a crossing to the right hand of someone who walks from the first point to the second
    /// on the picture. Only the segment between the two points counts. More points make a chain of
    /// segments. With all numbers in percent (door:50%,100%,50%,0%) they are relative to the picture's
    /// size. With several sources, each has the line; SOURCE/NAME:x1,y1,x2,y2 gives it to one source.
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    /// Which point of a person crosses lines: feet, centre (for cameras from straight above) or head
    /// [default: as in the configuration, else feet]
    #[arg(long, value_name = "NAME")]
    pub(crate) anchor: Option<Anchor>,

    #[command(flatten)]
    pub(crate) areas: AreaArgs,

    /// Settings in TOML; options on the command line override them
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) outputs: OutputArgs,

    #[command(flatten)]
    pub(crate) ledger: LedgerArgs,

    #[command(flatten)]
    pub(crate) source_options: SourceArgs,

    #[command(flatten)]
    pub(crate) networks: NetworkArgs,

    /// The tracker: deepsort as published, or best with what was found since then
    /// [default: best]
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<Preset>,

    /// Recognise visitors who come in again within so many hours, by how they look
    /// [default: 0, nobody is recognised]
    #[arg(long, value_name = "HOURS", conflicts_with = "no_embedder", value_parser = hours)]
    pub(crate) visitors: Option<f64>,

    /// Leave staff out of all counts: the file that `footfall staff enrol` writes
    #[arg(long, value_name = "FILE", conflicts_with = "no_embedder", value_hint = ValueHint::FilePath)]
    pub(crate) staff: Option<PathBuf>,

    /// Show a page with the live picture and the counts, and an HTTP interface, at this address
    /// [default: as in the configuration, else 127.0.0.1:8080]
    ///
    /// An address under `[serve]` in the configuration does the same.
    #[arg(long, visible_alias = "address", value_name = "ADDRESS", num_args = 0..=1, value_parser = address)]
    #[allow(clippy::option_option, reason = "not asked for, without an address, with one")]
    pub(crate) serve: Option<Option<SocketAddr>>,

    /// Show no page, even if the configuration has an address for one
    #[arg(long, conflicts_with = "serve")]
    pub(crate) no_serve: bool,

    /// End after reading this many frames of each source
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_frames: Option<u64>,

    /// Show the annotated picture in a window while running; q ends the run
    #[cfg(feature = "preview")]
    #[arg(long)]
    pub(crate) preview: bool,
}

impl RunArgs {
    /// What is given of a layout, for all sources.
    pub(crate) fn layout(&self) -> PartLayout {
        self.areas.layout(&self.lines)
    }
}

/// How cameras and streams are opened.
#[derive(Debug, Args)]
#[command(next_help_heading = "Live sources")]
pub(crate) struct SourceArgs {
    /// Transport of RTSP: tcp or udp [default: tcp]
    #[arg(long, value_name = "NAME")]
    pub(crate) transport: Option<Transport>,

    /// Width and height to ask cameras for
    #[arg(long, value_name = "WIDTHxHEIGHT")]
    pub(crate) camera_size: Option<Size>,

    /// Frames a second to ask cameras for
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(crate) camera_rate: Option<f64>,
}

/// Width and height in pixels, `1280x720`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size(pub(crate) [u32; 2]);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sides = text.split_once('x').map(|(width, height)| (width.parse(), height.parse()));
        match sides {
            Some((Ok(width), Ok(height))) => Ok(Self([width, height])),
            _ => Err("expected WIDTHxHEIGHT, as in 1280x720".into()),
        }
    }
}

/// What to write.
#[derive(Debug, Args)]
#[command(next_help_heading = "Outputs")]
pub(crate) struct OutputArgs {
    /// Annotated video (.mp4, .mkv or .avi)
    #[arg(short, long, value_name = "VIDEO", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Tracks as MOT text: frame,id,x,y,w,h,confidence,-1,-1,-1, or as JSON lines in a file called .jsonl; `-` is stdout
    ///
    /// With several sources, each has a file of its own; so do videos and detections. {source} in the
    /// path stands for the source's name. In a folder, the file is named after the source
    /// (tracks/front.txt). Otherwise the name goes before the ending (tracks.front.txt).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tracks: Option<PathBuf>,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: Option<PathBuf>,

    /// Detections and embeddings as JSON lines, for `footfall track`; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) detections: Option<PathBuf>,

    /// Detections and embeddings, compressed, for `footfall replay` (.ffrec)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) record: Option<PathBuf>,

    /// The summary as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) summary: Option<PathBuf>,

    /// Every stage's work on every frame, for <chrome://tracing> or <https://ui.perfetto.dev>
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) trace: Option<PathBuf>,
}

/// Which networks run, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Networks")]
pub(crate) struct NetworkArgs {
    /// What the networks run on: cpu, cuda or cuda:N, tensorrt or tensorrt:N, coreml (on macOS), auto [default: cpu]
    ///
    /// `--device cuda` fails if CUDA is not available. `--device auto` takes the fastest device that
    /// works, and says which one and why. GPUs need the libraries that scripts/setup-gpu fetches.
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<DeviceRequest>,

    /// Person detector in ONNX, or `overhead` [default: NanoDet-g from scripts/setup, int8 on a CPU]
    ///
    /// `overhead` is NanoDet-g fine-tuned for cameras that look down steeply; scripts/setup makes it too. How a
    /// file of your own is read, `footfall model FILE` says.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) detector: Option<PathBuf>,

    /// The classes of a detector of your own that are people, by number or name [default: by the file]
    #[arg(long, value_name = "CLASS")]
    pub(crate) class: Option<String>,

    /// Say how a detector of your own is read, where the file does not; `footfall model` tells the keys
    #[arg(long = "detector-option", value_name = "KEY=VALUE")]
    pub(crate) detector_options: Vec<Statement>,

    /// Re-identification network in ONNX, or `clean` [default: the one in this program]
    ///
    /// The usual one was trained on pictures for research only and is not for commercial use. `clean` may be
    /// used for anything, and tells people apart less well: models/reid-clean-128.md has the figures.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) embedder: Option<PathBuf>,

    /// Say how a re-identification network of your own is read, likewise
    #[arg(long = "embedder-option", value_name = "KEY=VALUE")]
    pub(crate) embedder_options: Vec<Statement>,

    /// Track by motion alone
    #[arg(long, conflicts_with = "embedder")]
    pub(crate) no_embedder: bool,

    /// Copies of each network that work side by side, a thread each [default: the number of cores, 2 on a GPU]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,

    /// Most crops in one run of the re-identification network [default: 4 on a CPU, 32 on a GPU]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) max_batch: Option<u16>,

    /// Milliseconds that crops wait for those of other frames and sources, to run together
    /// [default: 0 on a CPU, 3 on a GPU]
    #[arg(long, value_name = "MS", value_parser = batch_wait)]
    pub(crate) batch_wait_ms: Option<f64>,
}

const RUN_HELP: &str = "\
Examples:
  footfall run shop.mp4 --line door:384,576,384,0 --output counted.mp4
      counts people over the vertical line x = 384, drawn upwards: left to right is `in`
  footfall run 0 --line door:0,300,640,300 --crossings today.jsonl
      counts at the first camera until Ctrl-C
  footfall run 0 --line door:0,300,640,300 --ledger shop.db
      keeps every crossing for good; `footfall report --ledger shop.db` adds them up, also meanwhile
  footfall run rtsp://user:password@10.0.0.7/stream --config shop.toml
      counts a stream with the lines and settings of a file
  footfall run front=rtsp://10.0.0.7/1 back=rtsp://10.0.0.8/1 --line front/door:0,300,640,300 --tracks out/
      counts at two cameras, in one process

Exit status: 0 done, 1 failed (what was processed is in the outputs), 2 wrong usage or configuration.

Files: networks and ONNX Runtime are looked for in $FOOTFALL_CACHE, else where a package puts them
(../share/footfall beside the program's folder), else in $XDG_CACHE_HOME/footfall or ~/.cache/footfall,
where scripts/setup puts them.";
