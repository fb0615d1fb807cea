//! Who comes again: visitors told apart by how they look.

pub(crate) mod cohort;
mod estimate;
pub(crate) mod likeness;
mod memory;
mod window;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ConfigError;

pub use estimate::{Estimate, Range};
pub use likeness::Calibration;
pub use memory::VisitorsMemory;
pub use window::{Arrival, Visitors};

/// Whether and how those who come again are told from new visitors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VisitorConfig {
    /// For how many hours after they came in somebody is known again; 0 knows nobody.
    pub window: f64,
    /// How likely, 0 to 1, it has to be that who comes in is a certain one of those who came before, for them to be
    /// taken for that one. `scripts/measure visitors` measures what it costs.
    pub probability: f64,
    /// Greatest cosine distance, 0 to 2, of the mean appearances of one visitor: whoever is further away is
    /// nobody of the window, however few there are.
    pub max_cosine_distance: f64,
    /// Whose distances these are.
    #[serde(skip_serializing_if = "Calibration::is_default")]
    pub calibration: Calibration,
}

impl VisitorConfig {
    /// Whether nobody is to be known again.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.window <= 0.0
    }

    /// These settings, checked; none where nobody is to be known again.
    pub(crate) fn limits(self) -> Result<Option<Self>, ConfigError> {
        let wrong = |setting, value, expected| ConfigError { setting, value, expected };
        let hours = "a number of hours, 0 or more; 0 knows nobody again (0)";
        let Self { window, probability, max_cosine_distance, .. } = self;
        Duration::try_from_secs_f64(3600.0 * window).map_err(|_| wrong("visitors.window", window, hours))?;
        if !(0.0..=1.0).contains(&probability) {
            return Err(wrong("visitors.probability", probability, "a probability, 0 to 1 (0.5)"));
        }
        if !(0.0..=2.0).contains(&max_cosine_distance) {
            let distance = "a cosine distance, 0 to 2 (0.5)";
            return Err(wrong("visitors.max_cosine_distance", max_cosine_distance, distance));
        }
        Ok(Some(self).filter(|settings| !settings.is_off()))
    }
}

impl Default for VisitorConfig {
    fn default() -> Self {
        Self { window: 0.0, probability: 0.5, max_cosine_distance: 0.5, calibration: Calibration::default() }
    }
}

/// Who came in, as far as their looks tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visitor {
    /// Nothing is known of how they look; they count as a visitor.
    Unknown,
    /// Somebody who can be known again.
    Known {
        /// Which visitor, from 1 in the order of their first coming.
        number: u64,
        /// Which of their comings within the window, from 1: above it, they come again.
        coming: u64,
    },
}

impl Visitor {
    /// Which visitor, from 1, if they can be known again.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match *self {
            Self::Unknown => None,
            Self::Known { number, .. } => Some(number),
        }
    }

    /// Which of their comings it is, from 1: who comes for the first time adds to the number of different
    /// visitors.
    #[must_use]
    pub fn coming(&self) -> u64 {
        match *self {
            Self::Unknown => 1,
            Self::Known { coming, .. } => coming,
        }
    }
}

/// Sums that are kept beside each other, as a processor's lanes can.
const LANES: usize = 8;

/// Of two vectors of unit length; of two lengths, infinite: they are of two embedders.
pub(crate) fn cosine_distance(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    let (whole, rest) = (a.chunks_exact(LANES).zip(b.chunks_exact(LANES)), a.len() / LANES * LANES);
    let mut sums = [0.0_f64; LANES];
    for (a, b) in whole {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += f64::from(*a) * f64::from(*b));
    }
    let rest: f64 = a[rest..].iter().zip(&b[rest..]).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    1.0 - sums.iter().sum::<f64>() - rest
}

#[cfg(test)]
mod tests;
