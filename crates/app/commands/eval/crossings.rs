//! `footfall eval crossings`.

use std::io::Write as _;

use footfall_eval::counting::{Intervals, Outcome};
use serde::Serialize;

use super::case::Case;
use super::crossing_cases::{cases, write_derived};
use crate::cli::eval::CrossingsArgs;
use crate::run::outputs::save;
use crate::table::Table;

/// A line's score, or the total.
#[derive(Serialize)]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    #[serde(flatten)]
    outcome: Outcome,
    missed: u64,
    #[serde(rename = "false")]
    false_alarms: u64,
    precision: f64,
    recall: f64,
    f1: f64,
    intervals: Intervals,
}

#[derive(Serialize)]
struct Document {
    tolerance: f64,
    total: Row,
    lines: Vec<Row>,
}

impl Row {
    fn new(place: Option<(&str, &str)>, outcome: Outcome) -> Self {
        Self {
            sequence: place.map(|(sequence, _)| sequence.to_owned()),
            line: place.map(|(_, line)| line.to_owned()),
            missed: outcome.missed(),
            false_alarms: outcome.false_alarms(),
            precision: outcome.precision(),
            recall: outcome.recall(),
            f1: outcome.f1(),
            intervals: outcome.intervals(),
            outcome,
        }
    }
}

pub(super) fn run(args: &CrossingsArgs) -> anyhow::Result<()> {
    if let Some(to) = &args.write_gt {
        write_derived(args, to)?;
    }
    let Some(crossings) = &args.crossings else { return Ok(()) };
    let document = score(args.tolerance, &cases(args, crossings)?);
    if let Some(path) = &args.json {
        save(path, &(serde_json::to_string_pretty(&document)? + "\n"))?;
    }
    let taken = [&args.json, &args.write_gt].into_iter().flatten().any(|path| path.as_os_str() == "-");
    if !taken {
        std::io::stdout().lock().write_all(table(&document).as_bytes())?;
    }
    Ok(())
}

fn score(tolerance: f64, cases: &[Case]) -> Document {
    let mut lines = Vec::new();
    for case in cases {
        for (line, pair) in &case.lines {
            let outcome = Outcome::of(&pair.truth, &pair.counted, tolerance);
            lines.push(Row::new(Some((&case.name, line)), outcome));
        }
    }
    let total = Outcome::combined(lines.iter().map(|row| &row.outcome));
    Document { tolerance, total: Row::new(None, total), lines }
}

fn table(document: &Document) -> String {
    let mut table = Table::default();
    table.row([
        "",
        "line",
        "in",
        "(true)",
        "out",
        "(true)",
        "error",
        "net",
        "missed",
        "false",
        "precision",
        "recall",
        "F1",
        "95% of F1",
    ]);
    for row in document.lines.iter().chain([&document.total]) {
        let Outcome { truth, counted, count_error, net_error, .. } = row.outcome;
        let percent = |value: f64| format!("{:.1}", 100.0 * value);
        table.row([
            row.sequence.clone().unwrap_or_else(|| "TOTAL".to_owned()),
            row.line.clone().unwrap_or_default(),
            counted.entered.to_string(),
            format!("({})", truth.entered),
            counted.left.to_string(),
            format!("({})", truth.left),
            count_error.to_string(),
            net_error.to_string(),
            row.missed.to_string(),
            row.false_alarms.to_string(),
            percent(row.precision),
            percent(row.recall),
            percent(row.f1),
            format!("{}-{}", percent(row.intervals.f1.low), percent(row.intervals.f1.high)),
        ]);
    }
    table.render()
}
