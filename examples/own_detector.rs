//! Your own detector and embedder with this tracker: only whose appearance matters is embedded.

#![allow(clippy::print_stdout, reason = "an example tells what it finds")]

use std::time::Duration;

use footfall_track::{Bbox, Config, Detection, Embeddings, Observations, Tracker};

/// What yours would be: two people who walk towards each other.
fn detect(frame: u32) -> Vec<Detection> {
    let x = 8.0 * f64::from(frame);
    let person = |x| Detection { bbox: Bbox::new(x, 100.0, 50.0, 140.0), confidence: 0.9 };
    vec![person(100.0 + x), person(600.0 - x)]
}

/// What yours would be: a vector that is near for pictures of one person, and far for others.
fn embed(_frame: u32, index: usize) -> [f32; 4] {
    if index == 0 { [1.0, 0.1, 0.0, 0.0] } else { [0.0, 0.1, 1.0, 0.0] }
}

fn main() -> anyhow::Result<()> {
    // How far apart embeddings of one person are is a property of the embedder.
    let mut tracker =
        Tracker::new(Config { frame_rate: 25.0, max_cosine_distance: 0.3, ..Config::default() })?;
    let mut embedded = 0;
    for frame in 0..60 {
        let time = frame * Duration::from_millis(40);
        let detections = detect(frame);
        let wanted = tracker.plan(time, &detections).to_vec();
        embedded += wanted.len();
        let mut embeddings = Embeddings::default();
        for &index in &wanted {
            embeddings.push(Some(&embed(frame, index)));
        }
        let embeddings = embeddings.spread(&wanted, detections.len());
        let step = tracker.step(time, &Observations { detections, embeddings });
        for track in &step.tracks {
            println!("frame {}: {} at {:.0}", frame + 1, track.id, track.bbox.x);
        }
    }
    println!("{embedded} of 120 people were embedded");
    Ok(())
}
