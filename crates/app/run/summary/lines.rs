//! What was counted at each line, and whether it holds.

use footfall_count::{Condition, CountInterval, GroupTally};
use footfall_pipeline::{LaneOutcome, Summary};
use serde::Serialize;

/// One line's counts.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LineReport {
    /// Where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    pub(super) name: String,
    pub(super) r#in: u64,
    pub(super) out: u64,
    /// The range in which the true number lies with a probability of 95%; none where none holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) in_interval: Option<CountInterval>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) out_interval: Option<CountInterval>,
    /// Groups of people who came in together, where that was told; whoever came alone is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) groups: Option<u64>,
    /// How many people these were on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group_size: Option<f64>,
    /// True where for a good part of the time too few frames came to count by: then neither the counts nor
    /// their ranges hold.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) rate_too_low: bool,
}

/// Of a time in which too few frames came to count by.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LowRate {
    pub(super) seconds: f64,
    /// How many frames a second it takes.
    pub(super) least_frames_per_second: f64,
}

impl LowRate {
    /// Nothing where frames were enough all the time.
    pub(super) fn of(summary: &Summary, least_frames_per_second: f64) -> Option<Self> {
        let low = Self { seconds: low_rate(summary), least_frames_per_second };
        Some(low).filter(|low| low.seconds > 0.0)
    }
}

/// Counts of a source hold if the time with too few frames is a smaller share of it than this.
const GOOD_PART: f64 = 0.05;

/// For how long too few frames of a source came, in seconds.
fn low_rate(summary: &Summary) -> f64 {
    let trouble = summary.troubles.iter().find(|trouble| trouble.condition == Condition::LowRate);
    trouble.map_or(0.0, |trouble| trouble.lasted.as_secs_f64())
}

/// The lines of a source; with its name where there are several sources.
pub(super) fn lines(lane: &LaneOutcome, several: bool) -> impl Iterator<Item = LineReport> {
    let source = several.then(|| lane.name.clone());
    let counts = lane.summary.tallies.iter().zip(&lane.summary.doubts);
    let low = low_rate(&lane.summary);
    let rate_too_low = low > 0.0 && low >= GOOD_PART * lane.summary.footage.as_secs_f64();
    let groups = |index: usize| lane.summary.group_tallies.as_ref().and_then(|all| all.get(index));
    let lines = lane.summary.lines.iter().zip(counts).enumerate();
    lines.map(move |(index, (name, (tally, doubt)))| LineReport {
        source: source.clone(),
        name: name.clone(),
        r#in: tally.entered,
        out: tally.left,
        in_interval: (!rate_too_low).then(|| CountInterval::of(tally.entered, doubt.entered)),
        out_interval: (!rate_too_low).then(|| CountInterval::of(tally.left, doubt.left)),
        groups: groups(index).map(|tally| tally.groups),
        group_size: groups(index).and_then(GroupTally::mean_size),
        rate_too_low,
    })
}
