//! When an alert about a shop begins, and when it is over: by what is seen, and by whether it has begun.

use footfall_serve::{AlertState, Judged};
use serde::Deserialize;

use super::config::{ShopAlert, When};

/// Minutes that something has to last where nothing is said.
const LASTS: f64 = 10.0;

/// What is seen of a shop at one moment.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Sight {
    pub(super) shop: String,
    /// For how many seconds nothing has been heard of it.
    pub(super) silence: f64,
    /// People inside, as far as today's crossings say.
    pub(super) inside: u64,
    /// For how many seconds entries have been missing, if any are.
    pub(super) missing: Option<f64>,
    pub(super) conditions: Vec<Condition>,
}

/// What is wrong with a source's picture.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Condition {
    pub(super) source: String,
    #[serde(rename = "condition")]
    pub(super) kind: String,
    /// For how long.
    pub(super) seconds: f64,
}

/// Judges every shop by every alert. `states` says what is on.
pub(super) fn judge(alerts: &[ShopAlert], sights: &[Sight], states: &[AlertState]) -> Vec<Judged> {
    let mut judged = Vec::new();
    for alert in alerts {
        for sight in sights.iter().filter(|sight| alert.shop.as_ref().is_none_or(|only| *only == sight.shop))
        {
            let is_this =
                |state: &AlertState| state.alert == alert.name && state.source.as_ref() == Some(&sight.shop);
            let was_on = states.iter().any(|state| is_this(state) && state.active);
            let (active, text) = alert.judge(sight, was_on);
            judged.push(Judged { alert: alert.name.clone(), source: Some(sight.shop.clone()), active, text });
        }
    }
    judged
}

impl ShopAlert {
    fn judge(&self, sight: &Sight, was_on: bool) -> (bool, String) {
        let shop = &sight.shop;
        let lasts = 60.0 * self.minutes.unwrap_or(LASTS);
        let minutes = lasts / 60.0;
        match self.when {
            When::Silent if sight.silence >= lasts => {
                (true, format!("nothing has been heard of {shop} for {minutes} minutes"))
            }
            When::Silent => (false, format!("{shop} is heard of again")),
            When::Occupancy => self.occupancy(sight, was_on),
            When::Gap => match sight.missing {
                Some(seconds) if seconds >= lasts => {
                    (true, format!("entries of {shop} have been missing for more than {minutes} minutes"))
                }
                Some(_) if was_on => (true, format!("entries of {shop} are missing")),
                _ => (false, format!("nothing of {shop} is missing any more")),
            },
            When::Condition => self.condition(sight, lasts, was_on),
        }
    }

    fn occupancy(&self, sight: &Sight, was_on: bool) -> (bool, String) {
        let above = self.above.unwrap_or(u64::MAX);
        let below = self.below.unwrap_or(above / 10 * 9 + above % 10 * 9 / 10);
        let Sight { shop, inside, .. } = sight;
        if *inside > if was_on { below } else { above } {
            return (true, format!("{inside} people are inside {shop}, more than {above}"));
        }
        (false, format!("{inside} people are inside {shop}, no more than {below}"))
    }

    /// A shop that is silent says nothing that would end it.
    fn condition(&self, sight: &Sight, lasts: f64, was_on: bool) -> (bool, String) {
        let is_meant = |found: &&Condition| {
            let of_kind = self.condition.as_ref().is_none_or(|only| *only == found.kind);
            of_kind && (was_on || found.seconds >= lasts)
        };
        let found: Vec<_> = sight
            .conditions
            .iter()
            .filter(is_meant)
            .map(|found| format!("{} is {}", found.source, found.kind.replace('_', " ")))
            .collect();
        let shop = &sight.shop;
        if found.is_empty() {
            return (false, format!("{shop}: all cameras see what they should"));
        }
        (true, format!("{shop}: {}", found.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, ShopAlert, Sight, judge};
    use crate::OfficeConfig;

    fn alert(text: &str) -> Vec<ShopAlert> {
        OfficeConfig::parse(&format!("[[alert]]\nname = 'a'\n{text}")).unwrap().alerts
    }

    fn berlin() -> Sight {
        Sight { shop: "berlin".into(), ..Sight::default() }
    }

    /// Whether it is on, one sight after the other.
    fn over(alerts: &[ShopAlert], sights: &[Sight]) -> Vec<bool> {
        let mut states = Vec::new();
        let look = |sight: &Sight| {
            let judged = judge(alerts, std::slice::from_ref(sight), &states);
            let state = |one: &footfall_serve::Judged| footfall_serve::AlertState {
                alert: one.alert.clone(),
                source: one.source.clone(),
                active: one.active,
                since: None,
                text: one.text.clone(),
            };
            states = judged.iter().map(state).collect();
            judged[0].active
        };
        sights.iter().map(look).collect()
    }

    #[test]
    fn a_shop_that_is_silent_is_told_of_until_it_is_heard_again() {
        let silent = |seconds: f64| Sight { silence: seconds, ..berlin() };
        let sights = [silent(5.0), silent(299.0), silent(300.0), silent(9e9), silent(3.0)];
        assert_eq!(over(&alert("when = 'silent'\nminutes = 5"), &sights), [false, false, true, true, false]);
        assert_eq!(judge(&alert("when = 'silent'\nshop = 'aachen'"), &sights, &[]), []);
    }

    #[test]
    fn a_full_shop_is_told_of_until_there_is_room() {
        let inside = |inside: u64| Sight { inside, ..berlin() };
        let sights = [inside(50), inside(51), inside(48), inside(45), inside(48)];
        assert_eq!(
            over(&alert("when = 'occupancy'\nabove = 50"), &sights),
            [false, true, true, false, false]
        );
    }

    #[test]
    fn what_is_missing_is_told_of_once_it_has_not_come_for_a_while() {
        let missing = |missing: Option<f64>| Sight { missing, ..berlin() };
        // A gap that is filled in part goes on.
        let sights = [missing(Some(10.0)), missing(Some(600.0)), missing(Some(1.0)), missing(None)];
        assert_eq!(over(&alert("when = 'gap'"), &sights), [false, true, true, false]);
    }

    #[test]
    fn a_covered_camera_is_told_of_with_its_name() {
        let has = |condition: &str, seconds: f64| Sight {
            conditions: vec![Condition { source: "Door".into(), kind: condition.into(), seconds }],
            ..berlin()
        };
        let covered = alert("when = 'condition'\ncondition = 'covered'\nminutes = 1");
        let sights = [has("dark", 99.0), has("covered", 9.0), has("covered", 60.0), berlin()];
        assert_eq!(over(&covered, &sights), [false, false, true, false]);
        let any = judge(&alert("when = 'condition'"), &[has("too_few_frames", 600.0)], &[]);
        assert_eq!((any[0].active, any[0].text.as_str()), (true, "berlin: Door is too few frames"));
    }
}
