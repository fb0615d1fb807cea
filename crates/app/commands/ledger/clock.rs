//! `footfall ledger clock`, `repair-clock`, `removed` and `forget-publisher`: how the machine's clock went, times that
//! are put right, what retention has removed, and who is waited for no longer.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context as _, anyhow, bail};
use footfall_config::usage;
use footfall_formats::Table;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::jiff::{SignedDuration, Span, Timestamp};
use footfall_ledger::{ClockStretch, How, Ledger, Reader};

use crate::cli::ledger::{ClockArgs, ForgetArgs, RepairArgs, WhichArgs};
use crate::say::say;

/// Tells how the clock went.
pub(super) fn clock(args: &ClockArgs) -> anyhow::Result<()> {
    let clock = Reader::open(args.which.path()?)?.clock()?;
    let mut out = std::io::stdout();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&clock)?)?;
        return Ok(());
    }
    let mut table = Table::default();
    table.row(["stretch", "from", "to", "entries", "clock set before", "its time is", "to be moved by"]);
    for stretch in &clock {
        let step = stretch.step.map_or_else(String::new, length);
        let shift = stretch.shift.map_or_else(String::new, length);
        let (from, to) = (local(stretch.began), local(stretch.until));
        let (id, entries) = (stretch.id.to_string(), stretch.entries.to_string());
        table.row([id, from, to, entries, step, stretch.standing.to_owned(), shift]);
    }
    out.write_all(table.render().as_bytes())?;
    Ok(())
}

/// Moves the times of stretches in which the clock was off to where they belong.
pub(super) fn repair(args: &RepairArgs) -> anyhow::Result<()> {
    let path = args.which.path()?;
    if let (Some(stretch), Some(shift)) = (args.stretch, args.shift) {
        let clock = Reader::open(&path)?.clock()?;
        let stretch = clock.iter().find(|other| other.id == stretch).ok_or_else(|| {
            usage(anyhow!(
                "{} has no stretch {stretch}; `footfall ledger clock` tells of all",
                path.display()
            ))
        })?;
        let by = moved(stretch.began, shift)?;
        say(&told(stretch, by, args.dry_run));
        if !args.dry_run {
            Ledger::open(&path)?.redate(stretch.id, by)?;
        }
        return Ok(());
    }
    if args.dry_run {
        let clock = Reader::open(&path)?.clock()?;
        clock.iter().filter_map(known).for_each(|(stretch, by)| say(&told(stretch, by, true)));
        say(&left(&clock));
        return Ok(());
    }
    let ledger = Ledger::open(&path)?;
    let reader = Reader::open(&path)?;
    // What is put right speaks for, and against, what is beside it.
    let most = reader.clock()?.len();
    for _ in 0..most {
        let clock = reader.clock()?;
        let Some((stretch, by)) = clock.iter().find_map(known) else { break };
        ledger.redate(stretch.id, by)?;
        say(&told(stretch, by, false));
    }
    let left = left(&reader.clock()?);
    if left.is_empty() { Ok(()) } else { bail!("{}", left.trim_end()) }
}

/// Tells what retention has removed.
pub(super) fn removed(args: &WhichArgs) -> anyhow::Result<()> {
    let mut table = Table::default();
    table.row(["removed on", "entries", "from", "to", "older than", "not sent"]);
    for removal in Reader::open(args.path()?)?.removals()? {
        let (entries, unsent) = (removal.entries.to_string(), removal.unsent.to_string());
        let days = format!("{} days", removal.days);
        table.row([local(removal.at), entries, local(removal.first), local(removal.last), days, unsent]);
    }
    std::io::stdout().write_all(table.render().as_bytes())?;
    Ok(())
}

/// Forgets a publisher, for which old entries wait.
pub(super) fn forget(args: &ForgetArgs) -> anyhow::Result<()> {
    let path = args.which.path()?;
    if !Ledger::open(&path)?.forget_publisher(&args.name)? {
        return Err(usage(anyhow!("{} knows no publisher called \"{}\"", path.display(), args.name)));
    }
    say(&format!("{}: \"{}\" is forgotten; nothing waits for it\n", path.display(), args.name));
    Ok(())
}

/// A stretch that is off by a time that is known.
fn known(stretch: &ClockStretch) -> Option<(&ClockStretch, SignedDuration)> {
    Some((stretch, SignedDuration::try_from_secs_f64(stretch.shift?).ok()?))
}

fn told(stretch: &ClockStretch, by: SignedDuration, is_dry: bool) -> String {
    let place = |time: Timestamp| local(time.checked_add(by).unwrap_or(time));
    let how = match stretch.how.filter(|_| stretch.shift == Some(by.as_secs_f64())) {
        Some(How::Step) => ", by as much as the clock was seen to be set",
        Some(How::Place) => ", where there is room between the runs beside it",
        Some(How::Year) => ", where its day and time have room in one year alone",
        None => "",
    };
    let verb = if is_dry { "would be" } else { "are" };
    format!(
        "stretch {}: {} entries from {} to {} {verb} moved by {} to {} to {}{how}\n",
        stretch.id,
        stretch.entries,
        local(stretch.began),
        local(stretch.until),
        length(by.as_secs_f64()),
        place(stretch.began),
        place(stretch.until),
    )
}

/// What is off by a time that nobody knows.
fn left(clock: &[ClockStretch]) -> String {
    let mut text = String::new();
    for stretch in clock.iter().filter(|stretch| stretch.standing == "off" && stretch.shift.is_none()) {
        let (from, to) = (local(stretch.began), local(stretch.until));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "stretch {}: {} entries from {from} to {to} were dated by a clock that was off, and by how much cannot be told: \
             say it with --stretch {} --shift TIME",
            stretch.id, stretch.entries, stretch.id
        );
    }
    text
}

/// By how much a moment moves with a span of the calendar.
fn moved(from: Timestamp, by: Span) -> anyhow::Result<SignedDuration> {
    let local = from.to_zoned_datetime(TimeZone::system());
    let there = local.checked_add(by).with_context(|| format!("{by} from {local} is no time"))?;
    Ok(there.timestamp().duration_since(from))
}

fn local(time: Timestamp) -> String {
    time.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Seconds in days, hours, minutes and seconds.
fn length(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "+" };
    let all = seconds.abs().round() as u64;
    let parts = [(all / 86_400, "d"), (all / 3600 % 24, "h"), (all / 60 % 60, "min"), (all % 60, "s")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}"));
    let text = parts.collect::<Vec<_>>().join(" ");
    if text.is_empty() { "0 s".to_owned() } else { format!("{sign}{text}") }
}

#[cfg(test)]
mod tests {
    use super::{length, moved};

    #[test]
    fn a_shift_is_by_the_calendar() {
        let from = "2036-03-01T12:00:00Z".parse().unwrap();
        let by = moved(from, "-10y".parse().unwrap()).unwrap();
        assert_eq!(from.checked_add(by).unwrap().to_string(), "2026-03-01T12:00:00Z");
        assert_eq!(length(by.as_secs_f64()), "-3653 d");
        assert_eq!(length(93_784.0), "+1 d 2 h 3 min 4 s");
        assert!(moved(from, "-20000y".parse().unwrap_or_else(|_| "-19998y".parse().unwrap())).is_err());
    }
}
