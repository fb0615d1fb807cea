//! The program that counts, as a process that can be killed: it writes into the real ledger what the calendar says, by a
//! clock that goes as the calendar says.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use footfall_ledger::jiff::{SignedDuration, Timestamp};
use footfall_ledger::{
    Clock, CrossingEntry, Digest, Ending, Entry, Ledger, Options, Origin, Run, RunInfo, Tidied,
};

use super::calendar::{Calendar, DAYS, Life, Off, Passage};
use super::office::memory_of;

/// How the parent tells the child what to do: ledger, people a day, number of the life, true time of its beginning.
const TASK: &str = "FOOTFALL_TEST_YEAR_DOOR";
/// How often it is noted that somebody looks on.
const BEAT: Duration = Duration::from_mins(15);

/// What the child says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Said {
    /// The day is over; it waits.
    Day(u64),
    /// There is no room for what it has to write.
    Full,
}

/// Two clocks: one that shows how much time has passed, and one that people set.
#[derive(Clone)]
struct Hands(Arc<Mutex<(Timestamp, SignedDuration)>>, Timestamp);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let (at, off) = *self.0.lock().unwrap();
        at + off
    }

    fn monotonic(&self) -> Duration {
        self.0.lock().unwrap().0.duration_since(self.1).unsigned_abs()
    }
}

impl Hands {
    fn start(at: Timestamp, off: Off) -> Self {
        let hands = Self(Arc::new(Mutex::new((at, SignedDuration::ZERO))), at);
        hands.set(off);
        hands
    }

    fn set(&self, off: Off) {
        let mut hands = self.0.lock().unwrap();
        hands.1 = off.shown(hands.0).duration_since(hands.0);
    }

    fn go(&self, to: Timestamp) {
        self.0.lock().unwrap().0 = to;
    }
}

pub(crate) fn options(clock: impl Clock + 'static, retention: u32) -> Options {
    Options { retention_days: Some(retention), clock: Box::new(clock), ..Options::default() }
}

/// A clock that stands at this moment.
pub(crate) fn standing(at: Timestamp) -> impl Clock {
    Hands::start(at, Off::By(SignedDuration::ZERO))
}

/// What the child has to do with.
struct Counting {
    ledger: Ledger,
    run: Run,
    hands: Hands,
    begin: Timestamp,
    /// When the clock is set, and what it shows then.
    sets: VecDeque<(Timestamp, Off)>,
    /// What could not be written yet.
    waiting: VecDeque<Passage>,
}

/// The child: counts until it is told to end, or killed.
pub(crate) fn main() {
    let Ok(task) = std::env::var(TASK) else { return };
    let words: Vec<&str> = task.split(' ').collect();
    let [people, life, begin, retention, path] = words[..] else { panic!("{task}") };
    let calendar = Calendar::new(people.parse().unwrap());
    let life = calendar.lives().remove(life.parse().unwrap());
    let begin: Timestamp = begin.parse().unwrap();
    let hands = Hands::start(begin, life.boot);
    let ledger = Ledger::open_with(path, options(hands.clone(), retention.parse().unwrap())).unwrap();
    let info = RunInfo {
        source: "door".into(),
        origin: Origin::Live,
        version: "1".into(),
        config: Digest::of([]),
        places: Vec::new(),
        recount: false,
    };
    let run = ledger.begin(&info).unwrap();
    let sets = life.sets.iter().copied().filter(|(at, _)| *at > begin).collect();
    let mut counting = Counting { ledger, run, hands, begin, sets, waiting: VecDeque::new() };
    counting.scene(None);
    let last = if life.is_killed { DAYS } else { life.until };
    for day in calendar.day_at(begin)..last {
        for passage in calendar.day(day).into_iter().filter(|passage| passage.at > begin) {
            counting.wait(passage.at);
            counting.scene(Some(passage));
        }
        counting.wait(calendar.start_of(day + 1));
        while counting.ledger.tidy().is_ok_and(|tidied| tidied == Tidied::Some) {}
        say(&format!("day {day}"));
        std::io::stdin().lock().lines().next().unwrap().unwrap();
    }
    counting.run.end(Ending::Stopped).unwrap();
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").unwrap();
    out.flush().unwrap();
}

impl Counting {
    /// Time passes, in which nobody does; somebody may set the clock.
    fn wait(&mut self, until: Timestamp) {
        while self.sets.front().is_some_and(|(at, _)| *at <= until) {
            let (at, off) = self.sets.pop_front().unwrap();
            self.look_on(at);
            self.hands.set(off);
            self.scene(None);
        }
        self.look_on(until);
    }

    /// Time passes, in which nothing happens.
    fn look_on(&mut self, until: Timestamp) {
        loop {
            let next = self.hands.0.lock().unwrap().0 + BEAT;
            if next >= until {
                return self.hands.go(until);
            }
            self.hands.go(next);
            self.scene(None);
        }
    }

    /// A picture, in which somebody passes or nobody. What cannot be written is kept, and written with the next one.
    fn scene(&mut self, passage: Option<Passage>) {
        self.waiting.extend(passage);
        let entries: Vec<_> = self.waiting.iter().map(|passage| self.entry(passage)).collect();
        match self.run.scene(self.hands.monotonic(), &entries) {
            Ok(_) => {
                say(&format!("until {}", self.hands.0.lock().unwrap().0.as_second()));
                self.waiting.drain(..).for_each(|passage| say(&format!("passed {}", passage.number)));
            }
            Err(error) if error.is_full() => say("full"),
            Err(error) => panic!("{error}"),
        }
    }

    fn entry(&self, passage: &Passage) -> Entry {
        let time = passage.at.duration_since(self.begin).unsigned_abs();
        Entry::Crossing(CrossingEntry {
            line: "door".into(),
            direction: passage.direction,
            track: passage.number,
            frame: 10 * time.as_secs(),
            time,
            detail: serde_json::Map::new(),
        })
    }
}

/// The child, as its parent sees it.
pub(crate) struct Door {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    go_on: ChildStdin,
    /// It is killed when it has said this passage.
    fatal: Option<u64>,
    /// The last passage that it has said.
    last: Option<u64>,
    /// Until when it is known to have counted, in seconds.
    until: u64,
    /// The most memory that it was seen with, in bytes.
    pub(crate) memory: u64,
}

impl Door {
    pub(crate) fn start(ledger: &Path, people: u64, life: &Life, begin: Timestamp, retention: u32) -> Self {
        let task = format!("{people} {} {begin} {retention} {}", life.index, ledger.display());
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "the_door", "--nocapture", "--test-threads=1"]).env(TASK, task);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let go_on = child.stdin.take().unwrap();
        let fatal = life.is_killed.then(|| life.until * people + people / 3);
        Self { child, lines, go_on, fatal, last: None, until: 0, memory: 0 }
    }

    /// What it says next, until it has ended or is dead.
    pub(crate) fn next(&mut self) -> Option<Said> {
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            // The harness of the tests says something before the first word, and after the last.
            let number = |word: &str| line.split_once(word).map(|(_, number)| number.parse::<u64>().unwrap());
            if let Some(number) = number("passed ") {
                self.last = Some(number);
                if self.fatal.is_some_and(|fatal| number >= fatal) {
                    self.child.kill().unwrap();
                }
            } else if let Some(until) = number("until ") {
                self.until = until;
            } else if let Some(day) = number("day ") {
                self.memory = self.memory.max(memory_of(self.child.id()));
                return Some(Said::Day(day));
            } else if line.ends_with("full") {
                return Some(Said::Full);
            }
        }
        None
    }

    /// The next day may begin.
    pub(crate) fn go_on(&mut self) {
        // It may be dead.
        let _ = writeln!(self.go_on);
    }

    /// The last passage that it has said to be written down, and the time before which it has counted nothing more;
    /// it has ended as it should.
    pub(crate) fn end(mut self) -> Option<(u64, Timestamp)> {
        let status = self.child.wait().unwrap();
        assert_eq!(status.success(), self.fatal.is_none(), "{status}");
        // Killed, it may have written what it did not come to say: no more than the next beat.
        let until = Timestamp::from_second(self.until.cast_signed()).unwrap() + BEAT;
        self.last.map(|last| (last, until))
    }
}
