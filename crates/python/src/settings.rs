//! Settings by keyword.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use serde_json::{Map, Value};

/// Puts keyword arguments in the place of `defaults`; the first of the maps that has a name takes it.
///
/// # Errors
/// For a name that none has, and for what is no number, flag or text.
pub(crate) fn fill(
    of: &str,
    defaults: &mut [&mut Map<String, Value>],
    given: &Bound<'_, PyDict>,
) -> PyResult<()> {
    for (name, value) in given {
        let name: String = name.extract()?;
        let Some(place) =
            defaults.iter_mut().find_map(|map| map.get_mut(&name).filter(|place| !place.is_object()))
        else {
            let known: Vec<String> = defaults.iter().flat_map(|map| names(map)).collect();
            return Err(PyTypeError::new_err(format!(
                "{of} has no setting {name:?}; it has {}",
                known.join(", ")
            )));
        };
        *place = json(&name, &value)?;
    }
    Ok(())
}

fn names(map: &Map<String, Value>) -> impl Iterator<Item = String> {
    map.iter().filter(|(_, value)| !value.is_object()).map(|(name, _)| name.clone())
}

fn json(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let wrong =
        || PyTypeError::new_err(format!("{name} is {value}; expected a number, True, False or a text"));
    if value.is_instance_of::<PyBool>() {
        return Ok(Value::Bool(value.extract()?));
    }
    if value.is_instance_of::<PyString>() {
        return Ok(Value::String(value.extract()?));
    }
    if value.is_instance_of::<PyInt>() {
        return value.extract::<i64>().map(Value::from).map_err(|_| wrong());
    }
    // NumPy's numbers are no floats to Python, and become some.
    if value.is_instance_of::<PyFloat>() || value.hasattr("__float__")? {
        let number: f64 = value.extract().map_err(|_| wrong())?;
        let finite = serde_json::Number::from_f64(number);
        return finite
            .map(Value::Number)
            .ok_or_else(|| PyValueError::new_err(format!("{name} is {number}; expected a finite number")));
    }
    Err(wrong())
}

/// A JSON value as Python has it.
pub(crate) fn python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Value::String(value) => PyString::new(py, value).into_any(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into_pyobject(py)?.into_any(),
            None => short(number.as_f64().unwrap_or(f64::NAN)).into_pyobject(py)?.into_any(),
        },
        Value::Object(map) => {
            let dict = PyDict::new(py);
            for (name, value) in map {
                dict.set_item(name, python(py, value)?)?;
            }
            dict.into_any()
        }
        Value::Array(values) => {
            let values = values.iter().map(|value| python(py, value)).collect::<PyResult<Vec<_>>>()?;
            values.into_pyobject(py)?.into_any()
        }
        Value::Null => py.None().into_bound(py),
    })
}

/// A number as it was written: 0.3 that went through 32 bits is 0.3 again.
fn short(number: f64) -> f64 {
    let narrow = number as f32;
    if f64::from(narrow) == number { narrow.to_string().parse().unwrap_or(number) } else { number }
}

/// What a setting's error says, as Python's.
pub(crate) fn wrong(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
