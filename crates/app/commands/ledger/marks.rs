//! `footfall ledger mark`, `marks` and `unmark`: what somebody has to say of a span of time.

use std::io::Write as _;

use anyhow::anyhow;
use footfall_config::usage;
use footfall_formats::Table;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Mark, NewMark, Notebook, Range, Reader, Span};

use crate::cli::ledger::{MarkArgs, MarksArgs, UnmarkArgs};
use crate::say::say;
use crate::times::{moment, zone};

/// Marks a span.
pub(super) fn mark(args: &MarkArgs) -> anyhow::Result<()> {
    let path = args.which.path()?;
    let zone = zone(args.timezone.as_deref()).map_err(usage)?;
    let from = moment(&args.from, &zone, false).map_err(usage)?;
    let to = moment(&args.to, &zone, true).map_err(usage)?;
    if from >= to {
        return Err(usage(anyhow!("the span ends at {to}, which is not after its beginning, {from}")));
    }
    let reader = Reader::open(&path)?;
    let sources = reader.sources()?;
    if let Some(source) = args.source.as_ref().filter(|source| !sources.contains(source)) {
        let known = sources.join(", ");
        return Err(usage(anyhow!("{} has no source \"{source}\"; it has {known}", path.display())));
    }
    let span = Span { from, to };
    let new = NewMark {
        span,
        source: args.source.clone(),
        uncounted: args.uncounted,
        note: args.note.trim().to_owned(),
    };
    let id = Notebook::open(&path)?.mark(&new)?;
    let marks = reader.marks(Range { from: Some(from), to: Some(to) })?;
    let told = marks.iter().find(|mark| mark.id == id).map(|mark| told(mark, &zone)).unwrap_or_default();
    say(&format!("mark {id}: {told}\n`footfall ledger unmark {id}` takes it back\n"));
    Ok(())
}

/// Tells of all marks.
pub(super) fn marks(args: &MarksArgs) -> anyhow::Result<()> {
    let marks = Reader::open(args.which.path()?)?.marks(Range::default())?;
    let mut out = std::io::stdout();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&marks)?)?;
        return Ok(());
    }
    let zone = TimeZone::system();
    let mut table = Table::default();
    table.row(["mark", "from", "to", "source", "as", "note", "taken back"]);
    for mark in &marks {
        let taken_back = mark.taken_back.map_or_else(String::new, |at| local(at, &zone));
        let source = mark.source.clone().unwrap_or_else(|| "all".to_owned());
        let kind = if mark.uncounted { "uncounted" } else { "note" };
        let (from, to) = (local(mark.from, &zone), local(mark.to, &zone));
        table.row([mark.id.to_string(), from, to, source, kind.to_owned(), mark.note.clone(), taken_back]);
    }
    out.write_all(table.render().as_bytes())?;
    Ok(())
}

/// Takes a mark back.
pub(super) fn unmark(args: &UnmarkArgs) -> anyhow::Result<()> {
    let path = args.which.path()?;
    if !Notebook::open(&path)?.take_back(args.id)? {
        let id = args.id;
        let what = "in force; `footfall ledger marks` tells of all";
        return Err(usage(anyhow!("{} has no mark {id} that is {what}", path.display())));
    }
    say(&format!("mark {} is taken back\n", args.id));
    Ok(())
}

/// What is said of marks under a report, a line each.
pub(crate) fn notes(marks: &[Mark], zone: &TimeZone) -> Vec<String> {
    marks.iter().map(|mark| told(mark, zone)).collect()
}

/// `uncounted from 2026-03-29 10:00 to 2026-03-29 12:00 at door: the camera was turned`.
fn told(mark: &Mark, zone: &TimeZone) -> String {
    let what = if mark.uncounted { "marked as uncounted" } else { "note" };
    let source = mark.source.as_ref().map_or_else(String::new, |source| format!(" at {source}"));
    let note = if mark.note.is_empty() { String::new() } else { format!(": {}", mark.note) };
    format!("{what} from {} to {}{source}{note}", local(mark.from, zone), local(mark.to, zone))
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
