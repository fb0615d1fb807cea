//! `footfall count`: counting over tracks from a file, whoever made them.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_count::{Counter, Crossing};
use footfall_formats::jsonl::{CrossingRow, CrossingWriter};
use footfall_formats::mot::{TrackRow, read_tracks};
use footfall_track::{Embeddings, Step, TrackId, TrackedBox};

use crate::cli::{AreaArgs, CountArgs};
use crate::config::Config;
use crate::exit::usage;
use crate::{logging, progress};

/// Counts, and says what came of it.
pub(crate) fn run(args: &CountArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let config = Config::load(args.config.as_deref(), &args.lines, &AreaArgs::default())?;
    if config.lines.is_empty() {
        return Err(usage(anyhow::anyhow!("no line was given: see --line")));
    }
    let mut counter = config.counter(args.size).map_err(usage)?;
    let rows = read_tracks(&args.tracks)?;
    let mut writer = CrossingWriter::create(&args.crossings)?;
    let source = args.tracks.to_string_lossy();
    let mut write = |counter: &Counter, crossings: &[Crossing]| {
        crossings.iter().try_for_each(|crossing| {
            let line = counter.lines()[crossing.line].name();
            writer.write(&CrossingRow::new(crossing, line, &source))
        })
    };
    let mut last_frames: BTreeMap<TrackId, u64> = BTreeMap::new();
    last_frames.extend(rows.iter().map(|row| (row.id, row.frame)));
    let mut ended = Vec::new();
    for people in rows.chunk_by(|a, b| a.frame == b.frame) {
        let frame = people[0].frame;
        let time = Duration::try_from_secs_f64((frame - 1) as f64 / args.fps)?;
        let step = Step { tracks: boxes(people), removed: std::mem::take(&mut ended) };
        ended = step.tracks.iter().map(|t| t.id).filter(|id| last_frames.get(id) == Some(&frame)).collect();
        let crossings = counter.step(frame, time, &step, &Embeddings::default());
        write(&counter, &crossings)?;
    }
    let crossings = counter.finish();
    write(&counter, &crossings)?;
    writer.finish()?;
    eprint!("{}", progress::counted(&counter));
    Ok(())
}

fn boxes(people: &[TrackRow]) -> Vec<TrackedBox> {
    let tracked = |row: &TrackRow| TrackedBox {
        id: row.id,
        bbox: row.bbox,
        confidence: row.confidence,
        detection: TrackedBox::INTERPOLATED,
    };
    let mut boxes: Vec<TrackedBox> = people.iter().map(tracked).collect();
    boxes.sort_by_key(|tracked| tracked.id);
    boxes
}
