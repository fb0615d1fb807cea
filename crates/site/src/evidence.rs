//! Evidence beside a run: clips of moments that somebody may look at again.

mod camera;
mod recorder;
mod sink;
mod told;

pub use sink::EvidenceSink;
