//! The processor time that a tracker takes for each frame of a workload.
//!
//! `pace TRACKER WORKLOAD TRACKS`: reads detections (see `workload`), writes MOT text, and prints the
//! milliseconds of each frame as a JSON list. Only the tracker's own update is timed, not making its
//! input or reading its outcome.

mod footfall;
mod peers;
mod workload;

use std::error::Error;
use std::fmt::Write as _;
use std::{env, fs};

use rustix::time::{ClockId, clock_gettime};
use workload::Frame;

/// A track in one frame: identity, and left, top, width and height in pixels.
type Row = (u64, [f64; 4]);

/// A tracker in the race.
trait Contestant {
    /// A frame in the form that it takes.
    type Input;
    fn prepare(&self, frame: &Frame) -> Self::Input;
    /// Takes a frame. Whatever is left of the input is freed later, when nobody looks at the clock.
    fn update(&mut self, input: &mut Self::Input);
    /// Those tracked in the latest frame.
    fn tracks(&self) -> Vec<Row>;
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, source, target] = arguments.as_slice() else {
        return Err("usage: pace TRACKER WORKLOAD TRACKS".into());
    };
    let frames = workload::read(source)?;
    let (times, tracks) = match name.as_str() {
        "footfall-best" => race(footfall::best()?, &frames)?,
        "footfall-best-motion" => race(footfall::best()?.without_appearance(), &frames)?,
        "footfall-deepsort" => race(footfall::deepsort()?, &frames)?,
        "trackforge-tracktrack" => race(peers::TrackTrack::new(), &frames)?,
        "norfair-rs" => race(peers::Norfair::new()?, &frames)?,
        other => return Err(format!("{other} is no tracker that this program knows").into()),
    };
    fs::write(target, tracks)?;
    println!("{times:?}");
    Ok(())
}

/// Milliseconds of each frame, and the tracks as MOT text.
fn race<C: Contestant>(mut contestant: C, frames: &[Frame]) -> Result<(Vec<f64>, String), std::fmt::Error> {
    let mut times = Vec::with_capacity(frames.len());
    let mut text = String::new();
    for (number, frame) in (1..).zip(frames) {
        let mut input = contestant.prepare(frame);
        let start = processor_time();
        contestant.update(&mut input);
        times.push(processor_time() - start);
        for (id, [x, y, width, height]) in contestant.tracks() {
            writeln!(text, "{number},{id},{x:.3},{y:.3},{width:.3},{height:.3},1,-1,-1,-1")?;
        }
    }
    Ok((times, text))
}

/// Milliseconds that this process has worked: other programs on the machine do not count.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
