//! What can be set about the check.

use serde::{Deserialize, Serialize};

/// When a picture counts as unfit. Grey levels are from 0 to 255.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckConfig {
    /// Whether live pictures are checked.
    pub enabled: bool,
    /// Seconds between two looks.
    pub every: f64,
    /// Seconds for which a condition must last until it is raised, and be away until it is over.
    pub hold: f64,
    /// Dark: mean grey level below this.
    pub dark: f64,
    /// Covered: share of the texture that is gone, of what the reference has.
    pub covered: f64,
    /// Blurred: the picture's detail, as a share of the reference's.
    pub blurred: f64,
    /// Frozen: seconds in which no pixel has changed.
    pub frozen: f64,
    /// Moved: shift of the picture against the reference, as a share of its width.
    pub moved: f64,
    /// Low rate: fewer processed frames a second than this, of any source; 0 never is. `scores/rates.md` has what
    /// is counted at which rate.
    pub rate: f64,
    /// Whether time is told, of any source, in which people are too small, or cannot be followed.
    pub countable: bool,
}

/// A value that means nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("health.{field} is {value}: expected {expected}")]
pub struct ConfigError {
    /// The setting.
    pub field: &'static str,
    /// What it was.
    pub value: f64,
    /// What it may be.
    pub expected: &'static str,
}

impl Default for CheckConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            every: 1.0,
            hold: 5.0,
            dark: 20.0,
            covered: 0.7,
            blurred: 0.4,
            frozen: 20.0,
            moved: 0.03,
            rate: 4.0,
            countable: true,
        }
    }
}

impl CheckConfig {
    /// Checks each setting's range.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let seconds = (86_400.0, "a number of seconds from 0 to 86400");
        let share = (1.0, "a share from 0 to 1");
        let level = (255.0, "a grey level from 0 to 255");
        let settings = [
            ("every", self.every, seconds),
            ("hold", self.hold, seconds),
            ("dark", self.dark, level),
            ("covered", self.covered, share),
            ("blurred", self.blurred, share),
            ("frozen", self.frozen, seconds),
            ("moved", self.moved, share),
            ("rate", self.rate, (1000.0, "a number of frames a second from 0 to 1000")),
        ];
        let wrong = settings.into_iter().find(|(_, value, (most, _))| !(0.0..=*most).contains(value));
        wrong.map_or(Ok(()), |(field, value, (_, expected))| Err(ConfigError { field, value, expected }))
    }
}
