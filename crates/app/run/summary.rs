//! What a run came to, for programs; `people` has it for people.

mod lines;
mod people;
mod source;

use std::path::Path;

use footfall_config::{Config, Outputs};
use footfall_count::SiteSums;
use footfall_formats::PartialFile;
use footfall_pipeline::{Ended, LaneOutcome, Outcome, Summary};
use footfall_vision::ProviderReport;
use serde::{Serialize, Serializer};

use lines::{LineReport, lines};
use source::{Frames, SourceReport, Stage, stage, word};

/// The summary as it is written to a file. Fields are added over time and keep their meaning.
///
/// Counts and frames are those of all sources together.
#[derive(Debug, Serialize)]
pub(crate) struct RunReport {
    version: &'static str,
    /// Where there is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    ended: &'static str,
    frames: Frames,
    /// How long the run took.
    seconds: f64,
    frames_per_second: f64,
    detections: u64,
    /// Those of them that the embedder ran on.
    embedded: u64,
    /// Confirmed tracks.
    people: u64,
    /// Boxes of confirmed tracks, over all frames.
    tracked: u64,
    lines: Vec<LineReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    zones: Vec<ZoneReport>,
    stages: Vec<Stage>,
    networks: NetworkReport,
    #[serde(serialize_with = "paths")]
    outputs: Outputs,
    /// What several cameras have seen in common, where that is counted once.
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<SiteSums>,
    /// Each source by itself.
    sources: Vec<SourceReport>,
    #[serde(skip)]
    files: Vec<Outputs>,
}

#[derive(Clone, Debug, Serialize)]
struct Source {
    name: String,
    width: usize,
    height: usize,
    frame_rate: Option<f64>,
    /// Time of the last processed frame.
    seconds: f64,
}

#[derive(Clone, Debug, Serialize)]
struct ZoneReport {
    /// Where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    name: String,
    /// People in it at the end.
    occupancy: u64,
    /// People in it at once at most.
    most: u64,
    /// Visits that were over.
    visits: u64,
    /// Mean length of these.
    dwell_seconds: f64,
}

/// The networks that ran, each with what it ran on.
#[derive(Debug, Default, Serialize)]
pub(crate) struct NetworkReport {
    pub(crate) detector: String,
    /// Nodes of it that each execution provider runs, by ONNX Runtime's own profile.
    pub(crate) detector_ran_on: ProviderReport,
    pub(crate) embedder: Option<String>,
    pub(crate) embedder_ran_on: Option<ProviderReport>,
    pub(crate) threads: usize,
    /// How many times as large the pictures of each source are for the detector, where that is known.
    #[serde(skip)]
    pub(crate) scales: Vec<Option<f64>>,
}

impl RunReport {
    pub(crate) fn new(
        config: &Config,
        files: &[Outputs],
        networks: NetworkReport,
        outcome: &Outcome,
    ) -> Self {
        let lanes = &outcome.lanes;
        let sum = |of: fn(&Summary) -> u64| lanes.iter().map(|lane| of(&lane.summary)).sum::<u64>();
        let frames = Frames {
            read: sum(|s| s.read),
            processed: sum(|s| s.processed),
            dropped: sum(|s| s.dropped),
            rested: sum(|s| s.rested),
        };
        let seconds = outcome.elapsed.as_secs_f64();
        let busy: f64 = lanes.iter().map(|lane| lane.summary.busy().as_secs_f64()).sum();
        let several = lanes.len() > 1;
        let mut scales = networks.scales.clone();
        scales.resize(lanes.len(), None);
        for (scale, lane) in scales.iter_mut().zip(lanes) {
            *scale = lane.summary.window_scale.into_iter().chain(*scale).reduce(f64::max);
        }
        let lines = lanes
            .iter()
            .zip(&scales)
            .flat_map(|(lane, &scale)| lines(lane, several, (config.health.rate, scale)))
            .collect();
        let how = lanes.iter().map(|lane| lane.summary.ended).max_by_key(|&ended| rank(ended));
        let single = if several { None } else { lanes.first().and_then(source) };
        let outputs =
            if several { config.outputs.clone() } else { files.first().cloned().unwrap_or_default() };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            source: single,
            ended: word(how.unwrap_or_default()),
            frames_per_second: frames.processed as f64 / seconds.max(1e-9),
            frames,
            seconds,
            detections: sum(|s| s.detections),
            embedded: sum(|s| s.embedded),
            people: sum(|s| s.people),
            tracked: sum(|s| s.tracked),
            lines,
            zones: lanes.iter().flat_map(|lane| zones(lane, several)).collect(),
            stages: outcome.stages.iter().map(stage).collect(),
            networks,
            outputs,
            sources: lanes
                .iter()
                .zip(&scales)
                .map(|(lane, &scale)| SourceReport::new(lane, busy, config.health.rate, scale))
                .collect(),
            site: None,
            files: files.to_vec(),
        }
    }

    /// The same, with what came of the cameras together.
    pub(crate) fn with_site(self, site: Option<SiteSums>) -> Self {
        Self { site, ..self }
    }

    /// Writes JSON to `path`.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut file = PartialFile::create(path)?;
        file.put(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.put(b"\n")?;
        Ok(file.finish()?)
    }
}

/// Where outputs are, for whoever has the summary: it is a file beside them.
fn paths<S: Serializer>(outputs: &Outputs, serializer: S) -> Result<S::Ok, S::Error> {
    let Outputs { video, tracks, crossings, detections, record, summary } = outputs;
    let named = [
        ("video", video),
        ("tracks", tracks),
        ("crossings", crossings),
        ("detections", detections),
        ("record", record),
        ("summary", summary),
    ];
    serializer.collect_map(named.into_iter().filter_map(|(what, path)| Some((what, path.as_deref()?))))
}

fn source(lane: &LaneOutcome) -> Option<Source> {
    let info = lane.info.as_ref()?;
    Some(Source {
        name: info.name.clone(),
        width: info.width,
        height: info.height,
        frame_rate: info.frame_rate,
        seconds: lane.summary.footage.as_secs_f64(),
    })
}

fn zones(lane: &LaneOutcome, several: bool) -> impl Iterator<Item = ZoneReport> {
    let source = several.then(|| lane.name.clone());
    lane.summary.zones.iter().zip(&lane.summary.zone_tallies).map(move |(name, tally)| ZoneReport {
        source: source.clone(),
        name: name.clone(),
        occupancy: tally.occupancy,
        most: tally.most,
        visits: tally.visits,
        dwell_seconds: tally.mean_dwell().as_secs_f64(),
    })
}

/// Of several ends the one that says most about the run.
fn rank(ended: Ended) -> u8 {
    match ended {
        Ended::Source => 0,
        Ended::Limit => 1,
        Ended::Stopped => 2,
        Ended::Failed => 3,
    }
}
