//! Counts tracks from a file of MOT text over a line.
//!
//! ```sh
//! cargo run --release --example count_line -- tracks.txt 25 door:384,576,384,0
//! ```

#![allow(clippy::print_stdout, reason = "an example tells what it finds")]

use std::path::Path;
use std::time::Duration;

use footfall_count::{Config, Counter, Crossing, Line};
use footfall_formats::mot::read_people;
use footfall_track::{Embeddings, Step, TrackedBox};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [tracks, frame_rate, line] = &arguments[..] else {
        anyhow::bail!("usage: count_line TRACKS FRAMES_A_SECOND NAME:x1,y1,x2,y2");
    };
    let frame_rate: f64 = frame_rate.parse()?;
    let line: Line = line.parse()?;

    let mut counter = Counter::new(vec![line], Config::default())?;
    for people in read_people(Path::new(tracks))?.rows.chunk_by(|a, b| a.frame == b.frame) {
        let frame = people[0].frame;
        let time = Duration::try_from_secs_f64((frame - 1) as f64 / frame_rate)?;
        let tracks = people.iter().map(|row| TrackedBox {
            id: row.id,
            bbox: row.bbox,
            confidence: row.confidence,
            detection: TrackedBox::INTERPOLATED,
        });
        let step = Step { tracks: tracks.collect(), ..Step::default() };
        tell(&counter.step(frame, time, &step, &Embeddings::default()));
    }
    tell(&counter.finish());
    let counts = counter.tallies()[0];
    println!("{} in, {} out", counts.entered, counts.left);
    Ok(())
}

fn tell(crossings: &[Crossing]) {
    for Crossing { time, direction, track, .. } in crossings {
        println!("{:8.2} s  {direction}  track {track}", time.as_secs_f64());
    }
}
