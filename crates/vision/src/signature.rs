//! What an ONNX model takes and gives: names, element types and shapes.

use std::fmt;

use ort::session::Session;
use ort::value::{Outlet, TensorElementType};

use crate::ModelFault;

/// A dimension that is known only when the model runs.
pub(crate) const FREE: i64 = -1;

/// What a port's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    /// 32-bit floats.
    F32,
    /// 16-bit floats (IEEE).
    F16,
    /// 64-bit floats.
    F64,
    /// Bytes.
    U8,
    /// 32-bit integers.
    I32,
    /// 64-bit integers.
    I64,
    /// Anything else, or no tensor.
    Other,
}

/// One input or output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) name: String,
    pub(crate) element: Element,
    /// [`FREE`] where a dimension is not fixed.
    pub(crate) shape: Vec<i64>,
}

/// A model's inputs and outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
}

impl Signature {
    pub(crate) fn of(session: &Session) -> Self {
        let ports = |outlets: &[Outlet]| outlets.iter().map(Port::of).collect();
        Self { inputs: ports(session.inputs()), outputs: ports(session.outputs()) }
    }

    pub(crate) fn fault(&self, expected: &str) -> ModelFault {
        ModelFault::Ports { found: self.to_string(), expected: expected.to_owned() }
    }
}

impl Element {
    /// Whether it is a float of any size.
    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F16 | Self::F64)
    }

    /// Whether it is an integer that can count.
    pub(crate) fn is_integer(self) -> bool {
        matches!(self, Self::I32 | Self::I64)
    }
}

impl From<Option<TensorElementType>> for Element {
    fn from(kind: Option<TensorElementType>) -> Self {
        match kind {
            Some(TensorElementType::Float32) => Self::F32,
            Some(TensorElementType::Float16) => Self::F16,
            Some(TensorElementType::Float64) => Self::F64,
            Some(TensorElementType::Uint8) => Self::U8,
            Some(TensorElementType::Int32) => Self::I32,
            Some(TensorElementType::Int64) => Self::I64,
            _ => Self::Other,
        }
    }
}

impl Port {
    fn of(outlet: &Outlet) -> Self {
        Self {
            name: outlet.name().to_owned(),
            element: outlet.dtype().tensor_type().into(),
            shape: outlet.dtype().tensor_shape().map(|shape| shape.to_vec()).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |ports: &[Port]| match ports {
            [] => "none".to_owned(),
            ports => ports.iter().map(Port::to_string).collect::<Vec<_>>().join(", "),
        };
        write!(formatter, "inputs {}; outputs {}", list(&self.inputs), list(&self.outputs))
    }
}

impl fmt::Display for Port {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dimension = |&size: &i64| if size < 0 { "?".to_owned() } else { size.to_string() };
        let shape = self.shape.iter().map(dimension).collect::<Vec<_>>().join(", ");
        let element = match self.element {
            Element::F32 => "",
            Element::F16 => " of float16",
            Element::F64 => " of float64",
            Element::U8 => " of uint8",
            Element::I32 => " of int32",
            Element::I64 => " of int64",
            Element::Other => " not of numbers that can be used",
        };
        write!(formatter, "{} [{shape}]{element}", self.name)
    }
}
