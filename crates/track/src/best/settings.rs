//! What preset `best` goes by, derived from a configuration.

use super::config::BestConfig;
use crate::Config;

/// All that it goes by. There is one way to derive it, at the beginning and whenever settings change.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) best: BestConfig,
    pub(crate) frame_rate: f64,
    /// Cosine distance at which appearance says nothing.
    pub(crate) neutral_distance: f64,
}

impl Settings {
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            best: config.best.clone(),
            frame_rate: config.frame_rate,
            neutral_distance: NEUTRAL * f64::from(config.max_cosine_distance),
        }
    }
}

/// The distance that speaks neither for nor against a pair, in units of `max_cosine_distance`. That one is where
/// one in a thousand different people of a camera are taken for one, which is stricter than an even balance of
/// errors. Tracks on footage hardly depend on it between 1.0 and 1.7.
const NEUTRAL: f64 = 1.6;

#[cfg(test)]
mod tests {
    use super::NEUTRAL;

    #[test]
    fn what_the_setting_says_of_the_neutral_distance_is_so() {
        let told = format!("{NEUTRAL} times this distance");
        assert!(include_str!("../config.rs").contains(&told), "{told}");
    }
}
