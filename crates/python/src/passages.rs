//! Counted crossings against true ones, of one line.

use footfall_count::Direction;
use footfall_eval::counting::{Outcome, Passage};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A crossing: seconds, and whether inwards.
type Row = (f64, bool);

/// Scores lines, each a pair of lists of (seconds, whether inwards): a dictionary for each, then of all as one.
///
/// # Errors
/// For a time or a tolerance that is none.
#[pyfunction]
pub(crate) fn score_passages(
    py: Python<'_>,
    lines: Vec<(Vec<Row>, Vec<Row>)>,
    tolerance: f64,
) -> PyResult<Vec<Bound<'_, PyDict>>> {
    if !(tolerance.is_finite() && tolerance >= 0.0) {
        return Err(PyValueError::new_err(format!("tolerance is {tolerance}; expected seconds, 0 or more")));
    }
    let mut outcomes = Vec::new();
    for (truth, counted) in lines {
        outcomes.push(Outcome::of(&passages(&truth)?, &passages(&counted)?, tolerance));
    }
    outcomes.push(Outcome::combined(outcomes.iter()));
    outcomes.iter().map(|outcome| dict(py, outcome)).collect()
}

fn passages(rows: &[Row]) -> PyResult<Vec<Passage>> {
    let passage = |&(time, inwards): &Row| {
        let direction = if inwards { Direction::In } else { Direction::Out };
        let wrong = || PyValueError::new_err(format!("a crossing's time is {time}; expected seconds"));
        time.is_finite().then_some(Passage { time, direction }).ok_or_else(wrong)
    };
    rows.iter().map(passage).collect()
}

fn dict<'py>(py: Python<'py>, outcome: &Outcome) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(py);
    all.set_item("precision", outcome.precision())?;
    all.set_item("recall", outcome.recall())?;
    all.set_item("f1", outcome.f1())?;
    for (name, count) in [
        ("matched", outcome.matched),
        ("missed", outcome.missed()),
        ("false_alarms", outcome.false_alarms()),
        ("true_in", outcome.truth.entered),
        ("true_out", outcome.truth.left),
        ("counted_in", outcome.counted.entered),
        ("counted_out", outcome.counted.left),
        ("count_error", outcome.count_error),
        ("net_error", outcome.net_error),
    ] {
        all.set_item(name, count)?;
    }
    Ok(all)
}
