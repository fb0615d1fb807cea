//! Which people are taken to have come together.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// Whether and how those who come in together are told from those who come in one after the other. `scripts/measure
/// groups` measures what the settings are worth.
///
/// Two came together if `(seconds / apart)^2 + (heights / distance)^2 + (change / drift)^2` is at most 1: by how many
/// seconds one came in after the other, how far they were from each other on their way, and how much the way from one
/// to the other changed, in heights of a person. Those who walk together keep their places; strangers fall behind,
/// overtake, and come to a door from two sides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupConfig {
    /// Whether anybody is told to have come with others.
    pub enabled: bool,
    /// Most seconds from one's coming in to the other's.
    pub apart: f64,
    /// Greatest distance on the way, in heights of a person where they are: the root of the mean square over the
    /// seconds in which both were seen.
    pub distance: f64,
    /// Greatest change of the way from one to the other, likewise: its standard deviation.
    pub drift: f64,
}

impl GroupConfig {
    /// Whether nobody is told to have come with others.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    pub fn is_off(&self) -> bool {
        !self.enabled
    }

    pub(crate) fn limits(self) -> Result<Option<GroupLimits>, ConfigError> {
        let within = |setting, value: f64, most: f64, expected| {
            let fits = value > 0.0 && value <= most;
            fits.then_some(value).ok_or(ConfigError { setting, value, expected })
        };
        let seconds = "a number of seconds above 0, 10 at most (2)";
        let apart = within("groups.apart", self.apart, 10.0, seconds)?;
        let heights = "a number of heights of a person above 0, 10 at most (1.1)";
        let heights_of_drift = "a number of heights of a person above 0, 10 at most (0.45)";
        let distance = within("groups.distance", self.distance, 10.0, heights)?;
        let drift = within("groups.drift", self.drift, 10.0, heights_of_drift)?;
        let limits = GroupLimits { apart: Duration::from_secs_f64(apart), distance, drift };
        Ok(self.enabled.then_some(limits))
    }
}

impl Default for GroupConfig {
    fn default() -> Self {
        Self { enabled: false, apart: 2.0, distance: 1.1, drift: 0.45 }
    }
}

/// A configuration's numbers, checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupLimits {
    pub(crate) apart: Duration,
    pub(crate) distance: f64,
    pub(crate) drift: f64,
}
