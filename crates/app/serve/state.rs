//! Sources as the page tells of them.

use std::path::Path;

use footfall_count::Condition;
use footfall_pipeline::{Ended, Feed, Kind, Phase, Work};
use footfall_serve::{Health, SourceKind, SourceState, StageTime};

/// A source of which nothing is known but its name.
pub(super) fn of(name: &str) -> SourceState {
    SourceState::new(shown_name(name), SourceKind::Live, 0, 0)
}

/// A source's name without the folders that it is in: they are nobody's business on the page.
pub(super) fn shown_name(name: &str) -> String {
    if name.contains("://") {
        return name.to_owned();
    }
    Path::new(name).file_name().map_or_else(|| name.to_owned(), |n| n.to_string_lossy().into_owned())
}

/// How a source is, as the pipeline sees it.
pub(super) fn tell(feed: &Feed, state: &mut SourceState) {
    let status = feed.status();
    if let Some(info) = status.info {
        state.kind = match info.kind {
            Kind::Recorded => SourceKind::Recorded,
            Kind::Live => SourceKind::Live,
        };
        (state.width, state.height) = (info.width as u32, info.height as u32);
        state.frame_rate = info.frame_rate;
    }
    let lost = status.troubles.iter().filter(|trouble| trouble.condition == Condition::Disconnected);
    state.status.reconnects = lost.map(|trouble| trouble.times).sum();
    state.status.dropped = status.dropped;
    let time = |work: Work| StageTime {
        name: work.stage,
        seconds: work.busy.as_secs_f64(),
        frames: work.lengths.iter().map(|(_, count)| count).sum(),
        buckets: work.lengths,
    };
    state.status.stages = feed.work().into_iter().map(time).collect();
    let problems: Vec<_> = status.problems.iter().map(|p| p.condition.as_str().replace('_', " ")).collect();
    let detail = (!problems.is_empty()).then(|| problems.join(", "));
    let is_blind = status
        .problems
        .iter()
        .any(|p| matches!(p.condition, Condition::Disconnected | Condition::Stalled | Condition::Garbled));
    let health = match status.phase {
        Phase::Ended(Ended::Failed) => Health::Lost,
        Phase::Ended(_) => Health::Ended,
        Phase::Opening if detail.is_none() => Health::Starting,
        Phase::Running if is_blind => Health::Lost,
        Phase::Opening => Health::Lost,
        Phase::Running if status.processed == 0 => Health::Starting,
        Phase::Running if detail.is_some() => Health::Poor,
        Phase::Running => Health::Good,
    };
    state.status.turn(health, detail);
}
