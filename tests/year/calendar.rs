//! What happens in the year: who passes when, how long each life of the program is, and what else befalls the shop. All
//! of it is decided beforehand.

use std::time::Duration;

use footfall_count::Direction;
use footfall_ledger::jiff::civil::date;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::jiff::{SignedDuration, Timestamp, ToSpan as _, ZonedDateTime};

pub(crate) const DAYS: u64 = 365;
/// How often the program that counts is started.
const LIVES: u64 = 50;
/// Times are compared with the truth about once in so many days.
const AUDIT: u64 = 30;

/// Somebody who passes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage {
    /// Counted from the first of January on.
    pub(crate) number: u64,
    /// By a clock that is never wrong.
    pub(crate) at: Timestamp,
    pub(crate) direction: Direction,
}

/// One life of the program that counts.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub(crate) index: u64,
    /// The day at whose beginning it ends in order; a life that is killed is killed early on that day.
    pub(crate) until: u64,
    pub(crate) is_killed: bool,
    /// What the clock shows when it begins.
    pub(crate) boot: Off,
    /// When the clock is set, by the true time, and what it shows then.
    pub(crate) sets: Vec<(Timestamp, Off)>,
    /// Whether times are put right after it, and compared with the truth.
    pub(crate) is_audited: bool,
}

/// How far a clock is off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Off {
    By(SignedDuration),
    Years(i64),
}

/// What befalls the shop at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    BrokerGoes,
    BrokerComes,
    PublisherDies,
    DiskFills,
}

#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    people: u64,
    zone: TimeZone,
}

const RIGHT: Off = Off::By(SignedDuration::ZERO);

/// When the clock is set while the program counts: day, hour, and how far it is off from then on.
const SETS: [(u64, u64, Off); 9] = [
    (20, 10, Off::Years(10)),
    (20, 15, RIGHT),
    (51, 20, RIGHT),
    (110, 13, Off::By(SignedDuration::from_hours(1))),
    (110, 18, RIGHT),
    (163, 9, Off::By(SignedDuration::from_mins(-20))),
    (163, 16, RIGHT),
    (226, 9, Off::By(SignedDuration::from_hours(30 * 24))),
    (226, 19, RIGHT),
];
/// Lives that begin with a clock that is off: one that has lost its battery, and one that was set to the wrong year.
const BOOTS: [(u64, Off); 2] = [(7, Off::Years(-54)), (43, Off::Years(-1))];

impl Off {
    /// What a clock shows at the true time `at`.
    pub(crate) fn shown(self, at: Timestamp) -> Timestamp {
        match self {
            Self::By(off) => at + off,
            Self::Years(years) => {
                at.to_zoned_datetime(TimeZone::UTC).checked_add(years.years()).unwrap().timestamp()
            }
        }
    }
}

impl Calendar {
    pub(crate) fn new(people: u64) -> Self {
        Self { people, zone: TimeZone::get("Europe/Berlin").unwrap() }
    }

    pub(crate) fn zone(&self) -> TimeZone {
        self.zone.clone()
    }

    fn midnight(&self, day: u64) -> ZonedDateTime {
        let first = date(2025, 2, 1).to_zoned_datetime(self.zone.clone()).unwrap();
        first.checked_add(i64::try_from(day).unwrap().days()).unwrap()
    }

    /// When a day begins; `DAYS` is the end of the year.
    pub(crate) fn start_of(&self, day: u64) -> Timestamp {
        self.midnight(day).timestamp()
    }

    /// Who passes on a day, in order: most of them while it is open, and some at night.
    pub(crate) fn day(&self, day: u64) -> Vec<Passage> {
        let (begin, end) = (self.start_of(day), self.start_of(day + 1));
        let length = end.duration_since(begin).as_millis() as u64;
        let mut random = Random(day.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut times: Vec<u64> = (0..self.people)
            .map(|_| {
                let hour = 3_600_000;
                if random.below(20) == 0 { random.below(length) } else { 8 * hour + random.below(12 * hour) }
            })
            .collect();
        times.sort_unstable();
        let passage = |(index, time): (usize, u64)| Passage {
            number: day * self.people + index as u64,
            at: begin + Duration::from_millis(time),
            direction: if random.below(2) == 0 { Direction::In } else { Direction::Out },
        };
        times.into_iter().enumerate().map(passage).collect()
    }

    /// Who passes under this number.
    pub(crate) fn passage(&self, number: u64) -> Passage {
        self.day(number / self.people)[(number % self.people) as usize]
    }

    /// All who pass after `from`, up to the one of this number.
    pub(crate) fn passages(&self, from: Timestamp, last: u64) -> impl Iterator<Item = Passage> {
        let days = self.day_at(from)..=last / self.people;
        let all = days.flat_map(|day| self.day(day));
        all.filter(move |passage| passage.at > from && passage.number <= last)
    }

    /// Which day it is.
    pub(crate) fn day_at(&self, at: Timestamp) -> u64 {
        (0..DAYS).rev().find(|&day| self.start_of(day) <= at).unwrap_or(0)
    }

    pub(crate) fn lives(&self) -> Vec<Life> {
        let begin = |index: u64| index * DAYS / LIVES;
        let life = |index: u64| {
            let (from, until) = (begin(index), begin(index + 1));
            let hours = |day: u64, hour: u64| self.start_of(day) + Duration::from_hours(hour);
            let sets = SETS.iter().filter(|(day, ..)| (from..until).contains(day));
            Life {
                index,
                until,
                is_killed: index % 3 != 2 && until < DAYS,
                boot: BOOTS.iter().find(|(life, _)| *life == index).map_or(RIGHT, |(_, off)| *off),
                sets: sets.map(|&(day, hour, off)| (hours(day, hour), off)).collect(),
                is_audited: from / AUDIT != until / AUDIT || until == DAYS,
            }
        };
        (0..LIVES).map(life).collect()
    }

    /// How often the clock is set in the year, also while nothing ran.
    pub(crate) fn sets() -> usize {
        // A clock that is off at the beginning was set before; and the last of those is right again at the next one.
        SETS.len() + BOOTS.len() + 1
    }

    /// When the next life begins, after one whose last passage was at `last`.
    pub(crate) fn after(&self, life: &Life, last: Timestamp) -> Timestamp {
        let pause = Random(life.index.wrapping_mul(0xD134_2543_DE82_EF95) | 1).below(7200) + 30;
        let ended = if life.is_killed { last } else { self.start_of(life.until) };
        ended + Duration::from_secs(pause)
    }

    /// What happens at the end of this day.
    pub(crate) fn on(day: u64) -> Vec<Event> {
        let mut events = Vec::new();
        // Thirty times the broker is away for a day.
        if day % 12 == 6 && day / 12 < 30 {
            events.push(Event::BrokerGoes);
        }
        if day % 12 == 7 && day / 12 < 30 {
            events.push(Event::BrokerComes);
        }
        if [9, 35, 64, 101, 140].contains(&day) {
            events.push(Event::PublisherDies);
        }
        if [81, 250].contains(&day) {
            events.push(Event::DiskFills);
        }
        events
    }
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        for _ in 0..2 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
        }
        self.0 % bound
    }
}
