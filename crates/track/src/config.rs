//! What can be set about a tracker.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::best::BestConfig;
use crate::deepsort::DeepSortConfig;

/// How a [`Tracker`](crate::Tracker) associates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// DeepSORT as published, with time in seconds.
    DeepSort,
    /// What was found since then, as far as it helps.
    #[default]
    Best,
}

impl FromStr for Preset {
    type Err = ConfigError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "deepsort" => Ok(Self::DeepSort),
            "best" => Ok(Self::Best),
            other => {
                let expected = "deepsort or best";
                Err(ConfigError { field: "preset", value: other.into(), expected })
            }
        }
    }
}

/// Settings of a [`Tracker`](crate::Tracker): those of every preset, and of each by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which of the parts below is in force.
    pub preset: Preset,
    /// Nominal frames a second. Motion noise was published per frame: at this rate it is exactly
    /// that, and after a longer or shorter interval it is what as many nominal frames would have
    /// added.
    pub frame_rate: f64,
    /// Cosine distance, 0 to 2, up to which two embeddings are hardly ever of different people: a
    /// property of the embedder; the default is that of the one that this project ships. Preset `deepsort`
    /// matches no pair beyond it; in preset `best` appearance speaks for a pair below 1.6 times this distance,
    /// and against it above.
    pub max_cosine_distance: f32,
    /// Preset `deepsort`.
    pub deepsort: DeepSortConfig,
    /// Preset `best`.
    pub best: BestConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            preset: Preset::default(),
            frame_rate: 30.0,
            max_cosine_distance: 0.312,
            deepsort: DeepSortConfig::default(),
            best: BestConfig::default(),
        }
    }
}

/// A setting that no tracker can work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("tracker setting `{field}` is {value}: it must be {expected}")]
pub struct ConfigError {
    /// Name of the setting.
    pub field: &'static str,
    /// What it was.
    pub value: String,
    /// What would be right.
    pub expected: &'static str,
}

impl Config {
    /// The defaults with another preset.
    #[must_use]
    pub fn of(preset: Preset) -> Self {
        Self { preset, ..Self::default() }
    }

    /// Checks each setting's range, of both presets.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let Self { frame_rate, max_cosine_distance, .. } = self;
        let rate = (1e-3..=1e6).contains(frame_rate);
        check("frame_rate", frame_rate, rate, "from 0.001 to 1000000 frames a second")?;
        let cosine = (0.0..=2.0).contains(max_cosine_distance);
        check("max_cosine_distance", max_cosine_distance, cosine, "from 0 to 2")?;
        self.deepsort.validate()?;
        self.best.validate()
    }

    /// Detections with a lower confidence are not looked at by the preset in force.
    #[must_use]
    pub fn min_confidence(&self) -> f32 {
        match self.preset {
            Preset::DeepSort => self.deepsort.min_confidence,
            Preset::Best => self.best.low_confidence.min(self.best.high_confidence),
        }
    }
}

pub(crate) const UNIT: &str = "from 0 to 1";

pub(crate) fn check(
    field: &'static str,
    value: &impl ToString,
    right: bool,
    expected: &'static str,
) -> Result<(), ConfigError> {
    if right { Ok(()) } else { Err(ConfigError { field, value: value.to_string(), expected }) }
}

pub(crate) fn check_age(field: &'static str, age: Duration) -> Result<(), ConfigError> {
    check(field, &format!("{age:?}"), !age.is_zero(), "longer than 0 s")
}

/// A duration as a number of seconds.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(duration.as_secs_f64())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Config, Preset};

    fn field_of_error(change: impl FnOnce(&mut Config)) -> Option<&'static str> {
        let mut config = Config::default();
        change(&mut config);
        config.validate().err().map(|error| error.field)
    }

    #[test]
    fn defaults_are_valid_and_each_setting_is_checked() {
        assert_eq!(field_of_error(|_| {}), None);
        assert_eq!(field_of_error(|c| c.frame_rate = 0.0), Some("frame_rate"));
        assert_eq!(field_of_error(|c| c.frame_rate = f64::NAN), Some("frame_rate"));
        assert_eq!(field_of_error(|c| c.max_cosine_distance = f32::INFINITY), Some("max_cosine_distance"));
        assert_eq!(field_of_error(|c| c.deepsort.min_confidence = 1.5), Some("deepsort.min_confidence"));
        assert_eq!(field_of_error(|c| c.deepsort.n_init = 0), Some("deepsort.n_init"));
        assert_eq!(field_of_error(|c| c.deepsort.max_age = Duration::ZERO), Some("deepsort.max_age"));
        assert_eq!(field_of_error(|c| c.deepsort.nn_budget = 0), Some("deepsort.nn_budget"));
        assert_eq!(field_of_error(|c| c.deepsort.max_iou_distance = -0.1), Some("deepsort.max_iou_distance"));
        assert_eq!(field_of_error(|c| c.best.new_confidence = -0.1), Some("best.new_confidence"));
        assert_eq!(field_of_error(|c| c.best.scale_memory = f32::NAN), Some("best.scale_memory"));
        assert_eq!(field_of_error(|c| c.best.max_low_distance = 1.1), Some("best.max_low_distance"));
        assert_eq!(field_of_error(|c| c.best.n_init = 0), Some("best.n_init"));
        assert_eq!(field_of_error(|c| c.best.max_age = Duration::ZERO), Some("best.max_age"));
        assert_eq!(field_of_error(|c| c.best.max_distance = f64::INFINITY), Some("best.max_distance"));
        assert_eq!(field_of_error(|c| c.best.box_buffer = -0.1), Some("best.box_buffer"));
        assert_eq!(field_of_error(|c| c.best.occlusion_noise = -1.0), Some("best.occlusion_noise"));
        assert_eq!(field_of_error(|c| c.best.size_noise = 0.0), Some("best.size_noise"));
        assert_eq!(field_of_error(|c| c.best.appearance_weight = f64::NAN), Some("best.appearance_weight"));
    }

    #[test]
    fn text_form_is_seconds_and_refuses_what_it_does_not_know() {
        let config: Config = toml::from_str("preset = 'best'\n[best]\nmax_age = 2.5\nn_init = 1").unwrap();
        assert_eq!(config.preset, Preset::Best);
        assert_eq!(config.best.max_age, Duration::from_millis(2500));
        assert_eq!((config.best.n_init, config.deepsort.nn_budget), (1, 100));
        assert_eq!(toml::from_str::<Config>(&toml::to_string(&config).unwrap()).unwrap(), config);
        assert!(toml::from_str::<Config>("[best]\nmax_agee = 1").is_err());
        assert!(toml::from_str::<Config>("[deepsort]\nmax_age = -1.0").is_err());
        assert!(toml::from_str::<Config>("preset = 'worst'").is_err());
    }
}
