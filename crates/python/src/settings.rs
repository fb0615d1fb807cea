//! Settings by keyword.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Settings with keyword arguments in the place of `defaults`; the first of the objects at `paths` that has a
/// name takes it.
///
/// # Errors
/// For a name that none has, and by the name for what it cannot be.
pub(crate) fn filled<T: Serialize + DeserializeOwned>(
    of: &str,
    defaults: T,
    paths: &[&str],
    given: Option<&Bound<'_, PyDict>>,
) -> PyResult<T> {
    let mut settings = defaults;
    let Some(given) = given else { return Ok(settings) };
    for (name, value) in given {
        let name: String = name.extract()?;
        let mut all = serde_json::to_value(&settings).map_err(wrong)?;
        let path = paths.iter().find(|path| map(&all, path).is_some_and(|map| is_setting(map, &name)));
        let Some(place) = path.and_then(|path| all.pointer_mut(path)?.get_mut(&name)) else {
            let known: Vec<_> = paths.iter().filter_map(|path| map(&all, path)).flat_map(names).collect();
            return Err(PyTypeError::new_err(format!(
                "{of} has no setting {name:?}; it has {}",
                known.join(", ")
            )));
        };
        *place = json(&name, &value)?;
        settings = serde_json::from_value(all).map_err(|error| wrong(format!("{name}={value}: {error}")))?;
    }
    Ok(settings)
}

fn map<'a>(all: &'a Value, path: &str) -> Option<&'a Map<String, Value>> {
    all.pointer(path)?.as_object()
}

/// What is named in the signature is not set by name.
const NAMED: [&str; 2] = ["preset", "frame_rate"];

fn is_setting(map: &Map<String, Value>, name: &str) -> bool {
    map.get(name).is_some_and(|value| !value.is_object()) && !NAMED.contains(&name)
}

fn names(map: &Map<String, Value>) -> impl Iterator<Item = String> {
    map.keys().filter(|name| is_setting(map, name)).cloned()
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
