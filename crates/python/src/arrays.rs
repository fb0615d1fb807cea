//! Numbers from Python: `NumPy` arrays read where they lie, everything else by way of one.

use numpy::ndarray::{ArrayView1, ArrayView2, Ix1, Ix2};
use numpy::{Element, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;

/// An array of floats. 32-bit and 64-bit ones are not copied, whatever their strides.
pub(crate) enum Floats<'py> {
    Single(PyReadonlyArrayDyn<'py, f32>),
    Double(PyReadonlyArrayDyn<'py, f64>),
}

/// A number of an array, as it is and as `f64`.
pub(crate) trait Number: Element + Copy {
    fn wide(self) -> f64;
    fn narrow(self) -> f32;

    /// The numbers as they lie, where they are narrow already.
    fn as_narrow(numbers: &[Self]) -> Option<&[f32]>;
}

impl Number for f32 {
    fn wide(self) -> f64 {
        self.into()
    }

    fn narrow(self) -> f32 {
        self
    }

    fn as_narrow(numbers: &[Self]) -> Option<&[f32]> {
        Some(numbers)
    }
}

impl Number for f64 {
    fn wide(self) -> f64 {
        self
    }

    fn narrow(self) -> f32 {
        self as f32
    }

    fn as_narrow(_: &[Self]) -> Option<&[f32]> {
        None
    }
}

/// Does the same for either width of numbers.
macro_rules! with_array {
    ($floats:expr, $array:ident => $body:expr) => {
        match $floats {
            $crate::arrays::Floats::Single($array) => $body,
            $crate::arrays::Floats::Double($array) => $body,
        }
    };
}
pub(crate) use with_array;

/// Takes `value`, called `name` in errors, as an array of floats.
///
/// # Errors
/// When there are no numbers in it.
pub(crate) fn floats<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Floats<'py>> {
    if let Some(floats) = as_it_is(value) {
        return Ok(floats);
    }
    let py = value.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = numpy.call_method1(intern!(py, "asarray"), (value,)).map_err(|error| {
        if error.is_instance_of::<PyValueError>(py) {
            PyValueError::new_err(format!("{name} cannot be made an array: {}", error.value(py)))
        } else {
            error
        }
    })?;
    let dtype = array.getattr(intern!(py, "dtype"))?;
    let kind: String = dtype.getattr(intern!(py, "kind"))?.extract()?;
    let is_empty = array.getattr(intern!(py, "size"))?.extract::<usize>()? == 0;
    if !(matches!(kind.as_str(), "f" | "i" | "u") || is_empty) {
        return Err(PyTypeError::new_err(format!("{name} has dtype {dtype}; expected real numbers")));
    }
    let array = array.call_method1(intern!(py, "astype"), (intern!(py, "float64"),))?;
    as_it_is(&array).ok_or_else(|| PyTypeError::new_err(format!("{name} cannot be made an array of numbers")))
}

fn as_it_is<'py>(value: &Bound<'py, PyAny>) -> Option<Floats<'py>> {
    if let Ok(array) = value.extract::<PyReadonlyArrayDyn<'py, f32>>() {
        return is_aligned(&array).then_some(Floats::Single(array));
    }
    let array = value.extract::<PyReadonlyArrayDyn<'py, f64>>().ok()?;
    is_aligned(&array).then_some(Floats::Double(array))
}

/// Whether each number lies where the processor reads one: arrays over bytes of others need not have it so.
fn is_aligned<T: Element>(array: &PyReadonlyArrayDyn<'_, T>) -> bool {
    use numpy::PyArrayMethods as _;
    let step = size_of::<T>().cast_signed();
    (array.data() as usize).is_multiple_of(align_of::<T>())
        && array.strides().iter().all(|stride| stride % step == 0)
}

impl Floats<'_> {
    fn shape(&self) -> &[usize] {
        with_array!(self, array => array.shape())
    }

    fn is_empty(&self) -> bool {
        self.shape().contains(&0)
    }

    /// How many rows it has, with `columns` in each; none if there is nothing in it.
    ///
    /// # Errors
    /// For another shape.
    pub(crate) fn rows(&self, name: &str, columns: usize) -> PyResult<usize> {
        match *self.shape() {
            [rows, found] if found == columns => Ok(rows),
            _ if self.is_empty() => Ok(0),
            _ => Err(self.wrong_shape(name, &format!("(n, {columns})"))),
        }
    }

    /// Rows and columns.
    ///
    /// # Errors
    /// For another shape than a table's.
    pub(crate) fn table(&self, name: &str, expected: &str) -> PyResult<(usize, usize)> {
        match *self.shape() {
            [rows, columns] => Ok((rows, columns)),
            _ if self.is_empty() => Ok((0, 0)),
            _ => Err(self.wrong_shape(name, expected)),
        }
    }

    /// How many numbers it has.
    ///
    /// # Errors
    /// For another shape than a list's.
    pub(crate) fn len(&self, name: &str) -> PyResult<usize> {
        match *self.shape() {
            [len] => Ok(len),
            _ if self.is_empty() => Ok(0),
            _ => Err(self.wrong_shape(name, "(n,)")),
        }
    }

    pub(crate) fn wrong_shape(&self, name: &str, expected: &str) -> PyErr {
        let shape = self.shape();
        let text = match shape {
            [one] => format!("({one},)"),
            _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
        };
        PyValueError::new_err(format!("{name} has shape {text}; expected {expected}"))
    }
}

/// A table's rows; the shape has been checked. What has no number has no row.
pub(crate) fn view2<'a, T: Number>(array: &'a PyReadonlyArrayDyn<'_, T>) -> ArrayView2<'a, T> {
    let empty =
        || ArrayView2::from_shape((0, 0), &[]).unwrap_or_else(|_| unreachable!("no row has no number"));
    let view = array.as_array().into_dimensionality::<Ix2>().ok().filter(|view| !view.is_empty());
    view.unwrap_or_else(empty)
}

/// A list's numbers; the shape has been checked.
pub(crate) fn view1<'a, T: Number>(array: &'a PyReadonlyArrayDyn<'_, T>) -> ArrayView1<'a, T> {
    array.as_array().into_dimensionality::<Ix1>().unwrap_or_else(|_| ArrayView1::from(&[]))
}

/// Whole numbers from 0, such as ids and indices, `most` of them.
///
/// # Errors
/// For anything else, by its place.
pub(crate) fn wholes(name: &str, value: &Bound<'_, PyAny>, most: usize) -> PyResult<Vec<u64>> {
    let floats = floats(name, value)?;
    at_most(name, floats.len(name)?, most)?;
    with_array!(&floats, array => {
        let whole = |(index, number): (usize, &_)| {
            let number = Number::wide(*number);
            whole(number).ok_or_else(|| PyValueError::new_err(format!(
                "{name}[{index}] is {number}; expected a whole number of 0 or more"
            )))
        };
        view1(array).iter().enumerate().map(whole).collect()
    })
}

/// Refuses what would fill the memory: an array over few numbers can have any number of rows.
///
/// # Errors
/// For more than `most` rows.
pub(crate) fn at_most(name: &str, rows: usize, most: usize) -> PyResult<()> {
    if rows <= most {
        return Ok(());
    }
    Err(PyValueError::new_err(format!("{name} has {rows} rows; expected at most {most}")))
}

/// Whole numbers are exact in `f64` up to here.
const LARGEST: f64 = 9_007_199_254_740_992.0;

pub(crate) fn whole(number: f64) -> Option<u64> {
    ((0.0..=LARGEST).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}
