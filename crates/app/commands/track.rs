//! `footfall track`: association and counting over detections from a file.

mod frames;
mod oddities;

use std::time::Duration;

use footfall_config::{Config, usage};
use footfall_count::Follower;
use footfall_formats::mot::{Scores, Survey};
use footfall_formats::{DetectionReader, PartialFile, ordinal};
use footfall_track::Tracker;

use crate::cli::TrackArgs;
use crate::run::session::{Files, Session};
use crate::{logging, progress, rate};
use frames::Looked;
use oddities::Oddities;

/// Tracks, and says what came of it.
pub(crate) fn run(args: &TrackArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let mut config = Config::load_with(args.config.as_deref(), &args.areas.layout(&args.lines))?;
    config.tracker.preset = args.preset.unwrap_or(config.tracker.preset);
    config.counter.anchor = args.anchor.unwrap_or(config.counter.anchor);
    let mut detections = DetectionReader::open_sized(&args.detections, args.size)?;
    let about = detections.about();
    let told_rate = about.frame_rate.or(args.fps);
    let settings = config.tracker(told_rate, about.max_cosine_distance.map(f64::from));
    // What a frame's number means in time. The tracker may go by another nominal rate.
    let pace = told_rate.unwrap_or(settings.frame_rate);
    let tracker = Tracker::new(settings).map_err(usage)?;
    let counter = config.counter(args.size).map_err(usage)?;
    let source = args.detections.to_string_lossy().into_owned();
    if let (Some(own), Some(asked)) = (about.frame_rate, args.fps)
        && (own - asked).abs() > 1e-6
    {
        tracing::warn!("{source} says itself that it has {own} frames a second: --fps {asked} is not used");
    }
    if let Some(kind) = detections.kind() {
        tracing::info!("{source} is taken as {}", kind.name());
    }
    detections.notes().iter().for_each(|note| tracing::warn!("{source}: {note}"));
    let looked = Looked::of(args, detections.survey());
    if let Some(survey) = detections.survey() {
        tell(survey, &looked, args);
        if let Some(stride) = looked.stride() {
            rate::warn_of(&source, Some(pace / stride as f64), &config);
        }
    }
    let (tracks, crossings) = (Some(&args.tracks), args.crossings.as_deref());
    let files = Files { tracks, crossings, ..Files::default() };
    let checks = (rate::check(&config), rate::countable(&config, args.input_scale));
    let follower = Follower::new(tracker, counter);
    let follower = if args.offline { follower.offline() } else { follower };
    let mut session = Session::new(source.clone(), follower, files, checks)?;
    let mut oddities = Oddities::default();
    for frame in &mut detections {
        let frame = frame?;
        let number = frame.number;
        let time = match frame.time {
            Some(time) => time,
            None => Duration::try_from_secs_f64((number - 1) as f64 / pace)?,
        };
        oddities.look(&frame);
        looked.fill(&mut session, number, time)?;
        session.step(number, time, &frame.observations)?;
    }
    oddities.tell();
    if let Some(stride) = looked.unseen_stride(args, detections.survey()) {
        tracing::warn!(
            "{source} told of every {} frame, and those in between were taken as without anybody. If nobody looked at \
             them, say --stride {stride}",
            ordinal(stride)
        );
    }
    let finished = session.finish()?;
    if let Some(path) = &args.ranges {
        let mut file = PartialFile::create(path)?;
        file.put(serde_json::to_string_pretty(&finished.ranges(args.input_scale))?.as_bytes())?;
        file.put(b"\n")?;
        file.finish()?;
    }
    finished.tell_tracked();
    finished.tell_counted();
    Ok(())
}

/// Says how MOT text was understood, where that is not beyond doubt.
fn tell(survey: &Survey, looked: &Looked, args: &TrackArgs) {
    let file = args.detections.display();
    let Survey { cadence, scores } = survey;
    let is_asked = args.stride.is_some() || args.missing.is_some();
    match looked.stride().filter(|&stride| stride > 1 && !is_asked) {
        Some(stride) => tracing::warn!(
            "{file} tells of every {} frame; those in between are taken as not looked at. If nobody was in them, \
             say --missing empty",
            ordinal(stride)
        ),
        None if cadence.is_irregular() && !is_asked => tracing::warn!(
            "{file} has hardly two frames in a row; those that it leaves out are taken as without anybody. If they \
             were not looked at, say --missing skipped"
        ),
        None => (),
    }
    let (least, most) = (scores.least, scores.most);
    match scores.scores() {
        Scores::Confidences if scores.none > 0 => tracing::warn!(
            "{file}: {} detections have a confidence of -1 and are ignored; others go up to {most}",
            scores.none
        ),
        Scores::Confidences => (),
        Scores::Unknown => tracing::warn!(
            "{file}: all confidences are {}, which says nothing: each detection is taken as certain",
            if most < 0.0 {
                "-1"
            } else if scores.none > 0 {
                "-1 or 0"
            } else {
                "0"
            }
        ),
        Scores::Shares(whole) => tracing::warn!(
            "{file}: confidences go from {least} to {most}, not from 0 to 1: each is divided by {whole}"
        ),
        Scores::Margins => tracing::warn!(
            "{file}: scores go from {least} to {most}, not from 0 to 1: each score s is taken as a confidence of \
             1 / (1 + exp(-s))"
        ),
    }
}
