//! `footfall report`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueHint};
use footfall_ledger::jiff::civil::Time;
use footfall_ledger::{Compare, Period};
use footfall_report::Format;

/// Say how many people came and went, from the ledger of `footfall run --ledger`
///
/// Also while that is running. One row for each minute, hour, day, week or month of the time zone; days in which
/// clocks are set have 23 or 25 hours.
///
/// occupancy is how many were inside at the end of the period, peak the most at once, by the lines that are
/// counted. It is never below zero, and begins at zero every night. What that corrects is shown as drift:
/// +N left without having been seen to come, -N were never seen to leave.
/// uncounted is time in which nobody counted: no camera, a covered one, a program that did not run, a span that
/// somebody has marked (`footfall ledger mark`), whose crossings are in the column marked and in no other.
/// With opening hours in the configuration, outside says how many of those in and out came and went outside of
/// them. With what the till has sold (`footfall sales import`), conversion is transactions for each who came in.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct ReportArgs {
    /// The ledger [default: that of --config, else footfall.db]
    #[arg(long, value_name = "FILE", env = "FOOTFALL_LEDGER", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,

    /// Settings in TOML: its `ledger` part
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// What to add up over
    #[arg(long, value_name = "PERIOD", default_value = "hour", value_parser = period())]
    pub(crate) by: Period,

    /// The first day, or moment: 2026-03-29, 2026-03-29T10:00 [default: the first there is]
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,

    /// The last day, all of it, or the moment at which to end [default: the last there is]
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,

    /// Count this line alone; may be repeated [default: all lines, added up]
    #[arg(short, long = "line", value_name = "NAME")]
    pub(crate) lines: Vec<String>,

    /// Take this zone alone for visits and dwell; may be repeated [default: all zones]
    #[arg(long = "zone", value_name = "NAME")]
    pub(crate) zones: Vec<String>,

    /// Count this source alone; may be repeated [default: all sources]
    #[arg(long = "source", value_name = "NAME")]
    pub(crate) sources: Vec<String>,

    /// A row for each line, rather than their sum; those of one name at two sources are two
    #[arg(long)]
    pub(crate) each_line: bool,

    /// A row for each source, rather than their sum; with --each-line for each line of each source
    #[arg(long)]
    pub(crate) each_source: bool,

    /// Show beside each period the same one of the week before, or of the year before: the same weekday 52 weeks
    /// ago, or the same month. What is not over yet is compared with as much of it
    #[arg(long, value_name = "WITH", value_parser = compare())]
    pub(crate) compare: Option<Compare>,

    /// Visits to zones rather than crossings, a row for each zone
    #[arg(long, conflicts_with_all = ["each_line", "each_source", "compare", "lines", "chart"])]
    pub(crate) each_zone: bool,

    /// Whose clock and calendar: Europe/Zurich, UTC, ... [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    pub(crate) timezone: Option<String>,

    /// When nobody is inside, every day: HH:MM or never [default: the middle of the night between the opening
    /// hours of --config, else 04:00]
    #[arg(long, value_name = "TIME", value_parser = reset)]
    pub(crate) reset: Option<Reset>,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = format())]
    pub(crate) format: Format,

    /// Where to write it [default: the standard output]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Go through the whole ledger first, and fail if any of it is damaged
    #[arg(long)]
    pub(crate) check: bool,

    /// Say beneath it what an audit makes of the counts, with intervals: docs/audit.md. Needs --config
    #[arg(long, requires = "config", conflicts_with_all = ["output", "each_zone"])]
    pub(crate) audited: bool,

    /// Draw it as a picture, too: an SVG file
    #[arg(long, value_name = "FILE.svg", value_hint = ValueHint::FilePath)]
    pub(crate) chart: Option<PathBuf>,
}

const HELP: &str = "\
Examples:
  footfall report --ledger shop.db --by day --timezone Europe/Zurich
  footfall report --ledger shop.db --from 2026-03-29 --to 2026-03-29 --format chart
  footfall report --ledger shop.db --by day --each-zone
  footfall report --ledger shop.db --by day --each-source --compare week
  footfall report --ledger shop.db --by month --compare year --format xlsx --output year.xlsx
  footfall report --ledger shop.db --by day --format parquet --output march.parquet --chart march.svg";

/// A time of day, if there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reset(pub(crate) Option<Time>);

fn period() -> impl clap::builder::TypedValueParser<Value = Period> {
    PossibleValuesParser::new(Period::ALL.map(Period::as_str))
        .map(|name| Period::ALL.into_iter().find(|by| by.as_str() == name).unwrap_or_default())
}

pub(super) fn format() -> impl clap::builder::TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::as_str))
        .map(|name| Format::ALL.into_iter().find(|format| format.as_str() == name).unwrap_or_default())
}

fn compare() -> impl clap::builder::TypedValueParser<Value = Compare> {
    PossibleValuesParser::new(Compare::ALL.map(Compare::as_str))
        .map(|name| Compare::ALL.into_iter().find(|with| with.as_str() == name).unwrap_or(Compare::Week))
}

fn reset(text: &str) -> Result<Reset, String> {
    if text == "never" {
        return Ok(Reset(None));
    }
    let time = text.parse::<Time>();
    time.map(|time| Reset(Some(time))).map_err(|_| "expected a time of day as 04:00, or never".to_owned())
}
