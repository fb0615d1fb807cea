//! What an ONNX model takes and gives: names, element types and shapes.

use std::fmt;

use ort::session::Session;
use ort::value::{Outlet, TensorElementType};

use crate::ModelFault;

/// A dimension that is known only when the model runs.
pub(crate) const FREE: i64 = -1;

/// One input or output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) name: String,
    /// Whether it is a tensor of 32-bit floats.
    pub(crate) is_f32: bool,
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

    /// The shape `[batch, 3, height, width]` of the one input that pictures go into.
    ///
    /// # Errors
    /// When there is no such input, or there are others.
    pub(crate) fn pictures(&self) -> Result<[i64; 4], ModelFault> {
        match self.inputs.as_slice() {
            [Port { is_f32: true, shape, .. }] if matches!(shape.as_slice(), [_, 3 | FREE, _, _]) => {
                Ok([shape[0], shape[1], shape[2], shape[3]])
            }
            _ => Err(self.fault("one float input [batch, 3, height, width]")),
        }
    }

    /// The output of that name, of floats.
    pub(crate) fn output(&self, name: &str) -> Option<&Port> {
        self.outputs.iter().find(|port| port.name == name && port.is_f32)
    }

    pub(crate) fn fault(&self, expected: &str) -> ModelFault {
        ModelFault::Ports { found: self.to_string(), expected: expected.to_owned() }
    }
}

impl Port {
    fn of(outlet: &Outlet) -> Self {
        Self {
            name: outlet.name().to_owned(),
            is_f32: outlet.dtype().tensor_type() == Some(TensorElementType::Float32),
            shape: outlet.dtype().tensor_shape().map(|shape| shape.to_vec()).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |ports: &[Port]| ports.iter().map(Port::to_string).collect::<Vec<_>>().join(", ");
        write!(formatter, "inputs {}; outputs {}", list(&self.inputs), list(&self.outputs))
    }
}

impl fmt::Display for Port {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dimension = |&size: &i64| if size < 0 { "?".to_owned() } else { size.to_string() };
        let shape = self.shape.iter().map(dimension).collect::<Vec<_>>().join(", ");
        write!(formatter, "{} [{shape}]{}", self.name, if self.is_f32 { "" } else { " not of float32" })
    }
}
