//! What is kept, where, and for how long.

use std::fmt;

use footfall_config::{Config, Outputs};
use footfall_evidence::Blur;

use super::{Kept, People};

/// Until something that nobody can tell beforehand.
const BY_HAND: &str = "somebody removes it";

/// Everything.
pub(super) fn of(config: &Config) -> Vec<Kept> {
    let mut all = in_memory(config);
    all.extend(written(&config.outputs));
    if let Some(file) = &config.ledger.file {
        let until = config.ledger.retention.map_or_else(
            || BY_HAND.to_owned(),
            |days| {
                let unsent = if config.ledger.remove_unsent {
                    ""
                } else {
                    ", and longer while a publisher has not sent it"
                };
                format!("it is {days} days old{unsent}")
            },
        );
        let (what, people) = crossing(config);
        all.push(kept(what, people, file.display(), until));
    }
    if let Some(file) = &config.staff.gallery {
        all.push(kept(
            "staff who were enrolled",
            People::Appearance,
            file.display(),
            "`footfall staff remove`; expired ones stay in the file, unused",
        ));
    }
    if let Some(file) = &config.remember.file {
        let place = format!("{}, encrypted", file.display());
        let until = format!(
            "the first start later than {} hours after the program ended",
            config.counter.visitors.window
        );
        all.push(kept("appearances of visitors, for the next start", People::Appearance, place, until));
    }
    all.extend(evidence(config));
    for source in &config.source.list {
        if let Some(file) = &source.reference {
            let what = format!("the picture of {} from set-up", source.name);
            all.push(kept(what, People::Recognisable, file.display(), BY_HAND));
        }
    }
    all
}

/// What is written down of a crossing.
fn crossing(config: &Config) -> (String, People) {
    let plain = if config.site.is_off() {
        "each crossing: time, line, direction, how certain"
    } else {
        "each crossing: time, line, direction, how certain, at which other camera it was seen, how long somebody stayed"
    };
    let visitors = config.counter.visitors.window > 0.0;
    match (config.staff.gallery.is_some(), visitors) {
        (true, _) => (format!("{plain}; of staff the name"), People::Recognisable),
        (false, true) => (format!("{plain}; of visitors a number"), People::Moments),
        (false, false) => (plain.to_owned(), People::Moments),
    }
}

fn in_memory(config: &Config) -> Vec<Kept> {
    let age = config.tracker.best.max_age.max(config.tracker.deepsort.max_age);
    let mut all =
        vec![kept("the pictures of each source", People::Recognisable, "memory", "the next ones come")];
    if !config.networks.no_embedder {
        let until = format!("{:.1} seconds after they were last seen", age.as_secs_f64());
        all.push(kept("appearances of those who are followed", People::Appearance, "memory", until));
    }
    if config.counter.visitors.window > 0.0 {
        let until = format!("{} hours after they came, at most", config.counter.visitors.window);
        all.push(kept("appearances of visitors, to know them again", People::Appearance, "memory", until));
    }
    if !config.site.overlap.is_empty() || config.site.learn {
        let what = "appearances of those who pass, to compare what several cameras see";
        all.push(kept(what, People::Appearance, "memory", "some others have passed, about a minute later"));
    }
    if !config.site.doors.is_empty() {
        let until = format!("they have left, or {} hours have passed", config.site.longest_stay);
        all.push(kept("appearances of those inside, to measure stays", People::Appearance, "memory", until));
    }
    if config.serve.address.is_some() {
        let what = "a small picture and the appearance of each of the last 64 crossings, not of staff";
        all.push(kept(what, People::Recognisable, "memory", "64 others have passed, or the program ends"));
    }
    all
}

fn written(outputs: &Outputs) -> Vec<Kept> {
    let Outputs { video, tracks, crossings, detections, record, summary } = outputs;
    let files = [
        ("the video with everybody in it", People::Recognisable, video),
        ("where each person was, frame by frame", People::Moments, tracks),
        ("each crossing", People::Moments, crossings),
        ("each detection, with its appearance", People::Appearance, detections),
        ("a recording of detections and appearances, without pictures", People::Appearance, record),
        ("counts of the run", People::Moments, summary),
    ];
    let named = files.into_iter().filter_map(|(what, people, path)| Some((what, people, path.as_ref()?)));
    named.map(|(what, people, path)| kept(what, people, path.display(), BY_HAND)).collect()
}

fn evidence(config: &Config) -> Vec<Kept> {
    let evidence = &config.evidence;
    let Some(folder) = &evidence.folder else { return Vec::new() };
    let (how, people) = match evidence.blur {
        Blur::Bodies => ("small and grey, everybody and whatever moves veiled", People::Veiled),
        Blur::Heads => ("small and grey, heads veiled, bodies not", People::Recognisable),
        Blur::Nobody => ("small, with everybody in the clear", People::Recognisable),
    };
    let sealed = if evidence.key.is_some() { "encrypted" } else { "not encrypted" };
    let until = format!(
        "it is {} days old, or all take {} megabytes and it is the oldest",
        evidence.days, evidence.megabytes
    );
    let place = format!("{}, {sealed}", folder.display());
    let clips = kept(format!("clips to be audited: {how}"), people, place, until);
    let numbers = kept(
        "what kind of minute each was, and what auditors counted",
        People::Moments,
        folder.display(),
        BY_HAND,
    );
    vec![clips, numbers]
}

fn kept(what: impl Into<String>, people: People, place: impl fmt::Display, until: impl Into<String>) -> Kept {
    Kept { what: what.into(), people, place: place.to_string(), until: until.into() }
}
