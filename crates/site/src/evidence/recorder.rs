//! Which pictures become clips.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use footfall_audit::{Crowding, HourType, Light, Plan, Stratum};
use footfall_evidence::{
    Clip, Decision, EvidenceConfig, EvidenceError, Folder, Head, Kind, LineCount, Minute,
};
use footfall_ledger::jiff::tz::TimeZone;

use super::camera::{Camera, Shot};
use super::told::{Passed, Told};

/// Crossings are decided up to so much later than they happen.
const DECIDED: Duration = Duration::from_secs(3);
/// A minute is whole if its first and its last picture are within so much of its ends.
const NEARLY: Duration = Duration::from_secs(1);
const MINUTE: i64 = 60_000;

/// Keeps the last pictures of a source, and makes clips of them.
pub(super) struct Recorder {
    folder: Folder,
    plan: Plan,
    camera: Camera,
    around: Duration,
    below: f64,
    /// Pictures of the last minutes, and what was decided in them, by time.
    shots: VecDeque<Shot>,
    passed: Vec<Passed>,
    /// Crossings of which there is to be a clip once what follows is there.
    doubtful: VecDeque<Passed>,
    /// The minute that is to be judged next.
    minute: Option<i64>,
    kept: u64,
    has_failed: bool,
}

impl Recorder {
    pub(super) fn new(folder: Folder, config: &EvidenceConfig, camera: Camera) -> Self {
        Self {
            folder,
            plan: config.plan(),
            camera,
            around: Duration::from_secs_f64(config.around),
            below: config.below,
            shots: VecDeque::new(),
            passed: Vec::new(),
            doubtful: VecDeque::new(),
            minute: None,
            kept: 0,
            has_failed: false,
        }
    }

    /// Takes the next picture.
    pub(super) fn take(&mut self, told: Told) {
        let now = told.time;
        if let Some(shot) = self.camera.take(&told) {
            self.shots.push_back(shot);
        }
        for passed in told.passed {
            if passed.confidence < self.below {
                self.doubtful.push_back(passed.clone());
            }
            self.passed.push(passed);
        }
        let after = self.around.max(DECIDED);
        let is_due = |passed: &Passed| now >= passed.time + after;
        while let Some(passed) = self.doubtful.front().filter(|passed| is_due(passed)).cloned() {
            self.doubtful.pop_front();
            self.keep_doubtful(&passed);
        }
        let first = self.minute_of(now);
        let minute = *self.minute.get_or_insert(first);
        if now >= self.end_of(minute) + DECIDED {
            self.judge(minute);
            self.minute = Some(minute + 1).filter(|next| *next >= first).or(Some(first));
        }
        self.forget(now);
    }

    /// After the last picture: how many clips were kept.
    pub(super) fn finish(mut self) -> u64 {
        while let Some(passed) = self.doubtful.pop_front() {
            self.keep_doubtful(&passed);
        }
        if let Some(minute) = self.minute {
            self.judge(minute);
        }
        self.kept
    }

    /// The minute of a moment, since 1970-01-01T00:00Z.
    fn minute_of(&self, time: Duration) -> i64 {
        self.camera.at(time).as_millisecond().div_euclid(MINUTE)
    }

    /// Its end, since the source's start.
    fn end_of(&self, minute: i64) -> Duration {
        let after = (minute + 1) * MINUTE - self.camera.at(Duration::ZERO).as_millisecond();
        Duration::from_millis(u64::try_from(after).unwrap_or_default())
    }

    /// Writes down what kind of minute it was and what was counted in it; and if it is drawn, keeps it.
    fn judge(&mut self, minute: i64) {
        let to = self.end_of(minute);
        let from = to.saturating_sub(Duration::from_millis(MINUTE.unsigned_abs()));
        let shots: Vec<Shot> =
            self.shots.iter().filter(|shot| (from..to).contains(&shot.time)).cloned().collect();
        let (Some(first), Some(last)) = (shots.first(), shots.last()) else { return };
        let began = to >= Duration::from_millis(MINUTE.unsigned_abs());
        if !began || first.time > from + NEARLY || last.time + NEARLY < to {
            return;
        }
        let most = shots.iter().map(|shot| shot.people.len()).max().unwrap_or_default();
        let light = shots.iter().map(|shot| shot.light).sum::<f64>() / shots.len() as f64;
        let hour = self.camera.at(from).to_zoned_datetime(TimeZone::system()).hour();
        let stratum = Stratum {
            hour: HourType::of(hour.unsigned_abs()),
            crowding: Crowding::of(most),
            light: Light::of(light),
        };
        let source = self.camera.source.clone();
        let probability = self.plan.probability(stratum);
        let drawn = self.plan.draws(&source, minute, stratum);
        let clip = drawn.then(|| {
            let head = self.head(Kind::Minute, &minute.to_string(), from, &shots);
            Clip {
                head: Head { stratum: Some(stratum), probability: Some(probability), ..head },
                pictures: pictures(&shots),
            }
        });
        let kept = clip.map(|clip| (clip.head.id.clone(), self.keep(&clip)));
        let lines = self.counts(from, to, last);
        let clip = kept.and_then(|(id, is_kept)| is_kept.then_some(id));
        let written =
            self.folder.add_minute(&Minute { minute, source, stratum, probability, drawn, clip, lines });
        self.tell(written);
    }

    /// What was counted in a stretch of time, line by line.
    fn counts(&self, from: Duration, to: Duration, last: &Shot) -> Vec<LineCount> {
        let mut lines: BTreeMap<&str, LineCount> = BTreeMap::new();
        let none = |line: &str| LineCount { line: line.to_owned(), r#in: 0, out: 0 };
        for line in &last.lines {
            lines.insert(&line.name, none(&line.name));
        }
        for passed in self.passed.iter().filter(|passed| (from..to).contains(&passed.time)) {
            let count = lines.entry(&passed.line).or_insert_with(|| none(&passed.line));
            *(if passed.direction == "in" { &mut count.r#in } else { &mut count.out }) += 1;
        }
        lines.into_values().collect()
    }

    fn keep_doubtful(&mut self, passed: &Passed) {
        let (from, to) = (passed.time.saturating_sub(self.around), passed.time + self.around);
        let shots: Vec<Shot> =
            self.shots.iter().filter(|shot| (from..=to).contains(&shot.time)).cloned().collect();
        let Some(first) = shots.first() else { return };
        let at = self.camera.at(passed.time).as_millisecond();
        let head = self.head(Kind::Doubtful, &format!("{at}-{}", passed.track), first.time, &shots);
        self.keep(&Clip { head, pictures: pictures(&shots) });
    }

    /// What a clip of these pictures is of.
    fn head(&self, kind: Kind, name: &str, from: Duration, shots: &[Shot]) -> Head {
        let to = shots.last().map_or(from, |shot| shot.time);
        let decision = |passed: &Passed| Decision {
            time: passed.time.saturating_sub(from).as_secs_f64(),
            line: passed.line.clone(),
            direction: passed.direction.to_owned(),
            track: passed.track,
            confidence: passed.confidence,
            reasons: passed.reasons.clone(),
        };
        let within = |passed: &&Passed| (from..=to).contains(&passed.time);
        let source = &self.camera.source;
        Head {
            id: format!("{}-{name}{}", footfall_serve::names::id(source), kind.ending()),
            kind,
            source: source.clone(),
            begins: self.camera.at(from).as_millisecond(),
            stratum: None,
            probability: None,
            size: shots.first().map_or([0, 0], |shot| shot.size),
            lines: shots.last().map(|shot| shot.lines.clone()).unwrap_or_default(),
            moments: shots.iter().map(|shot| shot.moment(from)).collect(),
            decisions: self.passed.iter().filter(within).map(decision).collect(),
        }
    }

    /// Whether it could be kept.
    fn keep(&mut self, clip: &Clip) -> bool {
        let end = clip.head.begins / 1000 + 60;
        let kept = self.folder.keep(clip, end);
        let is_kept = kept.is_ok();
        self.kept += u64::from(is_kept);
        self.tell(kept);
        is_kept
    }

    /// Says the first time that evidence cannot be kept, and goes on: counting has no part in it.
    fn tell(&mut self, written: Result<(), EvidenceError>) {
        if let Err(error) = written
            && !std::mem::replace(&mut self.has_failed, true)
        {
            tracing::warn!("{}: evidence is not kept: {error}", self.camera.source);
        }
    }

    /// Lets go of what no clip can be made of any more.
    fn forget(&mut self, now: Duration) {
        let minute = self.minute.map_or(now, |minute| self.end_of(minute));
        let minute = minute.saturating_sub(Duration::from_millis(MINUTE.unsigned_abs()));
        let since = minute.min(now.saturating_sub(self.around * 2 + DECIDED));
        while self.shots.front().is_some_and(|shot| shot.time < since) {
            self.shots.pop_front();
        }
        self.passed.retain(|passed| passed.time >= since);
    }
}

fn pictures(shots: &[Shot]) -> Vec<Vec<u8>> {
    shots.iter().map(|shot| shot.jpeg.to_vec()).collect()
}
