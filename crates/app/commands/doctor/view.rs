//! From where each source sees people, and whether the configuration goes with it.

use std::ffi::OsString;

use footfall_config::{Config, models};
use footfall_count::{Anchor, Layout, View};
use footfall_pipeline::{BoxError, Detector, Sight as _, Sighting, Windows};
use footfall_sight::{Verdict, Watch, verdicts};
use footfall_track::Bbox;
use footfall_video::{Address, SourceOptions, open_source};
use footfall_vision::Inputs;

use super::Finding;
use crate::run::fit::optics;
use crate::run::networks::OpenNetworks;

/// So many frames are looked at,
const LOOKS: u32 = 12;
/// each so many after the one before: the same person is to be seen in other poses.
const APART: u32 = 8;
/// A detection below this confidence may be nobody.
const CLEAR: f32 = 0.45;

/// Of each source from which enough people were seen.
pub(super) fn views(named: &[OsString], config: &Config) -> Vec<Finding> {
    let own = |place: &OsString| Viewed {
        address: Address::new(place),
        options: config.source.options.clone(),
        anchor: None,
        layout: config.layout(),
        windows: config.detector.windows.clone(),
    };
    let mut sources: Vec<_> = named.iter().map(own).collect();
    sources.extend(config.source.list.iter().map(|entry| Viewed {
        address: Address::new(entry.url.reveal()),
        options: entry.options.clone(),
        anchor: entry.anchor,
        layout: entry.layout.over(&config.layout()),
        windows: entry.windows.clone().unwrap_or_else(|| config.detector.windows.clone()),
    }));
    let mut single = config.clone();
    single.pipeline.threads = std::num::NonZeroUsize::new(1);
    single.networks.no_embedder = true;
    // What cannot be opened was told of before.
    let networks = if sources.is_empty() { None } else { OpenNetworks::open(&single).ok() };
    let Some(networks) = networks else { return Vec::new() };
    let inputs = networks.inputs;
    let Some(mut detector) = networks.detectors.into_iter().next() else { return Vec::new() };
    let of = |viewed: Viewed| {
        let Ok((view, sizes)) = look(&viewed, inputs, &mut *detector) else { return Vec::new() };
        let anchor = viewed.anchor.unwrap_or(config.counter.anchor);
        let view = view.map(|view| finding(&viewed.address, view, anchor, config));
        view.into_iter().chain(sizes.iter().map(|size| finding_of_size(&viewed.address, size))).collect()
    };
    sources.into_iter().flat_map(of).collect()
}

/// A source that is looked at.
struct Viewed {
    address: Address,
    options: SourceOptions,
    anchor: Option<Anchor>,
    layout: Layout,
    windows: Windows,
}

/// From where people are seen, and how high they are at each line and zone.
fn look(
    viewed: &Viewed,
    inputs: Inputs,
    detector: &mut dyn Detector,
) -> Result<(Option<View>, Vec<Verdict>), BoxError> {
    let mut source = open_source(viewed.address.get(), &viewed.options)?;
    let [across, down] = [source.info().width, source.info().height];
    let (width, height) = (across as f64, down as f64);
    let (optics, layout) = (optics(inputs, across, down), viewed.layout.in_pixels(across, down));
    let mut watch = Watch::new(optics, layout.clone(), Windows::Auto, false);
    let mut boxes: Vec<Bbox> = Vec::new();
    for number in 0..LOOKS * APART {
        let Some(frame) = source.next_frame()? else { break };
        if number % APART == 0 {
            let found = detector.look(&frame.image, &watch.look(&frame).windows)?;
            boxes.extend(found.people.iter().filter(|seen| seen.confidence >= CLEAR).map(|seen| seen.bbox));
            watch.learn(Sighting { frame: frame.number, found, followed: true, layout: None });
        }
    }
    // How high they are is found out in any case; what the network is to see of them is as it is set.
    let windows = if viewed.windows == Windows::Whole { &[] } else { watch.windows() };
    let sizes = verdicts(&optics, &layout, watch.stature(), windows);
    Ok((View::of(&boxes, width, height), sizes))
}

/// Whether people are large enough at a line or a zone.
fn finding_of_size(address: &Address, size: &Verdict) -> Finding {
    let found = format!("{address}: {}", size.found());
    match size.advice() {
        None => Finding::good("size", found),
        Some(advice) => Finding::doubtful("size", found, advice),
    }
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
