//! `footfall office`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand, ValueHint};
use footfall_ledger::jiff::civil::Date;
use footfall_office::{Each, Period};
use footfall_report::Format;

use super::address;

/// Bring together what many shops count: the head office
///
/// Shops publish their ledgers to a NATS server with JetStream, the hub. The office reads the hub, writes PostgreSQL and
/// shows all shops on one page. It may be stopped and killed at any time: what it has not committed stays at the hub.
#[derive(Debug, Args)]
#[command(after_long_help = HELP, args_conflicts_with_subcommands = true)]
pub(crate) struct OfficeArgs {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) run: OfficeRunArgs,
}

/// How the office runs.
#[derive(Debug, Args)]
pub(crate) struct OfficeRunArgs {
    #[command(flatten)]
    pub(crate) config: OfficeConfigArgs,

    /// Where its page listens [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) address: Option<SocketAddr>,
}

/// The office's settings.
#[derive(Debug, Args)]
pub(crate) struct OfficeConfigArgs {
    /// Settings in TOML [default: office.toml, where there is one]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Prepare(PrepareArgs),
    Enrol(EnrolShopArgs),
    Revoke(RevokeArgs),
    /// List the shops that may publish
    Shops(OfficeConfigArgs),
    Report(OfficeReportArgs),
}

/// Write what the hub and the office need into a folder
#[derive(Debug, Args)]
pub(crate) struct PrepareArgs {
    /// The folder; made where there is none
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,

    /// Where the hub is to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4222")]
    pub(crate) listen: SocketAddr,
}

/// Let a shop publish: make its key
#[derive(Debug, Args)]
pub(crate) struct EnrolShopArgs {
    /// What it is called: small letters, digits, - and _
    #[arg(value_name = "SHOP")]
    pub(crate) shop: String,

    /// Where its key is written, for the shop and nobody else [default: SHOP.key]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,

    /// Give it a new key; the one that it has is good no more
    #[arg(long)]
    pub(crate) renew: bool,

    #[command(flatten)]
    pub(crate) config: OfficeConfigArgs,
}

/// Let a shop publish no more; what it has told stays
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// Which
    #[arg(value_name = "SHOP")]
    pub(crate) shop: String,

    #[command(flatten)]
    pub(crate) config: OfficeConfigArgs,
}

/// Say how many people came and went, of all shops, out of the database
///
/// One row for each shop and hour, or day, week or month, of the shop's own time zone. occupancy is who was inside at the
/// end by what passed since midnight, and never below zero; what that corrects is shown as drift. uncounted is time in
/// which at least one source of the shop did not count.
#[derive(Debug, Args)]
pub(crate) struct OfficeReportArgs {
    #[command(flatten)]
    pub(crate) config: OfficeConfigArgs,

    /// What to add up over
    #[arg(long, value_name = "PERIOD", default_value = "hour", value_parser = period())]
    pub(crate) by: Period,

    /// What has rows of its own: each shop, each source of a shop, or each line of a source
    #[arg(long, value_name = "WHAT", default_value = "shop", value_parser = each())]
    pub(crate) each: Each,

    /// This shop alone [default: all of them]
    #[arg(long, value_name = "NAME")]
    pub(crate) shop: Option<String>,

    /// The first day, by each shop's calendar: 2026-11-23 [default: the first there is]
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<Date>,

    /// The last day, all of it [default: the last there is]
    #[arg(long, value_name = "DAY")]
    pub(crate) to: Option<Date>,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = super::report::format())]
    pub(crate) format: Format,

    /// Where to write it [default: the standard output]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

fn period() -> impl clap::builder::TypedValueParser<Value = Period> {
    PossibleValuesParser::new(Period::ALL.map(Period::as_str))
        .map(|name| Period::ALL.into_iter().find(|by| by.as_str() == name).unwrap_or_default())
}

fn each() -> impl clap::builder::TypedValueParser<Value = Each> {
    PossibleValuesParser::new(Each::ALL.map(Each::as_str))
        .map(|name| Each::ALL.into_iter().find(|each| each.as_str() == name).unwrap_or_default())
}

const HELP: &str = "\
Examples:
  footfall office prepare office                 hub.conf, office.toml and keys, in a folder
  nats-server --config office/hub.conf
  footfall office --config office/office.toml
  footfall office enrol berlin-1 --config office/office.toml
  footfall office report --by day --from 2026-11-01 --format xlsx --output november.xlsx --config office/office.toml

How to set it up, and what happens when something dies: docs/office.md.";
