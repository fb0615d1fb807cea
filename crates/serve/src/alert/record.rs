//! What is told: kept beside the ledger, so that each is told once whatever is restarted.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::config::AlertConfig;
use super::rule::{Judgement, Sight};

/// Of an alert's beginnings and ends so many are kept for receivers that cannot be reached.
const MOST: usize = 500;

/// An alert, of one source or of the place, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertState {
    /// Its name.
    pub alert: String,
    /// The source that it is about; of the place without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
    /// Whether it has begun and is not over.
    pub active: bool,
    /// Since when; `None` where it never was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Timestamp>,
    /// Why, in words for people.
    pub text: String,
}

/// An alert has begun, or is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    /// Rises by one with each: who gets one twice sees it.
    pub(super) number: u64,
    pub(super) at: Timestamp,
    #[serde(flatten)]
    pub(super) state: AlertState,
}

/// What is on, what was told, and to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// All that was ever judged and is still configured.
    states: Vec<AlertState>,
    changes: VecDeque<Change>,
    /// The number of the last change.
    last: u64,
    /// The number of the last change that each receiver has.
    sent: BTreeMap<String, u64>,
}

impl Record {
    /// How every alert is.
    pub(super) fn states(&self) -> &[AlertState] {
        &self.states
    }

    fn state(&self, alert: &str, source: Option<&str>) -> Option<&AlertState> {
        self.states.iter().find(|state| state.alert == alert && state.source.as_deref() == source)
    }

    /// Forgets what is not configured any more. Receivers that are new are told what happens from now on.
    pub(super) fn begin(&mut self, alerts: &[AlertConfig], receivers: &[String]) {
        self.keep(alerts);
        self.sent.retain(|name, _| receivers.contains(name));
        for name in receivers {
            self.sent.entry(name.clone()).or_insert(self.last);
        }
    }

    /// Forgets what is not told any more. Whether there was anything.
    pub(super) fn keep(&mut self, alerts: &[AlertConfig]) -> bool {
        let before = self.states.len();
        self.states.retain(|state| alerts.iter().any(|alert| alert.name == state.alert));
        self.states.len() < before
    }

    /// Takes in what is seen. Whether anything has begun, or is over.
    pub(super) fn judge(&mut self, alerts: &[AlertConfig], sight: &Sight) -> bool {
        let mut has_changed = false;
        for alert in alerts {
            let since = |source: Option<&str>| {
                self.state(&alert.name, source).filter(|state| state.active).and_then(|state| state.since)
            };
            for judgement in alert.judge(sight, since) {
                has_changed |= self.take(&alert.name, judgement, sight.now);
            }
        }
        has_changed
    }

    /// Takes in whether an alert is on. Whether anything has begun, or is over, or was not known.
    pub(super) fn take(&mut self, alert: &str, judgement: Judgement, now: Timestamp) -> bool {
        let Judgement { source, is_on, text } = judgement;
        let was = self.state(alert, source.as_deref());
        let was_on = was.is_some_and(|state| state.active);
        let since = if is_on == was_on { was.and_then(|state| state.since) } else { Some(now) };
        let is_known = was.is_some();
        let text = if is_on == was_on { was.map_or(text.clone(), |state| state.text.clone()) } else { text };
        let state = AlertState { alert: alert.to_owned(), source, active: is_on, since, text };
        let is_this = |other: &&mut AlertState| other.alert == state.alert && other.source == state.source;
        match self.states.iter_mut().find(is_this) {
            Some(place) => place.clone_from(&state),
            None => self.states.push(state.clone()),
        }
        if is_on == was_on {
            return !is_known;
        }
        self.last += 1;
        self.changes.push_back(Change { number: self.last, at: now, state });
        self.forget();
        true
    }

    /// What `receiver` has not been told yet.
    pub(super) fn untold(&self, receiver: &str, alerts: &[AlertConfig]) -> Vec<Change> {
        let sent = self.sent.get(receiver).copied().unwrap_or(self.last);
        let is_for = |change: &&Change| {
            let alert = alerts.iter().find(|alert| alert.name == change.state.alert);
            change.number > sent && alert.is_some_and(|alert| alert.tells(receiver))
        };
        self.changes.iter().filter(is_for).cloned().collect()
    }

    /// `receiver` has all up to this one.
    pub(super) fn told(&mut self, receiver: &str, number: u64) {
        if let Some(sent) = self.sent.get_mut(receiver) {
            *sent = number.max(*sent);
        }
        self.forget();
    }

    /// What everybody has is forgotten, and what is too much.
    fn forget(&mut self) {
        let all_have = self.sent.values().copied().min().unwrap_or(self.last);
        self.changes.retain(|change| change.number > all_have);
        while self.changes.len() > MOST {
            self.changes.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{AlertConfig, MOST, Record, Sight};
    use crate::Opening;

    fn alerts() -> Vec<AlertConfig> {
        let full = serde_json::json!([
            { "name": "full", "when": "occupancy", "above": 2 },
            { "name": "packed", "when": "occupancy", "above": 9, "tell": ["mail"] },
        ]);
        serde_json::from_value(full).unwrap()
    }

    fn sight(inside: u64) -> Sight {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        Sight {
            now,
            began: now,
            opening: Opening::Unknown,
            inside,
            passed: None,
            hour: None,
            sources: Vec::new(),
        }
    }

    fn told(record: &Record, receiver: &str) -> Vec<(u64, String, bool)> {
        let untold = record.untold(receiver, &alerts()).into_iter();
        untold.map(|change| (change.number, change.state.alert, change.state.active)).collect()
    }

    #[test]
    fn each_receiver_gets_each_change_once_over_a_restart() {
        let receivers = ["mail".to_owned(), "office".to_owned()];
        let mut record = Record::default();
        record.begin(&alerts(), &receivers);
        assert!(record.judge(&alerts(), &sight(1)), "the first look shows what there is");
        assert!(!record.judge(&alerts(), &sight(2)));
        assert!(record.judge(&alerts(), &sight(3)));
        assert!(!record.judge(&alerts(), &sight(4)), "it goes on");
        record.judge(&alerts(), &sight(10));
        assert_eq!(told(&record, "office"), [(1, "full".into(), true)], "the other is not for it");
        record.told("office", 1);
        let text = serde_json::to_string(&record).unwrap();
        let mut record: Record = serde_json::from_str(&text).unwrap();
        record.begin(&alerts(), &["mail".into(), "office".into(), "new".into()]);
        assert!(!record.judge(&alerts(), &sight(10)));
        record.judge(&alerts(), &sight(0));
        let over = |number, name: &str| (number, name.to_owned(), false);
        assert_eq!(told(&record, "office"), [over(3, "full")]);
        assert_eq!(told(&record, "new"), [over(3, "full")]);
        let all = told(&record, "mail");
        assert_eq!(all.len(), 4);
        record.told("mail", 4);
        assert_eq!(told(&record, "mail"), []);
    }

    #[test]
    fn what_is_not_told_any_more_is_forgotten_and_the_rest_goes_on() {
        let mut record = Record::default();
        record.begin(&alerts(), &["mail".into()]);
        record.judge(&alerts(), &sight(10));
        let full = alerts()[..1].to_vec();
        assert!(record.keep(&full) && !record.keep(&full));
        let states: Vec<_> =
            record.states().iter().map(|state| (state.alert.as_str(), state.active)).collect();
        assert_eq!(states, [("full", true)]);
        assert!(!record.judge(&full, &sight(10)), "it is not told a second time");
        // Whoever wants it again is told of it anew.
        assert!(record.judge(&alerts(), &sight(10)));
        assert_eq!(told(&record, "mail").last(), Some(&(3, "packed".into(), true)));
    }

    #[test]
    fn a_receiver_that_is_never_there_costs_so_much_and_no_more() {
        let mut record = Record::default();
        record.begin(&alerts(), &["mail".into()]);
        for _ in 0..MOST {
            record.judge(&alerts(), &sight(3));
            record.judge(&alerts(), &sight(0));
        }
        assert_eq!(told(&record, "mail").len(), MOST);
        assert_eq!(told(&record, "mail").last().map(|change| change.0), Some(2 * MOST as u64));
    }
}
