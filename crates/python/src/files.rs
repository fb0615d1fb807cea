//! Detections and tracks from files.

use std::path::PathBuf;
use std::sync::Mutex;

use footfall_formats::jsonl::About;
use footfall_formats::mot::read_tracks as read_mot;
use footfall_formats::{DetectionFrame, DetectionReader, Error};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray as _, PyArray1, PyArray2};
use pyo3::exceptions::{PyFileNotFoundError, PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::boxes::BoxFormat;
use crate::lock;

/// What is wrong with a file, as Python has it.
pub(crate) fn file_error(error: &Error) -> PyErr {
    match error {
        Error::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            PyFileNotFoundError::new_err(error.to_string())
        }
        Error::Read { .. } | Error::Write { .. } => PyOSError::new_err(error.to_string()),
        _ => PyValueError::new_err(error.to_string()),
    }
}

/// A file of detections, frame by frame: an iterator over Detections.
///
/// DetectionFile(path, *, box_format="xyxy", size=None)
///
/// Reads what `footfall track` reads, told by what is in it: MOT text, JSON lines, COCO's annotations and results,
/// folders of YOLO labels, supervision's CSV, CVAT's XML and Label Studio's JSON. `size` is (width, height) of the
/// picture in pixels, for those whose boxes are shares of it; `notes` says how the file was taken. Frames without anybody may be left out. Raises
/// FileNotFoundError or OSError where it cannot be read, ValueError that names the line for what is wrong in it.
#[pyclass(frozen, module = "footfall")]
pub(crate) struct DetectionFile {
    reader: Mutex<DetectionReader>,
    format: BoxFormat,
    about: About,
    stride: Option<u64>,
    notes: Vec<String>,
}

#[pymethods]
impl DetectionFile {
    #[new]
    #[pyo3(signature = (path, *, box_format="xyxy", size=None))]
    fn new(py: Python<'_>, path: PathBuf, box_format: &str, size: Option<(usize, usize)>) -> PyResult<Self> {
        let format = BoxFormat::named(box_format)?;
        let reader =
            py.detach(|| DetectionReader::open_sized(&path, size)).map_err(|error| file_error(&error))?;
        let about = reader.about();
        let notes = reader.notes().to_vec();
        let stride = reader.survey().map(|survey| survey.cadence.stride());
        Ok(Self { reader: Mutex::new(reader), format, about, stride, notes })
    }

    /// Frames a second, where the file says so.
    #[getter]
    fn frame_rate(&self) -> Option<f64> {
        self.about.frame_rate
    }

    /// Every how many frames somebody looked, by the numbers of MOT text's frames; None where each frame that was
    /// looked at is in the file.
    #[getter]
    fn stride(&self) -> Option<u64> {
        self.stride
    }

    /// What is to be known about how the file was taken.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// Of the embedder that was used, where the file says so.
    #[getter]
    fn max_cosine_distance(&self) -> Option<f32> {
        self.about.max_cosine_distance
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Detections>> {
        let frame = py.detach(|| lock(&self.reader).next());
        let frame = frame.transpose().map_err(|error| file_error(&error))?;
        Ok(frame.map(|inner| Detections { inner, format: self.format }))
    }
}

/// What was seen in one frame, as Tracker.update() takes it.
#[pyclass(frozen, module = "footfall")]
pub(crate) struct Detections {
    inner: DetectionFrame,
    format: BoxFormat,
}

#[pymethods]
impl Detections {
    /// Number of the frame, from 1.
    #[getter]
    fn frame(&self) -> u64 {
        self.inner.number
    }

    /// Seconds since the source's start, where the file says so.
    #[getter]
    fn time(&self) -> Option<f64> {
        self.inner.time.map(|time| time.as_secs_f64())
    }

    /// (n, 4) float64, in pixels.
    #[getter]
    fn boxes<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        let seen = &self.inner.observations.detections;
        let boxes = seen.iter().flat_map(|one| self.format.write(&one.bbox)).collect();
        table(seen.len(), 4, boxes).into_pyarray(py)
    }

    /// (n,) float32, 0 to 1.
    #[getter]
    fn scores<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        let seen = &self.inner.observations.detections;
        seen.iter().map(|one| one.confidence).collect::<Vec<_>>().into_pyarray(py)
    }

    /// (m, d) float32, of unit length, of the boxes that `embedded` has the indices of.
    #[getter]
    fn embeddings<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f32>> {
        let all = &self.inner.observations.embeddings;
        let vectors: Vec<f32> =
            (0..all.len()).filter_map(|index| all.get(index)).flatten().copied().collect();
        let dimension = all.dimension();
        table(vectors.len() / dimension.max(1), dimension, vectors).into_pyarray(py)
    }

    /// (m,) int64.
    #[getter]
    fn embedded<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        let all = &self.inner.observations.embeddings;
        let embedded = (0..all.len()).filter(|&index| all.get(index).is_some());
        embedded.map(|index| index.cast_signed() as i64).collect::<Vec<_>>().into_pyarray(py)
    }

    fn __len__(&self) -> usize {
        self.inner.observations.detections.len()
    }

    fn __repr__(&self) -> String {
        format!("Detections(frame={}, len={})", self.inner.number, self.__len__())
    }
}

fn table<T: Clone + Default>(rows: usize, columns: usize, values: Vec<T>) -> Array2<T> {
    Array2::from_shape_vec((rows, columns), values).unwrap_or_default()
}

/// Tracks from MOT text: (n, 7) float64 with frame, id, left, top, width, height and score, by rising frame.
///
/// Raises FileNotFoundError or OSError where it cannot be read, ValueError that names the line.
#[pyfunction]
pub(crate) fn read_tracks(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyArray2<f64>>> {
    let rows = py.detach(|| read_mot(&path)).map_err(|error| file_error(&error))?;
    let row = |row: &footfall_formats::mot::TrackRow| {
        let bbox = row.bbox;
        let confidence = f64::from(row.confidence);
        [row.frame as f64, row.id.0 as f64, bbox.x, bbox.y, bbox.width, bbox.height, confidence]
    };
    let values: Vec<f64> = rows.iter().flat_map(row).collect();
    Ok(table(rows.len(), 7, values).into_pyarray(py))
}
