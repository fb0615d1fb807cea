//! Sources as the page tells of them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use footfall_config::shown_name;
use footfall_count::Condition;
use footfall_pipeline::{Ended, Feed, Kind, Phase, Work};
use footfall_serve::{Health, SourceKind, SourceState, StageTime};

/// A source of which nothing is known but its name.
pub(super) fn of(name: &str) -> SourceState {
    SourceState::new(shown_name(name), SourceKind::Live, 0, 0)
}

/// How a source is, as the pipeline sees it.
pub(super) fn tell(feed: &Feed, load: &Load, state: &mut SourceState) {
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
    state.status.rested = status.rested;
    let time = |work: Work| StageTime {
        name: work.stage,
        seconds: work.busy.as_secs_f64(),
        frames: work.lengths.iter().map(|(_, count)| count).sum(),
        buckets: work.lengths,
    };
    state.status.stages = feed.work().into_iter().map(time).collect();
    let mut problems: Vec<_> =
        status.problems.iter().map(|p| p.condition.as_str().replace('_', " ")).collect();
    let raised = |condition: &Condition| status.problems.iter().any(|p| p.condition == *condition);
    state.status.uncountable = Condition::UNCOUNTABLE.into_iter().find(raised);
    let is_blind = status.problems.iter().any(|p| BLIND.contains(&p.condition));
    let is_live = state.kind == SourceKind::Live;
    let is_silent =
        is_live && status.processed > 0 && state.status.silence > longest_silence(state.status.rate);
    if is_silent && problems.is_empty() {
        problems.push("no frames come".to_owned());
    }
    if let Some(share) = load.dropped(status.read, status.dropped).filter(|_| is_live && !is_silent) {
        problems.push(format!("overloaded: {:.0} % of the frames are dropped", 100.0 * share));
    }
    let health = match status.phase {
        Phase::Ended(Ended::Failed) => Health::Lost,
        Phase::Ended(_) => Health::Ended,
        Phase::Opening if problems.is_empty() => Health::Starting,
        Phase::Opening => Health::Lost,
        Phase::Running if is_blind || is_silent => Health::Lost,
        Phase::Running if status.processed == 0 => Health::Starting,
        Phase::Running if !problems.is_empty() => Health::Poor,
        Phase::Running => Health::Good,
    };
    let was = state.status.health;
    state.status.turn(health, problems);
    // Nobody was counted from the last frame on, however long it took to know that.
    if health == Health::Lost && was != Health::Lost {
        state.status.since = state.status.seen.unwrap_or(state.status.since);
    }
}

/// Conditions in which nobody is counted.
const BLIND: [Condition; 4] =
    [Condition::Disconnected, Condition::Stalled, Condition::Garbled, Condition::DiskFull];

/// Without a frame for longer than this a live source is lost, whether somebody knows why or not: three seconds, or
/// four frames of a camera that gives them seldom.
fn longest_silence(rate: f64) -> Duration {
    Duration::from_secs_f64(if rate > 0.0 { (4.0 / rate).clamp(3.0, 60.0) } else { 3.0 })
}

/// How many frames of a source were read and dropped, over the last seconds.
#[derive(Default)]
pub(super) struct Load(Mutex<Window>);

#[derive(Default)]
struct Window {
    /// When, and how many were read and dropped until then.
    samples: VecDeque<(Instant, u64, u64)>,
    is_over: bool,
}

impl Load {
    /// Over which the share is taken, and what must have passed of it.
    const WINDOW: Duration = Duration::from_secs(10);
    const LEAST: Duration = Duration::from_secs(5);
    /// A machine is overloaded from this share of dropped frames on, until it is half of that.
    const MOST: f64 = 0.25;

    /// The share that is dropped of late, where it is more than counts stand well.
    fn dropped(&self, read: u64, dropped: u64) -> Option<f64> {
        self.dropped_at(Instant::now(), read, dropped)
    }

    fn dropped_at(&self, now: Instant, read: u64, dropped: u64) -> Option<f64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Window { samples, is_over } = &mut *window;
        samples.push_back((now, read, dropped));
        // The oldest one that is kept is the last from before the window.
        while samples.get(1).is_some_and(|(at, ..)| now.duration_since(*at) >= Self::WINDOW) {
            samples.pop_front();
        }
        let &(from, read_before, dropped_before) = samples.front()?;
        let (read, dropped) = (read.saturating_sub(read_before), dropped.saturating_sub(dropped_before));
        if now.duration_since(from) < Self::LEAST || read == 0 {
            return None;
        }
        let share = dropped as f64 / read as f64;
        *is_over = share >= if *is_over { Self::MOST / 2.0 } else { Self::MOST };
        is_over.then_some(share)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Load, longest_silence};

    #[test]
    fn a_source_of_which_half_is_dropped_is_overloaded_until_that_is_over() {
        let (load, start) = (Load::default(), Instant::now());
        let (mut read, mut dropped) = (0, 0);
        let mut second = |number: u64, drops: u64| {
            (read, dropped) = (read + 20, dropped + drops);
            load.dropped_at(start + Duration::from_secs(number), read, dropped)
        };
        let told: Vec<_> = (0..20).map(|number| second(number, 1)).collect();
        assert!(told.iter().all(Option::is_none), "one of twenty is nothing: {told:?}");
        let told: Vec<_> = (20..40).map(|number| second(number, 10)).collect();
        assert!(told[7..].iter().all(Option::is_some), "{told:?}");
        assert_eq!(told.last(), Some(&Some(0.5)));
        let told: Vec<_> = (40..60).map(|number| second(number, 0)).collect();
        assert!(told[10..].iter().all(Option::is_none), "{told:?}");
    }

    #[test]
    fn a_camera_that_gives_a_frame_now_and_then_is_waited_for() {
        assert_eq!(longest_silence(25.0), Duration::from_secs(3));
        assert_eq!(longest_silence(0.2), Duration::from_secs(20));
        assert_eq!(longest_silence(0.0), Duration::from_secs(3));
    }
}
