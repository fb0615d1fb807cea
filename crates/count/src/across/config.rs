//! What a user may say about the cameras of one site.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Role;

/// Which cameras see the same people, and how sure it has to be.
///
/// Cameras are named as sources are; `source/line` names one line of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteConfig {
    /// Groups of cameras, or lines, that see the same passages: whoever passes one line passes the others of the group
    /// within a moment, the same way.
    pub overlap: Vec<Vec<String>>,
    /// Groups of cameras, or lines, that are doors of one shop: who comes in at one may leave by another.
    pub doors: Vec<Vec<String>>,
    /// Whether it is found out by times and looks which lines see the same passages.
    pub learn: bool,
    /// Longest time in seconds between the passages of one person over two lines that see the same passages.
    pub within: f64,
    /// For how many hours somebody may be inside.
    pub longest_stay: f64,
    /// How likely, 0 to 1, it has to be that two cameras have seen one passage for it to be counted once.
    /// `scripts/measure cameras` measures what it costs.
    pub probability: f64,
}

/// A camera, as the groups of a [`SiteConfig`] name it.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteCamera {
    /// The source's name.
    pub name: String,
    /// Its lines, and what they are for: only of entrances it is learnt that they see the same passages.
    pub lines: Vec<(String, Role)>,
}

/// Why cameras of one site cannot be joined so.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AcrossError {
    /// A number cannot be used.
    #[error("site.{setting} is {value}; it is {expected}")]
    Number {
        /// The setting's name.
        setting: &'static str,
        /// What was given.
        value: f64,
        /// What can be used, and the default.
        expected: &'static str,
    },
    /// A name is nobody's.
    #[error("site.{setting} names \"{name}\", which is no source and no line of one; there are {known}")]
    Unknown {
        /// The setting's name.
        setting: &'static str,
        /// What was given.
        name: String,
        /// All names, for people.
        known: String,
    },
    /// A group that joins nothing.
    #[error(
        "site.{setting} has a group of fewer than two: name the cameras that belong together, as in {setting} = \
        [[\"left\", \"right\"]]"
    )]
    Alone {
        /// The setting's name.
        setting: &'static str,
    },
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            overlap: Vec::new(),
            doors: Vec::new(),
            learn: false,
            within: 4.0,
            longest_stay: 3.0,
            probability: 0.6,
        }
    }
}

impl SiteConfig {
    /// Whether each camera counts for itself.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.overlap.is_empty() && self.doors.is_empty() && !self.learn
    }

    /// These settings, checked but for the names.
    ///
    /// # Errors
    /// Where a number cannot be used, or a group joins nothing.
    pub fn check(&self) -> Result<(), AcrossError> {
        let number = |setting, value, expected| AcrossError::Number { setting, value, expected };
        if !(self.within > 0.0 && self.within <= 60.0) {
            return Err(number("within", self.within, "a number of seconds, above 0 and up to 60 (4)"));
        }
        if !(self.longest_stay > 0.0 && self.longest_stay <= 48.0) {
            return Err(number(
                "longest_stay",
                self.longest_stay,
                "a number of hours, above 0 and up to 48 (3)",
            ));
        }
        if !(0.5..=1.0).contains(&self.probability) {
            return Err(number("probability", self.probability, "a probability, 0.5 to 1 (0.6)"));
        }
        // One camera with two lines, or doors all of which it sees, may stand alone as doors.
        if self.overlap.iter().any(|group| group.len() < 2) {
            return Err(AcrossError::Alone { setting: "overlap" });
        }
        Ok(())
    }

    pub(super) fn within(&self) -> Duration {
        Duration::from_secs_f64(self.within)
    }
}
