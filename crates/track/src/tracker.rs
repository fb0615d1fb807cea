//! The tracker of either preset.

use std::time::Duration;

use crate::best::Best;
use crate::deepsort::DeepSort;
use crate::{Config, ConfigError, Detection, Observations, Preset, Step};

/// Follows people through the frames of one video.
///
/// Detections that nothing can be made of (a box that is not finite or has no size, a confidence
/// that is not a number) are ignored. A detection or a track without embedding takes part in the
/// association by overlap only.
///
/// The outcome does not depend on the order of a frame's detections, except between detections
/// that are equal in box and confidence.
///
/// ```
/// use std::time::Duration;
/// use footfall_track::{Bbox, Config, Detection, Observations, Preset, Tracker};
///
/// let mut tracker = Tracker::new(Config::of(Preset::DeepSort))?;
/// for frame in 0..3u32 {
///     let bbox = Bbox::new(100.0 + f64::from(frame), 50.0, 40.0, 100.0);
///     let seen = Observations::without_appearance(vec![Detection { bbox, confidence: 0.9 }]);
///     let step = tracker.step(frame * Duration::from_millis(40), &seen);
///     assert_eq!(step.tracks.len(), usize::from(frame == 2));
/// }
/// # Ok::<(), footfall_track::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tracker {
    config: Config,
    engine: Engine,
    /// Time of the latest frame.
    time: Option<Duration>,
    /// The latest plan.
    wanted: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Engine {
    DeepSort(Box<DeepSort>),
    Best(Box<Best>),
}

impl Tracker {
    /// A tracker that has seen nothing yet.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.validate()?;
        let engine = match config.preset {
            Preset::DeepSort => Engine::DeepSort(Box::new(DeepSort::new(&config))),
            Preset::Best => Engine::Best(Box::new(Best::new(&config))),
        };
        Ok(Self { config, engine, time: None, wanted: Vec::new() })
    }

    /// Which detections of the next frame, at `time`, should have an embedding: their indices,
    /// rising.
    ///
    /// An embedding is the costliest thing about a detection, and most of them change nothing. Ask
    /// before the embedder runs, and give [`step`](Self::step) the same detections with the
    /// embeddings that were asked for; more do no harm, and fewer make the association rely on
    /// motion. Nothing changes by asking.
    ///
    /// Preset `deepsort` asks for all detections that it looks at. Preset `best` asks where it may
    /// matter who is who: see its module `need`.
    pub fn plan(&mut self, time: Duration, detections: &[Detection]) -> &[usize] {
        self.wanted.clear();
        let interval = self.interval(time);
        match &mut self.engine {
            Engine::DeepSort(_) => {
                let least = self.config.deepsort.min_confidence;
                let likely = |&index: &usize| detections[index].confidence >= least;
                self.wanted.extend((0..detections.len()).filter(likely));
            }
            Engine::Best(best) => best.plan(interval, detections, &mut self.wanted),
        }
        &self.wanted
    }

    /// Takes the next frame, at `time` since the source's start. A time before the last frame's
    /// counts as the same time.
    pub fn step(&mut self, time: Duration, observations: &Observations) -> &Step {
        let interval = self.interval(time);
        self.time = Some(time);
        match &mut self.engine {
            Engine::DeepSort(deepsort) => deepsort.step(interval, observations),
            Engine::Best(best) => best.step(interval, observations),
        }
    }

    /// Goes on by other settings; tracks are kept.
    ///
    /// # Errors
    /// When a setting is out of its range, or the preset is another one: that is another tracker.
    pub fn reconfigure(&mut self, config: Config) -> Result<(), ConfigError> {
        config.validate()?;
        match &mut self.engine {
            Engine::DeepSort(deepsort) if config.preset == Preset::DeepSort => deepsort.reconfigure(&config),
            Engine::Best(best) if config.preset == Preset::Best => best.reconfigure(&config),
            _ => {
                let (field, expected) = ("preset", "the one that the tracker began with");
                return Err(ConfigError { field, value: format!("{:?}", config.preset), expected });
            }
        }
        self.config = config;
        Ok(())
    }

    /// Whether it follows anybody: somebody seen in the last frame, believed yet or not, or out of sight for a while.
    #[must_use]
    pub fn follows(&self) -> bool {
        match &self.engine {
            Engine::DeepSort(deepsort) => deepsort.follows(),
            Engine::Best(best) => best.follows(),
        }
    }

    /// The settings it works by.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn interval(&self, time: Duration) -> Duration {
        self.time.map_or(Duration::ZERO, |last| time.saturating_sub(last))
    }
}
