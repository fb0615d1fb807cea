//! Crossings on their way to a receiver: each until it is taken, and past those that it never takes.
//!
//! A receiver that refuses something may refuse it for good (a message over its limit) or refuse
//! everything for now (a password that was changed). Only what it refuses while it takes others is set
//! aside, so that nobody loses a day's crossings by a misspelt subject:
//!
//! - What is refused for what it is, shortly after something was taken, is set aside at once: one for each
//!   that was taken.
//! - Anything else is held while the next ones are tried, more and more of them, with longer and longer
//!   pauses. When one of them is taken, those that are held are sent once more, and set aside if they are
//!   refused again. Until then the cursor stays before the first of them.
//! - A broker that closes the connection does not say why. What was on its way then is sent one by one, and
//!   what it closes the connection at three times counts as refused.

mod again;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::backoff::Backoff;
use super::reading::{Look, Reading};
use super::receiver::{Lost, Receiver, Refusal, Sent, Verdict};
use crate::{Entry, PortError};

/// Crossings that are sent before the cursor moves.
pub(super) const BATCH: usize = 200;
/// So long after something was taken the receiver is known to work.
const FRESH: Duration = Duration::from_mins(1);
/// How often the connection is closed at something until that is the reason.
const STRIKES: u8 = 3;
/// How many are tried behind the first that is held, before the first pause.
const AHEAD: usize = 4;
/// No more are held at once.
const MOST_HELD: usize = 1000;
/// Of so many kinds of refusals each is logged once.
const KINDS: usize = 100;

/// Crossings on their way to a receiver.
#[derive(Debug)]
pub(super) struct Delivery {
    /// The last entry that was tried, also if it is held.
    tried: u64,
    /// How many were taken.
    taken: u64,
    /// When the last was taken, until that has proved that something else was refused for good.
    proof: Option<Instant>,
    /// Those that were refused while it is not known whether the receiver takes others, in order.
    held: Vec<Held>,
    /// Which of them is tried next.
    turn: usize,
    /// Whether something was taken since they were refused: they are sent once more.
    again: bool,
    /// How many more may be tried behind them before the next pause.
    ahead: usize,
    /// Until when nothing is tried.
    until: Option<Instant>,
    /// So many go one by one, as the connection was lost with several on their way.
    careful: usize,
    /// What was alone on its way when the connection was closed, and how often.
    suspects: BTreeMap<u64, u8>,
    /// Those that are set aside and not written down yet.
    aside: Vec<(u64, String)>,
    /// Refusals that were logged: source, line and reason.
    told: BTreeSet<(String, String, String)>,
}

/// A crossing that was refused for now.
#[derive(Debug)]
struct Held {
    entry: Entry,
    refusal: Refusal,
    /// Whether the connection is closed at it.
    closes: bool,
}

impl Delivery {
    /// Everything up to the sequence `done` is done with.
    pub(super) fn new(done: u64) -> Self {
        Self {
            tried: done,
            taken: 0,
            proof: None,
            held: Vec::new(),
            turn: 0,
            again: false,
            ahead: AHEAD,
            until: None,
            careful: 0,
            suspects: BTreeMap::new(),
            aside: Vec::new(),
            told: BTreeSet::new(),
        }
    }

    /// The last entry that was tried.
    pub(super) fn tried(&self) -> u64 {
        self.tried
    }

    /// How many were taken.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// How many are wanted next.
    pub(super) fn wanted(&self) -> usize {
        match self.until {
            Some(until) if Instant::now() < until => 0,
            _ if self.held.is_empty() => BATCH,
            _ => self.ahead,
        }
    }

    /// Sends what was found at a look, as far as it makes sense now.
    pub(super) async fn deliver(
        &mut self,
        receiver: &mut impl Receiver,
        reading: &mut Reading,
        look: Look,
        backoff: &mut Backoff,
    ) -> Result<(), PortError> {
        reading.reporter().behind(self.behind(reading, &look));
        if self.until.is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        let was_held = self.until.take().is_some();
        let before = self.taken;
        let outcome = self.send(receiver, &look.entries, was_held).await;
        self.settle(reading).await?;
        if self.taken > before {
            reading.reporter().well();
        }
        if let Err(lost) = outcome {
            // What is refused over the next connection is not refused while other things are taken.
            self.again = false;
            return Err(lost.error);
        }
        reading.reporter().behind(self.behind(reading, &Look { entries: Vec::new(), ..look }));
        if let Some(first) = self.held.first() {
            let reason = format!("the receiver refuses what it is sent: {}", first.refusal.reason);
            self.until = Some(Instant::now() + backoff.next_pause());
            self.ahead = if self.held.len() < MOST_HELD { (2 * self.held.len()).min(BATCH) } else { 0 };
            if reading.reporter().stuck(&reason) {
                tracing::warn!("{}: {reason}; it is asked again, less and less often", reading.name());
            }
        } else if self.taken > before {
            backoff.reset();
        }
        Ok(())
    }

    /// Those that the receiver does not have yet.
    fn behind(&self, reading: &Reading, look: &Look) -> u64 {
        let waiting = self.held.len() + look.entries.len();
        let waiting = u64::try_from(waiting).unwrap_or(u64::MAX);
        // Among what was not looked at may be entries that are no crossings.
        if look.is_all { waiting } else { look.head.saturating_sub(reading.position()).max(waiting) }
    }

    /// Sends these in order, until the receiver is lost or refuses more than is tried at once.
    async fn send(
        &mut self,
        receiver: &mut impl Receiver,
        entries: &[Entry],
        was_held: bool,
    ) -> Result<(), Lost> {
        if was_held {
            self.retry(receiver).await?;
        }
        let mut rest = entries;
        while !rest.is_empty() {
            let one_by_one = self.careful > 0 || !self.held.is_empty();
            if !self.held.is_empty() && self.ahead == 0 {
                return Ok(());
            }
            let some = &rest[..if one_by_one { 1 } else { rest.len() }];
            let Sent { verdicts, lost } = receiver.send(some).await;
            let known = verdicts.len().min(some.len());
            for (entry, verdict) in some.iter().zip(verdicts) {
                self.judge(entry, verdict, false);
            }
            if let Some(lost) = lost {
                self.blame(&some[known..], &lost);
                return Err(lost);
            }
            if self.again {
                self.recheck(receiver).await?;
            }
            if known == 0 {
                return Err(Lost::from(PortError::from("the receiver does not say what it has taken")));
            }
            rest = &rest[known..];
        }
        Ok(())
    }

    /// Notes what became of an entry.
    fn judge(&mut self, entry: &Entry, verdict: Verdict, closes: bool) {
        self.tried = self.tried.max(entry.sequence);
        self.careful = self.careful.saturating_sub(1);
        self.suspects.remove(&entry.sequence);
        match verdict {
            Verdict::Taken => {
                self.taken += 1;
                self.proof = Some(Instant::now());
                self.again |= !self.held.is_empty();
            }
            Verdict::Refused(refusal) => {
                let works = self.proof.is_some_and(|at| at.elapsed() < FRESH);
                if refusal.certain && works && self.held.is_empty() {
                    // One is enough for one: the next may be refused for another reason.
                    self.proof = None;
                    self.set_aside(entry, refusal.reason);
                } else {
                    self.ahead = self.ahead.saturating_sub(1);
                    self.held.push(Held { entry: entry.clone(), refusal, closes });
                }
            }
        }
    }

    /// The connection was lost while nothing was known yet of the entries `open`.
    fn blame(&mut self, open: &[Entry], lost: &Lost) {
        self.careful = BATCH;
        if let [entry] = open
            && let Some(reason) = self.strike(entry.sequence, lost)
        {
            self.judge(entry, Verdict::refused(true, reason), true);
        }
    }

    /// The connection was lost with one entry alone on its way. Gives the reason to refuse it by, once that
    /// has happened often enough.
    fn strike(&mut self, sequence: u64, lost: &Lost) -> Option<String> {
        if !lost.closed {
            return None;
        }
        let times = self.suspects.entry(sequence).or_default();
        *times += 1;
        (*times >= STRIKES).then(|| format!("the connection is closed whenever it is sent ({})", lost.error))
    }

    fn set_aside(&mut self, entry: &Entry, reason: String) {
        let kind = (entry.source.clone(), entry.line.clone(), reason.clone());
        if self.told.len() < KINDS && self.told.insert(kind) {
            let Entry { source, line, sequence, .. } = entry;
            tracing::warn!(
                "crossing {sequence} (\"{line}\" of {source}) is set aside, as the receiver does not take it: {reason}. It \
                 stays in the ledger; others like it are counted and not logged"
            );
        }
        self.aside.push((entry.sequence, reason));
    }

    /// Moves the cursor over everything that is done with.
    async fn settle(&mut self, reading: &mut Reading) -> Result<(), PortError> {
        let done = self.held.first().map_or(self.tried, |held| held.entry.sequence.saturating_sub(1));
        if done > reading.position() || !self.aside.is_empty() {
            reading.pass(done, self.aside.clone()).await?;
            self.aside.clear();
        }
        Ok(())
    }
}
