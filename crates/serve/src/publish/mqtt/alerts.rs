//! Alerts as retained states, and as binary sensors of Home Assistant.

use std::collections::BTreeMap;

use serde_json::json;

use super::discovery::device;
use crate::AlertState;
use crate::names::id;

/// Retained messages by topic.
type Messages = BTreeMap<String, Vec<u8>>;

/// `PREFIX/alert/NAME`, of a source's alert `PREFIX/alert/NAME/SOURCE`.
fn topic(prefix: &str, alert: &AlertState) -> String {
    let source = alert.source.as_ref().map(|source| format!("/{}", id(source))).unwrap_or_default();
    format!("{prefix}/alert/{}{source}", id(&alert.alert))
}

/// The state of each.
pub(super) fn states(prefix: &str, alerts: &[&AlertState]) -> Messages {
    let state = |alert: &&AlertState| {
        let state = json!({ "active": alert.active, "since": alert.since, "text": alert.text });
        (topic(prefix, alert), state.to_string().into_bytes())
    };
    alerts.iter().map(state).collect()
}

/// Discovery messages: each is a problem, or none.
pub(super) fn messages(prefix: &str, discovery: &str, alerts: &[&AlertState]) -> Messages {
    let node = id(prefix);
    let message = |alert: &&AlertState| {
        let source = alert.source.as_ref().map(|source| format!("_{}", id(source))).unwrap_or_default();
        let key = format!("alert_{}{source}", id(&alert.alert));
        let name = match &alert.source {
            Some(source) => format!("{} ({source})", alert.alert),
            None => alert.alert.clone(),
        };
        let config = json!({
            "name": name,
            "unique_id": format!("{node}_{key}"),
            "object_id": format!("{node}_{key}"),
            "state_topic": topic(prefix, alert),
            "value_template": "{{ 'ON' if value_json['active'] else 'OFF' }}",
            "json_attributes_topic": topic(prefix, alert),
            "device_class": "problem",
            "availability_topic": format!("{prefix}/status"),
            "device": device(&node),
        });
        (format!("{discovery}/binary_sensor/{node}/{key}/config"), config.to_string().into_bytes())
    };
    alerts.iter().map(message).collect()
}
