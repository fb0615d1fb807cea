//! What was counted at each line, and whether it holds.

use footfall_count::{Advice, Condition, CountInterval, GroupTally, Uncountable};
use footfall_pipeline::{LaneOutcome, Summary};
use serde::Serialize;

use crate::rate::rounded;

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
    /// Why no range holds, where none does.
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
    let figure = match uncountable {
        Uncountable::LowRate { least } => format!("fewer than {} a second", rounded(least)),
        Uncountable::Unfollowed { share } => format!("{:.0}%", 100.0 * share),
        Uncountable::TooSmall { height } => format!("{height:.0} pixels high for the network"),
        Uncountable::Unclear { confidence } => format!("mean confidence {confidence:.2}"),
    };
    let Some(Advice { why, remedy }) = uncountable.condition().advice() else { return figure };
    format!("cannot be counted: {why} ({figure}). {remedy}")
}

/// Why the counts of a source have no range, by what it was for a good part of the time. What was seen over all of it
/// says the figures.
fn uncountable(summary: &Summary, least: f64, scale: Option<f64>) -> Option<Uncountable> {
    let lasted = |condition: Condition| {
        let trouble = summary.troubles.iter().find(|trouble| trouble.condition == condition);
        trouble.map_or(0.0, |trouble| trouble.lasted.as_secs_f64())
    };
    let seen = summary.visibility.sums();
    let reasons = [
        Some(Uncountable::LowRate { least }),
        Some(Uncountable::Unfollowed { share: seen.unfollowed() }),
        seen.height().zip(scale).map(|(height, scale)| Uncountable::TooSmall { height: height * scale }),
        seen.confidence().map(|confidence| Uncountable::Unclear { confidence }),
    ];
    let worst = reasons.into_iter().flatten().map(|reason| (lasted(reason.condition()), reason));
    let worst = worst.filter(|(lasted, _)| *lasted > 0.0).max_by(|a, b| a.0.total_cmp(&b.0));
    worst.filter(|(lasted, _)| *lasted >= GOOD_PART * summary.footage.as_secs_f64()).map(|(_, reason)| reason)
}

/// The lines of a source; with its name where there are several sources. `least` is how many frames a second it takes,
/// `scale` how many times as large its pictures are for the detector.
pub(super) fn lines(
    lane: &LaneOutcome,
    several: bool,
    (least, scale): (f64, Option<f64>),
) -> impl Iterator<Item = LineReport> {
    let source = several.then(|| lane.name.clone());
    let counts = lane.summary.tallies.iter().zip(&lane.summary.doubts);
    let groups = |index: usize| lane.summary.group_tallies.as_ref().and_then(|all| all.get(index));
    let lines = lane.summary.lines.iter().zip(counts).enumerate();
    let sight = &lane.summary.visibility;
    let uncountable = uncountable(&lane.summary, least, scale);
    let rate_too_low = matches!(uncountable, Some(Uncountable::LowRate { .. }));
    let range = move |tally, doubt| uncountable.is_none().then(|| sight.range(tally, doubt));
    lines.map(move |(index, (name, (tally, doubt)))| LineReport {
        source: source.clone(),
        name: name.clone(),
        r#in: tally.entered,
        out: tally.left,
        in_interval: range(tally, doubt).map(|[entered, _]| entered),
        out_interval: range(tally, doubt).map(|[_, left]| left),
        groups: groups(index).map(|tally| tally.groups),
        group_size: groups(index).and_then(GroupTally::mean_size),
        rate_too_low,
        uncountable,
    })
}
