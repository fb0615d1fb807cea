//! A live source that is opened again whenever it is lost.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use footfall_count::{Condition, HealthChange, Uncounted};
use tracing::{info, warn};

use super::lost::Lost;
use super::{Backoff, Connector, RetryConfig, Timer};
use crate::{BoxError, Frame, Item, Note, Source, SourceInfo};

/// A live source that survives stalls, restarts and refusals of what it is connected to.
///
/// Frames keep rising numbers and one clock over all connections, so a tracker sees a gap as time that
/// has passed: tracks live on over a short one, and end in a long one. What happens is told by notes:
/// the condition when the source is lost and when it is back, and the time between two frames where
/// people may have passed uncounted.
pub struct Reconnecting {
    connector: Box<dyn Connector>,
    timer: Box<dyn Timer>,
    config: RetryConfig,
    backoff: Backoff,
    info: SourceInfo,
    connection: Option<Connection>,
    lost: Option<Lost>,
    resized: bool,
    /// The timer's time at which the source's clock is 0: with the first frame, or when an attempt to
    /// connect first failed.
    origin: Option<Duration>,
    frames: u64,
    /// The last frame's time by the source's clock.
    last: Duration,
    items: VecDeque<Item>,
    stopped: bool,
}

/// What frames come over.
struct Connection {
    source: Box<dyn Source>,
    /// The source's clock when this connection's was 0; known with its first frame.
    base: Option<Duration>,
}

impl Reconnecting {
    /// Opens the source now.
    ///
    /// # Errors
    /// When that fails: what cannot be opened at all is most likely a mistake.
    pub fn open(
        mut connector: Box<dyn Connector>,
        timer: Box<dyn Timer>,
        config: RetryConfig,
        backoff: Backoff,
    ) -> Result<Self, BoxError> {
        let source = connector.connect(None)?;
        Ok(Self::over(source, connector, timer, config, backoff))
    }

    /// Goes on with a source that is open.
    #[must_use]
    pub fn over(
        source: Box<dyn Source>,
        connector: Box<dyn Connector>,
        timer: Box<dyn Timer>,
        config: RetryConfig,
        backoff: Backoff,
    ) -> Self {
        Self {
            connector,
            timer,
            config,
            backoff,
            info: source.info().clone(),
            connection: Some(Connection { source, base: None }),
            lost: None,
            resized: false,
            origin: None,
            frames: 0,
            last: Duration::ZERO,
            items: VecDeque::new(),
            stopped: false,
        }
    }

    /// Tries to open the source until it is there; `None` when the run was asked to stop before.
    ///
    /// Its clock starts with the first attempt, and the time until its first frame is told as
    /// uncounted. `failed` is called after each attempt that failed.
    ///
    /// # Errors
    /// When it was not there for as long as the configuration allows.
    pub fn wait(
        mut connector: Box<dyn Connector>,
        timer: Box<dyn Timer>,
        config: RetryConfig,
        mut backoff: Backoff,
        mut failed: impl FnMut(&HealthChange),
    ) -> Result<Option<Self>, BoxError> {
        let origin = timer.now();
        let mut lost: Option<Lost> = None;
        let source = loop {
            let error = match connector.connect(None) {
                Ok(source) => break source,
                Err(error) => error,
            };
            let first = lost.as_ref().map(|lost| (lost.condition, lost.attempts));
            let (condition, attempts) = first.unwrap_or_else(|| (connector.condition(&error), 0));
            let attempts = attempts + 1;
            let now = lost.insert(Lost { condition, since: Duration::ZERO, attempts, error });
            failed(&now.raised());
            if config.give_up_after.is_some_and(|most| timer.now().saturating_sub(origin) >= most) {
                return Err(lost.map_or_else(|| "never opened".into(), |lost| lost.error));
            }
            if timer.sleep(backoff.next_delay()) {
                return Ok(None);
            }
        };
        let mut this = Self::over(source, connector, timer, config, backoff);
        this.origin = Some(origin);
        this.items.extend(lost.iter().map(|lost| Item::Note(Note::Health(lost.raised()))));
        this.lost = lost;
        Ok(Some(this))
    }

    /// The source's clock.
    fn clock(&mut self) -> Duration {
        let now = self.timer.now();
        now.saturating_sub(*self.origin.get_or_insert(now))
    }

    /// Takes what the connection gives.
    fn receive(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        match connection.source.next_item() {
            Ok(Some(Item::Frame(frame))) => self.frame(frame),
            Ok(Some(Item::Note(note))) => self.pass_on(note),
            Ok(Some(Item::Alive)) => self.items.push_back(Item::Alive),
            Ok(None) => self.lose("it has ended".into()),
            Err(error) => self.lose(error),
        }
    }

    fn frame(&mut self, mut frame: Frame) {
        let clock = self.clock();
        if let Some(connection) = &mut self.connection {
            let base = *connection.base.get_or_insert(clock.saturating_sub(frame.time));
            frame.time = (base + frame.time).max(self.last);
            if frame.time.saturating_sub(base) >= self.config.most {
                self.backoff.reset();
            }
        }
        self.frames += 1;
        frame.number = self.frames;
        let back = self.lost.take();
        let reason = back.as_ref().map_or(Condition::Stalled, |lost| lost.condition);
        if let Some(lost) = back {
            let name = &self.info.name;
            let away = frame.time.saturating_sub(lost.since).as_secs_f64();
            info!(target: "footfall::notice", "{name} is back after {away:.1} s and {} attempts", lost.attempts);
            self.items.push_back(Item::Note(Note::Health(lost.cleared(frame.time, frame.number))));
            self.settle_size(frame.time, frame.number);
        }
        self.uncounted(reason, frame.time);
        self.last = frame.time;
        self.items.push_back(Item::Frame(frame));
    }

    /// Tells of the time since the last frame, where it was long.
    fn uncounted(&mut self, reason: Condition, to: Duration) {
        let from = self.last;
        if to.saturating_sub(from) > self.config.gap {
            self.items.push_back(Item::Note(Note::Uncounted(Uncounted { reason, from, to })));
        }
    }

    /// Passes on a connection's own note, by this source's clock.
    fn pass_on(&mut self, note: Note) {
        let clock = self.clock();
        match note {
            Note::Health(change) if change.condition == Condition::Resized && self.resized => (),
            Note::Health(change) => {
                self.resized |= change.condition == Condition::Resized;
                let frame = Some(self.frames + 1);
                self.items.push_back(Item::Note(Note::Health(HealthChange { time: clock, frame, ..change })));
            }
            Note::Remark(_) => self.items.push_back(Item::Note(note)),
            Note::Uncounted(_) => (),
        }
    }

    /// After a new connection's first frame: whether its size is the one from the start again.
    fn settle_size(&mut self, time: Duration, number: u64) {
        let is_same = self.connection.as_ref().is_none_or(|c| c.source.native_size().is_none());
        if self.resized && is_same {
            self.resized = false;
            let (condition, evidence) = (Condition::Resized, BTreeMap::new());
            let change = HealthChange { condition, raised: false, time, frame: Some(number), evidence };
            self.items.push_back(Item::Note(Note::Health(change)));
        }
    }

    fn lose(&mut self, error: BoxError) {
        self.connection = None;
        let condition = self.connector.condition(&error);
        warn!("{error}: trying to reach it again");
        if let Some(lost) = &mut self.lost {
            // It came back without a single frame.
            lost.error = error;
            return;
        }
        let since = if self.frames > 0 { self.last } else { self.clock() };
        let lost = self.lost.insert(Lost { condition, since, attempts: 0, error });
        let raised = lost.raised();
        self.items.push_back(Item::Note(Note::Health(raised)));
    }

    /// Waits, then tries to connect once.
    fn retry(&mut self) -> Result<(), BoxError> {
        let clock = self.clock();
        if let Some(most) = self.config.give_up_after
            && let Some(lost) = self.lost.take_if(|lost| clock.saturating_sub(lost.since) >= most)
        {
            return Err(lost.error);
        }
        if self.timer.sleep(self.backoff.next_delay()) {
            self.stopped = true;
            let reason = self.lost.as_ref().map_or(Condition::Disconnected, |lost| lost.condition);
            let clock = self.clock();
            self.uncounted(reason, clock);
            return Ok(());
        }
        let connected = self.connector.connect(Some(&self.info));
        let lost = self.lost.as_mut();
        match connected {
            Ok(source) => {
                self.connection = Some(Connection { source, base: None });
                if let Some(lost) = lost {
                    lost.attempts += 1;
                }
            }
            Err(error) => {
                info!("{error}");
                if let Some(lost) = lost {
                    lost.attempts += 1;
                    lost.error = error;
                }
            }
        }
        self.items.push_back(Item::Alive);
        Ok(())
    }
}

impl Source for Reconnecting {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        loop {
            match self.next_item()? {
                None => return Ok(None),
                Some(Item::Frame(frame)) => return Ok(Some(frame)),
                Some(_) => (),
            }
        }
    }

    fn next_item(&mut self) -> Result<Option<Item>, BoxError> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Ok(Some(item));
            }
            if self.stopped {
                return Ok(None);
            }
            if self.connection.is_some() {
                self.receive();
            } else {
                self.retry()?;
            }
        }
    }
}

#[cfg(test)]
mod tests;
