//! Cameras that keep their rate whatever becomes of their frames, and when each scene came out.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use footfall_pipeline::{BoxError, Frame, Kind, Scene as Finished, Sink, Source, SourceInfo};

use super::args::FrameSize;
use super::scene::SharedScene;

/// When each camera's frames are due, on one clock that starts with the first who asks.
#[derive(Debug)]
pub(crate) struct Schedule {
    fps: f64,
    pub(crate) cameras: usize,
    /// Frames of each camera that do not count, and those after them that do.
    pub(crate) warm_up: u64,
    pub(crate) counted: u64,
    start: OnceLock<Instant>,
}

impl Schedule {
    /// One second for warming up, then so many; one frame each at least.
    pub(crate) fn new(cameras: usize, fps: f64, seconds: f64) -> Self {
        let frames = |seconds: f64| (seconds * fps).ceil().max(1.0) as u64;
        Self { fps, cameras, warm_up: frames(1.0), counted: frames(seconds), start: OnceLock::new() }
    }

    /// When a camera's frame is ready, from number 1. Cameras are not in step: their frames are spread evenly
    /// over the interval.
    pub(crate) fn due(&self, camera: usize, number: u64) -> Duration {
        let intervals = (number - 1) as f64 + camera as f64 / self.cameras as f64;
        Duration::from_secs_f64(intervals / self.fps)
    }

    fn now(&self) -> Duration {
        self.start.get_or_init(Instant::now).elapsed()
    }

    /// Frames that a camera gives in all.
    pub(crate) fn frames(&self) -> u64 {
        self.warm_up + self.counted
    }

    /// From when on frames count, and for how long they come.
    pub(crate) fn span(&self) -> (Duration, Duration) {
        (self.due(0, self.warm_up + 1), Duration::from_secs_f64(self.counted as f64 / self.fps))
    }
}

/// A live source: what is late does not wait, and what is not taken is gone.
pub(crate) struct Camera {
    info: SourceInfo,
    number: usize,
    given: u64,
    scene: SharedScene,
    schedule: Arc<Schedule>,
}

impl Camera {
    pub(crate) fn new(number: usize, size: FrameSize, scene: &SharedScene, schedule: &Arc<Schedule>) -> Self {
        let info = SourceInfo {
            name: format!("camera {number}"),
            kind: Kind::Live,
            width: size.width,
            height: size.height,
            frame_rate: Some(schedule.fps),
            frames: None,
            length: None,
        };
        Self { info, number, given: 0, scene: Arc::clone(scene), schedule: Arc::clone(schedule) }
    }
}

impl Source for Camera {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError> {
        if self.given == self.schedule.frames() {
            return Ok(None);
        }
        self.given += 1;
        let due = self.schedule.due(self.number, self.given);
        thread::sleep(due.saturating_sub(self.schedule.now()));
        let image = self.scene.frame(self.number + self.given as usize).clone();
        Ok(Some(Frame { number: self.given, time: self.schedule.due(0, self.given), image }))
    }
}

/// A scene that has come out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arrival {
    pub(crate) number: u64,
    /// On the schedule's clock.
    pub(crate) at: Duration,
    /// Since its frame was due.
    pub(crate) latency: Duration,
    pub(crate) embedded: usize,
    pub(crate) tracked: usize,
}

/// What has come out of all cameras.
pub(crate) type Arrivals = Arc<Mutex<Vec<Arrival>>>;

/// Notes when a camera's scenes come out.
pub(crate) struct Clocking {
    pub(crate) camera: usize,
    pub(crate) schedule: Arc<Schedule>,
    pub(crate) arrivals: Arrivals,
}

impl Sink for Clocking {
    fn name(&self) -> String {
        format!("the times of camera {}", self.camera)
    }

    fn write(&mut self, scene: &Finished) -> Result<(), BoxError> {
        let (at, number) = (self.schedule.now(), scene.frame.number);
        let embeddings = &scene.observations.embeddings;
        let arrival = Arrival {
            number,
            at,
            latency: at.saturating_sub(self.schedule.due(self.camera, number)),
            embedded: (0..embeddings.len()).filter(|&index| embeddings.get(index).is_some()).count(),
            tracked: scene.seen.tracks.len(),
        };
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).push(arrival);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use footfall_pipeline::Source as _;

    use super::{Camera, Schedule};
    use crate::cameras::args::FrameSize;
    use crate::cameras::scene::Scene;

    #[test]
    fn frames_are_due_at_their_rate_and_cameras_are_spread_over_the_interval() {
        let schedule = Schedule::new(4, 10.0, 2.55);
        assert_eq!((schedule.warm_up, schedule.counted, schedule.frames()), (10, 26, 36));
        assert_eq!(schedule.due(0, 1), Duration::ZERO);
        assert_eq!(schedule.due(3, 2), Duration::from_millis(175));
        assert_eq!(schedule.span(), (Duration::from_secs(1), Duration::from_millis(2600)));
        assert_eq!(Schedule::new(1, 0.1, 0.0).frames(), 2, "one of each at least");
    }

    #[test]
    fn a_camera_gives_its_frames_never_early_and_ends() {
        let size = FrameSize { width: 64, height: 64 };
        let scene = Arc::new(Scene::new(&[], size, 1).unwrap());
        let schedule = Arc::new(Schedule::new(1, 500.0, 0.01));
        let mut camera = Camera::new(0, size, &scene, &schedule);
        let mut numbers = Vec::new();
        while let Some(frame) = camera.next_frame().unwrap() {
            assert!(schedule.now() >= schedule.due(0, frame.number));
            assert_eq!(frame.time, schedule.due(0, frame.number));
            numbers.push(frame.number);
        }
        assert_eq!(numbers, (1..=505).collect::<Vec<_>>());
    }
}
