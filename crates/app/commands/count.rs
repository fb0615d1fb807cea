//! `footfall count`: counting over tracks from a file, whoever made them.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_config::{Config, usage};
use footfall_count::{Follower, PartLayout};
use footfall_formats::mot::{People, TrackRow, read_people};
use footfall_track::{Step, TrackId, TrackedBox, Tracker};

use crate::cli::CountArgs;
use crate::run::session::{Files, Session};
use crate::times::clock;
use crate::{logging, progress, rate};

/// Counts, and says what came of it.
pub(crate) fn run(args: &CountArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let mut config = Config::load_with(args.config.as_deref(), &PartLayout::given(&args.lines, &[], &[]))?;
    config.counter.anchor = args.anchor.unwrap_or(config.counter.anchor);
    config.counter.groups.enabled |= args.groups.is_some();
    if config.lines.is_empty() {
        return Err(usage(anyhow::anyhow!("no line was given: see --line")));
    }
    let counter = config.counter(args.size).map_err(usage)?;
    let people = read_people(&args.tracks)?;
    let rate = args.fps / people.cadence.stride() as f64;
    let source = args.tracks.to_string_lossy();
    tell(&source, &people);
    rate::warn_of(&source, Some(rate).filter(|_| !people.rows.is_empty()), &config);
    let rows = people.rows;
    let (crossings, groups) = (Some(&*args.crossings), args.groups.as_deref());
    let files = Files { crossings, groups, ..Files::default() };
    let follower = Follower::new(Tracker::new(config.tracker(None, None)).map_err(usage)?, counter);
    let mut session = Session::new(source.into_owned(), follower, files, (None, None))?;
    let mut last_frames: BTreeMap<TrackId, u64> = BTreeMap::new();
    last_frames.extend(rows.iter().map(|row| (row.id, row.frame)));
    let mut ended = Vec::new();
    for people in rows.chunk_by(|a, b| a.frame == b.frame) {
        let frame = people[0].frame;
        let time = Duration::try_from_secs_f64((frame - 1) as f64 / args.fps)?;
        let tracks: Vec<TrackedBox> = people.iter().map(tracked).collect();
        let step = Step { tracks, removed: std::mem::take(&mut ended), ..Step::default() };
        ended = step.tracks.iter().map(|t| t.id).filter(|id| last_frames.get(id) == Some(&frame)).collect();
        session.take(frame, time, &step)?;
    }
    session.finish()?.tell_counted();
    if !rows.is_empty() && rate::is_too_low(rate, &config) {
        let (first, last) = people.cadence.ends();
        let seconds = (last - first) as f64 / args.fps;
        eprintln!("{}", rate::beside_counts(&clock(seconds), config.health.rate));
    }
    Ok(())
}

/// Says what is odd about the tracks.
fn tell(source: &str, people: &People) {
    if let Some((boxes, frame)) = people.twins {
        tracing::warn!(
            "{source}: {boxes} boxes are exactly those of another id in their frame, the first in frame {frame}: \
             whoever is tracked twice is counted twice"
        );
    }
}

fn tracked(row: &TrackRow) -> TrackedBox {
    TrackedBox { id: row.id, bbox: row.bbox, confidence: row.confidence, detection: TrackedBox::INTERPOLATED }
}
