use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use footfall_count::Direction;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use tokio::sync::watch;

use super::super::receiver::{Lost, Receiver, Sent, Verdict};
use super::super::state::PublisherStates;
use super::super::{Pace, backoff::Backoff, reading::Reading};
use super::Delivery;
use crate::memory::MemoryBook;
use crate::{Book, Entry, Live, PortError};

/// How a receiver takes a message.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Good,
    /// It is wrong in itself.
    TooLong,
    /// It has no right to be where it goes.
    Misplaced,
    /// The connection is closed at it.
    Deadly,
}

/// A receiver whose answers are known before.
struct Scripted {
    kinds: BTreeMap<u64, Kind>,
    /// Calls in which nothing is taken, and in which it is away.
    refusing: Range<usize>,
    away_every: Option<usize>,
    calls: usize,
    sent: BTreeMap<u64, usize>,
    taken: Vec<u64>,
}

impl Receiver for Scripted {
    async fn connect(&mut self, _: &Reading) -> Result<bool, PortError> {
        Ok(true)
    }

    async fn send(&mut self, entries: &[Entry]) -> Sent {
        self.calls += 1;
        let mut sent = Sent::default();
        if self.away_every.is_some_and(|every| self.calls.is_multiple_of(every)) {
            // One that closed the connection at the same message three times is not told from one that dies of it.
            sent.lost = Some(Lost { error: "away".into(), closed: false });
            return sent;
        }
        for entry in entries {
            *self.sent.entry(entry.sequence).or_default() += 1;
            sent.verdicts.push(match self.kinds[&entry.sequence] {
                _ if self.refusing.contains(&self.calls) => Verdict::refused(false, "not now"),
                Kind::Good => {
                    self.taken.push(entry.sequence);
                    Verdict::Taken
                }
                Kind::TooLong => Verdict::refused(true, "too long"),
                Kind::Misplaced => Verdict::refused(false, "misplaced"),
                Kind::Deadly => {
                    sent.lost = Some(Lost { error: "closed".into(), closed: true });
                    return sent;
                }
            });
        }
        sent
    }
}

fn entry(n: u64) -> Entry {
    Entry {
        sequence: n,
        identity: format!("id-{n}"),
        at: Timestamp::UNIX_EPOCH,
        source: "Door".into(),
        line: "entrance".into(),
        direction: Direction::In,
        track: n,
        frame: n,
        time: 0.0,
        confidence: None,
        reasons: Vec::new(),
    }
}

/// Delivers everything to `receiver`; gives what was set aside.
fn deliver(receiver: &mut Scripted) -> Vec<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let kept = Arc::new(MemoryBook::new(TimeZone::UTC));
    let head = receiver.kinds.len() as u64;
    (1..=head).for_each(|n| kept.add(entry(n)));
    let book: Arc<dyn Book> = kept.clone();
    let pace = Pace { first_pause: Duration::ZERO, longest_pause: Duration::ZERO, ..Pace::default() };
    let (_end, ended) = watch::channel(false);
    let reporter = PublisherStates::default().add("test");
    let mut reading = Reading::new("test", book, Live::new([]), ended, reporter, pace);
    let (mut delivery, mut backoff) = (Delivery::new(0), Backoff::new(pace));
    runtime.block_on(async {
        let mut head = head;
        for round in 0..100 * head + 2000 {
            // Somebody passes now and then.
            if round % 20 == 19 {
                head += 1;
                receiver.kinds.insert(head, Kind::Good);
                kept.add(entry(head));
            }
            reading.hurry();
            let look = reading.look(delivery.tried(), delivery.wanted()).await.unwrap().unwrap();
            // Where it fails, the next connection goes on.
            let _ = delivery.deliver(receiver, &mut reading, look, &mut backoff).await;
            if kept.cursor("test") == head {
                return;
            }
        }
        panic!("at {} of {head}: {delivery:?}", kept.cursor("test"));
    });
    kept.refusals("test").into_keys().collect()
}

fn receiver(kinds: Vec<Kind>) -> Scripted {
    // What comes last is good: nothing is given up while it is not known that anything is taken.
    let kinds = kinds.into_iter().chain([Kind::Good]).zip(1..).map(|(kind, n)| (n, kind)).collect();
    Scripted { kinds, refusing: 0..0, away_every: None, calls: 0, sent: BTreeMap::new(), taken: Vec::new() }
}

fn of(receiver: &Scripted, is_good: bool) -> Vec<u64> {
    let wanted = receiver.kinds.iter().filter(|(_, kind)| (**kind == Kind::Good) == is_good);
    wanted.map(|(n, _)| *n).collect()
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    let kind = prop_oneof![
        4 => Just(Kind::Good), 1 => Just(Kind::TooLong), 1 => Just(Kind::Misplaced), 1 => Just(Kind::Deadly)
    ];
    prop::collection::vec(kind, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Everything that can be taken is, and the rest is set aside, whatever is among what.
    #[test]
    fn poison_is_set_aside_and_nothing_else(kinds in kinds()) {
        let mut receiver = receiver(kinds);
        let aside = deliver(&mut receiver);
        prop_assert_eq!(aside, of(&receiver, false));
        let mut taken = receiver.taken.clone();
        taken.sort_unstable();
        prop_assert_eq!(taken, of(&receiver, true), "each once");
        let most = receiver.sent.values().max().copied().unwrap_or(0);
        prop_assert!(most <= 6, "one was sent {most} times");
    }

    /// A receiver that takes nothing for a while, or goes away again and again, gets everything in the end.
    #[test]
    fn nothing_good_is_given_up(kinds in kinds(), from in 0usize..40, length in 0usize..40, every in 5usize..9) {
        let mut receiver = receiver(kinds);
        (receiver.refusing, receiver.away_every) = (from..from + length, Some(every));
        let aside = deliver(&mut receiver);
        let mut taken = receiver.taken.clone();
        taken.sort_unstable();
        taken.dedup();
        prop_assert_eq!(taken, of(&receiver, true));
        prop_assert!(aside.iter().all(|n| receiver.kinds[n] != Kind::Good), "{aside:?}");
    }
}

#[test]
fn a_receiver_that_takes_nothing_is_asked_less_and_less_often_and_keeps_its_place() {
    let mut all_bad = receiver(vec![Kind::Misplaced; 300]);
    // Also the last one.
    all_bad.refusing = 0..2000;
    let aside = deliver(&mut all_bad);
    assert_eq!(aside, of(&all_bad, false));
    assert!(all_bad.taken.iter().all(|n| *n > 300));
    assert!(all_bad.calls > 2000);
}
