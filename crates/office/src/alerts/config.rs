//! What somebody wants to be told of shops: `[[alert]]` of the office.

use footfall_serve::{AlertConfig, ServeError};
use serde::Deserialize;

/// An alert about each shop, or about one: told once when it begins, and once when it is over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopAlert {
    /// What it is called wherever it is told.
    pub name: String,
    /// What it is about.
    pub when: When,
    /// How many minutes it has to last until it is told; 10 without it, and for `occupancy` none.
    #[serde(default)]
    pub minutes: Option<f64>,
    /// `occupancy`: it begins with more people inside than this,
    #[serde(default)]
    pub above: Option<u64>,
    /// and is over with no more than this; without it nine tenths of `above`.
    #[serde(default)]
    pub below: Option<u64>,
    /// `condition`: which one, as `covered`; without it any.
    #[serde(default)]
    pub condition: Option<String>,
    /// Of this shop alone.
    #[serde(default)]
    pub shop: Option<String>,
    /// Who is told: `mail`, or a webhook by its name. Without it all of them.
    #[serde(default)]
    pub tell: Option<Vec<String>>,
}

/// What an alert about shops is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Nothing is heard of a shop.
    Silent,
    /// Something is wrong with a camera's picture.
    Condition,
    /// Too many people are inside, as far as today's crossings say.
    Occupancy,
    /// Entries are missing, and do not come.
    Gap,
}

impl ShopAlert {
    /// What is told of it, in the terms of a shop's own alerts.
    pub(crate) fn told(&self) -> AlertConfig {
        AlertConfig {
            name: self.name.clone(),
            when: footfall_serve::When::Silent,
            above: None,
            below: None,
            minutes: None,
            spread: None,
            seconds: None,
            condition: None,
            source: None,
            tell: self.tell.clone(),
        }
    }

    fn problem(&self) -> Option<&'static str> {
        if self.minutes.is_some_and(|minutes| !(minutes.is_finite() && minutes > 0.0)) {
            return Some("needs minutes above 0");
        }
        let has_limits = self.above.is_some() || self.below.is_some();
        match self.when {
            When::Occupancy if self.above.is_none() => Some("needs above: more people inside than so many"),
            When::Occupancy if self.minutes.is_some() => Some("has no minutes when it is about occupancy"),
            When::Occupancy if self.below > self.above => {
                Some("needs a below that is not greater than above")
            }
            When::Silent | When::Condition | When::Gap if has_limits => {
                Some("has above and below only when it is about occupancy")
            }
            When::Silent | When::Occupancy | When::Gap if self.condition.is_some() => {
                Some("has a condition only when it is about one")
            }
            _ => None,
        }
    }
}

/// Refuses alerts that mean nothing.
pub(crate) fn check(alerts: &[ShopAlert]) -> Result<(), ServeError> {
    match alerts.iter().find_map(|alert| Some((alert, alert.problem()?))) {
        Some((alert, problem)) => {
            let problem = format!("\"{}\" {problem}", alert.name);
            Err(ServeError::Setting { setting: "alert", problem })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::OfficeConfig;

    #[test]
    fn each_kind_has_its_own_settings() {
        let said = |text: &str| {
            let config = OfficeConfig::parse(&format!("[[alert]]\nname = 'a'\n{text}")).unwrap();
            check(&config.alerts).map_or_else(|error| error.to_string(), |()| String::new())
        };
        for (text, words) in [
            ("when = 'silent'", ""),
            ("when = 'silent'\nminutes = 5\nshop = 'berlin'", ""),
            ("when = 'occupancy'\nabove = 50\nbelow = 40", ""),
            ("when = 'condition'\ncondition = 'covered'", ""),
            ("when = 'occupancy'", "needs above"),
            ("when = 'occupancy'\nabove = 4\nbelow = 5", "below"),
            ("when = 'occupancy'\nabove = 4\nminutes = 5", "no minutes"),
            ("when = 'gap'\nabove = 4", "only when it is about occupancy"),
            ("when = 'gap'\ncondition = 'dark'", "only when it is about one"),
            ("when = 'gap'\nminutes = 0", "above 0"),
        ] {
            let said = said(text);
            assert!(said.contains(words) && said.is_empty() == words.is_empty(), "{text}: {said}");
        }
    }
}
