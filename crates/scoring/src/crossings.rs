//! Crossings against true ones.

use std::path::Path;

use footfall_eval::counting::{Intervals, Outcome};
use footfall_formats::Table;
use serde::Serialize;

use crate::Tell;
use crate::case::Case;
use crate::crossing_cases::{CrossingFiles, cases};

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

/// The scores of every line, and of all.
#[derive(Serialize)]
pub struct CrossingReport {
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

/// Scores the crossings in `counted`, JSON lines or a folder of SEQUENCE.jsonl.
///
/// # Errors
///
/// Where there is nothing to score. [`Asked`](crate::Asked) where something is named that is not there, or a time
/// cannot be told without being given a frame rate.
pub fn score_crossings(
    files: &CrossingFiles<'_>,
    counted: &Path,
    tell: Tell<'_>,
) -> anyhow::Result<CrossingReport> {
    Ok(score(files.tolerance, &cases(files, counted, tell)?))
}

impl CrossingReport {
    /// For people, shares in per cent.
    #[must_use]
    pub fn table(&self) -> String {
        table(self)
    }
}

fn score(tolerance: f64, cases: &[Case]) -> CrossingReport {
    let mut lines = Vec::new();
    for case in cases {
        for (line, pair) in &case.lines {
            let outcome = Outcome::of(&pair.truth, &pair.counted, tolerance);
            lines.push(Row::new(Some((&case.name, line)), outcome));
        }
    }
    let total = Outcome::combined(lines.iter().map(|row| &row.outcome));
    CrossingReport { tolerance, total: Row::new(None, total), lines }
}

fn table(document: &CrossingReport) -> String {
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
