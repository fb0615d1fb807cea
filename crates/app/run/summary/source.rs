//! What one source came to, and what it has cost.

use footfall_count::Estimate;
use footfall_pipeline::{Ended, Kind, LaneOutcome, StageSummary};
use serde::Serialize;

use super::lines::{LineReport, LowRate, lines};

/// One source, and what it has cost.
#[derive(Debug, Serialize)]
pub(super) struct SourceReport {
    pub(super) name: String,
    /// Its path or address, without secrets; missing where it was never opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    kind: Option<&'static str>,
    ended: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// Time of its last processed frame.
    pub(super) seconds: f64,
    pub(super) frames: Frames,
    pub(super) frames_per_second: f64,
    detections: u64,
    embedded: u64,
    people: u64,
    tracked: u64,
    pub(super) lines: Vec<LineReport>,
    /// Work of all stages for it, and its share in the work for all.
    busy_seconds: f64,
    pub(super) milliseconds_per_frame: f64,
    pub(super) share: f64,
    stages: Vec<Stage>,
    /// What was wrong with it, how often, and how long nobody or not everybody was counted for it.
    pub(super) troubles: Vec<TroubleReport>,
    /// What else is to be known of its frames: times that were repaired, say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) remarks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) low_rate: Option<LowRate>,
    /// How many different people came in within the window, decided and estimated, where that was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) visitors: Option<Estimate>,
}

#[derive(Debug, Serialize)]
pub(super) struct TroubleReport {
    pub(super) condition: &'static str,
    pub(super) times: u64,
    pub(super) uncounted_seconds: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Frames {
    pub(super) read: u64,
    pub(super) processed: u64,
    pub(super) dropped: u64,
    /// Those processed at which the networks rested: nothing moved, and nobody was followed.
    pub(super) rested: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) threads: usize,
    frames: u64,
    /// Work of its threads together.
    pub(super) busy_seconds: f64,
    pub(super) milliseconds_per_frame: f64,
}

impl SourceReport {
    pub(super) fn new(
        lane: &LaneOutcome,
        all: f64,
        least_frames_per_second: f64,
        scale: Option<f64>,
    ) -> Self {
        let LaneOutcome { name, info, summary, error } = lane;
        let busy = summary.busy().as_secs_f64();
        let trouble = |trouble: &footfall_pipeline::Trouble| TroubleReport {
            condition: trouble.condition.as_str(),
            times: trouble.times,
            uncounted_seconds: trouble.lasted.as_secs_f64(),
        };
        Self {
            name: name.clone(),
            place: info.as_ref().map(|info| info.name.clone()),
            kind: info.as_ref().map(|info| match info.kind {
                Kind::Recorded => "recorded",
                Kind::Live => "live",
            }),
            ended: word(summary.ended),
            error: error.as_ref().map(ToString::to_string),
            seconds: summary.footage.as_secs_f64(),
            frames: Frames {
                read: summary.read,
                processed: summary.processed,
                dropped: summary.dropped,
                rested: summary.rested,
            },
            frames_per_second: summary.rate(),
            detections: summary.detections,
            embedded: summary.embedded,
            people: summary.people,
            tracked: summary.tracked,
            lines: lines(lane, false, (least_frames_per_second, scale)).collect(),
            busy_seconds: busy,
            milliseconds_per_frame: 1e3 * busy / summary.processed.max(1) as f64,
            share: busy / all.max(1e-9),
            stages: summary.stages.iter().map(stage).collect(),
            troubles: summary.troubles.iter().map(trouble).collect(),
            remarks: summary.remarks.clone(),
            low_rate: LowRate::of(summary, least_frames_per_second),
            visitors: summary.visitors,
        }
    }
}

pub(super) fn stage(summary: &StageSummary) -> Stage {
    Stage {
        name: summary.name,
        threads: summary.workers,
        frames: summary.frames,
        busy_seconds: summary.busy.as_secs_f64(),
        milliseconds_per_frame: 1e3 * summary.busy.as_secs_f64() / summary.frames.max(1) as f64,
    }
}

pub(super) fn word(ended: Ended) -> &'static str {
    match ended {
        Ended::Source => "source",
        Ended::Limit => "limit",
        Ended::Stopped => "stopped",
        Ended::Failed => "failed",
    }
}
