//! `footfall report`: counts out of the ledger.

use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use footfall_config::{Config, shown_name, usage};
use footfall_formats::PartialFile;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Compare, Count, Error, PlaceKind, Query, Range, Reader, ZoneCount};
use footfall_report::{Format, Names, Report, Screen, ZoneReport};

use super::audit::audited;
use super::ledger::marks;
use crate::cli::ReportArgs;
use crate::cli::report::Reset;
use crate::say::say;
use crate::times::{moment, zone};

/// Reads the ledger, and writes the report.
pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref())?;
    let path = config.ledger.read_by(args.ledger.as_deref());
    if args.audited && args.format != Format::Table {
        return Err(usage(anyhow!(
            "--audited is for people to read: leave out --format, or use `footfall audit --json`"
        )));
    }
    let zone = zone(args.timezone.as_deref()).map_err(usage)?;
    if args.compare.is_some_and(|with| !with.fits(args.by)) {
        return Err(usage(anyhow!("--compare week is of periods up to a week; of months, --compare year")));
    }
    let reader = Reader::open(&path).map_err(|error| match error {
        Error::Missing { .. } => usage(error),
        error => error.into(),
    })?;
    if args.check {
        reader.check()?;
    }
    check_names(&reader, args)?;
    let query = Query {
        range: Range {
            from: args.from.as_deref().map(|text| moment(text, &zone, false)).transpose().map_err(usage)?,
            to: args.to.as_deref().map(|text| moment(text, &zone, true)).transpose().map_err(usage)?,
        },
        by: args.by,
        zone: zone.clone(),
        lines: reader.names_today(PlaceKind::Line, &args.lines)?,
        sources: args.sources.clone(),
        zones: reader.names_today(PlaceKind::Zone, &args.zones)?,
        per_line: args.each_line,
        per_source: args.each_source,
        reset: match args.reset {
            Some(Reset(reset)) => reset,
            None => config.hours.quiet().or(Query::default().reset),
        },
        hours: config.hours.clone(),
    };
    reader.as_of_one_moment(|| report(&reader, &query, args))?;
    if args.audited {
        let mut outcome = audited(&config, (args.from.as_deref(), args.to.as_deref()), &zone)?;
        let sources: Vec<String> = args.sources.iter().map(|name| shown_name(name)).collect();
        let is_of = |names: &[String], name: &String| names.is_empty() || names.contains(name);
        let lines = [args.lines.as_slice(), &query.lines].concat();
        outcome.findings.retain(|found| is_of(&lines, &found.line) && is_of(&sources, &found.source));
        writeln!(std::io::stdout(), "\nAudited\n{}", footfall_site::audit::report(&outcome))?;
    }
    let wrongly = reader.dated_wrongly()?;
    if wrongly > 0 {
        say(&format!(
            "{wrongly} entries were dated by a clock that was off: `footfall ledger clock` tells of them, `footfall ledger \
             repair-clock` puts them right\n"
        ));
    }
    Ok(())
}

/// Rows as the ledger gives them, anew each time.
struct Rows<'a> {
    reader: &'a Reader,
    query: &'a Query,
    compare: Option<Compare>,
}

impl footfall_report::Rows<Count> for Rows<'_> {
    fn each(
        &self,
        take: &mut dyn FnMut(&Count) -> Result<(), footfall_report::Error>,
    ) -> Result<(), footfall_report::Error> {
        match self.compare {
            Some(with) => self.reader.each_count_compared(self.query, with, |count| take(&count)),
            None => self.reader.each_count(self.query, |count| take(&count)),
        }
    }
}

impl footfall_report::Rows<ZoneCount> for Rows<'_> {
    fn each(
        &self,
        take: &mut dyn FnMut(&ZoneCount) -> Result<(), footfall_report::Error>,
    ) -> Result<(), footfall_report::Error> {
        self.reader.each_zone_count(self.query, |count| take(&count))
    }
}

fn report(reader: &Reader, query: &Query, args: &ReportArgs) -> anyhow::Result<()> {
    let reasons = reader.uncounted_reasons(query)?;
    let rows = Rows { reader, query, compare: args.compare };
    if args.each_zone {
        let title = title(&query.zones, "all zones", args, &query.zone);
        let report = ZoneReport { counts: &rows, by: args.by, title, reasons };
        let write = |screen, out: &mut (dyn Write + Send)| {
            footfall_report::write_zones(&report, args.format, screen, out)
        };
        return show(args.output.as_deref(), args.format, write);
    }
    let title = title(&query.lines, "all lines", args, &query.zone);
    let gaps = match &args.chart {
        Some(_) => reader.uncounted(query.range, &query.sources)?,
        None => Vec::new(),
    };
    let notes = marks::notes(&reader.marks_of(query)?, &query.zone);
    let report = Report { counts: &rows, by: args.by, title, names: Names::default(), reasons, gaps, notes };
    if let Some(path) = &args.chart {
        let mut file = PartialFile::create(path)?;
        file.put(footfall_report::svg(&report)?.as_bytes())?;
        file.finish()?;
    }
    show(args.output.as_deref(), args.format, |screen, out| {
        footfall_report::write(&report, args.format, screen, out)
    })
}

/// Lets `write` write to the file at `output`, or to the standard output.
pub(crate) fn show(
    output: Option<&Path>,
    format: Format,
    write: impl FnOnce(Screen, &mut (dyn Write + Send)) -> Result<(), footfall_report::Error>,
) -> anyhow::Result<()> {
    let Some(path) = output.filter(|path| path.as_os_str() != "-") else {
        let terminal = std::io::stdout().is_terminal();
        if terminal && format.is_binary() {
            return Err(usage(anyhow!(
                "{} is not for a terminal: name a file with --output",
                format.as_str()
            )));
        }
        let width = if terminal { console::Term::stdout().size().1.into() } else { 100 };
        let screen = Screen { width, colours: terminal && console::colors_enabled() };
        let mut out = BufWriter::new(std::io::stdout());
        return match write(screen, &mut out) {
            // Whoever reads has enough: `footfall report | head`.
            Err(footfall_report::Error::Write { source })
                if source.kind() == std::io::ErrorKind::BrokenPipe =>
            {
                Ok(())
            }
            written => Ok(written?),
        };
    };
    let mut file = PartialFile::create(path)?;
    let screen = Screen { width: 100, colours: false };
    write(screen, &mut file).with_context(|| format!("{}", path.display()))?;
    file.flush()?;
    Ok(file.finish()?)
}

/// A name that the ledger does not have is most likely misspelt.
fn check_names(reader: &Reader, args: &ReportArgs) -> anyhow::Result<()> {
    let (lines, zones) = (reader.places(PlaceKind::Line)?, reader.places(PlaceKind::Zone)?);
    let sources = reader.sources()?;
    let asked =
        [("line", &args.lines, lines), ("zone", &args.zones, zones), ("source", &args.sources, sources)];
    for (what, wanted, known) in asked {
        let today = |name: &String| match what {
            "line" => reader.names_today(PlaceKind::Line, std::slice::from_ref(name)),
            "zone" => reader.names_today(PlaceKind::Zone, std::slice::from_ref(name)),
            _ => Ok(vec![name.clone()]),
        };
        for name in wanted {
            if today(name)?.iter().any(|name| known.contains(name)) {
                continue;
            }
            let mut known = known.clone();
            known.sort();
            known.dedup();
            return Err(usage(anyhow!(
                "the ledger {} has no {what} \"{name}\"; it has {}",
                reader.path().display(),
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            )));
        }
    }
    Ok(())
}

/// What the rows are of; `all` where none of its names was asked for.
fn title(names: &[String], all: &str, args: &ReportArgs, zone: &TimeZone) -> String {
    let names = if names.is_empty() { all.to_owned() } else { names.join(", ") };
    let place = zone.iana_name().map_or_else(|| "local time".to_owned(), ToOwned::to_owned);
    let sources =
        if args.sources.is_empty() { String::new() } else { format!(", {}", args.sources.join(", ")) };
    format!("{names}{sources}, by {}, {place}", args.by.as_str())
}
