//! Columns of text.

use std::io::Write;
use std::iter;

use console::{Alignment, Style, measure_text_width, pad_str};
use footfall_count::{Advice, Condition, CountInterval, Unsure};
use footfall_ledger::Count;

use crate::label::{Labels, length};
use crate::total::Total;
use crate::{Error, Names, Report, Screen};

/// A column: its head, whether it has anything to say, and what it says of a row and of all rows together.
struct Column {
    head: &'static str,
    is_shown: fn(&Total) -> bool,
    cell: fn(&Count) -> String,
    total: fn(&Total) -> String,
}

const COLUMNS: [Column; 23] = [
    Column {
        head: "in",
        is_shown: |_| true,
        cell: |c| between(c.entered, c.entered_low, c.entered_high),
        total: |t| total_between(t.entered, t.doubt.entered),
    },
    Column {
        head: "out",
        is_shown: |_| true,
        cell: |c| between(c.left, c.left_low, c.left_high),
        total: |t| total_between(t.left, t.doubt.left),
    },
    Column {
        head: "occupancy",
        is_shown: |_| true,
        cell: |c| c.occupancy.to_string(),
        total: |_| String::new(),
    },
    Column { head: "peak", is_shown: |_| true, cell: |c| c.peak.to_string(), total: |t| t.peak.to_string() },
    Column {
        head: "drift",
        is_shown: |_| true,
        cell: |c| drift(c.came_unseen, c.left_unseen),
        total: |t| drift(t.came_unseen, t.left_unseen),
    },
    Column {
        head: "visitors",
        is_shown: |t| t.visitors.is_some(),
        cell: |c| known(c.visitors),
        total: |t| known(t.visitors),
    },
    Column {
        head: "again",
        is_shown: |t| t.visitors.is_some(),
        cell: |c| known(c.again),
        total: |t| known(t.again),
    },
    Column {
        head: "staff",
        is_shown: |t| t.staff > 0,
        cell: |c| c.staff.to_string(),
        total: |t| t.staff.to_string(),
    },
    Column {
        head: "twice",
        is_shown: |t| t.twice.is_some(),
        cell: |c| known(c.twice),
        total: |t| known(t.twice),
    },
    Column {
        head: "groups",
        is_shown: |t| t.groups.is_some(),
        cell: |c| known(c.groups),
        total: |t| known(t.groups),
    },
    Column {
        head: "group size",
        is_shown: |t| t.groups.is_some(),
        cell: |c| mean(c.group_size),
        total: |t| mean(t.group_size()),
    },
    Column {
        head: "visits",
        is_shown: |t| t.visits > 0,
        cell: |c| c.visits.to_string(),
        total: |t| t.visits.to_string(),
    },
    Column {
        head: "dwell",
        is_shown: |t| t.visits > 0,
        cell: |c| c.dwell.map_or_else(dash, length),
        total: |t| t.dwell.map_or_else(dash, length),
    },
    Column { head: "uncounted", is_shown: |_| true, cell: |c| gap(c.uncounted), total: |t| gap(t.uncounted) },
    Column {
        head: "uncountable",
        is_shown: |t| t.uncountable > 0.0,
        cell: |c| gap(c.uncountable.unwrap_or_default()),
        total: |t| gap(t.uncountable),
    },
    Column {
        head: "in outside",
        is_shown: |t| t.outside.is_some(),
        cell: |c| known(c.entered_outside),
        total: |t| known(t.outside.map(|outside| outside.0)),
    },
    Column {
        head: "out outside",
        is_shown: |t| t.outside.is_some(),
        cell: |c| known(c.left_outside),
        total: |t| known(t.outside.map(|outside| outside.1)),
    },
    Column {
        head: "marked",
        is_shown: |t| t.marked > 0,
        cell: |c| known(c.marked),
        total: |t| t.marked.to_string(),
    },
    Column {
        head: "transactions",
        is_shown: |t| t.transactions.is_some(),
        cell: |c| known(c.transactions),
        total: |t| known(t.transactions),
    },
    Column {
        head: "amount",
        is_shown: |t| t.amount.is_some(),
        cell: |c| c.amount.map_or_else(dash, |paid| format!("{paid:.2}")),
        total: |t| t.amount.map_or_else(dash, |paid| format!("{paid:.2}")),
    },
    Column {
        head: "conversion",
        is_shown: |t| t.transactions.is_some(),
        cell: |c| c.conversion.map_or_else(dash, |share| format!("{:.1}%", 100.0 * share)),
        total: |t| t.conversion().map_or_else(dash, |share| format!("{:.1}%", 100.0 * share)),
    },
    Column {
        head: "in before",
        is_shown: |t| t.before.is_some(),
        cell: |c| known(c.before.as_ref().and_then(|before| before.entered)),
        total: |t| known(t.before.map(|before| before.0)),
    },
    Column {
        head: "change",
        is_shown: |t| t.before.is_some(),
        cell: |c| change(c.before.as_ref().and_then(|before| before.change)),
        total: |t| change(t.change()),
    },
];

/// Goes through the rows twice: for the widths of the columns, and to write them.
pub(crate) fn write(report: &Report<'_>, screen: Screen, out: &mut impl Write) -> Result<(), Error> {
    let (mut total, mut labels, mut named) = (Total::default(), Labels::new(report.by), None);
    let mut widths = Widths::default();
    report.counts.each(&mut |count| {
        total.add(count);
        named = Some((count.source.is_some(), count.line.is_some()));
        let cells = COLUMNS.iter().map(|column| (column.cell)(count));
        widths.see(&row(&labels.see(&count.from), names(count), cells));
        Ok(())
    })?;
    let Some((has_source, has_line)) = named else {
        return Ok(writeln!(out, "{}: nothing was recorded", report.title)?);
    };
    let heads = || {
        let Names { source, line } = report.names;
        has_source.then_some(source).into_iter().chain(has_line.then_some(line))
    };
    let left = 1 + heads().count();
    let shown: Vec<bool> = iter::repeat_n(true, left).chain(COLUMNS.map(|c| (c.is_shown)(&total))).collect();
    let columns = COLUMNS.iter().map(|column| column.head.to_owned());
    let head = row(report.by.as_str(), heads(), columns);
    let sums = COLUMNS.iter().map(|column| (column.total)(&total));
    let sums = row("total", heads().map(|_| ""), sums);
    widths.see(&head);
    widths.see(&sums);
    let layout = Layout { widths, shown, names: left, screen };
    write!(out, "{}\n\n{}", report.title, layout.line(&head, Style::dim))?;
    report.counts.each(&mut |count| {
        let cells = COLUMNS.iter().map(|column| (column.cell)(count));
        let row = row(&labels.name(&count.from), names(count), cells);
        Ok(out.write_all(layout.line(&row, |style| style).as_bytes())?)
    })?;
    write!(out, "{}{}", layout.line(&sums, Style::bold), why(&report.reasons))?;
    if !report.notes.is_empty() {
        write!(out, "\n{}\n", report.notes.join("\n"))?;
    }
    Ok(())
}

/// What a row is of.
fn names(count: &Count) -> impl Iterator<Item = &str> {
    count.source.iter().chain(&count.line).map(String::as_str)
}

pub(crate) fn row<'a>(
    label: &str,
    names: impl IntoIterator<Item = &'a str>,
    cells: impl Iterator<Item = String>,
) -> Vec<String> {
    let names = names.into_iter().map(str::to_owned);
    [label.to_owned()].into_iter().chain(names).chain(cells).collect()
}

/// `+12.5%`, `-3.0%`.
fn change(share: Option<f64>) -> String {
    share.map_or_else(dash, |share| format!("{:+.1}%", 100.0 * share))
}

/// `412 (405 to 418)`, or the number alone where it is certain.
fn between(count: u64, low: u64, high: u64) -> String {
    if low == high { count.to_string() } else { format!("{count} ({low} to {high})") }
}

fn total_between(count: u64, unsure: Unsure) -> String {
    let range = CountInterval::of(count, unsure);
    between(count, range.low, range.high)
}

fn known(number: Option<u64>) -> String {
    number.map_or_else(dash, |number| number.to_string())
}

fn mean(number: Option<f64>) -> String {
    number.map_or_else(dash, |number| format!("{number:.1}"))
}

pub(crate) fn dash() -> String {
    "-".to_owned()
}

/// A line under the table: `uncounted: stopped 1:30, dark 0:20`; nothing where everything was counted. One more for each
/// reason for which that time could not be counted: why, and what to do about it.
pub(crate) fn why(reasons: &[(String, f64)]) -> String {
    let each: Vec<_> = reasons
        .iter()
        .map(|(reason, seconds)| format!("{} {}", reason.replace('_', " "), gap(*seconds)))
        .collect();
    if each.is_empty() {
        return String::new();
    }
    let advice = reasons.iter().filter_map(|(reason, seconds)| {
        let Advice { why, remedy } = Condition::uncountable(reason)?.advice()?;
        Some(format!("uncountable for {}: {why}. {remedy}\n", gap(*seconds)))
    });
    format!("\nuncounted: {}\n{}", each.join(", "), advice.collect::<String>())
}

pub(crate) fn gap(seconds: f64) -> String {
    if seconds > 0.0 { length(seconds.max(1.0)) } else { dash() }
}

/// `+2 -9`: two came unseen, nine left unseen.
fn drift(came: u64, left: u64) -> String {
    match (came, left) {
        (0, 0) => dash(),
        (came, 0) => format!("+{came}"),
        (0, left) => format!("-{left}"),
        (came, left) => format!("+{came} -{left}"),
    }
}

/// How wide columns are.
#[derive(Default)]
pub(crate) struct Widths(Vec<usize>);

impl Widths {
    pub(crate) fn see(&mut self, row: &[String]) {
        self.0.resize(row.len(), 0);
        for (width, cell) in self.0.iter_mut().zip(row) {
            *width = (*width).max(measure_text_width(cell));
        }
    }
}

/// Rows with the first `names` columns to the left and the others, numbers, to the right.
pub(crate) struct Layout {
    pub(crate) widths: Widths,
    /// Which columns are shown.
    pub(crate) shown: Vec<bool>,
    pub(crate) names: usize,
    pub(crate) screen: Screen,
}

impl Layout {
    pub(crate) fn line(&self, row: &[String], styled: fn(Style) -> Style) -> String {
        let columns = row.iter().zip(&self.widths.0).zip(&self.shown).enumerate();
        let shown = columns.filter(|(_, (_, is_shown))| **is_shown);
        let cells = shown.map(|(column, ((cell, &width), _))| {
            let alignment = if column < self.names { Alignment::Left } else { Alignment::Right };
            pad_str(cell, width, alignment, None)
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let style = styled(Style::new().force_styling(self.screen.colours));
        format!("{}\n", style.apply_to(line.trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use footfall_ledger::Period;

    use super::write;
    use crate::testing::{counts, report};
    use crate::{Report, Screen};

    const PLAIN: Screen = Screen { width: 80, colours: false };

    fn table(report: &Report<'_>) -> String {
        let mut text = Vec::new();
        write(report, PLAIN, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn columns_line_up_under_their_heads() {
        let counts = counts("2026-03-28T12:00:00Z", 3, Period::Day, "Europe/Zurich");
        let text = table(&report(&counts, Period::Day));
        let rows: Vec<&str> = text.lines().skip(2).collect();
        for cells in [
            ["day", "in", "out", "occupancy", "peak", "drift", "visits", "dwell", "uncounted"],
            ["2026-03-28 Sat", "0", "0", "0", "0", "-", "0", "-", "-"],
            ["2026-03-29 Sun", "10 (9 to 11)", "1", "9", "9", "+1 -1", "1", "1:00", "0:30"],
            ["2026-03-30 Mon", "20 (18 to 22)", "2", "18", "18", "-2", "2", "2:00", "1:00"],
        ] {
            let is_row =
                |row: &&&str| row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).eq(cells);
            assert!(rows.iter().any(|row| is_row(&row)), "{cells:?} in\n{text}");
        }
        let total = rows[4];
        assert!(
            total.starts_with("total  ") && total.contains("30 (") && total.ends_with("1:40       1:30"),
            "{text}"
        );
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{text}");
    }

    #[test]
    fn under_the_table_it_says_why_nobody_counted() {
        let counts = counts("2026-03-28T12:00:00Z", 2, Period::Day, "UTC");
        let mut report = report(&counts, Period::Day);
        let without = table(&report);
        report.reasons = vec![("clock_step".into(), 3700.0), ("dark".into(), 0.2)];
        assert_eq!(table(&report), without + "\nuncounted: clock step 1:01:40, dark 0:01\n");
    }

    #[test]
    fn lines_have_a_column_and_nothing_is_said_to_be_nothing() {
        let mut counts = counts("2026-03-28T12:00:00Z", 1, Period::Day, "UTC");
        counts[0].line = Some("door".into());
        assert!(table(&report(&counts, Period::Day)).contains("2026-03-28 Sat  door   0    0"));
        assert_eq!(table(&report(&Vec::new(), Period::Day)), "door: nothing was recorded\n");
    }
}
