//! Arrays with MOT text's columns.

use footfall_eval::{TrackBox, TruthBox};
use footfall_scoring::usual_benchmark;
use footfall_track::Bbox;
use numpy::ndarray::ArrayView1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{Outcome, Work, benchmark, selection};
use crate::arrays::{Number, at_most, floats, view2, whole, with_array};

/// A sequence: its name, ground truth, tracks, and number of frames.
type Given<'py> = (String, Bound<'py, PyAny>, Bound<'py, PyAny>, Option<u64>);

/// Scores arrays.
///
/// # Errors
/// By the row, for what is no box, and for the first sequence that cannot be scored.
#[pyfunction]
pub(crate) fn evaluate_rows<'py>(
    py: Python<'py>,
    sequences: Vec<Given<'py>>,
    frames: &str,
    benchmark: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let (frames, rules) = (selection(frames)?, self::benchmark(benchmark)?);
    let mut all = Vec::new();
    for (name, truth, tracks, length) in sequences {
        let (truth, has_classes) = truth_rows(&truth)?;
        let tracks = track_rows(&tracks)?;
        let benchmark = rules.unwrap_or_else(|| usual_benchmark(has_classes, &name));
        all.push((name, Work { truth, tracks, length, benchmark }));
    }
    let outcome = py.detach(|| {
        let outcome = Outcome::of(all.into_iter().map(Ok), frames);
        outcome.map_err(PyValueError::new_err)
    })?;
    outcome.dict(py, &[])
}

/// A day of a crowd at 25 frames a second; they take 3 GB.
const MOST_ROWS: usize = 50_000_000;
const TRUTH: &str = "(n, 6) to (n, 10): frame, id, left, top, width, height, mark, class, ...";
const TRACKS: &str = "(n, 6) or more: frame, id, left, top, width, height, ...";

/// The boxes, and whether the eighth column has their classes, as in MOT16 and after.
fn truth_rows(value: &Bound<'_, PyAny>) -> PyResult<(Vec<TruthBox>, bool)> {
    let numbers = floats("gt", value)?;
    let (rows, columns) = numbers.table("gt", TRUTH)?;
    at_most("gt", rows, MOST_ROWS)?;
    if columns != 0 && columns < 6 {
        return Err(numbers.wrong_shape("gt", TRUTH));
    }
    let has_classes = matches!(columns, 8 | 9);
    let rows = with_array!(&numbers, array => {
        let row = |(index, row): (usize, ArrayView1<'_, _>)| {
            let column = |column: usize| row.get(column).map(|&number| Number::wide(number));
            let (frame, id, bbox) = row_of("gt", index, column)?;
            let mark = column(6).unwrap_or(1.0);
            let class = if has_classes { column(7).unwrap_or(1.0) } else { 1.0 };
            let class = whole(class).ok_or_else(|| wrong_row("gt", index, "class", class, "a whole number"))?;
            Ok(TruthBox { frame, id, bbox, considered: mark.trunc() != 0.0, class })
        };
        view2(array).rows().into_iter().enumerate().map(row).collect::<PyResult<_>>()?
    });
    Ok((rows, has_classes))
}

fn track_rows(value: &Bound<'_, PyAny>) -> PyResult<Vec<TrackBox>> {
    let numbers = floats("tracks", value)?;
    let (rows, columns) = numbers.table("tracks", TRACKS)?;
    at_most("tracks", rows, MOST_ROWS)?;
    if columns != 0 && columns < 6 {
        return Err(numbers.wrong_shape("tracks", TRACKS));
    }
    with_array!(&numbers, array => {
        let row = |(index, row): (usize, ArrayView1<'_, _>)| {
            let column = |column: usize| row.get(column).map(|&number| Number::wide(number));
            let (frame, id, bbox) = row_of("tracks", index, column)?;
            Ok(TrackBox { frame, id, bbox })
        };
        view2(array).rows().into_iter().enumerate().map(row).collect()
    })
}

/// Frame, id and box of a row.
fn row_of(name: &str, index: usize, column: impl Fn(usize) -> Option<f64>) -> PyResult<(u64, u64, Bbox)> {
    let of = |place| column(place).unwrap_or(f64::NAN);
    let frame = whole(of(0)).filter(|&frame| frame > 0);
    let frame = frame.ok_or_else(|| wrong_row(name, index, "frame", of(0), "a whole number from 1"))?;
    let id =
        whole(of(1)).ok_or_else(|| wrong_row(name, index, "id", of(1), "a whole number of 0 or more"))?;
    for (place, what) in ["left", "top", "width", "height"].into_iter().enumerate() {
        if !of(2 + place).is_finite() {
            return Err(wrong_row(name, index, what, of(2 + place), "a finite number"));
        }
    }
    Ok((frame, id, Bbox::new(of(2), of(3), of(4), of(5))))
}

fn wrong_row(name: &str, index: usize, what: &str, found: f64, expected: &str) -> PyErr {
    PyValueError::new_err(format!("{name}[{index}]: the {what} is {found}; expected {expected}"))
}
