//! The counter.

mod state;

use std::sync::Mutex;

use footfall_count::{Advice, Config, CountInterval, Counter as Inner, Line, Visibility, Zone};
use footfall_track::{Bbox, Embeddings, Step, TrackId, TrackedBox};
use numpy::{IntoPyArray as _, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arrays::wholes;
use crate::boxes::{BoxFormat, MOST, same_length, scores};
use crate::clock::{Clock, frame_rate};
use crate::crossing::{Crossing, Visit};
use crate::lock;
use crate::settings::{filled, wrong};
use crate::shapes::{lines, masks, zones};
use crate::tracks::Tracks;

use self::state::State;

/// Counts who passes lines and stays in zones.
///
/// Counter(lines=None, zones=None, masks=None, *, size=None, input_scale=None, frame_rate=30.0, box_format="xyxy",
///     **settings)
///
/// lines: {"door": [(x1, y1), (x2, y2)]}, with more points for a bent line, or texts as on the command line,
///     "door:x1,y1,x2,y2". `in` is to the right hand of someone who walks from the first point to the last on the
///     picture. Only between its ends is a line passed.
/// zones: {"till": [(x, y), ...]}, polygons, or texts.
/// masks: lists of (x, y), polygons in which nobody is to be looked for, or texts; see hides().
/// size: (width, height) of the picture, where a text is in percent of it.
/// input_scale: how many times as large the picture is for the detector, as 416 / 1920; where it is known, people who are
///     too small there are told by `uncountable`.
/// frame_rate, box_format: of update_boxes(), where it is not told a time.
/// settings: those of `[counter]` in footfall.toml, such as dead_band (box heights) or smoothing (seconds).
///
/// A crossing is decided a little later than it happens, and dated when it happened. Threads may share a counter.
/// Raises ValueError for a shape that is none and a setting out of its range, TypeError for one that there is not.
#[pyclass(frozen, module = "footfall")]
pub(crate) struct Counter {
    state: Mutex<State>,
    format: BoxFormat,
}

#[pymethods]
impl Counter {
    #[new]
    #[pyo3(signature = (
        lines=None, zones=None, masks=None, *, size=None, input_scale=None, frame_rate=30.0, box_format="xyxy",
        **settings
    ))]
    #[expect(clippy::too_many_arguments, reason = "by keyword, from Python")]
    fn new(
        lines: Option<&Bound<'_, PyAny>>,
        zones: Option<&Bound<'_, PyAny>>,
        masks: Option<&Bound<'_, PyAny>>,
        size: Option<(usize, usize)>,
        input_scale: Option<f64>,
        frame_rate: f64,
        box_format: &str,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let counter =
            Inner::new(self::lines(lines)?, filled("the counter", Config::default(), &[""], settings)?)
                .map_err(wrong)?;
        let mut counter = counter.with_zones(self::zones(zones)?).with_masks(self::masks(masks)?);
        if let Some((width, height)) = size {
            counter.fit(width, height);
        }
        if !counter.is_fit() {
            return Err(PyValueError::new_err(
                "a line, zone or mask is in percent of the picture; pass the picture's size=(width, height) in pixels",
            ));
        }
        if let Some(scale) = input_scale.filter(|scale| !(scale.is_finite() && *scale > 0.0)) {
            return Err(PyValueError::new_err(format!(
                "input_scale is {scale}; it is the width of the detector's input by that of the picture, as 416 / 1920"
            )));
        }
        let clock = Clock::new(self::frame_rate(frame_rate)?);
        let format = BoxFormat::named(box_format)?;
        let (visibility, latest) = (Visibility::default(), None);
        let state =
            State { counter, clock, is_finished: false, latest, visibility, input_scale, steps: (0, 0) };
        Ok(Self { state: Mutex::new(state), format })
    }

    /// Takes what a Tracker said about the next frame; gives the crossings decided in it.
    fn update(&self, py: Python<'_>, tracks: &Tracks) -> PyResult<Vec<Crossing>> {
        let Tracks { number, at, step, embeddings, detections, .. } = tracks;
        py.detach(|| {
            let seconds = at.as_secs_f64();
            let detections = detections.as_deref();
            lock(&self.state).update(Some(*number), Some(seconds), |_| (step, embeddings, detections, *at))
        })
    }

    /// Takes the next frame of any tracker's tracks; gives the crossings decided in it.
    ///
    /// boxes: (n, 4) numbers in pixels. ids: (n,) whole numbers, each once. scores: (n,) shares, or None.
    /// time, frame: as in Tracker.update(). removed: ids that will not come back, where that is known.
    /// Raises ValueError that names the row.
    #[pyo3(signature = (boxes, ids, scores=None, time=None, *, frame=None, removed=None))]
    #[expect(clippy::too_many_arguments, reason = "by keyword, from Python")]
    fn update_boxes(
        &self,
        py: Python<'_>,
        boxes: &Bound<'_, PyAny>,
        ids: &Bound<'_, PyAny>,
        scores: Option<&Bound<'_, PyAny>>,
        time: Option<f64>,
        frame: Option<u64>,
        removed: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Crossing>> {
        let boxes = self.format.boxes(boxes)?;
        let tracks = tracked(&boxes, ids, scores)?;
        let removed = removed.map_or_else(|| Ok(Vec::new()), |removed| wholes("removed", removed, MOST))?;
        let removed = removed.into_iter().map(TrackId).collect();
        let step = Step { tracks, removed, found: Vec::new() };
        let nothing = Embeddings::default();
        py.detach(|| lock(&self.state).update(frame, time, |at| (&step, &nothing, None, at)))
    }

    /// Decides what is still open at the source's end; gives the crossings. No frame may follow.
    fn finish(&self, py: Python<'_>) -> Vec<Crossing> {
        py.detach(|| {
            let mut state = lock(&self.state);
            state.is_finished = true;
            let crossings = state.counter.finish();
            state.named(crossings)
        })
    }

    /// Stays in zones that have ended since this was last asked, by their end.
    fn visits(&self, py: Python<'_>) -> Vec<Visit> {
        py.detach(|| {
            let mut state = lock(&self.state);
            let visits = state.counter.take_visits();
            let zones = state.counter.zones();
            let visit = |visit: footfall_count::Visit| Visit {
                zone: zones[visit.zone].name().to_owned(),
                track: visit.track.0,
                frame: visit.frame,
                entered: visit.entered.as_secs_f64(),
                left: visit.left.as_secs_f64(),
            };
            visits.into_iter().map(visit).collect()
        })
    }

    /// Which boxes stand in a mask: (n,) bool. Leave these out of what the tracker is given.
    fn hides<'py>(&self, py: Python<'py>, boxes: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyArray1<bool>>> {
        let boxes = self.format.boxes(boxes)?;
        let hidden: Vec<bool> = py.detach(|| {
            let state = lock(&self.state);
            boxes.iter().map(|bbox| state.counter.hides(bbox)).collect()
        });
        Ok(hidden.into_pyarray(py))
    }

    /// Counts so far: {"door": {"in": 3, "out": 2}}.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.by_line(py, |counter, index, counts| {
            let tally = counter.tallies()[index];
            counts.set_item("in", tally.entered)?;
            counts.set_item("out", tally.left)
        })
    }

    /// Why no count can be answered for, and what to do: {"because": "low_rate", "why": ..., "remedy": ...}. None where
    /// they can be. Of `low_rate` the times of frames tell. Of `unfollowed`, `unclear` and, with input_scale, `too_small`
    /// only what a Tracker gives to update(): tracks of others say nothing of who was not followed.
    #[getter]
    fn uncountable<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(condition) = py.detach(|| lock(&self.state).uncountable()) else { return Ok(None) };
        let Some(Advice { why, remedy }) = condition.advice() else { return Ok(None) };
        let told = PyDict::new(py);
        for (name, words) in [("because", condition.as_str()), ("why", why), ("remedy", remedy)] {
            told.set_item(name, words)?;
        }
        Ok(Some(told))
    }

    /// Where the true counts are with a probability of 95%: {"door": {"in": (2, 4), "out": (2, 3)}}; None in place of a
    /// pair where counts are uncountable.
    #[getter]
    fn intervals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let is_uncountable = py.detach(|| lock(&self.state).uncountable().is_some());
        self.by_line(py, |counter, index, counts| {
            if is_uncountable {
                counts.set_item("in", py.None())?;
                return counts.set_item("out", py.None());
            }
            let (tally, doubt) = (counter.tallies()[index], counter.doubts()[index]);
            let entered = CountInterval::likely(tally.entered, doubt.entered);
            let left = CountInterval::likely(tally.left, doubt.left);
            counts.set_item("in", (entered.low, entered.high))?;
            counts.set_item("out", (left.low, left.high))
        })
    }

    /// What zones have seen: {"till": {"occupancy": 1, "most": 4, "visits": 9, "mean_dwell": 31.5 (seconds)}}.
    #[getter]
    fn zones<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counter = py.detach(|| {
            let counter = &lock(&self.state).counter;
            let names: Vec<String> =
                counter.zones().iter().map(|zone: &Zone| zone.name().to_owned()).collect();
            (names, counter.zone_tallies().to_vec())
        });
        let all = PyDict::new(py);
        for (name, tally) in counter.0.into_iter().zip(counter.1) {
            let zone = PyDict::new(py);
            zone.set_item("occupancy", tally.occupancy)?;
            zone.set_item("most", tally.most)?;
            zone.set_item("visits", tally.visits)?;
            zone.set_item("mean_dwell", tally.mean_dwell().as_secs_f64())?;
            all.set_item(name, zone)?;
        }
        Ok(all)
    }

    /// What the four numbers of a box are.
    #[getter]
    fn box_format(&self) -> &'static str {
        self.format.name()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let names: Vec<String> = py.detach(|| {
            lock(&self.state).counter.lines().iter().map(|line: &Line| line.name().to_owned()).collect()
        });
        format!("Counter(lines={names:?})")
    }
}

impl Counter {
    fn by_line<'py>(
        &self,
        py: Python<'py>,
        of: impl Fn(&Inner, usize, &Bound<'py, PyDict>) -> PyResult<()>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let counter = py.detach(|| lock(&self.state).counter.clone());
        let all = PyDict::new(py);
        for (index, line) in counter.lines().iter().enumerate() {
            let counts = PyDict::new(py);
            of(&counter, index, &counts)?;
            all.set_item(line.name(), counts)?;
        }
        Ok(all)
    }
}

/// Boxes with the ids that another tracker gave them.
fn tracked(
    boxes: &[Bbox],
    ids: &Bound<'_, PyAny>,
    given: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<TrackedBox>> {
    let ids = wholes("ids", ids, MOST)?;
    same_length("ids", ids.len(), boxes.len())?;
    let scores = given.map_or_else(|| Ok(vec![1.0; boxes.len()]), |given| scores(given, boxes.len()))?;
    let mut sorted: Vec<(u64, usize)> = ids.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(PyValueError::new_err(format!(
            "ids[{}] is {}, as ids[{}] is; an id is one person, once in a frame",
            pair[1].1, pair[1].0, pair[0].1
        )));
    }
    let track = |&(id, row): &(u64, usize)| TrackedBox {
        id: TrackId(id),
        bbox: boxes[row],
        confidence: scores[row],
        detection: TrackedBox::INTERPOLATED,
    };
    Ok(sorted.iter().map(track).filter(|track| track.bbox.is_proper()).collect())
}
