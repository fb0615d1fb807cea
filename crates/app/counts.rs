//! `footfall report`: counts out of the ledger.

use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser as _;
use clap::{Args, ValueHint};
use footfall_formats::PartialFile;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::civil::{Date, DateTime, Time};
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Compare, Count, Error, Period, PlaceKind, Query, Range, Reader, ZoneCount};
use footfall_report::{Format, Report, Screen, ZoneReport};

use crate::cli::AreaArgs;
use crate::config::Config;
use crate::exit::usage;
use crate::ledger::marks;
use crate::say::say;

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
pub(crate) struct Reset(Option<Time>);

fn period() -> impl clap::builder::TypedValueParser<Value = Period> {
    PossibleValuesParser::new(Period::ALL.map(Period::as_str))
        .map(|name| Period::ALL.into_iter().find(|by| by.as_str() == name).unwrap_or_default())
}

fn format() -> impl clap::builder::TypedValueParser<Value = Format> {
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

/// Reads the ledger, and writes the report.
pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref(), &[], &AreaArgs::default())?;
    let path = config.ledger.read_by(args.ledger.as_deref());
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
        hours: config.hours,
    };
    reader.as_of_one_moment(|| report(&reader, &query, args))?;
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
        return show(args, |screen, out| footfall_report::write_zones(&report, args.format, screen, out));
    }
    let title = title(&query.lines, "all lines", args, &query.zone);
    let gaps = match &args.chart {
        Some(_) => reader.uncounted(query.range, &query.sources)?,
        None => Vec::new(),
    };
    let notes = marks::notes(&reader.marks_of(query)?, &query.zone);
    let report = Report { counts: &rows, by: args.by, title, reasons, gaps, notes };
    if let Some(path) = &args.chart {
        let mut file = PartialFile::create(path)?;
        file.put(footfall_report::svg(&report)?.as_bytes())?;
        file.finish()?;
    }
    show(args, |screen, out| footfall_report::write(&report, args.format, screen, out))
}

/// Lets `write` write to where the arguments say.
fn show(
    args: &ReportArgs,
    write: impl FnOnce(Screen, &mut (dyn Write + Send)) -> Result<(), footfall_report::Error>,
) -> anyhow::Result<()> {
    let Some(path) = args.output.as_ref().filter(|path| path.as_os_str() != "-") else {
        let terminal = std::io::stdout().is_terminal();
        if terminal && args.format.is_binary() {
            return Err(usage(anyhow!(
                "{} is not for a terminal: name a file with --output",
                args.format.as_str()
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

#[cfg(test)]
mod tests {
    use footfall_ledger::jiff::tz::TimeZone;

    use super::moment;

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
