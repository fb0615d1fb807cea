//! ONNX Runtime's own record of a run: each node, what ran it, and the shapes it had.

use std::collections::BTreeMap;
use std::ops::Add;

use serde::Deserialize;

/// The nodes of one run, in the order in which they ran.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Profile {
    pub(crate) nodes: Vec<Node>,
}

/// One node of the graph as it was run, after the runtime had optimised it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The operator: `Conv`, `QLinearConv`, `TRTKernel_...`.
    pub(crate) operator: String,
    /// ONNX Runtime's name of the execution provider.
    pub(crate) provider: String,
    /// Shapes of its inputs, weights among them.
    pub(crate) inputs: Vec<Vec<i64>>,
    pub(crate) outputs: Vec<Vec<i64>>,
    /// What it read and wrote, where the runtime says so.
    pub(crate) bytes: Option<Bytes>,
}

/// Bytes that a node reads and writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes {
    /// Of its weights, which are the same in every run.
    pub(crate) weights: u64,
    /// Of its other inputs, and of its outputs.
    pub(crate) activations: u64,
}

impl Add for Bytes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { weights: self.weights + other.weights, activations: self.activations + other.activations }
    }
}

#[derive(Deserialize)]
struct Event {
    cat: String,
    args: Option<Arguments>,
}

#[derive(Deserialize)]
struct Arguments {
    op_name: Option<String>,
    provider: Option<String>,
    #[serde(default)]
    input_type_shape: Vec<BTreeMap<String, Vec<i64>>>,
    #[serde(default)]
    output_type_shape: Vec<BTreeMap<String, Vec<i64>>>,
    /// Numbers in text, as all that ONNX Runtime notes.
    activation_size: Option<String>,
    parameter_size: Option<String>,
    output_size: Option<String>,
}

impl Arguments {
    fn bytes(&self) -> Option<Bytes> {
        let number = |text: &Option<String>| text.as_ref()?.parse::<u64>().ok();
        let activations = number(&self.activation_size)? + number(&self.output_size)?;
        Some(Bytes { weights: number(&self.parameter_size)?, activations })
    }
}

impl Profile {
    /// Reads what ONNX Runtime wrote while one run was profiled.
    ///
    /// # Errors
    /// When it is no JSON of that form.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let events: Vec<Event> = serde_json::from_slice(json)?;
        let of_nodes = events.into_iter().filter(|event| event.cat == "Node").filter_map(|event| event.args);
        let nodes = of_nodes.filter_map(|arguments| {
            Some(Node {
                bytes: arguments.bytes(),
                operator: arguments.op_name?,
                provider: arguments.provider?,
                inputs: shapes(arguments.input_type_shape),
                outputs: shapes(arguments.output_type_shape),
            })
        });
        Ok(Self { nodes: nodes.collect() })
    }

    /// What all nodes together read and wrote; `None` where the runtime does not tell of each.
    pub(crate) fn bytes(&self) -> Option<Bytes> {
        self.nodes.iter().try_fold(Bytes::default(), |sum, node| Some(sum + node.bytes?))
    }
}

/// Each tensor is a map from its one type to its shape.
fn shapes(tensors: Vec<BTreeMap<String, Vec<i64>>>) -> Vec<Vec<i64>> {
    tensors.into_iter().filter_map(|tensor| tensor.into_values().next()).collect()
}

impl Node {
    /// Whether it is one of those that a network's time goes into: convolutions, matrix products, and what a
    /// provider has compiled out of many nodes.
    pub(crate) fn is_heavy(&self) -> bool {
        let heavy = ["Conv", "MatMul", "Gemm", "Attention"];
        self.is_compiled() || heavy.iter().any(|part| self.operator.contains(part))
    }

    /// Whether a provider has compiled it out of many nodes, whose traffic among themselves nobody tells.
    pub(crate) fn is_compiled(&self) -> bool {
        ["TRTKernel", "CoreML"].iter().any(|part| self.operator.contains(part))
    }

    /// Multiplications with an addition that the node takes: those of convolutions and matrix products in
    /// their plain form, as they are in a graph that is not optimised.
    ///
    /// A convolution's weights `[M, C / groups, k, k]` are gone over, without `M`, for each number that comes
    /// out; a product `[.., m, k] x [.., k, n]` adds `k` products up for each.
    pub(crate) fn multiply_adds(&self) -> u64 {
        let (Some(input), Some(weights), Some(output)) =
            (self.inputs.first(), self.inputs.get(1), self.outputs.first())
        else {
            return 0;
        };
        match self.operator.as_str() {
            "Conv" => product(output) * product(weights.get(1..).unwrap_or_default()),
            "ConvTranspose" => product(input) * product(weights.get(1..).unwrap_or_default()),
            "MatMul" => product(output) * input.last().map_or(0, |&k| positive(k)),
            // Either side may be transposed: k is what the input has beside its m rows.
            "Gemm" => product(output) * product(input) / output.first().map_or(1, |&m| positive(m).max(1)),
            _ => 0,
        }
    }
}

fn product(shape: &[i64]) -> u64 {
    shape.iter().map(|&size| positive(size)).product()
}

fn positive(size: i64) -> u64 {
    u64::try_from(size).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Node, Profile};

    fn node(operator: &str, inputs: &[&[i64]], output: &[i64]) -> Node {
        Node {
            operator: operator.into(),
            provider: "CPUExecutionProvider".into(),
            inputs: inputs.iter().map(|shape| shape.to_vec()).collect(),
            outputs: vec![output.to_vec()],
            bytes: None,
        }
    }

    #[test]
    fn multiplications_are_counted_as_by_hand() {
        let check = |node: Node, expected: u64| assert_eq!(node.multiply_adds(), expected, "{node:?}");
        check(node("Conv", &[&[1, 3, 128, 64], &[32, 3, 3, 3]], &[1, 32, 64, 32]), 32 * 64 * 32 * 27);
        check(node("Conv", &[&[2, 32, 8, 8], &[32, 1, 3, 3]], &[2, 32, 8, 8]), 2 * 32 * 64 * 9);
        check(node("Gemm", &[&[5, 640], &[128, 640], &[128]], &[5, 128]), 5 * 640 * 128);
        check(node("Gemm", &[&[640, 5], &[640, 128], &[128]], &[5, 128]), 5 * 640 * 128);
        check(node("MatMul", &[&[1, 1, 7, 9], &[1, 1, 9, 4]], &[1, 1, 7, 4]), 7 * 9 * 4);
        check(node("Clip", &[&[1, 3], &[]], &[1, 3]), 0);
    }

    #[test]
    fn only_nodes_are_read_of_a_profile() {
        let json = br#"[
            {"cat":"Session","dur":5,"name":"model_run","args":{}},
            {"cat":"Node","name":"a_kernel_time","args":{"op_name":"Conv","provider":"CUDAExecutionProvider",
             "input_type_shape":[{"float":[1,3,8,8]},{"float":[4,3,1,1]}],"output_type_shape":[{"float":[1,4,8,8]}],
             "activation_size":"768","parameter_size":"48","output_size":"1024"}},
            {"cat":"Node","name":"a_fence_before","args":{"op_name":"Conv"}},
            {"cat":"Api","name":"x","args":null}]"#;
        let profile = Profile::parse(json).unwrap();
        assert_eq!(profile.nodes.len(), 1);
        assert_eq!(profile.nodes[0].inputs, [vec![1, 3, 8, 8], vec![4, 3, 1, 1]]);
        assert_eq!(profile.bytes(), Some(Bytes { weights: 48, activations: 768 + 1024 }));
        assert!(Profile::parse(br#"[{"cat":"Node","#).is_err(), "cut short");
    }

    #[test]
    fn what_is_not_told_of_every_node_is_not_known() {
        let json = br#"[
            {"cat":"Node","args":{"op_name":"Conv","provider":"p",
             "activation_size":"1","parameter_size":"2","output_size":"3"}},
            {"cat":"Node","args":{"op_name":"Clip","provider":"p"}}]"#;
        assert_eq!(Profile::parse(json).unwrap().bytes(), None);
    }
}
