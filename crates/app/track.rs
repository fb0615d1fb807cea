//! `footfall track`: association and counting over detections from a file.

use std::time::Duration;

use footfall_formats::{DetectionFrame, DetectionReader};
use footfall_track::{Observations, Tracker};

use crate::cli::TrackArgs;
use crate::config::Config;
use crate::exit::usage;
use crate::session::{Files, Session};
use crate::{logging, progress};

/// Tracks, and says what came of it.
pub(crate) fn run(args: &TrackArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let mut config = Config::load(args.config.as_deref(), &args.lines, &args.areas)?;
    config.tracker.preset = args.preset.unwrap_or(config.tracker.preset);
    let settings = config.tracker(args.fps, None);
    let frame_rate = settings.frame_rate;
    let tracker = Tracker::new(settings).map_err(usage)?;
    let counter = config.counter(args.size).map_err(usage)?;
    let source = args.detections.to_string_lossy().into_owned();
    let files = Files { tracks: Some(&args.tracks), crossings: args.crossings.as_deref(), ledger: None };
    let mut session = Session::new(source, tracker, counter, files, args.offline)?;
    for frame in DetectionReader::open(&args.detections)? {
        take(&mut session, &frame?, frame_rate)?;
    }
    session.finish()
}

/// After so many frames in a row without anybody nothing changes any more.
const LONGEST_GAP: u64 = 1000;

/// Takes the next frame of the file, and before it those in which nobody was seen: they may be missing from
/// the file, but time went on in them.
fn take(session: &mut Session, frame: &DetectionFrame, frame_rate: f64) -> anyhow::Result<()> {
    let number = frame.number;
    let time = frame.time.unwrap_or_else(|| Duration::from_secs_f64((number - 1) as f64 / frame_rate));
    if let Some((last, before)) = session.last() {
        let interval = time.saturating_sub(before).div_f64((number - last) as f64);
        let nothing = Observations::default();
        for missing in (last + 1..number).take(LONGEST_GAP as usize) {
            session.step(missing, before + interval.mul_f64((missing - last) as f64), &nothing)?;
        }
    }
    session.step(number, time, &frame.observations)
}
