//! How networks work side by side where nobody says otherwise.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use super::Device;

impl Device {
    /// Beyond this a copy of the networks costs memory and brings nothing.
    const MOST: usize = 8;
    /// On a GPU one copy prepares its input while the other's is worked on.
    const ON_GPU: usize = 2;

    /// Copies of each network that work side by side, a thread each: as many as the processor has cores, and
    /// two on a GPU.
    #[must_use]
    pub fn usual_copies(self) -> usize {
        if self.is_cpu() {
            available_parallelism().map_or(1, NonZeroUsize::get).min(Self::MOST)
        } else {
            Self::ON_GPU
        }
    }

    /// Crops in one run of the embedder, at most: more only wear out a CPU's caches.
    #[must_use]
    pub fn usual_batch(self) -> usize {
        if self.is_cpu() { 4 } else { 32 }
    }

    /// How long a frame's crops wait for those of other frames and sources, to go together: not at all on a
    /// CPU, where more at once only wear out its caches.
    #[must_use]
    pub fn usual_wait(self) -> Duration {
        Duration::from_millis(if self.is_cpu() { 0 } else { 3 })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Device;

    #[test]
    fn a_gpu_has_two_copies_and_gathers_and_a_cpu_one_a_core_and_does_not() {
        for gpu in [Device::Cuda(0), Device::TensorRt(1), Device::CoreMl] {
            assert_eq!((gpu.usual_copies(), gpu.usual_batch()), (2, 32));
            assert_eq!(gpu.usual_wait(), Duration::from_millis(3));
        }
        assert!((1..=Device::MOST).contains(&Device::Cpu.usual_copies()));
        assert_eq!((Device::Cpu.usual_batch(), Device::Cpu.usual_wait()), (4, Duration::ZERO));
    }
}
