//! Outputs of a run as 32-bit floats, whatever the network gives.

use std::borrow::Cow;

use half::f16;
use ort::session::SessionOutputs;
use ort::value::DynValue;

use crate::ModelFault;

/// One output of a run: values in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor<'a> {
    pub(crate) shape: Vec<i64>,
    pub(crate) values: Cow<'a, [f32]>,
}

impl<'a> Tensor<'a> {
    /// The output of that name. Floats of 32 bits are not copied; integers beyond 2^24 lose their last digits.
    ///
    /// # Errors
    /// When there is no such output, or it is no tensor of numbers.
    pub(crate) fn of(outputs: &'a SessionOutputs<'_>, name: &str) -> ort::Result<Self> {
        let value = outputs.get(name).ok_or_else(|| ort::Error::new(format!("there is no output {name}")))?;
        if let Ok((shape, values)) = value.try_extract_tensor::<f32>() {
            return Ok(Self { shape: shape.to_vec(), values: Cow::Borrowed(values) });
        }
        converted(value, |value: f16| value.to_f32())
            .or_else(|_| converted(value, |value: i64| value as f32))
            .or_else(|_| converted(value, |value: i32| value as f32))
            .or_else(|_| converted(value, |value: f64| value as f32))
    }

    /// The shape and the values of what belongs to the first picture of the batch, in `rank` dimensions; an
    /// output of so many dimensions has no batch.
    ///
    /// # Errors
    /// When it has other dimensions.
    pub(crate) fn first(&self, name: &str, rank: usize) -> Result<(Vec<usize>, &[f32]), ModelFault> {
        let whole: Vec<usize> = self.shape.iter().map(|&side| side.try_into().unwrap_or(0)).collect();
        let inner = match whole.len().checked_sub(rank) {
            Some(0) => whole,
            Some(1) => whole[1..].to_vec(),
            _ => {
                let expected = vec![crate::signature::FREE; rank + 1];
                return Err(ModelFault::Output {
                    name: name.to_owned(),
                    found: self.shape.clone(),
                    expected,
                });
            }
        };
        let count = inner.iter().product::<usize>().min(self.values.len());
        Ok((inner, &self.values[..count]))
    }

    /// Refuses another shape than expected of the output of this name.
    ///
    /// # Errors
    /// When the shape differs.
    pub(crate) fn expect_shape(&self, name: &str, expected: &[usize]) -> Result<(), ModelFault> {
        let is_same = self.shape.len() == expected.len()
            && self.shape.iter().zip(expected).all(|(&own, &wanted)| usize::try_from(own) == Ok(wanted));
        if is_same { Ok(()) } else { Err(self.other(expected, name)) }
    }

    /// That the output of this name has another shape than expected.
    pub(crate) fn other(&self, expected: &[usize], name: &str) -> ModelFault {
        let expected = expected.iter().map(|&size| i64::try_from(size).unwrap_or(i64::MAX)).collect();
        ModelFault::Output { name: name.to_owned(), found: self.shape.clone(), expected }
    }
}

fn converted<'a, T: ort::value::PrimitiveTensorElementType + Copy + std::fmt::Debug>(
    value: &DynValue,
    convert: impl Fn(T) -> f32,
) -> ort::Result<Tensor<'a>> {
    let (shape, values) = value.try_extract_tensor::<T>()?;
    Ok(Tensor { shape: shape.to_vec(), values: values.iter().map(|&value| convert(value)).collect() })
}
