//! How much arithmetic a network takes and how many bytes it moves, and how much of both a device can do.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::profile::{Bytes, Node};
use crate::session::Model;
use crate::{Error, Runtime};

/// What a network takes, by ONNX Runtime's profiles of two runs on one input: one on the CPU in which the graph
/// is left as the file has it, and one on the device, of the graph as it is optimised there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Multiplications with an addition that one input takes: those of convolutions and matrix products, of
    /// the graph as the file has it.
    pub multiply_adds: u64,
    /// Bytes of weights, read once a run: as the device's nodes read them, or as the file keeps them where
    /// that is more, since weights that were packed or compiled in are in no profile. `None` where the runtime
    /// tells no sizes.
    pub weights: Option<u64>,
    /// Bytes that the device's nodes read and write beside, for one input.
    pub activations: Option<u64>,
    /// Nodes of the graph as it is optimised for the device.
    pub nodes: usize,
    /// Those of them that were compiled out of many others, and count with what goes in and out alone.
    pub compiled: usize,
}

impl Cost {
    /// Of a network on inputs of `shape` [1, 3, height, width]. Errors call the file `name`.
    ///
    /// # Errors
    /// When it is no ONNX model, does not run on such an input, or cannot be run on the device.
    pub fn of(runtime: &Runtime, name: &str, bytes: &[u8], shape: [usize; 4]) -> Result<Self, Error> {
        let profile = |runtime: &Runtime| Model::from_bytes(runtime, name, bytes, &[])?.profile(shape);
        let (plain, optimised) = (profile(&runtime.plain())?, profile(runtime)?);
        let both = plain.bytes().zip(optimised.bytes());
        Ok(Self {
            multiply_adds: plain.nodes.iter().map(Node::multiply_adds).sum(),
            weights: both.map(|(kept, read): (Bytes, Bytes)| kept.weights.max(read.weights)),
            activations: both.map(|(_, read)| read.activations),
            nodes: optimised.nodes.len(),
            compiled: optimised.nodes.iter().filter(|node| node.is_compiled()).count(),
        })
    }

    /// Operations in a run on so many inputs; a multiplication with an addition is two.
    #[must_use]
    pub fn operations(&self, batch: usize) -> f64 {
        2.0 * self.multiply_adds as f64 * batch as f64
    }

    /// Bytes that a run on so many inputs moves, if every node reads its inputs from memory and writes its
    /// outputs to it, once.
    #[must_use]
    pub fn bytes(&self, batch: usize) -> Option<f64> {
        Some(self.weights? as f64 + self.activations? as f64 * batch as f64)
    }
}

/// The product of a matrix with itself.
static PRODUCT: &[u8] = include_bytes!("../assets/product.onnx");

/// Operations a second of the runtime's device in a product of float matrices with sides of `side`, 2 `side`^3
/// operations, in the fastest of so many rounds.
///
/// # Errors
/// When it does not run.
pub fn product_rate(runtime: &Runtime, side: usize, rounds: usize) -> Result<f64, Error> {
    let mut model = Model::from_bytes(runtime, "the product of matrices", PRODUCT, &[])?;
    // Neither zeros, which some hardware is faster with, nor numbers that grow out of bounds.
    let matrix: Vec<f32> = (0..side * side).map(|index| ((index * 7919) % 201) as f32 / 1e3 - 0.1).collect();
    let (shape, output) = ([1, 1, side, side], ["output".to_owned()]);
    model.prove(shape)?;
    let mut best = Duration::MAX;
    for _ in 0..rounds.max(1) {
        model.input(shape)?.copy_from_slice(&matrix);
        let began = Instant::now();
        model.run(shape, &output, |_| Ok(()))?;
        best = best.min(began.elapsed());
    }
    Ok(2.0 * (side as f64).powi(3) / best.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::{Cost, product_rate};
    use crate::testing::{asset, cached, reid, runtime};

    fn cost(path: &std::path::Path, shape: [usize; 4]) -> Cost {
        Cost::of(&runtime(), "a network", &std::fs::read(path).unwrap(), shape).unwrap()
    }

    #[test]
    fn what_a_known_network_takes_is_counted() {
        // One 1x1 convolution of three channels over 8x8 pixels. A CPU with wide registers computes blocks of
        // 8 or 16 channels, of which a second node takes the one that is wanted.
        let (pixels, float) = (8 * 8, 4);
        let trial = cost(&asset("trial.onnx"), [1, 3, 8, 8]);
        let channels = trial.weights.unwrap() / (3 * float);
        assert!([1, 8, 16].contains(&channels), "{trial:?}");
        let (nodes, selected) = if channels == 1 { (1, 0) } else { (2, channels + 1) };
        assert_eq!((trial.multiply_adds, trial.nodes, trial.compiled), (3 * pixels, nodes, 0));
        assert_eq!(trial.activations, Some((3 + channels + selected) * pixels * float));
    }

    #[test]
    fn weights_are_read_once_a_run_and_the_rest_once_an_input() {
        let cost = Cost { multiply_adds: 3, weights: Some(10), activations: Some(4), nodes: 1, compiled: 0 };
        assert_eq!(cost.operations(5).to_bits(), 30.0_f64.to_bits());
        assert_eq!(cost.bytes(5), Some(30.0));
        assert_eq!(Cost { activations: None, ..cost }.bytes(5), None);
    }

    #[test]
    fn a_product_of_matrices_runs() {
        assert!(product_rate(&runtime(), 64, 3).unwrap() > 1e6);
        let product = cost(&asset("product.onnx"), [1, 1, 64, 64]);
        assert_eq!(product.multiply_adds, 64 * 64 * 64);
        // Both sides are the input.
        assert_eq!((product.weights, product.activations), (Some(0), Some(3 * 64 * 64 * 4)));
    }

    #[test]
    fn it_grows_with_the_batch_and_the_arithmetic_is_that_of_the_float_network_whatever_the_bits() {
        let (one, three) = (cost(&reid(), [1, 3, 128, 64]), cost(&reid(), [3, 3, 128, 64]));
        assert_eq!((three.multiply_adds, three.weights), (3 * one.multiply_adds, one.weights));
        let moved = one.bytes(3).unwrap() / three.bytes(1).unwrap();
        assert!((moved - 1.0).abs() < 1e-3, "what does not grow with the batch is next to nothing: {moved}");
        let shape = [1, 3, 320, 416];
        let (int8, float) =
            (cost(&cached("nanodet-g-int8.onnx"), shape), cost(&cached("nanodet-g.onnx"), shape));
        assert_eq!(int8.multiply_adds, float.multiply_adds);
        assert!(int8.weights < float.weights && int8.weights.unwrap() > 3_000_000, "packed weights count");
        assert!(int8.activations < float.activations);
    }
}
