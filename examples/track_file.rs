//! Tracks from a file of detections: MOT text, JSON lines with embeddings, or what other programs write.
//!
//! ```sh
//! cargo run --release --example track_file -- det.txt 25 > tracks.txt
//! ```

#![allow(clippy::print_stdout, reason = "an example tells what it finds")]

use std::time::Duration;

use footfall_formats::DetectionReader;
use footfall_formats::mot::TrackRow;
use footfall_track::{Config, Tracker};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = || anyhow::anyhow!("usage: track_file DETECTIONS FRAMES_A_SECOND");
    let path = arguments.next().ok_or_else(usage)?;
    let frame_rate: f64 = arguments.next().ok_or_else(usage)?.parse()?;

    let mut tracker = Tracker::new(Config { frame_rate, ..Config::default() })?;
    for frame in DetectionReader::open(path)? {
        let frame = frame?;
        let usual = Duration::try_from_secs_f64((frame.number - 1) as f64 / frame_rate)?;
        let step = tracker.step(frame.time.unwrap_or(usual), &frame.observations);
        for track in &step.tracks {
            let (id, bbox, confidence) = (track.id, track.bbox, track.confidence);
            println!("{}", TrackRow { frame: frame.number, id, bbox, confidence });
        }
    }
    Ok(())
}
