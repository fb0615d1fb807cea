//! When a passage counts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::groups::GroupLimits;
use crate::{Anchor, GroupConfig, VisitorConfig};

/// Settings of a [`Counter`](crate::Counter); the defaults are one compromise for all footage, found by
/// `scripts/measure cuts`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which point of a person passes lines and is in zones.
    #[serde(skip_serializing_if = "Anchor::is_usual")]
    pub anchor: Anchor,
    /// Half the width of the band around a line in which nobody is on either side, in heights of the
    /// person as their box shows it: someone who stands on the line and sways is not counted over and over.
    pub dead_band: f64,
    /// After how many seconds without a match a person's side is forgotten: what happened in a
    /// longer gap nobody saw.
    pub max_gap: f64,
    /// Half the time over which a person's place is averaged, in seconds: boxes jitter, above all
    /// where people hide each other. A crossing is decided so much later. 0 takes places as they are.
    pub smoothing: f64,
    /// Longest time in seconds from the end of one track to the beginning of another that may be the
    /// same person; 0 joins none.
    pub join_gap: f64,
    /// Greatest cosine distance, 0 to 2, of the mean appearances of two tracks of one person.
    pub max_cosine_distance: f64,
    /// How many seconds the path of somebody who comes out of an occlusion is followed back to where
    /// they came from; 0 follows nobody's.
    pub emergence: f64,
    /// For how many seconds feet are taken to be hidden, where a box gets shorter from below at once: they stay
    /// as far below the head as before. 0 takes the box's lower edge for the feet, always.
    pub hidden_feet: f64,
    /// Who comes again.
    #[serde(skip_serializing_if = "VisitorConfig::is_off")]
    pub visitors: VisitorConfig,
    /// Who comes in together.
    #[serde(skip_serializing_if = "GroupConfig::is_off")]
    pub groups: GroupConfig,
}

/// Why a configuration cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("counter.{setting} is {value}; it is {expected}")]
pub struct ConfigError {
    /// The setting's name.
    pub setting: &'static str,
    /// What was given.
    pub value: f64,
    /// What can be used, and the default.
    pub expected: &'static str,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            anchor: Anchor::default(),
            dead_band: 0.1,
            max_gap: 2.0,
            smoothing: 0.3,
            join_gap: 2.0,
            max_cosine_distance: 0.57,
            emergence: 1.0,
            hidden_feet: 5.0,
            visitors: VisitorConfig::default(),
            groups: GroupConfig::default(),
        }
    }
}

/// A configuration's durations, checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) anchor: Anchor,
    pub(crate) dead_band: f64,
    pub(crate) max_gap: Duration,
    pub(crate) smoothing: Duration,
    pub(crate) join_gap: Duration,
    pub(crate) max_cosine_distance: f64,
    pub(crate) emergence: Duration,
    pub(crate) hidden_feet: Duration,
    pub(crate) visitors: Option<VisitorConfig>,
    pub(crate) groups: Option<GroupLimits>,
}

impl Config {
    /// The bare rule, for tracks without a fault: places as they are, tracks as they are, and what
    /// happened in a gap of more than a second is not known. True crossings are derived by it from
    /// ground-truth tracks.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            max_gap: 1.0,
            smoothing: 0.0,
            join_gap: 0.0,
            emergence: 0.0,
            hidden_feet: 0.0,
            ..Self::default()
        }
    }

    pub(crate) fn limits(&self) -> Result<Limits, ConfigError> {
        let seconds = |setting, value, expected| {
            Duration::try_from_secs_f64(value).map_err(|_| ConfigError { setting, value, expected })
        };
        let within = |setting, value: f64, most: f64, expected| {
            let fits = (0.0..=most).contains(&value);
            fits.then_some(value).ok_or(ConfigError { setting, value, expected })
        };
        let &Self {
            anchor,
            dead_band,
            max_gap,
            smoothing,
            join_gap,
            max_cosine_distance,
            emergence,
            hidden_feet,
            visitors,
            groups,
        } = self;
        Ok(Limits {
            anchor,
            dead_band: within(
                "dead_band",
                dead_band,
                f64::MAX,
                "a share of a box's height, 0 or more (0.1)",
            )?,
            max_gap: seconds("max_gap", max_gap, "a number of seconds, 0 or more (2)")?,
            smoothing: seconds("smoothing", smoothing, "a number of seconds, 0 or more (0.3)")?,
            join_gap: seconds("join_gap", join_gap, "a number of seconds, 0 or more (2)")?,
            max_cosine_distance: within(
                "max_cosine_distance",
                max_cosine_distance,
                2.0,
                "a cosine distance, 0 to 2 (0.57)",
            )?,
            emergence: seconds("emergence", emergence, "a number of seconds, 0 or more (1)")?,
            hidden_feet: seconds("hidden_feet", hidden_feet, "a number of seconds, 0 or more (5)")?,
            visitors: visitors.limits()?,
            groups: groups.limits()?,
        })
    }
}
