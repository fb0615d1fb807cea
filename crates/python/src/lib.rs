//! The tracker, the counter and the evaluator for Python.
//!
//! What is Python about them is here and in `python/footfall`; what they do is in `track`, `count`, `eval` and
//! `formats`. Arrays are read where they lie, while the interpreter is held; the work itself is done without it.

#![allow(clippy::needless_pass_by_value, reason = "PyO3 gives arguments by value")]
#![allow(clippy::doc_markdown, reason = "docstrings of Python, which has no Markdown")]

mod arrays;
mod boxes;
mod clock;
mod counter;
mod crossing;
mod evaluate;
mod files;
mod passages;
mod scores;
mod settings;
mod shapes;
mod tracker;
mod tracks;

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;

/// What `import footfall` takes from here.
#[pymodule]
mod _footfall {
    #[pymodule_export]
    use crate::counter::Counter;
    #[pymodule_export]
    use crate::crossing::{Crossing, Visit};
    #[pymodule_export]
    use crate::evaluate::{evaluate_folders, evaluate_rows};
    #[pymodule_export]
    use crate::files::{DetectionFile, Detections, read_tracks};
    #[pymodule_export]
    use crate::passages::score_passages;
    #[pymodule_export]
    use crate::tracker::Tracker;
    #[pymodule_export]
    use crate::tracks::Tracks;
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}

/// Whoever panicked holding it has left a whole value: nothing is put in place bit by bit.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
