//! What somebody wants to be told of, and when: `[[publish.alert]]`.

use std::collections::BTreeSet;

use footfall_count::Condition;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{PublishConfig, ServeError};

/// An alert: told once when it begins, and once when it is over.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AlertSetting)]
pub struct AlertConfig {
    /// What it is called wherever it is told.
    pub name: String,
    /// What it is about.
    pub when: When,
    /// `occupancy`: it begins with more people inside than this,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<u64>,
    /// and is over with no more than this; without it nine tenths of `above`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<u64>,
    /// `nobody`: minutes in which nobody has passed a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<f64>,
    /// `unusual`: how many times the usual spread an hour's count is away from the usual one; 4 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
    /// `silent`: seconds without a picture; 60 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// `condition`: which one, as `covered`; without it any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub condition: Option<Condition>,
    /// `silent` and `condition`: of this source alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who is told: `mqtt`, `mail`, or a webhook by its name. Without it all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tell: Option<Vec<String>>,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Too many people are inside.
    Occupancy,
    /// Nobody has passed for a while.
    Nobody,
    /// An hour's count is far from that of the same hour in the weeks before.
    Unusual,
    /// Something is wrong with a source's picture.
    Condition,
    /// No pictures come from a source.
    Silent,
}

impl When {
    /// The settings that it has.
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Occupancy => &["above", "below"],
            Self::Nobody => &["minutes"],
            Self::Unusual => &["spread"],
            Self::Condition => &["condition", "source"],
            Self::Silent => &["seconds", "source"],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Occupancy => "occupancy",
            Self::Nobody => "nobody",
            Self::Unusual => "unusual",
            Self::Condition => "condition",
            Self::Silent => "silent",
        }
    }
}

impl AlertConfig {
    /// The settings that are given.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        let given = [
            ("above", self.above.is_some()),
            ("below", self.below.is_some()),
            ("minutes", self.minutes.is_some()),
            ("spread", self.spread.is_some()),
            ("seconds", self.seconds.is_some()),
            ("condition", self.condition.is_some()),
            ("source", self.source.is_some()),
        ];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name)
    }

    fn problem(&self, receivers: &BTreeSet<String>) -> Option<String> {
        if let Some(other) = self.given().find(|setting| !self.when.settings().contains(setting)) {
            return Some(format!("has no {other} when it is about \"{}\"", self.when.name()));
        }
        let is_no_length = |value: Option<f64>| value.is_some_and(|v| !(v.is_finite() && v > 0.0));
        if is_no_length(self.minutes) || is_no_length(self.seconds) || is_no_length(self.spread) {
            return Some("needs a number above 0".into());
        }
        match self.when {
            When::Occupancy if self.above.is_none() => {
                return Some("needs above: more people inside than so many are told of".into());
            }
            When::Nobody if self.minutes.is_none() => {
                return Some("needs minutes: how long nobody has to pass until it is told".into());
            }
            _ => {}
        }
        if self.below > self.above {
            return Some("needs a below that is not greater than above".into());
        }
        let unknown = self.tell.iter().flatten().find(|name| !receivers.contains(*name))?;
        Some(format!("is to be told to \"{unknown}\", of which [publish] knows nothing"))
    }

    /// Whether this receiver is told.
    pub(crate) fn tells(&self, receiver: &str) -> bool {
        self.tell.as_ref().is_none_or(|tell| tell.iter().any(|name| name == receiver))
    }
}

/// Refuses alerts that mean nothing.
pub(crate) fn check(alerts: &[AlertConfig], publish: &PublishConfig) -> Result<(), ServeError> {
    let receivers = publish.names();
    for (index, alert) in alerts.iter().enumerate() {
        let is_taken = alerts[..index].iter().any(|other| other.name == alert.name);
        let problem = if alert.name.trim().is_empty() {
            Some("needs a name".to_owned())
        } else if is_taken {
            Some("is there twice: give each a name of its own".to_owned())
        } else {
            alert.problem(&receivers)
        };
        if let Some(problem) = problem {
            let problem = format!("\"{}\" {problem}", alert.name);
            return Err(ServeError::Setting { setting: "publish.alert", problem });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::check;

    fn problem(alert: &Value) -> String {
        let publish = serde_json::from_value(json!({
            "webhook": [{ "name": "office", "url": "http://office/", "secret": "s" }],
        }));
        let alerts = serde_json::from_value::<Vec<_>>(json!([alert])).unwrap();
        check(&alerts, &publish.unwrap()).map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn a_condition_that_there_is_not_is_refused() {
        let alert = |condition: &str| {
            let lens = json!({ "name": "lens", "when": "condition", "condition": condition });
            serde_json::from_value::<super::AlertConfig>(lens)
        };
        assert!(alert("covered").is_ok());
        assert!(alert("coverd").unwrap_err().to_string().contains("`covered`"), "it would never be told");
    }

    #[test]
    fn each_kind_has_its_own_settings() {
        assert_eq!(problem(&json!({ "name": "full", "when": "occupancy", "above": 80 })), "");
        assert_eq!(
            problem(&json!({ "name": "full", "when": "occupancy", "above": 80, "tell": ["office"] })),
            ""
        );
        let cases = [
            (json!({ "name": " ", "when": "silent" }), "name"),
            (json!({ "name": "full", "when": "occupancy" }), "needs above"),
            (json!({ "name": "full", "when": "occupancy", "above": 8, "below": 9 }), "below"),
            (json!({ "name": "full", "when": "occupancy", "above": 8, "minutes": 9.0 }), "has no minutes"),
            (json!({ "name": "quiet", "when": "nobody" }), "needs minutes"),
            (json!({ "name": "quiet", "when": "nobody", "minutes": 0.0 }), "above 0"),
            (json!({ "name": "dead", "when": "silent", "tell": ["mail"] }), "\"mail\""),
        ];
        for (alert, words) in cases {
            let problem = problem(&alert);
            assert!(problem.contains(words), "{alert}: {problem}");
        }
    }
}
