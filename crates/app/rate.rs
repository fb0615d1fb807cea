//! Whether frames come often enough to count by, and the words for it.

use footfall_config::Config;
use footfall_health::{CountableCheck, RateCheck};
use footfall_pipeline::Inspector;

/// Who looks whether frames come often enough; nobody where that is not wished.
pub(crate) fn check(config: &Config) -> Option<RateCheck> {
    let health = &config.health;
    (health.rate > 0.0).then(|| RateCheck::new(health.rate, health.hold))
}

/// Who looks whether people can be counted, in pictures that are `scale` times as large for the detector; nobody where
/// that is not wished.
pub(crate) fn countable(config: &Config, scale: Option<f64>) -> Option<CountableCheck> {
    let health = &config.health;
    health.countable.then(|| CountableCheck::new(health.rate, health.hold, scale))
}

/// The same for a lane.
pub(crate) fn inspectors(config: &Config, scale: Option<f64>) -> Vec<Box<dyn Inspector>> {
    let rate = check(config).map(|check| Box::new(check) as Box<dyn Inspector>);
    rate.into_iter().chain(countable(config, scale).map(|check| Box::new(check) as _)).collect()
}

/// Whether so many frames a second are too few to count by. Rates are rounded.
pub(crate) fn is_too_low(rate: f64, config: &Config) -> bool {
    rate < 0.99 * config.health.rate
}

/// Says at the start that what is called `name` has too few frames a second, if it has.
pub(crate) fn warn_of(name: &str, rate: Option<f64>, config: &Config) {
    if let Some(rate) = rate.filter(|rate| is_too_low(*rate, config)) {
        tracing::warn!("{name} has {}", too_few(rate, config.health.rate));
    }
}

/// `1 frame a second, too few to count by: ...`.
pub(crate) fn too_few(rate: f64, least: f64) -> String {
    format!(
        "{}, too few to count by: people are lost from one frame to the next. At least {} are needed (health.rate)",
        frames(rate),
        rounded(least),
    )
}

/// Under counts of a time in which frames came too seldom.
pub(crate) fn beside_counts(time: &str, least: f64) -> String {
    format!(
        "too few frames to count by for {time}, fewer than {} a second: these counts are not to be relied on",
        rounded(least)
    )
}

fn frames(rate: f64) -> String {
    let rate = rounded(rate);
    if rate == "1" { "1 frame a second".to_owned() } else { format!("{rate} frames a second") }
}

/// With as many decimals as it takes, two at most.
pub(crate) fn rounded(rate: f64) -> String {
    let text = format!("{rate:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {

    use footfall_config::Config;

    use super::{frames, is_too_low};

    #[test]
    fn rates_read_well() {
        assert_eq!(frames(1.0), "1 frame a second");
        assert_eq!(frames(29.97), "29.97 frames a second");
        assert_eq!(frames(0.5), "0.5 frames a second");
        assert_eq!(frames(10.0), "10 frames a second");
    }

    #[test]
    fn a_rate_at_the_limit_is_high_enough_and_without_a_limit_any_is() {
        let mut config = Config::default();
        let least = config.health.rate;
        assert!(!is_too_low(least, &config) && is_too_low(0.9 * least, &config));
        config.health.rate = 0.0;
        assert!(!is_too_low(0.001, &config));
    }
}
