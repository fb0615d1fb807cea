//! What a run keeps for good.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::civil::DateTime;
use footfall_ledger::jiff::tz::TimeZone;

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
