//! Scores tracks against ground truth, both MOT text.
//!
//! ```sh
//! cargo run --release --example evaluate -- gt/gt.txt tracks.txt
//! ```

#![allow(clippy::print_stdout, reason = "an example tells what it finds")]

use std::path::Path;

use footfall_eval::{Benchmark, Scores, Selection, Sequence, TrackBox, TruthBox};
use footfall_formats::mot::{Layout, read_tracks, read_truth};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [truth, tracks] = &arguments[..] else { anyhow::bail!("usage: evaluate GT.TXT TRACKS.TXT") };

    let truth = read_truth(Path::new(truth))?;
    let rules = if truth.layout == Some(Layout::Mot16) { Benchmark::Mot17 } else { Benchmark::Mot15 };
    let people = truth.rows.iter().map(|row| TruthBox {
        frame: row.frame,
        id: row.id,
        bbox: row.bbox,
        considered: row.is_considered(),
        class: row.class,
    });
    let people: Vec<TruthBox> = people.collect();
    let rows = read_tracks(Path::new(tracks))?;
    let tracks = rows.iter().map(|row| TrackBox { frame: row.frame, id: row.id.0, bbox: row.bbox });
    let tracks: Vec<TrackBox> = tracks.collect();

    let length = people.iter().map(|row| row.frame).max().unwrap_or(0);
    let sequence = Sequence::new(&people, &tracks, Selection::All.of(length), rules)?;
    for (name, value) in Scores::of(&sequence).fields() {
        println!("{name:8} {:.4}", value.as_f64());
    }
    Ok(())
}
