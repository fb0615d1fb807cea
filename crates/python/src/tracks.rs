//! What a tracker says about one frame.

use std::time::Duration;

use footfall_formats::mot::TrackRow;
use footfall_track::{Detection, Embeddings, Step, TrackedBox};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray as _, PyArray1, PyArray2};
use pyo3::prelude::*;

use crate::boxes::BoxFormat;

/// The confirmed tracks that were matched in one frame, by rising id.
///
/// Arrays are made when they are asked for. It holds the frame's embeddings for a counter: to keep tracks for long,
/// keep the arrays.
#[pyclass(frozen, module = "footfall")]
pub(crate) struct Tracks {
    pub(crate) number: u64,
    pub(crate) at: Duration,
    pub(crate) step: Step,
    /// Of the frame's detections, for who counts.
    pub(crate) embeddings: Embeddings,
    /// Everybody who was seen; none where tracks were gone over again.
    pub(crate) detections: Option<Vec<Detection>>,
    pub(crate) format: BoxFormat,
}

#[pymethods]
impl Tracks {
    /// Number of the frame, from 1.
    #[getter]
    fn frame(&self) -> u64 {
        self.number
    }

    /// Seconds since the source's start.
    #[getter]
    fn time(&self) -> f64 {
        self.at.as_secs_f64()
    }

    /// What the four numbers of a box are: "xyxy" or "tlwh".
    #[getter]
    fn box_format(&self) -> &'static str {
        self.format.name()
    }

    /// Who: (k,) int64, from 1, given once and never again by the same tracker.
    #[getter]
    fn ids<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        self.column(py, |track| track.id.0.cast_signed())
    }

    /// Where: (k, 4) float64 in pixels, the filter's estimate.
    #[getter]
    fn boxes<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        let mut boxes = Array2::zeros((self.step.tracks.len(), 4));
        for (mut row, track) in boxes.rows_mut().into_iter().zip(&self.step.tracks) {
            for (place, number) in row.iter_mut().zip(self.format.write(&track.bbox)) {
                *place = number;
            }
        }
        boxes.into_pyarray(py)
    }

    /// Scores of the matched detections: (k,) float32.
    #[getter]
    fn scores<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        self.column(py, |track| track.confidence)
    }

    /// Indices of the matched detections in the frame's boxes: (k,) int64; -1 where a gap was filled.
    #[getter]
    fn detections<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        self.column(py, |track| match track.detection {
            TrackedBox::INTERPOLATED => -1,
            index => index.cast_signed() as i64,
        })
    }

    /// Ids of tracks that ended with this frame: int64.
    #[getter]
    fn removed<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        let removed: Vec<i64> = self.step.removed.iter().map(|id| id.0.cast_signed()).collect();
        removed.into_pyarray(py)
    }

    /// Lines of MOT text, as `footfall track --tracks` writes them: frame,id,left,top,width,height,score,-1,-1,-1.
    fn to_mot(&self) -> String {
        let rows = self.step.tracks.iter().map(|track| {
            let TrackedBox { id, bbox, confidence, .. } = *track;
            format!("{}\n", TrackRow { frame: self.number, id, bbox, confidence })
        });
        rows.collect()
    }

    fn __len__(&self) -> usize {
        self.step.tracks.len()
    }

    fn __repr__(&self) -> String {
        let ids: Vec<String> = self.step.tracks.iter().map(|track| track.id.to_string()).collect();
        format!("Tracks(frame={}, time={}, ids=[{}])", self.number, self.at.as_secs_f64(), ids.join(", "))
    }
}

impl Tracks {
    fn column<'py, T: numpy::Element>(
        &self,
        py: Python<'py>,
        of: impl Fn(&TrackedBox) -> T,
    ) -> Bound<'py, PyArray1<T>> {
        self.step.tracks.iter().map(of).collect::<Vec<T>>().into_pyarray(py)
    }
}
