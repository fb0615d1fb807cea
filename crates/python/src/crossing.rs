//! What a counter says.

use footfall_count as count;
use footfall_formats::jsonl::CrossingRow;
use pyo3::prelude::*;

use crate::settings::{python, wrong};

/// Somebody who passed a line, once.
#[pyclass(frozen, module = "footfall")]
pub(crate) struct Crossing {
    pub(crate) inner: count::Crossing,
    pub(crate) name: String,
}

#[pymethods]
impl Crossing {
    /// Number of the frame in which they reached the line, from 1.
    #[getter]
    fn frame(&self) -> u64 {
        self.inner.frame
    }

    /// That frame's time, in seconds.
    #[getter]
    fn time(&self) -> f64 {
        self.inner.time.as_secs_f64()
    }

    /// The line's name.
    #[getter]
    fn line(&self) -> &str {
        &self.name
    }

    /// "in", to the right hand of someone who walks along the line, or "out".
    #[getter]
    fn direction(&self) -> &'static str {
        self.inner.direction.as_str()
    }

    /// Who, by their track's id.
    #[getter]
    fn track(&self) -> u64 {
        self.inner.track.0
    }

    /// Where they met the line: x, y in pixels.
    #[getter]
    fn point(&self) -> (f64, f64) {
        (self.inner.point.x, self.inner.point.y)
    }

    /// Number of the frame in which it was sure enough to be counted.
    #[getter]
    fn decided(&self) -> u64 {
        self.inner.decided
    }

    /// How likely it is that somebody truly passed, 0 to 1.
    #[getter]
    fn confidence(&self) -> f64 {
        self.inner.confidence
    }

    /// What the confidence rests on.
    #[getter]
    fn reasons(&self) -> Vec<&'static str> {
        self.inner.reasons.iter().map(|reason| reason.as_str()).collect()
    }

    /// As a dictionary, with the names and roundings of `footfall track --crossings`.
    #[pyo3(signature = (source=None))]
    fn to_dict<'py>(&self, py: Python<'py>, source: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        python(py, &serde_json::to_value(self.row(source)).map_err(wrong)?)
    }

    /// As a line of `footfall track --crossings`, without its end.
    #[pyo3(signature = (source=None))]
    fn to_json(&self, source: Option<&str>) -> PyResult<String> {
        serde_json::to_string(&self.row(source)).map_err(wrong)
    }

    fn __repr__(&self) -> String {
        format!(
            "Crossing(frame={}, line={:?}, direction={:?}, track={})",
            self.inner.frame,
            self.name,
            self.inner.direction.as_str(),
            self.inner.track
        )
    }
}

impl Crossing {
    fn row(&self, source: Option<&str>) -> CrossingRow {
        let row = CrossingRow::new(&self.inner, &self.name, source.unwrap_or_default());
        CrossingRow { source: row.source.filter(|_| source.is_some()), ..row }
    }
}

/// A stay in a zone that is over: zone (name), track (id), frame (number), entered and left (seconds).
#[pyclass(frozen, module = "footfall", get_all)]
pub(crate) struct Visit {
    /// The zone's name.
    pub(crate) zone: String,
    /// The track's number.
    pub(crate) track: u64,
    /// The number of the frame in which the zone was entered, from 1.
    pub(crate) frame: u64,
    /// When it was entered, in seconds since the start.
    pub(crate) entered: f64,
    /// When it was left, in seconds since the start.
    pub(crate) left: f64,
}

#[pymethods]
impl Visit {
    fn __repr__(&self) -> String {
        let Self { zone, track, entered, left, .. } = self;
        format!("Visit(zone={zone:?}, track={track}, entered={entered}, left={left})")
    }
}
