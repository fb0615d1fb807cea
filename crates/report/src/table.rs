//! Columns of text.

use console::{Alignment, measure_text_width, pad_str, style};
use footfall_count::CountInterval;
use footfall_ledger::Count;

use crate::label::{labels, length};
use crate::total::Total;
use crate::{Report, Screen};

/// A column that is shown: its head, and what it says of a row and of all rows together.
struct Column {
    head: &'static str,
    cell: fn(&Count) -> String,
    total: fn(&Total) -> String,
}

pub(crate) fn table(report: &Report, screen: Screen) -> String {
    if report.counts.is_empty() {
        return format!("{}: nothing was recorded\n", report.title);
    }
    let total = Total::of(&report.counts);
    let columns = columns(&total);
    let is_per_line = report.counts.iter().any(|count| count.line.is_some());
    let mut rows = Vec::new();
    let heads = columns.iter().map(|column| column.head.to_owned());
    rows.push(row(report.by.as_str(), is_per_line.then_some("line"), heads));
    for (count, label) in
        report.counts.iter().zip(labels(report.counts.iter().map(|count| &count.from), report.by))
    {
        let line = is_per_line.then(|| count.line.as_deref().unwrap_or_default());
        rows.push(row(&label, line, columns.iter().map(|column| (column.cell)(count))));
    }
    rows.push(row("total", is_per_line.then_some(""), columns.iter().map(|column| (column.total)(&total))));
    lay_out(&report.title, &rows, if is_per_line { 2 } else { 1 }, screen) + &why(&report.reasons)
}

pub(crate) fn row(label: &str, line: Option<&str>, cells: impl Iterator<Item = String>) -> Vec<String> {
    [label.to_owned()].into_iter().chain(line.map(str::to_owned)).chain(cells).collect()
}

/// Those that have something to say.
fn columns(total: &Total) -> Vec<Column> {
    let mut columns = vec![
        Column {
            head: "in",
            cell: |c| between(c.entered, c.entered_low, c.entered_high),
            total: |t| total_between(t.entered, t.doubt.0),
        },
        Column {
            head: "out",
            cell: |c| between(c.left, c.left_low, c.left_high),
            total: |t| total_between(t.left, t.doubt.1),
        },
        Column { head: "occupancy", cell: |c| c.occupancy.to_string(), total: |_| String::new() },
        Column { head: "peak", cell: |c| c.peak.to_string(), total: |t| t.peak.to_string() },
        Column {
            head: "drift",
            cell: |c| drift(c.came_unseen, c.left_unseen),
            total: |t| drift(t.came_unseen, t.left_unseen),
        },
    ];
    if total.visitors.is_some() {
        columns.push(Column { head: "visitors", cell: |c| known(c.visitors), total: |t| known(t.visitors) });
        columns.push(Column { head: "again", cell: |c| known(c.again), total: |t| known(t.again) });
    }
    if total.staff > 0 {
        columns.push(Column { head: "staff", cell: |c| c.staff.to_string(), total: |t| t.staff.to_string() });
    }
    if total.visits > 0 {
        columns.push(Column {
            head: "visits",
            cell: |c| c.visits.to_string(),
            total: |t| t.visits.to_string(),
        });
        columns.push(Column {
            head: "dwell",
            cell: |c| c.dwell.map_or_else(dash, length),
            total: |t| t.dwell.map_or_else(dash, length),
        });
    }
    columns.push(Column { head: "uncounted", cell: |c| gap(c.uncounted), total: |t| gap(t.uncounted) });
    columns
}

/// `412 (405 to 418)`, or the number alone where it is certain.
fn between(count: u64, low: u64, high: u64) -> String {
    if low == high { count.to_string() } else { format!("{count} ({low} to {high})") }
}

fn total_between(count: u64, doubt: f64) -> String {
    let range = CountInterval::of(count, doubt);
    if count == 0 { "0".to_owned() } else { between(count, range.low, range.high) }
}

fn known(number: Option<u64>) -> String {
    number.map_or_else(dash, |number| number.to_string())
}

pub(crate) fn dash() -> String {
    "-".to_owned()
}

/// A line under the table: `uncounted: stopped 1:30, dark 0:20`; nothing where everything was counted.
pub(crate) fn why(reasons: &[(String, f64)]) -> String {
    let each: Vec<_> = reasons
        .iter()
        .map(|(reason, seconds)| format!("{} {}", reason.replace('_', " "), gap(*seconds)))
        .collect();
    if each.is_empty() { String::new() } else { format!("\nuncounted: {}\n", each.join(", ")) }
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

/// Rows with the first `names` columns to the left and the others, numbers, to the right.
pub(crate) fn lay_out(title: &str, rows: &[Vec<String>], names: usize, screen: Screen) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| measure_text_width(&row[column])).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let mut text = format!("{title}\n\n");
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            let alignment = if column < names { Alignment::Left } else { Alignment::Right };
            pad_str(cell, width, alignment, None)
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        let styled = style(line).force_styling(screen.colours);
        let styled = match index {
            0 => styled.dim(),
            _ if index + 1 == rows.len() => styled.bold(),
            _ => styled,
        };
        text.push_str(&styled.to_string());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use footfall_ledger::Period;

    use super::table;
    use crate::Screen;
    use crate::testing::report;

    const PLAIN: Screen = Screen { width: 80, colours: false };

    #[test]
    fn columns_line_up_under_their_heads() {
        let report = report("2026-03-28T12:00:00Z", 3, Period::Day, "Europe/Zurich");
        let text = table(&report, PLAIN);
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
        let mut report = report("2026-03-28T12:00:00Z", 2, Period::Day, "UTC");
        let without = table(&report, PLAIN);
        report.reasons = vec![("clock_step".into(), 3700.0), ("dark".into(), 0.2)];
        assert_eq!(table(&report, PLAIN), without + "\nuncounted: clock step 1:01:40, dark 0:01\n");
    }

    #[test]
    fn lines_have_a_column_and_nothing_is_said_to_be_nothing() {
        let mut report = report("2026-03-28T12:00:00Z", 1, Period::Day, "UTC");
        report.counts[0].line = Some("door".into());
        assert!(table(&report, PLAIN).contains("2026-03-28 Sat  door   0    0"));
        report.counts.clear();
        assert_eq!(table(&report, PLAIN), "door: nothing was recorded\n");
    }
}
