//! How much arithmetic a network takes.

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

#[cfg(test)]
mod tests {
    use super::multiply_adds;
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
    fn it_grows_with_the_batch_and_is_that_of_the_float_network_whatever_the_bits() {
        let one = count(&reid(), [1, 3, 128, 64]);
        assert_eq!(count(&reid(), [3, 3, 128, 64]), 3 * one);
        let shape = [1, 3, 320, 416];
        assert_eq!(count(&cached("nanodet-g-int8.onnx"), shape), count(&cached("nanodet-g.onnx"), shape));
    }
}
