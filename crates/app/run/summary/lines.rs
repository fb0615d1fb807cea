//! What was counted at each line, and whether it holds.

use footfall_count::{Condition, CountInterval, GroupTally, Uncountable};
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
    /// Why no range holds, where none does for another reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uncountable: Option<Uncountable>,
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

/// Why a source's counts have no range, and what to do about it.
pub(super) fn why_uncountable(uncountable: Uncountable) -> String {
    match uncountable {
        Uncountable::Unfollowed { share } => format!(
            "cannot be counted: {:.0}% of those who are seen cannot be followed from one frame to the next. It takes more \
             frames a second, more light, or a camera that sees people apart from one another",
            100.0 * share
        ),
        Uncountable::TooSmall { height } => format!(
            "cannot be counted: people are {height:.0} pixels high for the network, too small to be found. It takes a \
             camera that is nearer or zoomed in, or a larger detector.input_size"
        ),
    }
}

/// The lines of a source; with its name where there are several sources. `scale` is how many times as large its
/// pictures are for the detector.
pub(super) fn lines(
    lane: &LaneOutcome,
    several: bool,
    scale: Option<f64>,
) -> impl Iterator<Item = LineReport> {
    let source = several.then(|| lane.name.clone());
    let counts = lane.summary.tallies.iter().zip(&lane.summary.doubts);
    let low = low_rate(&lane.summary);
    let rate_too_low = low > 0.0 && low >= GOOD_PART * lane.summary.footage.as_secs_f64();
    let groups = |index: usize| lane.summary.group_tallies.as_ref().and_then(|all| all.get(index));
    let lines = lane.summary.lines.iter().zip(counts).enumerate();
    let sight = &lane.summary.visibility;
    let uncountable = sight.uncountable(scale).filter(|_| !rate_too_low);
    let range = move |index, tally, doubt| {
        let holds = !rate_too_low && uncountable.is_none();
        holds.then(|| sight.range(index, tally, doubt, scale))
    };
    lines.map(move |(index, (name, (tally, doubt)))| LineReport {
        source: source.clone(),
        name: name.clone(),
        r#in: tally.entered,
        out: tally.left,
        in_interval: range(index, tally, doubt).map(|[entered, _]| entered),
        out_interval: range(index, tally, doubt).map(|[_, left]| left),
        groups: groups(index).map(|tally| tally.groups),
        group_size: groups(index).and_then(GroupTally::mean_size),
        rate_too_low,
        uncountable,
    })
}
