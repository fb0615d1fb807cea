//! Lines, zones and masks from Python: as the command line has them, or as names and points.

use footfall_count::{Line, Mask, ShapeError, Zone};
use footfall_track::Point;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::arrays::{Number, at_most, floats, view2, with_array};
use crate::settings::wrong;

/// More points than anybody draws.
const MOST_POINTS: usize = 10_000;

/// Lines: texts NAME:x1,y1,x2,y2, or a dictionary of names and points.
pub(crate) fn lines(given: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Line>> {
    named(given, "lines", str::parse, |name, points| Line::through(name, points, false), Line::name)
}

/// Zones: texts NAME:x1,y1,x2,y2,x3,y3, or a dictionary of names and corners.
pub(crate) fn zones(given: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Zone>> {
    named(given, "zones", str::parse, |name, corners| Zone::new(name, corners, false), Zone::name)
}

/// Masks: texts x1,y1,x2,y2,x3,y3, or lists of corners.
pub(crate) fn masks(given: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Mask>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let mask = |(index, mask): (usize, PyResult<Bound<'_, PyAny>>)| {
        let mask = mask?;
        match text_of(&mask) {
            Some(text) => text?.parse().map_err(wrong),
            None => Mask::new(points(&format!("masks[{index}]"), &mask)?, false).map_err(wrong),
        }
    };
    one_text(given, "masks")?;
    given.try_iter()?.enumerate().map(mask).collect()
}

fn named<T>(
    given: Option<&Bound<'_, PyAny>>,
    what: &str,
    parse: impl Fn(&str) -> Result<T, ShapeError>,
    make: impl Fn(String, Vec<Point>) -> Result<T, ShapeError>,
    name_of: impl Fn(&T) -> &str,
) -> PyResult<Vec<T>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let mut shapes = Vec::new();
    if let Ok(given) = given.cast::<PyDict>() {
        for (name, value) in given {
            let name: String = name.extract()?;
            let points = points(&format!("{what}[{name:?}]"), &value)?;
            shapes.push(make(name, points).map_err(wrong)?);
        }
    } else {
        one_text(given, what)?;
        for item in given.try_iter()? {
            let item = item?;
            let Some(text) = text_of(&item) else {
                return Err(PyTypeError::new_err(format!(
                    "{what} has {item}; expected texts as on the command line, or a dictionary of names and points"
                )));
            };
            shapes.push(parse(&text?).map_err(wrong)?);
        }
    }
    for (index, shape) in shapes.iter().enumerate() {
        if shapes[..index].iter().any(|before| name_of(before) == name_of(shape)) {
            let name = name_of(shape);
            return Err(PyValueError::new_err(format!(
                "{what} has {name:?} twice: each needs a name of its own"
            )));
        }
    }
    Ok(shapes)
}

/// A text alone would be taken apart into its letters.
fn one_text(given: &Bound<'_, PyAny>, what: &str) -> PyResult<()> {
    if given.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(format!("{what} is a text; expected a list of them")));
    }
    Ok(())
}

fn text_of(value: &Bound<'_, PyAny>) -> Option<PyResult<String>> {
    value.is_instance_of::<PyString>().then(|| value.extract())
}

fn points(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<Point>> {
    let numbers = floats(name, value)?;
    at_most(name, numbers.rows(name, 2)?, MOST_POINTS)?;
    Ok(with_array!(&numbers, array => {
        let rows = view2(array);
        rows.rows().into_iter().map(|row| Point::new(Number::wide(row[0]), Number::wide(row[1]))).collect()
    }))
}
