//! What reading, drawing and encoding a frame cost: `throughput VIDEO [OUTPUT] [PEOPLE]`.
//!
//! Draws `PEOPLE` (10) boxes with full trails on every frame of `VIDEO`, and prints each step's median
//! and the whole process's CPU time, in milliseconds a frame.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use footfall_count::{Line, Seen, Tally};
use footfall_pipeline::{Look, Scene, Sink as _, SourceInfo};
use footfall_track::{Bbox, Observations, Point, TrackId, TrackedBox};
use footfall_video::{Overlay, OverlayConfig, SourceOptions, VideoSink, open_source};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let video = arguments.next().ok_or("which video?")?;
    let output = arguments.next();
    let people = arguments.next().map_or(Ok(10), |people| people.parse())?;

    let mut source = open_source(&video, &SourceOptions::default())?;
    let info = source.info().clone();
    let middle = info.width as f64 / 2.0;
    let lines: Arc<[_]> =
        [Line::new("door", Point::new(middle, info.height as f64), Point::new(middle, 0.0))?].into();
    let config = OverlayConfig::default();
    let mut overlay = Overlay::new(config);
    let mut sink = output.map(|path| VideoSink::create(path, &info, config)).transpose()?.map(Box::new);

    let [mut reading, mut drawing, mut writing] = [const { Vec::new() }; 3];
    let mut start = Instant::now();
    while let Some(frame) = source.next_frame()? {
        reading.push(start.elapsed());
        let tracks = walkers(frame.number, people, &info);
        let tallies = vec![Tally::default(); lines.len()];
        let seen = Seen { tracks, lines: lines.clone(), tallies, ..Seen::default() };
        let scene = Scene { frame, observations: Observations::default(), seen, look: Look::default() };
        start = Instant::now();
        match &mut sink {
            Some(sink) => sink.write(&scene).map(|()| writing.push(start.elapsed()))?,
            None => overlay.draw(&scene).map(|_| drawing.push(start.elapsed()))?,
        }
        start = Instant::now();
    }
    if let Some(sink) = sink {
        sink.finish()?;
    }
    let cpu = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let cpu = (cpu.tv_sec as f64 * 1e3 + cpu.tv_nsec as f64 / 1e6) / reading.len() as f64;
    let (width, height, frames) = (info.width, info.height, reading.len());
    println!("{frames} frames of {width}x{height}, {people} people; milliseconds a frame:");
    for (name, times) in [("read", reading), ("draw", drawing), ("draw and encode", writing)] {
        if let Some(median) = median(times) {
            println!("{name:16}{median:7.3}");
        }
    }
    println!("{:16}{cpu:7.3}", "CPU in all");
    Ok(())
}

/// People who walk to the right, one below the other.
fn walkers(number: u64, people: u64, info: &SourceInfo) -> Vec<TrackedBox> {
    let (width, height) = (info.width as f64, info.height as f64);
    (0..people)
        .map(|person| {
            let share = person as f64 / people as f64;
            let x = (share * width + number as f64 * width / 200.0) % width;
            let bbox = Bbox::new(x, share * height * 0.8, 0.06 * height, 0.18 * height);
            TrackedBox { id: TrackId(person + 1), bbox, confidence: 1.0, detection: 0 }
        })
        .collect()
}

fn median(mut times: Vec<Duration>) -> Option<f64> {
    times.sort_unstable();
    times.get(times.len() / 2).map(|time| time.as_secs_f64() * 1e3)
}
