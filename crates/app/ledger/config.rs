//! What a user may say about the ledger.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, ValueHint};
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::civil::DateTime;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_private::LocalPath;
use serde::{Deserialize, Serialize};

/// Where crossings are kept for good.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LedgerConfig {
    /// The database; without one nothing is kept.
    pub(crate) file: Option<LocalPath>,
    /// After how many days entries are removed; never by default.
    pub(crate) retention: Option<u32>,
    /// Whether old entries go too that a publisher has not sent.
    pub(crate) remove_unsent: bool,
    /// What becomes of the counts of a line that is not there any more.
    pub(crate) removed_lines: RemovedLines,
    #[serde(skip)]
    pub(crate) start_time: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) recount: bool,
}

/// What becomes of the counts of a line that was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RemovedLines {
    /// They stay in the totals: people did come in there.
    #[default]
    Keep,
    /// They leave the totals, of earlier days too: the line was a mistake.
    Drop,
}

impl LedgerConfig {
    /// The ledger that a command reads: the one that it was given, else the configuration's, else `footfall.db`.
    pub(crate) fn read_by(&self, given: Option<&Path>) -> PathBuf {
        given.or(self.file.as_deref()).unwrap_or(Path::new("footfall.db")).to_owned()
    }
}

/// Keeping crossings for good.
#[derive(Debug, Args)]
#[command(next_help_heading = "Ledger")]
pub(crate) struct LedgerArgs {
    /// Keep every crossing in this database, for `footfall report`; made where there is none
    ///
    /// A crossing is on the disk before any other output sees it. A recording that is counted a second
    /// time adds nothing, and one that was cut short goes on.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,

    /// When the recording began: 2026-03-29T10:00 by this machine's time zone, or with an offset as
    /// 2026-03-29T10:00+01:00 [default: the file's time of last change, less its length]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) start_time: Option<Timestamp>,

    /// Replace what the ledger has of this recording, where that was counted with other settings
    #[arg(long)]
    pub(crate) recount: bool,
}

/// A moment: with an offset, or on this machine's clock.
fn parse_time(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let zoned = text.parse::<DateTime>().and_then(|local| local.to_zoned_datetime(TimeZone::system()));
    zoned.map(|zoned| zoned.timestamp()).map_err(|error| {
        format!(
            "expected a time as 2026-03-29T10:00, 2026-03-29T10:00:30+01:00 or 2026-03-29T09:00:30Z ({error})"
        )
    })
}

impl LedgerConfig {
    pub(crate) fn override_by(&mut self, args: &LedgerArgs) -> anyhow::Result<()> {
        if let Some(path) = &args.ledger {
            self.file = Some(path.clone().into());
        }
        self.start_time = args.start_time;
        self.recount = args.recount;
        self.validate()?;
        if args.recount && self.file.is_none() {
            bail!("--recount is about the ledger, and none is named: see --ledger");
        }
        Ok(())
    }

    /// Fails on numbers that mean nothing.
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        if self.retention == Some(0) {
            bail!("ledger.retention is 0; it is a number of days, 1 or more, and without it entries stay");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::parse_time;

    #[test]
    fn times_have_an_offset_or_are_local() {
        assert_eq!(parse_time("2026-03-29T10:00:30+01:00").unwrap().to_string(), "2026-03-29T09:00:30Z");
        assert!(parse_time("2026-03-29T10:00").is_ok() && parse_time("2026-03-29 10:00").is_ok());
        assert!(parse_time("yesterday").unwrap_err().contains("2026-03-29T10:00"));
    }
}
