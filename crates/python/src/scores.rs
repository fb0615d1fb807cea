//! Scores as dictionaries: ours, and the one that `TrackEval` gives.

use footfall_eval::{PerAlpha, Scores, Value};
use numpy::{Element, IntoPyArray as _};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The scores of a sequence, or of several as one.
pub(crate) struct Scored {
    pub(crate) scores: Scores,
    /// How many frames they are of.
    pub(crate) frames: u64,
}

/// Both dictionaries: `{"scores": ..., "trackeval": ...}`.
pub(crate) fn dict<'py>(py: Python<'py>, scored: &Scored) -> PyResult<Bound<'py, PyDict>> {
    let both = PyDict::new(py);
    both.set_item("scores", own(py, &scored.scores)?)?;
    both.set_item("trackeval", trackeval(py, scored)?)?;
    Ok(both)
}

/// As `footfall eval mot --json` writes them.
fn own<'py>(py: Python<'py>, scores: &Scores) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(py);
    for (name, value) in scores.fields() {
        match value {
            Value::Ratio(ratio) => all.set_item(name, ratio)?,
            Value::Count(count) => all.set_item(name, count)?,
        }
    }
    let hota = &scores.hota;
    let curves = PyDict::new(py);
    for (name, values) in [
        ("HOTA", hota.hota()),
        ("DetA", hota.detection()),
        ("AssA", hota.association),
        ("LocA", hota.localisation),
    ] {
        curves.set_item(name, values.to_vec())?;
    }
    all.set_item("per_alpha", curves)?;
    Ok(all)
}

/// The fields of `TrackEval`'s metrics HOTA, CLEAR, Identity and Count.
fn trackeval<'py>(py: Python<'py>, scored: &Scored) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(py);
    all.set_item("HOTA", hota(py, &scored.scores)?)?;
    all.set_item("CLEAR", clear(py, scored)?)?;
    let fields = scored.scores.fields();
    for (metric, names) in [
        ("Identity", &["IDF1", "IDR", "IDP", "IDTP", "IDFN", "IDFP"][..]),
        ("Count", &["Dets", "GT_Dets", "IDs", "GT_IDs"]),
    ] {
        let part = PyDict::new(py);
        for (name, value) in fields.iter().filter(|(name, _)| names.contains(name)) {
            match *value {
                Value::Ratio(ratio) => part.set_item(*name, ratio)?,
                Value::Count(count) => part.set_item(*name, count)?,
            }
        }
        all.set_item(metric, part)?;
    }
    all.get_item("Count")?.map(|count| count.set_item("Frames", scored.frames)).transpose()?;
    Ok(all)
}

fn hota<'py>(py: Python<'py>, scores: &Scores) -> PyResult<Bound<'py, PyDict>> {
    let (hota, part) = (&scores.hota, PyDict::new(py));
    let (whole, localisation) = (hota.hota(), hota.localisation);
    for (name, values) in [
        ("HOTA", whole),
        ("DetA", hota.detection()),
        ("AssA", hota.association),
        ("DetRe", hota.detection_recall()),
        ("DetPr", hota.detection_precision()),
        ("AssRe", hota.association_recall),
        ("AssPr", hota.association_precision),
        ("LocA", localisation),
        ("OWTA", hota.open_world()),
        ("HOTA_TP", as_floats(&hota.true_positives)),
        ("HOTA_FN", as_floats(&hota.false_negatives)),
        ("HOTA_FP", as_floats(&hota.false_positives)),
    ] {
        part.set_item(name, array(py, &values))?;
    }
    part.set_item("HOTA(0)", whole[0])?;
    part.set_item("LocA(0)", localisation[0])?;
    part.set_item("HOTALocA(0)", whole[0] * localisation[0])?;
    Ok(part)
}

fn clear<'py>(py: Python<'py>, scored: &Scored) -> PyResult<Bound<'py, PyDict>> {
    let (counts, part) = (&scored.scores.clear.counts, PyDict::new(py));
    let names = ["MOTA", "MOTP", "MODA", "sMOTA", "CLR_Re", "CLR_Pr", "MTR", "PTR", "MLR"];
    let numbers = ["CLR_TP", "CLR_FN", "CLR_FP", "IDSW", "Frag", "MT", "PT", "ML"];
    for (name, value) in scored.scores.fields() {
        match value {
            Value::Ratio(ratio) if names.contains(&name) => part.set_item(name, ratio)?,
            Value::Count(count) if numbers.contains(&name) => part.set_item(name, count)?,
            _ => {}
        }
    }
    let [tp, fn_, fp, switches] =
        [counts.true_positives, counts.false_negatives, counts.false_positives, counts.id_switches]
            .map(|count| count as f64);
    let logarithm = if switches > 0.0 { switches.log10() } else { 0.0 };
    part.set_item("CLR_F1", tp / (tp + 0.5 * fn_ + 0.5 * fp).max(1.0))?;
    part.set_item("FP_per_frame", fp / (scored.frames as f64).max(1.0))?;
    part.set_item("MOTAL", (tp - fp - logarithm) / (tp + fn_).max(1.0))?;
    part.set_item("MOTP_sum", counts.overlap)?;
    part.set_item("CLR_Frames", scored.frames)?;
    Ok(part)
}

fn as_floats(counts: &PerAlpha<u64>) -> PerAlpha {
    counts.map(|count| count as f64)
}

fn array<'py, T: Element + Copy>(py: Python<'py>, values: &PerAlpha<T>) -> Bound<'py, PyAny> {
    values.to_vec().into_pyarray(py).into_any()
}
