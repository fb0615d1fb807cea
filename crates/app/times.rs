//! Times and numbers as people write and read them.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::civil::{Date, DateTime};
use footfall_ledger::jiff::tz::TimeZone;

/// `9.5 s`, `1:19`, `2:03:40`.
pub(crate) fn clock(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = Duration::from_secs_f64(seconds).as_secs();
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The time zone of this name, or of this machine.
pub(crate) fn zone(name: Option<&str>) -> anyhow::Result<TimeZone> {
    match name {
        None => Ok(TimeZone::system()),
        Some(name) => TimeZone::get(name)
            .map_err(|_| anyhow!("there is no time zone \"{name}\": name one as Europe/Zurich or UTC")),
    }
}

/// A moment; of a whole day its beginning, or with `end` the next day's.
pub(crate) fn moment(text: &str, zone: &TimeZone, end: bool) -> anyhow::Result<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let expected = || {
        format!(
            "expected a day as 2026-03-29, or a moment as 2026-03-29T10:00 or 2026-03-29T10:00+01:00, not {text}"
        )
    };
    if let (Ok(date), false) = (text.parse::<Date>(), text.contains([':', 'T'])) {
        let date = if end { date.tomorrow()? } else { date };
        return Ok(date.to_zoned_datetime(zone.clone())?.timestamp());
    }
    let local: DateTime = text.parse().with_context(expected)?;
    Ok(local.to_zoned_datetime(zone.clone())?.timestamp())
}

#[cfg(test)]
mod tests {
    use footfall_ledger::jiff::tz::TimeZone;

    use super::{clock, moment};

    #[test]
    fn times_read_well() {
        assert_eq!(clock(9.54), "9.5 s");
        assert_eq!(clock(79.5), "1:19");
        assert_eq!(clock(7420.0), "2:03:40");
    }

    #[test]
    fn a_day_is_all_of_it_and_moments_are_local() {
        let zone = TimeZone::get("Europe/Zurich").unwrap();
        let at = |text, end| moment(text, &zone, end).unwrap().to_string();
        assert_eq!(at("2026-03-29", false), "2026-03-28T23:00:00Z");
        assert_eq!(at("2026-03-29", true), "2026-03-29T22:00:00Z");
        assert_eq!(at("2026-03-29T10:00", true), "2026-03-29T08:00:00Z");
        assert_eq!(at("2026-03-29T10:00Z", true), "2026-03-29T10:00:00Z");
        assert!(moment("last week", &zone, false).unwrap_err().to_string().contains("2026-03-29"));
    }
}
