use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use footfall_count::{Condition, HealthChange, Uncounted};

use super::{Connector, Reconnecting, RetryConfig};
use crate::live::{Backoff, Timer};
use crate::{BoxError, Frame, Image, Item, Kind, Note, Source, SourceInfo};

const SECOND: Duration = Duration::from_secs(1);
const CONFIG: RetryConfig = RetryConfig {
    first: SECOND,
    most: Duration::from_secs(8),
    give_up_after: None,
    gap: Duration::from_secs(2),
};

/// A clock that only moves when somebody waits.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicU64>, Option<Duration>);

impl Hands {
    fn pass(&self, time: Duration) {
        self.0.fetch_add(time.as_millis() as u64, Ordering::SeqCst);
    }
}

impl Timer for Hands {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, time: Duration) -> bool {
        if let Some(stop) = self.1.filter(|stop| *stop <= self.now() + time) {
            self.pass(stop.saturating_sub(self.now()));
            return true;
        }
        self.pass(time);
        false
    }
}

/// What happens when the camera is connected to: nobody is there, or so many frames come, a second
/// apart, until it breaks off.
#[derive(Clone, Copy)]
enum Turn {
    Refuses,
    Gives(u64),
    GivesResized(u64),
}

#[derive(Clone)]
struct Camera {
    hands: Hands,
    turns: Arc<Mutex<Vec<Turn>>>,
    attempts: Arc<Mutex<Vec<Duration>>>,
}

struct Connected {
    hands: Hands,
    info: SourceInfo,
    left: u64,
    given: u64,
    /// When the first frame came.
    started: Option<Duration>,
    note: Option<Note>,
    native: Option<[usize; 2]>,
}

fn info() -> SourceInfo {
    let (width, height) = (4, 2);
    SourceInfo {
        name: "camera".into(),
        kind: Kind::Live,
        width,
        height,
        frame_rate: None,
        frames: None,
        length: None,
    }
}

impl Connector for Camera {
    fn connect(&mut self, before: Option<&SourceInfo>) -> Result<Box<dyn Source>, BoxError> {
        self.attempts.lock().unwrap().push(self.hands.now());
        if let Some(before) = before {
            assert_eq!(before, &info());
        }
        let mut turns = self.turns.lock().unwrap();
        let turn = if turns.is_empty() { Turn::Refuses } else { turns.remove(0) };
        let (left, native) = match turn {
            Turn::Refuses => return Err("connection refused".into()),
            Turn::Gives(frames) => (frames, None),
            Turn::GivesResized(frames) => (frames, Some([5, 5])),
        };
        let change = HealthChange {
            condition: Condition::Resized,
            raised: true,
            time: Duration::ZERO,
            frame: None,
            evidence: [("width".to_owned(), 5.0)].into(),
        };
        let note = native.map(|_| Note::Health(change));
        let hands = self.hands.clone();
        Ok(Box::new(Connected { hands, info: info(), left, given: 0, started: None, note, native }))
    }

    fn condition(&self, error: &BoxError) -> Condition {
        if error.to_string().contains("refused") { Condition::Disconnected } else { Condition::Garbled }
    }
}

impl Source for Connected {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn native_size(&self) -> Option<[usize; 2]> {
        self.native
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        if self.left == 0 {
            return Err("broke off".into());
        }
        if self.given > 0 {
            self.hands.pass(SECOND);
        }
        self.left -= 1;
        self.given += 1;
        let image = Image::new(4, 2, Arc::new(vec![0; 24])).unwrap();
        let now = self.hands.now();
        let time = now.saturating_sub(*self.started.get_or_insert(now));
        Ok(Some(Frame { number: self.given, time, image }))
    }

    fn next_item(&mut self) -> Result<Option<Item>, BoxError> {
        if let Some(note) = self.note.take() {
            return Ok(Some(Item::Note(note)));
        }
        Ok(self.next_frame()?.map(Item::Frame))
    }
}

fn camera(turns: &[Turn], stop_at: Option<Duration>) -> Camera {
    let hands = Hands(Arc::default(), stop_at);
    Camera { hands, turns: Arc::new(Mutex::new(turns.to_vec())), attempts: Arc::default() }
}

fn open(camera: &Camera, config: RetryConfig) -> Reconnecting {
    let backoff = Backoff::seeded(config.first, config.most, 7);
    let timer = Box::new(camera.hands.clone());
    Reconnecting::open(Box::new(camera.clone()), timer, config, backoff).unwrap()
}

/// All that comes until the source ends or fails.
fn drain(source: &mut Reconnecting) -> (Vec<Frame>, Vec<Note>, Option<BoxError>) {
    let (mut frames, mut notes) = (Vec::new(), Vec::new());
    loop {
        match source.next_item() {
            Ok(Some(Item::Frame(frame))) => frames.push(frame),
            Ok(Some(Item::Note(note))) => notes.push(note),
            Ok(Some(Item::Alive)) => (),
            Ok(None) => return (frames, notes, None),
            Err(error) => return (frames, notes, Some(error)),
        }
    }
}

fn uncounted(notes: &[Note]) -> Vec<Uncounted> {
    let spans = notes.iter().filter_map(|note| match note {
        Note::Uncounted(span) => Some(*span),
        Note::Health(_) | Note::Remark(_) => None,
    });
    spans.collect()
}

fn health(notes: &[Note]) -> Vec<(Condition, bool)> {
    let changes = notes.iter().filter_map(|note| match note {
        Note::Health(change) => Some((change.condition, change.raised)),
        Note::Uncounted(_) | Note::Remark(_) => None,
    });
    changes.collect()
}

#[test]
fn frames_go_on_over_connections_with_one_clock_and_rising_numbers() {
    let camera = camera(
        &[Turn::Gives(3), Turn::Refuses, Turn::Refuses, Turn::Gives(2)],
        Some(Duration::from_secs(100)),
    );
    let (frames, notes, error) = drain(&mut open(&camera, CONFIG));
    assert!(error.is_none());
    assert_eq!(frames.iter().map(|f| f.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(frames[2].time, 2 * SECOND);
    // Three delays, of 1, 2 and 4 seconds, each of which lies in its upper half.
    let gap = frames[3].time.saturating_sub(frames[2].time);
    assert!(gap >= Duration::from_millis(3500) && gap <= 7 * SECOND, "{gap:?}");
    assert_eq!(frames[4].time.saturating_sub(frames[3].time), SECOND);
    let spans = uncounted(&notes);
    let garbled = |from, to| Uncounted { reason: Condition::Garbled, from, to };
    assert_eq!(spans[0], garbled(frames[2].time, frames[3].time));
    assert_eq!(
        spans[1],
        garbled(frames[4].time, Duration::from_secs(100)),
        "the run was stopped while it was lost"
    );
    let (on, off) = ((Condition::Garbled, true), (Condition::Garbled, false));
    assert_eq!(health(&notes), [on, off, on]);
}

#[test]
fn attempts_come_less_and_less_often_and_begin_anew_after_a_good_connection() {
    let turns = [[Turn::Gives(2)].as_slice(), &[Turn::Refuses; 12], &[Turn::Gives(20)]].concat();
    let camera = camera(&turns, Some(Duration::from_secs(200)));
    let _ = drain(&mut open(&camera, CONFIG));
    let attempts = camera.attempts.lock().unwrap();
    let delays: Vec<_> = attempts.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    // The first interval holds the frames of the first connection, the 14th those of the second.
    assert!(delays[1] <= 2 * SECOND && delays[1] >= SECOND, "{delays:?}");
    assert!(delays[5..13].iter().all(|d| *d >= CONFIG.most / 2 && *d <= CONFIG.most), "{delays:?}");
    assert!(delays[13] <= 19 * SECOND + CONFIG.first, "{delays:?}");
}

#[test]
fn a_connection_that_breaks_at_once_is_not_asked_again_and_again() {
    let turns = [Turn::Gives(1); 50];
    let camera = camera(&turns, Some(Duration::from_secs(100)));
    let (frames, ..) = drain(&mut open(&camera, CONFIG));
    assert!(frames.len() < 25, "{} connections in 100 s", frames.len());
    assert!(frames.is_sorted_by_key(|frame| frame.time));
}

#[test]
fn a_stall_is_told_without_any_error_and_a_short_gap_is_not() {
    let camera = camera(&[Turn::Gives(6)], Some(Duration::from_secs(20)));
    let mut source = open(&camera, CONFIG);
    let (mut times, mut notes) = (Vec::new(), Vec::new());
    for number in 1..=6 {
        let stall = if number == 4 { 5 * SECOND } else { Duration::ZERO };
        camera.hands.pass(stall);
        loop {
            match source.next_item().unwrap().unwrap() {
                Item::Note(note) => notes.push(note),
                Item::Frame(frame) => {
                    assert_eq!(frame.number, number);
                    times.push(frame.time);
                    break;
                }
                Item::Alive => (),
            }
        }
    }
    let span = Uncounted { reason: Condition::Stalled, from: times[2], to: times[3] };
    assert_eq!(notes, [Note::Uncounted(span)]);
    assert_eq!(span.to.saturating_sub(span.from), 6 * SECOND);
}

#[test]
fn it_gives_up_where_that_is_wished_with_the_last_error() {
    let camera = camera(&[Turn::Gives(1)], None);
    let config = RetryConfig { give_up_after: Some(Duration::from_mins(1)), ..CONFIG };
    let (frames, notes, error) = drain(&mut open(&camera, config));
    assert_eq!(frames.len(), 1);
    assert_eq!(error.unwrap().to_string(), "connection refused");
    assert_eq!(health(&notes), [(Condition::Garbled, true)]);
    assert!(camera.hands.now() < Duration::from_secs(70));
}

#[test]
fn another_size_is_told_once_and_taken_back() {
    let turns = [Turn::Gives(1), Turn::GivesResized(2), Turn::GivesResized(2), Turn::Gives(1)];
    let camera = camera(&turns, Some(Duration::from_secs(40)));
    let (frames, notes, _) = drain(&mut open(&camera, CONFIG));
    assert_eq!(frames.len(), 6);
    let sizes: Vec<_> =
        health(&notes).into_iter().filter(|(condition, _)| *condition == Condition::Resized).collect();
    assert_eq!(sizes, [(Condition::Resized, true), (Condition::Resized, false)]);
}

#[test]
fn a_source_that_is_not_there_yet_is_waited_for() {
    let camera = camera(&[Turn::Refuses, Turn::Refuses, Turn::Gives(1)], Some(Duration::from_secs(30)));
    let backoff = Backoff::seeded(CONFIG.first, CONFIG.most, 1);
    let mut failed = Vec::new();
    let (connector, timer) = (Box::new(camera.clone()), Box::new(camera.hands.clone()));
    let mut source =
        Reconnecting::wait(connector, timer, CONFIG, backoff, |change| failed.push(change.clone()))
            .unwrap()
            .unwrap();
    assert_eq!(failed.len(), 2);
    assert!(failed.iter().all(|change| change.raised && change.condition == Condition::Disconnected));
    let (frames, notes, _) = drain(&mut source);
    assert!(frames[0].time >= SECOND, "its clock runs from the first attempt");
    let span = uncounted(&notes)[0];
    assert_eq!((span.reason, span.from), (Condition::Disconnected, Duration::ZERO));
    assert_eq!(span.to, frames[0].time);
}
