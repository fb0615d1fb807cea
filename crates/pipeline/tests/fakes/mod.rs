//! Fakes at the four ports. One person walks from left to right over the line x = 100.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use footfall_count::{Counter, Seen};
use footfall_pipeline::{
    BoxError, Detector, Embedder, Frame, Image, Kind, Lane, Options, Parts, Pipeline, RunError, Scene, Sink,
    Source, SourceInfo, Stop, Summary,
};
use footfall_track::{Bbox, Detection, Embeddings, Tracker};

/// A run over one source, that tests may change before it begins.
pub struct Rig {
    pub source: Box<dyn Source>,
    pub detectors: Vec<Box<dyn Detector>>,
    pub embedders: Vec<Box<dyn Embedder>>,
    pub sinks: Vec<Box<dyn Sink>>,
}

/// A pipeline over `source`, with `workers` for detection and for embedding.
pub fn pipeline(source: impl Source + 'static, workers: usize) -> Rig {
    Rig {
        source: Box::new(source),
        detectors: (0..workers).map(|_| Walker::boxed()).collect(),
        embedders: (0..workers).map(|_| Box::new(Same) as Box<dyn Embedder>).collect(),
        sinks: Vec::new(),
    }
}

/// A lane's parts, with a line at x = 100.
pub fn parts(source: Box<dyn Source>, sinks: Vec<Box<dyn Sink>>) -> Parts {
    let line = "door:100,200,100,0".parse().unwrap();
    Parts {
        source,
        tracker: Tracker::new(footfall_track::Config::default()).unwrap(),
        counter: Counter::new(vec![line], footfall_count::Config::default()).unwrap(),
        sinks,
        inspectors: Vec::new(),
        sight: None,
    }
}

/// What came of the only source.
pub struct One {
    pub summary: Summary,
    pub error: Option<RunError>,
}

impl Rig {
    pub fn run(self, options: &Options, stop: &Stop) -> One {
        let lanes = vec![Lane::new("fake", parts(self.source, self.sinks))];
        let pipeline = Pipeline { lanes, detectors: self.detectors, embedders: self.embedders };
        let mut outcome = pipeline.run(options, stop);
        let lane = outcome.lanes.remove(0);
        assert_eq!(outcome.stages, lane.summary.stages, "with one source the whole is its work");
        One { summary: lane.summary, error: outcome.error.or(lane.error) }
    }
}

fn info(kind: Kind) -> SourceInfo {
    SourceInfo {
        name: "fake".into(),
        kind,
        width: 8,
        height: 1,
        frame_rate: Some(10.0),
        frames: None,
        length: None,
    }
}

/// A frame whose pixels hold its number.
fn frame(number: u64) -> Frame {
    let mut pixels = number.to_le_bytes().to_vec();
    pixels.resize(24, 0);
    let image = Image::new(8, 1, Arc::new(pixels)).unwrap();
    Frame { number, time: Duration::from_millis(100 * (number - 1)), image }
}

fn number(image: &Image) -> u64 {
    u64::from_le_bytes(image.bytes()[..8].try_into().unwrap())
}

/// A recording of so many frames.
pub struct Film {
    info: SourceInfo,
    next: u64,
    frames: u64,
    pub breaks_after: Option<u64>,
    pub stop_at: Option<(u64, Stop)>,
    /// With it, `ahead` becomes the most frames that were given and not yet written.
    pub written: Option<Collected>,
    pub ahead: Arc<AtomicU64>,
    hold: Option<(u64, Receiver<()>)>,
}

impl Film {
    pub fn boxed(self) -> Box<dyn Source> {
        Box::new(self)
    }

    /// Frame `number` comes when what this gives was dropped.
    pub fn hold_at(&mut self, number: u64) -> Sender<()> {
        let (held, go_on) = bounded(0);
        self.hold = Some((number, go_on));
        held
    }

    pub fn new(frames: u64) -> Self {
        let (breaks_after, stop_at, written) = (None, None, None);
        Self {
            info: info(Kind::Recorded),
            next: 1,
            frames,
            breaks_after,
            stop_at,
            written,
            ahead: Arc::default(),
            hold: None,
        }
    }
}

impl Source for Film {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        let number = self.next;
        if self.breaks_after.is_some_and(|last| number > last) {
            return Err("the film tore".into());
        }
        if number > self.frames {
            return Ok(None);
        }
        if let Some((_, go_on)) = self.hold.as_ref().filter(|(at, _)| number == *at) {
            assert!(go_on.recv().is_err());
        }
        if let Some((_, stop)) = self.stop_at.as_ref().filter(|(at, _)| number == *at) {
            stop.request();
        }
        if let Some(written) = &self.written {
            self.ahead.fetch_max(number - written.0.count.load(Ordering::SeqCst), Ordering::SeqCst);
        }
        self.next += 1;
        Ok(Some(frame(number)))
    }
}

/// A live source that gives its frames as fast as they are taken, then opens the gate.
pub struct Camera {
    info: SourceInfo,
    next: u64,
    frames: u64,
    gate: Option<Sender<()>>,
}

impl Camera {
    pub fn new(frames: u64) -> (Self, Receiver<()>) {
        let (gate, go_on) = bounded(0);
        (Self { info: info(Kind::Live), next: 1, frames, gate: Some(gate) }, go_on)
    }
}

impl Source for Camera {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        if self.next > self.frames {
            self.gate = None;
            return Ok(None);
        }
        self.next += 1;
        Ok(Some(frame(self.next - 1)))
    }
}

/// A live source that gives a frame whenever the one before was written; the sink that tells it; and the lines
/// of the crossings that were decided after the last scene.
pub fn paced(frames: u64) -> (impl Source, Box<dyn Sink>, Arc<Mutex<Vec<String>>>) {
    let (written, go_on) = bounded(1);
    let left = Arc::default();
    let film = Film { info: info(Kind::Live), ..Film::new(frames) };
    (Paced { film, go_on }, Box::new(Pacer { written, left: Arc::clone(&left) }), left)
}

struct Paced {
    film: Film,
    go_on: Receiver<()>,
}

struct Pacer {
    written: Sender<()>,
    left: Arc<Mutex<Vec<String>>>,
}

impl Source for Paced {
    fn info(&self) -> &SourceInfo {
        &self.film.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        if self.film.next > 1 {
            self.go_on.recv()?;
        }
        self.film.next_frame()
    }
}

impl Sink for Pacer {
    fn name(&self) -> String {
        "pacer".into()
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        assert!(scene.seen.crossings.is_empty());
        Ok(self.written.send(())?)
    }

    fn rest(&mut self, rest: &Seen) -> Result<(), BoxError> {
        let lines = rest.passages().map(|(_, line)| line.name().to_owned());
        self.left.lock().unwrap().extend(lines);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

/// A detector that sees one person, two pixels further right in each frame.
#[derive(Default)]
pub struct Walker {
    fails_at: Option<u64>,
    panics_at: Option<u64>,
}

impl Walker {
    pub fn boxed() -> Box<dyn Detector> {
        Box::new(Self::default())
    }

    pub fn failing_at(number: u64) -> Box<dyn Detector> {
        Box::new(Self { fails_at: Some(number), panics_at: None })
    }

    pub fn panicking_at(number: u64) -> Box<dyn Detector> {
        Box::new(Self { fails_at: None, panics_at: Some(number) })
    }
}

impl Detector for Walker {
    fn detect(&mut self, image: &Image) -> Result<Vec<Detection>, BoxError> {
        let number = number(image);
        if self.fails_at == Some(number) {
            return Err("the network broke".into());
        }
        assert_ne!(self.panics_at, Some(number), "as the test wants it");
        let bbox = Bbox::new(20.0 + 2.0 * number as f64, 50.0, 40.0, 100.0);
        Ok(vec![Detection { bbox, confidence: 0.9 }])
    }
}

/// An embedder to which everyone looks the same.
struct Same;

impl Embedder for Same {
    fn embed(&mut self, _: &Image, boxes: &[Bbox]) -> Result<Embeddings, BoxError> {
        let mut embeddings = Embeddings::new(2);
        for _ in boxes {
            embeddings.push(Some(&[1.0, 0.0]));
        }
        Ok(embeddings)
    }
}

/// What a [`Collector`] was given.
#[derive(Clone, Default)]
pub struct Collected(Arc<Inner>);

#[derive(Default)]
struct Inner {
    frames: Mutex<Vec<u64>>,
    count: AtomicU64,
    complete: AtomicBool,
}

impl Collected {
    pub fn frames(&self) -> Vec<u64> {
        self.0.frames.lock().unwrap().clone()
    }

    pub fn is_complete(&self) -> bool {
        self.0.complete.load(Ordering::SeqCst)
    }
}

/// A sink that notes what it is given.
pub struct Collector {
    collected: Collected,
    fails_at: Option<u64>,
    gate: Option<Receiver<()>>,
}

impl Collector {
    pub fn boxed(collected: &Collected) -> Box<dyn Sink> {
        Box::new(Self { collected: collected.clone(), fails_at: None, gate: None })
    }

    pub fn failing_at(collected: &Collected, number: u64) -> Box<dyn Sink> {
        Box::new(Self { collected: collected.clone(), fails_at: Some(number), gate: None })
    }

    /// One that takes nothing until the gate is opened.
    pub fn gated(collected: &Collected, gate: Receiver<()>) -> Box<dyn Sink> {
        Box::new(Self { collected: collected.clone(), fails_at: None, gate: Some(gate) })
    }
}

impl Sink for Collector {
    fn name(&self) -> String {
        "collector".into()
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        if let Some(gate) = self.gate.take() {
            assert!(gate.recv().is_err(), "the gate is closed for good when the camera is through");
        }
        if self.fails_at == Some(scene.frame.number) {
            return Err("the disk is full".into());
        }
        self.collected.0.frames.lock().unwrap().push(scene.frame.number);
        self.collected.0.count.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        self.collected.0.complete.store(true, Ordering::SeqCst);
        Ok(())
    }
}
