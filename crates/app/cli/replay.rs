//! `footfall replay`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use footfall_count::{Anchor, Line};
use footfall_track::Preset;

/// Track and count a recorded run again, with other lines or settings
///
/// Takes what `footfall run --record` has written. Without other lines and settings the tracks and
/// crossings are those of the run, byte for byte. Embeddings are those that the run asked for: another
/// tracker may miss some, and goes by motion there.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The recording
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) recording: PathBuf,

    /// Count over this line rather than those of the run; may be repeated. See `footfall run --help`
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    /// Which point of a person passes lines: feet, centre or head [default: as in the run]
    #[arg(long, value_name = "NAME")]
    pub(crate) anchor: Option<Anchor>,

    /// Settings in TOML in place of the run's: the `tracker`, `counter` and `line` parts
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// How people are associated [default: as in the run]
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<Preset>,

    /// Tracks as MOT text, or as JSON lines in a file called .jsonl; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tracks: Option<PathBuf>,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: Option<PathBuf>,

    /// Keep every crossing in this database, as a count of its own beside the run's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,

    /// Replace what the ledger has of this recording, where that was counted with other settings
    #[arg(long, requires = "ledger")]
    pub(crate) recount: bool,
}
