//! Folders as `footfall eval mot` takes them: GT/SEQ/gt/gt.txt and TRACKS/SEQ.txt.

use std::fs;
use std::path::{Path, PathBuf};

use footfall_eval::Benchmark;
use footfall_formats::mot::{SeqInfo, read_tracks};
use footfall_formats::{read_any_truth, truth_in};
use footfall_scoring::{boxes_of_tracks, boxes_of_truth, has_classes, usual_benchmark};
use pyo3::exceptions::{PyFileNotFoundError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{Outcome, Work, benchmark, selection};

/// Scores a folder of tracks.
///
/// # Errors
/// When there is nothing to score, and for the first sequence that cannot be scored.
#[pyfunction]
pub(crate) fn evaluate_folders<'py>(
    py: Python<'py>,
    gt: PathBuf,
    tracks: PathBuf,
    frames: &str,
    benchmark: &str,
    sequences: Vec<String>,
) -> PyResult<Bound<'py, PyDict>> {
    let (frames, rules) = (selection(frames)?, self::benchmark(benchmark)?);
    let names = names(&gt, sequences)?;
    let (names, missing): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| tracks_of(&tracks, name).is_file());
    if names.is_empty() {
        let first = missing.first().map_or("SEQUENCE", String::as_str);
        let folder = tracks.display();
        return Err(PyFileNotFoundError::new_err(format!(
            "no tracks to score: {folder} should have files like {first}.txt"
        )));
    }
    let outcome = py.detach(|| {
        let work = names.into_iter().map(|name| work(&gt, &tracks, name, rules));
        Outcome::of(work, frames).map_err(PyValueError::new_err)
    })?;
    outcome.dict(py, &missing)
}

/// The sequences that are asked for, by rising name.
fn names(gt: &Path, wanted: Vec<String>) -> PyResult<Vec<String>> {
    let entries = fs::read_dir(gt).map_err(|error| {
        PyFileNotFoundError::new_err(format!("reading the ground truth's folder {}: {error}", gt.display()))
    })?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| truth_in(&gt.join(name)).is_some())
        .collect();
    names.sort();
    if names.is_empty() {
        let folder = gt.display();
        return Err(PyFileNotFoundError::new_err(format!(
            "no ground truth in {folder}: expected SEQUENCE/gt/gt.txt in it"
        )));
    }
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(name)) {
        return Err(PyValueError::new_err(format!(
            "sequences has {unknown:?}, and there are {}",
            names.join(", ")
        )));
    }
    names.retain(|name| wanted.is_empty() || wanted.contains(name));
    Ok(names)
}

fn tracks_of(tracks: &Path, name: &str) -> PathBuf {
    tracks.join(format!("{name}.txt"))
}

fn work(gt: &Path, tracks: &Path, name: String, rules: Option<Benchmark>) -> Result<(String, Work), String> {
    let read = || {
        let folder = gt.join(&name);
        let info = SeqInfo::of(&folder)?;
        let path = truth_in(&folder).unwrap_or_else(|| folder.join("gt/gt.txt"));
        let (truth, _) = read_any_truth(&path, info.width.zip(info.height))?;
        Ok::<_, footfall_formats::Error>((truth, info, read_tracks(&tracks_of(tracks, &name))?))
    };
    let (truth, info, rows) = read().map_err(|error| error.to_string())?;
    let benchmark = rules.unwrap_or_else(|| usual_benchmark(has_classes(&truth), &name));
    let (truth, tracks) = (boxes_of_truth(&truth), boxes_of_tracks(&rows));
    let work = Work { truth, tracks, length: info.length, benchmark };
    Ok((name, work))
}
