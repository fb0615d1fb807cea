//! How much arithmetic a network takes, and how much a device can do.

use std::time::{Duration, Instant};

use crate::profile::Node;
use crate::session::Model;
use crate::{Error, Runtime};

/// Multiplications with an addition in one run of an ONNX file on an input of `shape` [batch, 3, height,
/// width]: those of convolutions and matrix products, counted from the shapes of a run on the CPU in which
/// the graph is left as the file has it. Errors call the file `name`.
///
/// # Errors
/// When it is no ONNX model, or does not run on such an input.
pub fn multiply_adds(runtime: &Runtime, name: &str, bytes: &[u8], shape: [usize; 4]) -> Result<u64, Error> {
    let mut model = Model::from_bytes(&runtime.plain(), name, bytes)?;
    let profile = model.profile(shape)?;
    Ok(profile.nodes.iter().map(Node::multiply_adds).sum())
}

/// The product of a matrix with itself.
const PRODUCT: &[u8] = include_bytes!("../assets/product.onnx");

/// Operations a second of the runtime's device in a product of float matrices with sides of `side`, 2 `side`^3
/// operations, in the fastest of so many rounds.
///
/// # Errors
/// When it does not run.
pub fn product_rate(runtime: &Runtime, side: usize, rounds: usize) -> Result<f64, Error> {
    let mut model = Model::from_bytes(runtime, "the product of matrices", PRODUCT)?;
    // Neither zeros, which some hardware is faster with, nor numbers that grow out of bounds.
    let matrix: Vec<f32> = (0..side * side).map(|index| ((index * 7919) % 201) as f32 / 1e3 - 0.1).collect();
    let shape = [1, 1, side, side];
    model.prove(shape)?;
    let mut best = Duration::MAX;
    for _ in 0..rounds.max(1) {
        model.input(shape)?.copy_from_slice(&matrix);
        let began = Instant::now();
        model.run(shape, ["output"], |[_]| Ok(()))?;
        best = best.min(began.elapsed());
    }
    Ok(2.0 * (side as f64).powi(3) / best.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::{multiply_adds, product_rate};
    use crate::testing::{asset, cached, reid, runtime};

    fn count(path: &std::path::Path, shape: [usize; 4]) -> u64 {
        multiply_adds(&runtime(), "a network", &std::fs::read(path).unwrap(), shape).unwrap()
    }

    #[test]
    fn the_arithmetic_of_a_known_network_is_counted() {
        // One 1x1 convolution of three channels over 8x8 pixels.
        assert_eq!(count(&asset("trial.onnx"), [1, 3, 8, 8]), 3 * 64);
    }

    #[test]
    fn a_product_of_matrices_runs() {
        assert!(product_rate(&runtime(), 64, 3).unwrap() > 1e6);
        assert_eq!(count(&asset("product.onnx"), [1, 1, 64, 64]), 64 * 64 * 64);
    }

    #[test]
    fn it_grows_with_the_batch_and_is_that_of_the_float_network_whatever_the_bits() {
        let one = count(&reid(), [1, 3, 128, 64]);
        assert_eq!(count(&reid(), [3, 3, 128, 64]), 3 * one);
        let shape = [1, 3, 320, 416];
        assert_eq!(count(&cached("nanodet-g-int8.onnx"), shape), count(&cached("nanodet-g.onnx"), shape));
    }
}
