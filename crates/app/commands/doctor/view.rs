//! From where each source sees people, and whether the configuration goes with it.

use std::ffi::OsString;

use footfall_config::{Config, models};
use footfall_count::{Anchor, View};
use footfall_pipeline::{BoxError, Detector};
use footfall_track::Bbox;
use footfall_video::{Address, SourceOptions, open_source};

use super::Finding;
use crate::run::networks::OpenNetworks;

/// So many frames are looked at,
const LOOKS: u32 = 12;
/// each so many after the one before: the same person is to be seen in other poses.
const APART: u32 = 8;
/// A detection below this confidence may be nobody.
const CLEAR: f32 = 0.45;

/// Of each source from which enough people were seen.
pub(super) fn views(named: &[OsString], config: &Config) -> Vec<Finding> {
    let own = |place: &OsString| (Address::new(place), config.source.options.clone(), None);
    let mut sources: Vec<_> = named.iter().map(own).collect();
    let entries = config.source.list.iter();
    sources
        .extend(entries.map(|entry| (Address::new(entry.url.reveal()), entry.options.clone(), entry.anchor)));
    let mut single = config.clone();
    single.pipeline.threads = std::num::NonZeroUsize::new(1);
    single.networks.no_embedder = true;
    // What cannot be opened was told of before.
    let networks = if sources.is_empty() { None } else { OpenNetworks::open(&single).ok() };
    let Some(mut detector) = networks.and_then(|networks| networks.detectors.into_iter().next()) else {
        return Vec::new();
    };
    let of = |(address, options, anchor): (Address, SourceOptions, Option<Anchor>)| {
        let view = look(&address, &options, &mut *detector).ok().flatten()?;
        Some(finding(&address, view, anchor.unwrap_or(config.counter.anchor), config))
    };
    sources.into_iter().filter_map(of).collect()
}

fn look(
    address: &Address,
    options: &SourceOptions,
    detector: &mut dyn Detector,
) -> Result<Option<View>, BoxError> {
    let mut source = open_source(address.get(), options)?;
    let (width, height) = (source.info().width as f64, source.info().height as f64);
    let mut boxes: Vec<Bbox> = Vec::new();
    for number in 0..LOOKS * APART {
        let Some(frame) = source.next_frame()? else { break };
        if number % APART == 0 {
            let seen = detector.detect(&frame.image)?;
            boxes.extend(seen.iter().filter(|seen| seen.confidence >= CLEAR).map(|seen| seen.bbox));
        }
    }
    Ok(View::of(&boxes, width, height))
}

fn finding(address: &Address, view: View, anchor: Anchor, config: &Config) -> Finding {
    let found = format!("{address}: people are seen {}", view.as_str());
    let is_overhead = config.networks.detector.as_deref().is_some_and(models::is_name);
    let mut advice = Vec::new();
    if (view == View::Down) != (anchor == Anchor::Centre) && anchor != Anchor::Head {
        advice.push(format!("anchor = \"{}\" counts better than \"{anchor}\" there", view.anchor()));
    }
    if view.is_overhead() && config.networks.detector.is_none() {
        advice.push("detector = \"overhead\" has learnt to see people from above".to_owned());
    } else if view == View::Side && is_overhead {
        advice.push("without detector = \"overhead\" people are told apart better".to_owned());
    }
    if advice.is_empty() {
        Finding::good("view", found)
    } else {
        Finding::doubtful("view", found, advice.join("; "))
    }
}
