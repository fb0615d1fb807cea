//! What can be set about a tracker.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Settings of a [`Tracker`](crate::Tracker); the defaults are those of the DeepSORT paper and its
/// published code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Nominal frames a second. Motion noise was published per frame: at this rate it is exactly
    /// that, and after a longer or shorter interval it is what as many nominal frames would have
    /// added.
    pub frame_rate: f64,
    /// Detections with a lower confidence are ignored, 0 to 1.
    pub min_confidence: f32,
    /// A track is confirmed once it was seen in this many frames in succession.
    pub n_init: u32,
    /// A confirmed track that was not seen for longer than this is removed. In seconds.
    #[serde(with = "seconds")]
    pub max_age: Duration,
    /// Greatest cosine distance, 0 to 2, at which a detection may belong to a track by appearance.
    pub max_cosine_distance: f32,
    /// How many of its latest embeddings a track is compared by.
    pub nn_budget: usize,
    /// Greatest IoU distance (1 - intersection over union), 0 to 1, at which a detection may belong
    /// to a track by overlap.
    pub max_iou_distance: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            frame_rate: 30.0,
            min_confidence: 0.3,
            n_init: 3,
            max_age: Duration::from_secs(1),
            max_cosine_distance: 0.2,
            nn_budget: 100,
            max_iou_distance: 0.7,
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
    /// Checks each setting's range.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let check = |field, value: String, right: bool, expected| {
            if right { Ok(()) } else { Err(ConfigError { field, value, expected }) }
        };
        let unit = "from 0 to 1";
        let Self { frame_rate, min_confidence, n_init, max_age, .. } = self;
        let Self { max_cosine_distance, nn_budget, max_iou_distance, .. } = self;
        let rate = (1e-3..=1e6).contains(frame_rate);
        check("frame_rate", frame_rate.to_string(), rate, "from 0.001 to 1000000 frames a second")?;
        let confidence = (0.0..=1.0).contains(min_confidence);
        check("min_confidence", min_confidence.to_string(), confidence, unit)?;
        check("n_init", n_init.to_string(), *n_init >= 1, "1 or more")?;
        check("max_age", format!("{max_age:?}"), !max_age.is_zero(), "longer than 0 s")?;
        let cosine = (0.0..=2.0).contains(max_cosine_distance);
        check("max_cosine_distance", max_cosine_distance.to_string(), cosine, "from 0 to 2")?;
        check("nn_budget", nn_budget.to_string(), *nn_budget >= 1, "1 or more")?;
        let iou = (0.0..=1.0).contains(max_iou_distance);
        check("max_iou_distance", max_iou_distance.to_string(), iou, unit)
    }
}

/// A duration as a number of seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(duration.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Config;

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
        assert_eq!(field_of_error(|c| c.min_confidence = 1.5), Some("min_confidence"));
        assert_eq!(field_of_error(|c| c.n_init = 0), Some("n_init"));
        assert_eq!(field_of_error(|c| c.max_age = Duration::ZERO), Some("max_age"));
        assert_eq!(field_of_error(|c| c.max_cosine_distance = f32::INFINITY), Some("max_cosine_distance"));
        assert_eq!(field_of_error(|c| c.nn_budget = 0), Some("nn_budget"));
        assert_eq!(field_of_error(|c| c.max_iou_distance = -0.1), Some("max_iou_distance"));
    }

    #[test]
    fn text_form_is_seconds_and_refuses_what_it_does_not_know() {
        let config: Config = toml::from_str("max_age = 2.5\nn_init = 1").unwrap();
        assert_eq!(config.max_age, Duration::from_millis(2500));
        assert_eq!((config.n_init, config.nn_budget), (1, 100));
        assert_eq!(toml::from_str::<Config>(&toml::to_string(&config).unwrap()).unwrap(), config);
        assert!(toml::from_str::<Config>("max_agee = 1").is_err());
        assert!(toml::from_str::<Config>("max_age = -1.0").is_err());
    }
}
