//! Tracking and counting over frames from a file, for `track`, `replay` and `count`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use footfall_count::{Anchor, Condition, Follower, Seen, Uncountable};
use footfall_formats::TracksWriter;
use footfall_formats::jsonl::{CrossingWriter, GroupRow, GroupWriter};
use footfall_health::{CountableCheck, RateCheck};
use footfall_ledger::{Entry, Run};
use footfall_pipeline::Note;
use footfall_track::{Observations, Step};
use serde_json::{Value, json};

use crate::times::clock;
use crate::{progress, rate};

/// A tracker and a counter, and the files that they fill.
pub(crate) struct Session {
    follower: Follower,
    files: Written,
    /// Number and time of the latest frame.
    last: Option<(u64, Duration)>,
    /// What was seen in it, where it is held until the next one comes.
    held: Option<Seen>,
    holds_last: bool,
    frames: u64,
    /// Who looks whether frames come often enough, and for how long they have not.
    rate: Option<RateCheck>,
    low: Duration,
    /// Who looks whether people can be counted in them.
    countable: Option<CountableCheck>,
}

/// Where a session writes to.
#[derive(Default)]
pub(crate) struct Files<'a> {
    pub(crate) tracks: Option<&'a PathBuf>,
    pub(crate) crossings: Option<&'a Path>,
    pub(crate) groups: Option<&'a Path>,
    /// Before all else.
    pub(crate) ledger: Option<Run>,
}

/// Files that are written to.
struct Written {
    source: String,
    /// Which point of a person zones look at.
    anchor: Anchor,
    people: u64,
    ledger: Option<Run>,
    tracks: Option<TracksWriter>,
    crossings: Option<CrossingWriter>,
    groups: Option<GroupWriter>,
}

impl Session {
    /// A session that has seen nothing, over what is called `source`.
    pub(crate) fn new(
        source: String,
        follower: Follower,
        files: Files<'_>,
        (rate, countable): (Option<RateCheck>, Option<CountableCheck>),
    ) -> anyhow::Result<Self> {
        let files = Written {
            source,
            anchor: follower.counter().anchor(),
            people: 0,
            ledger: files.ledger,
            tracks: files.tracks.map(TracksWriter::create).transpose()?,
            crossings: files.crossings.map(CrossingWriter::create).transpose()?,
            groups: files.groups.map(GroupWriter::create).transpose()?,
        };
        Ok(Self {
            follower,
            files,
            last: None,
            held: None,
            holds_last: false,
            frames: 0,
            rate,
            low: Duration::ZERO,
            countable,
        })
    }

    /// The same, deciding what is open at the end in the last frame, as a run over a recording does.
    pub(crate) fn holding_last(self, holds_last: bool) -> Self {
        Self { holds_last, ..self }
    }

    /// Number and time of the latest frame.
    pub(crate) fn last(&self) -> Option<(u64, Duration)> {
        self.last
    }

    /// Takes the next frame.
    pub(crate) fn step(
        &mut self,
        number: u64,
        time: Duration,
        observations: &Observations,
    ) -> anyhow::Result<()> {
        self.count(number, time)?;
        let unmasked = self.follower.unmasked(observations);
        let seen = self.follower.step(number, time, &unmasked);
        self.see(seen)
    }

    /// Takes the next frame of tracks that somebody else has made.
    pub(crate) fn take(&mut self, number: u64, time: Duration, step: &Step) -> anyhow::Result<()> {
        self.count(number, time)?;
        let seen = self.follower.take(number, time, step);
        self.see(seen)
    }

    fn count(&mut self, number: u64, time: Duration) -> anyhow::Result<()> {
        if let Some(seen) = self.held.take() {
            self.files.write(&seen)?;
        }
        self.last = Some((number, time));
        self.frames += 1;
        let notes = self.rate.as_mut().map(|rate| rate.take(number, time)).unwrap_or_default();
        self.tell(notes)
    }

    fn see(&mut self, seen: Seen) -> anyhow::Result<()> {
        let countable = self.countable.as_mut();
        let notes = countable.map(|check| check.take(seen.frame, seen.time, seen.visible, None));
        self.tell(notes.unwrap_or_default())?;
        if self.holds_last {
            self.held = Some(seen);
            return Ok(());
        }
        self.files.write(&seen)
    }

    /// Says what there is to tell, and writes it down.
    fn tell(&mut self, notes: Vec<Note>) -> anyhow::Result<()> {
        for note in notes {
            if let Some(sentence) = note.sentence(&self.files.source) {
                tracing::warn!("{sentence}");
            }
            let entry = match note {
                Note::Remark(remark) => {
                    tracing::warn!("{}: {remark}", self.files.source);
                    continue;
                }
                Note::Health(change) => Entry::Health(change),
                Note::Uncounted(span) => {
                    if span.reason == Condition::LowRate {
                        self.low += span.to.saturating_sub(span.from);
                    }
                    Entry::Uncounted(span)
                }
            };
            if let Some(run) = &self.files.ledger {
                run.record(&[entry])?;
            }
        }
        Ok(())
    }

    /// Decides what is still open, and completes the files.
    pub(crate) fn finish(mut self) -> anyhow::Result<Finished> {
        for mut seen in self.follower.finish() {
            if let Some(mut last) = self.held.take() {
                last.absorb(seen);
                seen = last;
            }
            self.files.write(&seen)?;
        }
        let rate = self.rate.as_mut().map(RateCheck::rest);
        let countable = self.countable.as_mut().map(CountableCheck::rest);
        self.tell(rate.into_iter().chain(countable).flatten().collect())?;
        let Self { follower, files, frames, rate, low, .. } = self;
        let people = files.people;
        files.finish()?;
        Ok(Finished { follower, frames, people, rate, low })
    }
}

impl Written {
    fn write(&mut self, seen: &Seen) -> anyhow::Result<()> {
        self.people = seen.tracks.iter().map(|t| t.id.0).fold(self.people, u64::max);
        if let Some(run) = &self.ledger {
            run.scene(seen.time, &footfall_site::entries(seen))?;
        }
        if let Some(writer) = &mut self.crossings {
            writer.write_all(seen, &self.source)?;
        }
        if let Some(tracks) = &mut self.tracks {
            tracks.write(seen, self.anchor)?;
        }
        if let Some(writer) = &mut self.groups {
            let mut rows =
                seen.companies().map(|(group, line)| GroupRow::new(group, line.name(), &self.source));
            rows.try_for_each(|row| writer.write(&row))?;
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<()> {
        self.tracks.map(TracksWriter::finish).transpose()?;
        self.crossings.map(CrossingWriter::finish).transpose()?;
        self.groups.map(GroupWriter::finish).transpose()?;
        Ok(())
    }
}

/// What a session came to.
pub(crate) struct Finished {
    follower: Follower,
    frames: u64,
    people: u64,
    rate: Option<RateCheck>,
    low: Duration,
}

impl Finished {
    /// Says how many were tracked.
    pub(crate) fn tell_tracked(&self) {
        eprintln!("{} people tracked in {} frames", self.people, self.frames);
    }

    /// Each line's counts with their ranges, or why there are none.
    pub(crate) fn ranges(&self, scale: Option<f64>) -> Value {
        let (counter, sight) = (self.follower.counter(), self.follower.visibility());
        let least = self.rate.as_ref().filter(|_| !self.low.is_zero()).map(RateCheck::least);
        let uncountable = match least {
            Some(least) => Some(Uncountable::LowRate { least }),
            None => sight.uncountable(scale),
        };
        let told = counter.lines().iter().zip(counter.tallies()).zip(counter.doubts());
        let lines = told.map(|((line, tally), doubt)| {
            let range = uncountable.is_none().then(|| sight.range(tally, doubt));
            json!({
                "name": line.name(), "in": tally.entered, "out": tally.left,
                "in_interval": range.map(|[entered, _]| entered), "out_interval": range.map(|[_, left]| left),
                "in_doubt": doubt.entered.none, "out_doubt": doubt.left.none,
                "in_hidden": doubt.entered.hidden, "out_hidden": doubt.left.hidden,
            })
        });
        json!({
            "lines": lines.collect::<Value>(), "uncountable": uncountable,
            "signs": sight.signs(), "confidence": sight.sums().confidence(),
            "unfollowed": sight.sums().unfollowed(), "height": sight.sums().height(), "rate_too_low": !self.low.is_zero(),
        })
    }

    /// Says how many were counted.
    pub(crate) fn tell_counted(&self) {
        eprint!("{}", progress::counted(self.follower.counter()));
        if let Some(rate) = self.rate.as_ref().filter(|_| !self.low.is_zero()) {
            eprintln!("{}", rate::beside_counts(&clock(self.low.as_secs_f64()), rate.least()));
        }
    }
}
