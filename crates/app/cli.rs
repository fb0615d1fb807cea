//! The command line: all arguments, and nothing of what is done with them.

pub(crate) mod archive;
mod audit;
mod check;
mod demo;
mod doctor;
pub(crate) mod eval;
mod files;
pub(crate) mod harvest;
mod init;
mod keep;
pub(crate) mod ledger;
mod log_format;
mod manual;
pub(crate) mod model;
pub(crate) mod office;
mod privacy;
pub(crate) mod reid;
mod replay;
pub(crate) mod report;
mod run;
pub(crate) mod sales;
mod serving;
pub(crate) mod staff;
mod version;

use std::net::SocketAddr;

use clap::{ArgAction, Args, Parser, Subcommand};
use footfall_bench::BenchArgs;
use footfall_count::{Line, Mask, PartLayout, Zone};

pub(crate) use archive::{ArchiveArgs, WorkerArgs};
pub(crate) use audit::AuditArgs;
pub(crate) use check::CheckArgs;
pub(crate) use demo::DemoArgs;
pub(crate) use doctor::DoctorArgs;
pub(crate) use eval::EvalArgs;
pub(crate) use files::{CountArgs, MissingFrames, TrackArgs};
pub(crate) use harvest::HarvestArgs;
pub(crate) use init::InitArgs;
pub(crate) use keep::LedgerArgs;
pub(crate) use ledger::LedgerCommandArgs;
pub(crate) use log_format::LogFormat;
pub(crate) use manual::ManualArgs;
pub(crate) use model::ModelArgs;
pub(crate) use office::OfficeArgs;
pub(crate) use privacy::PrivacyArgs;
pub(crate) use reid::ReidArgs;
pub(crate) use replay::ReplayArgs;
pub(crate) use report::ReportArgs;
pub(crate) use run::{NetworkArgs, OutputArgs, RunArgs, SourceArgs};
pub(crate) use sales::SalesArgs;
pub(crate) use serving::{ServeArgs, TokenArgs};
pub(crate) use staff::StaffArgs;
pub(crate) use version::VersionArgs;

/// Tracks people in video and counts them as they pass a line.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Log more to stderr; give it twice for everything. `RUST_LOG` sets it in detail.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Whether the log on stderr is for people or for programs
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        env = "FOOTFALL_LOG_FORMAT"
    )]
    pub(crate) log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Box<RunArgs>),
    Init(InitArgs),
    Demo(DemoArgs),
    Check(CheckArgs),
    Doctor(DoctorArgs),
    Track(TrackArgs),
    Replay(ReplayArgs),
    Count(CountArgs),
    Report(ReportArgs),
    Audit(AuditArgs),
    Ledger(LedgerCommandArgs),
    Sales(SalesArgs),
    Serve(ServeArgs),
    Office(OfficeArgs),
    Archive(ArchiveArgs),
    Worker(WorkerArgs),
    Token(TokenArgs),
    Privacy(PrivacyArgs),
    Eval(EvalArgs),
    Model(ModelArgs),
    Reid(ReidArgs),
    Harvest(Box<HarvestArgs>),
    Staff(Box<StaffArgs>),
    Bench(BenchArgs),
    Version(VersionArgs),
    #[command(hide = true)]
    Manual(ManualArgs),
}

/// Areas of the picture, in pixels, or with all numbers in percent of its size.
#[derive(Debug, Default, Args)]
pub(crate) struct AreaArgs {
    /// Watch this zone, a polygon: how many people are in it, and for how long; may be repeated
    #[arg(long = "zone", value_name = "NAME:x1,y1,x2,y2,x3,y3", allow_hyphen_values = true)]
    pub(crate) zones: Vec<Zone>,

    /// Ignore people who stand in this polygon (a screen, a mirror, the street); may be repeated
    #[arg(long = "mask", value_name = "x1,y1,x2,y2,x3,y3", allow_hyphen_values = true)]
    pub(crate) masks: Vec<Mask>,
}

impl AreaArgs {
    /// What is given of a layout, with these lines.
    pub(crate) fn layout(&self, lines: &[Line]) -> PartLayout {
        PartLayout::given(lines, &self.zones, &self.masks)
    }
}

/// `ADDRESS:PORT`, an address alone, or a port of this machine alone.
fn address(text: &str) -> Result<SocketAddr, String> {
    let default = footfall_serve::Config::LOCAL;
    let port = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port) = port.parse() {
        return Ok(SocketAddr::new(default.ip(), port));
    }
    if let Ok(ip) = text.parse() {
        return Ok(SocketAddr::new(ip, default.port()));
    }
    text.parse().map_err(|_| "expected ADDRESS:PORT, as in 127.0.0.1:8080, or a port".to_owned())
}

fn size(text: &str) -> Result<(usize, usize), String> {
    let side = |text: &str| text.parse::<usize>().ok().filter(|&side| side > 0);
    let sides = text.split_once('x').and_then(|(width, height)| side(width).zip(side(height)));
    sides.ok_or_else(|| "expected a width and a height in pixels, as in 768x576".into())
}

fn batch_wait(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(wait) if (0.0..=1000.0).contains(&wait) => Ok(wait),
        _ => Err("expected milliseconds from 0 to 1000".into()),
    }
}

fn hours(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=8784.0).contains(&number) => Ok(number),
        _ => Err("expected a number of hours, 0 to a year".into()),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(number),
        _ => Err("expected a number above 0".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_are_sound() {
        super::Cli::command().debug_assert();
    }
}
