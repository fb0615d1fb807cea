//! The tracker.

use std::sync::Mutex;
use std::time::Duration;

use footfall_track::offline::{OfflineConfig, Recording};
use footfall_track::{Config, Detection, Embeddings, Observations, Preset, Step, Tracker as Inner};
use numpy::{IntoPyArray as _, PyArray1};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use crate::boxes::{BoxFormat, detections, observations};
use crate::clock::Clock;
use crate::lock;
use crate::settings::{filled, python, wrong};
use crate::tracks::Tracks;

/// Follows people from frame to frame.
///
/// Tracker(preset="best", frame_rate=30.0, *, box_format="xyxy", record=False, **settings)
///
/// preset: "best", or "deepsort", the published algorithm.
/// frame_rate: frames a second. It says what frame numbers mean in time, and how much motion there is between
///     frames.
/// box_format: "xyxy" (left, top, right, bottom) or "tlwh" (left, top, width, height), in pixels from the
///     picture's top left corner; of boxes in, and of boxes out.
/// record: keep what is tracked, for offline().
/// settings: those of the preset by their names in footfall.toml, such as max_age (seconds) or
///     max_cosine_distance (0 to 2, a property of your embedder); the `settings` attribute has them all.
///
/// The same calls give the same tracks, bit for bit, and the same as `footfall track` gives. Threads may share a
/// tracker: its frames are taken one after the other, and the interpreter is free while it works.
///
/// Raises ValueError for a setting out of its range, TypeError for one that there is not.
#[pyclass(frozen, module = "footfall")]
pub(crate) struct Tracker {
    state: Mutex<State>,
    format: BoxFormat,
}

struct State {
    tracker: Inner,
    clock: Clock,
    /// Of embeddings, once there was one.
    dimension: usize,
    /// All that was tracked, where it is to be gone over again.
    recording: Option<Recording>,
}

#[pymethods]
impl Tracker {
    #[new]
    #[pyo3(signature = (preset="best", frame_rate=30.0, *, box_format="xyxy", record=false, **settings))]
    fn new(
        preset: &str,
        frame_rate: f64,
        box_format: &str,
        record: bool,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let config = config(preset, frame_rate, settings)?;
        let format = BoxFormat::named(box_format)?;
        let tracker = Inner::new(config).map_err(wrong)?;
        let recording = record.then(Recording::default);
        let state = State { tracker, clock: Clock::new(frame_rate), dimension: 0, recording };
        Ok(Self { state: Mutex::new(state), format })
    }

    /// Takes the next frame, and says who is in it.
    ///
    /// boxes: (n, 4) numbers in pixels, as box_format says. Those without a size are ignored.
    /// scores: (n,) shares from 0 to 1. All detections are wanted, weak ones too: the tracker knows what for.
    /// embeddings: appearance, (n, d) numbers of any length (they are scaled), or a row for each of `embedded`. A
    ///     row of zeros is no embedding. Leave them out to go by motion alone.
    /// time: seconds since the source's start; must not fall. By default frame n is at (n - 1) / frame_rate, or,
    ///     after a frame whose time was said, as much later.
    /// frame: its number, from 1; must rise. By default the one after the last. Say it where frames were skipped.
    /// embedded: (m,) indices of the boxes that the rows of embeddings belong to, as plan() gives them.
    ///
    /// Returns Tracks. Call it for frames with nobody in them too: time goes on.
    /// Float arrays are read where they lie, others by way of a copy. Raises ValueError that names the row for
    /// numbers that are not finite, negative sizes and scores beyond 0 to 1, TypeError for what are no numbers; the
    /// tracker is then as it was.
    #[pyo3(signature = (boxes, scores, embeddings=None, time=None, *, frame=None, embedded=None))]
    #[expect(clippy::too_many_arguments, reason = "by keyword, from Python")]
    fn update(
        &self,
        py: Python<'_>,
        boxes: &Bound<'_, PyAny>,
        scores: &Bound<'_, PyAny>,
        embeddings: Option<&Bound<'_, PyAny>>,
        time: Option<f64>,
        frame: Option<u64>,
        embedded: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Tracks> {
        let seen = observations(detections(self.format, boxes, scores)?, embeddings, embedded)?;
        let (number, at, step) = py.detach(|| lock(&self.state).update(frame, time, &seen))?;
        let Observations { detections, embeddings } = seen;
        Ok(Tracks { number, at, step, embeddings, detections: Some(detections), format: self.format })
    }

    /// Whose appearance is worth computing in the next frame: indices of boxes, (m,) int64, rising.
    ///
    /// An embedding costs the most of all, and most of them change nothing. Ask with the same boxes, scores and time
    /// that update() is called with next, run the embedder on these, and pass its rows with embedded=. Nothing
    /// changes by asking.
    #[pyo3(signature = (boxes, scores, time=None, *, frame=None))]
    fn plan<'py>(
        &self,
        py: Python<'py>,
        boxes: &Bound<'_, PyAny>,
        scores: &Bound<'_, PyAny>,
        time: Option<f64>,
        frame: Option<u64>,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let seen = detections(self.format, boxes, scores)?;
        let wanted = py.detach(|| lock(&self.state).plan(frame, time, &seen))?;
        Ok(wanted.into_pyarray(py))
    }

    /// Goes over all that was tracked once more, now that it is known what came later: a list of Tracks, one for
    /// each frame.
    ///
    /// Tracks of one person are joined, gaps of up to a second are filled (their `detections` are -1), and people are
    /// numbered anew. Raises RuntimeError unless the tracker was made with record=True.
    fn offline(&self, py: Python<'_>) -> PyResult<Vec<Tracks>> {
        py.detach(|| {
            let state = lock(&self.state);
            let Some(recording) = &state.recording else {
                return Err(PyRuntimeError::new_err(
                    "this tracker keeps no record to go over again; make it with Tracker(..., record=True)",
                ));
            };
            let refined = recording.clone().refine(&OfflineConfig::of(state.tracker.config()));
            let tracks = refined.into_iter().map(|frame| Tracks {
                number: frame.number,
                at: frame.time,
                step: frame.step,
                embeddings: Embeddings::default(),
                detections: None,
                format: self.format,
            });
            Ok(tracks.collect())
        })
    }

    /// All settings in force, by name.
    #[getter]
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let config = py.detach(|| lock(&self.state).tracker.config().clone());
        let Value::Object(mut all) = serde_json::to_value(&config).map_err(wrong)? else {
            return Err(wrong("no settings"));
        };
        let parts = [all.remove("best"), all.remove("deepsort")];
        let [best, deepsort] = parts;
        let own = if config.preset == Preset::Best { best } else { deepsort };
        if let Some(Value::Object(own)) = own {
            all.extend(own);
        }
        python(py, &Value::Object(all))
    }

    /// What the four numbers of a box are.
    #[getter]
    fn box_format(&self) -> &'static str {
        self.format.name()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let (preset, rate) = py.detach(|| {
            let state = lock(&self.state);
            (format!("{:?}", state.tracker.config().preset).to_lowercase(), state.tracker.config().frame_rate)
        });
        format!("Tracker(preset={preset:?}, frame_rate={rate}, box_format={:?})", self.format.name())
    }
}

impl State {
    fn update(
        &mut self,
        frame: Option<u64>,
        time: Option<f64>,
        seen: &Observations,
    ) -> PyResult<(u64, Duration, Step)> {
        let (number, at) = self.clock.next(frame, time)?;
        let found = seen.embeddings.dimension();
        if found > 0 && self.dimension > 0 && found != self.dimension {
            return Err(PyValueError::new_err(format!(
                "embeddings have {found} numbers each, and those before had {}: one tracker takes those of one network",
                self.dimension
            )));
        }
        self.dimension = self.dimension.max(found);
        self.clock.take((number, at), time.is_some());
        let step = self.tracker.step(at, seen);
        if let Some(recording) = &mut self.recording {
            recording.push(number, at, seen, step);
        }
        Ok((number, at, step.clone()))
    }

    fn plan(&mut self, frame: Option<u64>, time: Option<f64>, seen: &[Detection]) -> PyResult<Vec<i64>> {
        let (_, at) = self.clock.next(frame, time)?;
        Ok(self.tracker.plan(at, seen).iter().map(|&index| index.cast_signed() as i64).collect())
    }
}

/// Of what was said by keyword, and the defaults of the preset.
fn config(preset: &str, frame_rate: f64, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Config> {
    let preset: Preset = preset.parse().map_err(wrong)?;
    let config = Config { frame_rate, ..Config::of(preset) };
    config.validate().map_err(wrong)?;
    let own = if preset == Preset::Best { "/best" } else { "/deepsort" };
    filled(&format!("preset {:?}", &own[1..]), config, &["", own], settings)
}
