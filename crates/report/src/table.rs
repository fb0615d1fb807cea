//! Columns of text.

use std::io::Write;
use std::iter;

use console::{Alignment, Style, measure_text_width, pad_str};
use footfall_count::{Advice, Condition};
use footfall_ledger::Count;

use crate::columns::{COLUMNS, gap};
use crate::label::Labels;
use crate::total::Total;
use crate::{Error, Names, Report, Screen};

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
