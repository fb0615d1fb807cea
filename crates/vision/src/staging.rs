//! Memory through which pictures reach a network and its answers come back.
//!
//! On the CPU that is ordinary memory, which the network reads in place. For an NVIDIA GPU it is pinned: the
//! card then copies by itself, on the stream of the session that runs, while the processor prepares the next
//! batch and the other worker's session computes. From ordinary memory the driver would first copy to pinned
//! memory of its own, with the caller waiting. Inputs and outputs of a shape are allocated once and used by
//! every run of it. (ONNX Runtime's own binding of inputs copies when they are bound, on the card's default
//! stream, where nothing overlaps; given to the run, they are copied on its stream.)

mod cast;

use ort::memory::{AllocationDevice, Allocator, AllocatorType, MemoryInfo, MemoryType};
use ort::session::{HasSelectedOutputs, OutputSelector, RunOptions, Session, SessionOutputs};
use ort::value::{Tensor, TensorRef};

use crate::Device;
use crate::feed::Feed;
use crate::staging::cast::Cast;

/// `[batch, 3, height, width]`.
pub(crate) type Shape = [usize; 4];

/// Where the next run finds its input.
pub(crate) enum Staging {
    /// Ordinary memory.
    Plain(Vec<f32>),
    /// Allocated by the runtime for a device.
    Bound(Bound),
    /// Ordinary memory, from which the network gets something else than planes of floats.
    Cast(Cast),
}

/// Buffers for each shape that has been in use.
pub(crate) struct Bound {
    input: Allocator,
    output: Allocator,
    slots: Vec<Slot>,
}

struct Slot {
    shape: Shape,
    input: Tensor<f32>,
    /// With the outputs; they take shape in the first run.
    options: Option<RunOptions<HasSelectedOutputs>>,
}

impl Staging {
    /// The memory that suits sessions on the device, and how the network is fed.
    pub(crate) fn of(session: &Session, device: Device, feed: Option<&Feed>) -> Self {
        if let Some(feed) = feed.filter(|feed| !feed.is_plain()) {
            return Self::Cast(Cast::new(feed.clone()));
        }
        let Some(number) = device.pinned() else { return Self::plain() };
        match Bound::new(session, &AllocationDevice::CUDA_PINNED, number) {
            Ok(bound) => Self::Bound(bound),
            Err(error) => {
                tracing::warn!(%device, %error, "there is no pinned memory: copies to the device will be slower");
                Self::plain()
            }
        }
    }

    pub(crate) fn plain() -> Self {
        Self::Plain(Vec::new())
    }

    /// The input of the next run of this shape, row-major. It holds what was there before, or anything.
    ///
    /// # Errors
    /// When there is no such memory left.
    pub(crate) fn input(&mut self, shape: Shape) -> ort::Result<&mut [f32]> {
        match self {
            Self::Plain(planes) => {
                planes.resize(shape.iter().product(), 0.0);
                Ok(planes)
            }
            Self::Cast(cast) => {
                cast.planes.resize(shape.iter().product(), 0.0);
                Ok(&mut cast.planes)
            }
            Self::Bound(bound) => {
                let place = bound.place(shape)?;
                Ok(bound.slots[place].input.extract_tensor_mut().1)
            }
        }
    }

    /// Runs the session on the input of this shape and hands its outputs to `read`.
    ///
    /// # Errors
    /// When the network does not run.
    pub(crate) fn run<T>(
        &mut self,
        session: &mut Session,
        shape: Shape,
        read: impl FnOnce(&SessionOutputs<'_>) -> T,
    ) -> ort::Result<T> {
        match self {
            Self::Plain(planes) => {
                let input = TensorRef::from_array_view((shape, planes.as_slice()))?;
                Ok(read(&session.run(ort::inputs![input])?))
            }
            Self::Bound(bound) => bound.run(session, shape, read),
            Self::Cast(cast) => cast.run(session, shape, read),
        }
    }
}

impl Bound {
    /// Buffers in memory of this kind.
    ///
    /// # Errors
    /// When sessions of this device have none.
    pub(crate) fn new(session: &Session, kind: &AllocationDevice<'_>, number: i32) -> ort::Result<Self> {
        let allocator = |purpose| {
            let memory = MemoryInfo::new(kind.clone(), number, AllocatorType::Device, purpose)?;
            Allocator::new(session, memory)
        };
        Ok(Self {
            input: allocator(MemoryType::CPUInput)?,
            output: allocator(MemoryType::CPUOutput)?,
            slots: Vec::new(),
        })
    }

    /// The place of the shape's buffers, which are made where there are none.
    fn place(&mut self, shape: Shape) -> ort::Result<usize> {
        if let Some(place) = self.slots.iter().position(|slot| slot.shape == shape) {
            return Ok(place);
        }
        let mut input = Tensor::<f32>::new(&self.input, shape)?;
        input.extract_tensor_mut().1.fill(0.0);
        self.slots.push(Slot { shape, input, options: None });
        Ok(self.slots.len() - 1)
    }

    fn run<T>(
        &mut self,
        session: &mut Session,
        shape: Shape,
        read: impl FnOnce(&SessionOutputs<'_>) -> T,
    ) -> ort::Result<T> {
        let place = self.place(shape)?;
        let slot = &mut self.slots[place];
        if let Some(options) = &slot.options {
            return Ok(read(&session.run_with_options(ort::inputs![&slot.input], options)?));
        }
        let outputs = session.run(ort::inputs![&slot.input])?;
        slot.options = Some(like(&outputs, &self.output)?);
        Ok(read(&outputs))
    }
}

/// Options under which a run writes its float outputs into buffers of the shapes of these.
fn like(outputs: &SessionOutputs<'_>, allocator: &Allocator) -> ort::Result<RunOptions<HasSelectedOutputs>> {
    let mut selector = OutputSelector::default();
    for (name, value) in outputs {
        if let Ok((shape, _)) = value.try_extract_tensor::<f32>() {
            selector = selector.preallocate(name, Tensor::<f32>::new(allocator, shape.clone())?);
        }
    }
    Ok(RunOptions::new()?.with_outputs(selector))
}

#[cfg(test)]
mod tests {
    use ort::memory::AllocationDevice;
    use ort::session::{Session, SessionOutputs};

    use super::{Bound, Shape, Staging};
    use crate::testing::{cached, reid, runtime};

    fn session(path: &std::path::Path) -> Session {
        let mut builder = Session::builder(runtime().environment()).unwrap().with_intra_threads(1).unwrap();
        builder.commit_from_file(path).unwrap()
    }

    /// All outputs of a run on numbers that depend on `seed`.
    fn run(staging: &mut Staging, session: &mut Session, shape: Shape, seed: usize) -> Vec<Vec<f32>> {
        for (index, value) in staging.input(shape).unwrap().iter_mut().enumerate() {
            *value = ((index * 7919 + seed * 104_729) % 997) as f32 / 500.0 - 1.0;
        }
        let read = |outputs: &SessionOutputs<'_>| {
            outputs.values().map(|value| value.try_extract_tensor::<f32>().unwrap().1.to_vec()).collect()
        };
        staging.run(session, shape, read).unwrap()
    }

    #[test]
    fn buffers_of_the_runtime_change_no_bit_whatever_ran_before() {
        for (path, shapes) in [
            (reid(), [[1, 3, 128, 64], [4, 3, 128, 64], [2, 3, 128, 64]]),
            (cached("nanodet-g.onnx"), [[1, 3, 320, 416], [1, 3, 256, 480], [1, 3, 64, 64]]),
        ] {
            let mut session = session(&path);
            let bound = Bound::new(&session, &AllocationDevice::CPU, 0).unwrap();
            let (mut plain, mut bound) = (Staging::plain(), Staging::Bound(bound));
            for seed in 0..9 {
                let shape = shapes[seed * seed % 3];
                let expected = run(&mut plain, &mut session, shape, seed);
                assert!(expected.iter().all(|output| output.iter().any(|&value| value != 0.0)));
                assert_eq!(run(&mut bound, &mut session, shape, seed), expected, "{shape:?}");
            }
            let Staging::Bound(bound) = bound else { unreachable!() };
            assert!(
                bound.slots.len() <= shapes.len() && bound.slots.iter().all(|slot| slot.options.is_some())
            );
        }
    }

    #[test]
    fn memory_of_a_device_that_is_not_there_is_an_error() {
        let session = session(&reid());
        assert!(Bound::new(&session, &AllocationDevice::CUDA_PINNED, 0).is_err());
    }
}
