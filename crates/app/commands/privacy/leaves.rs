//! What leaves the machine.

use footfall_config::Config;

/// A line for each receiver.
pub(super) fn of(config: &Config) -> Vec<String> {
    let publish = &config.publish;
    let what = "each crossing: time, source, line, direction, numbers of track and frame; counts and alerts";
    let mut lines = Vec::new();
    if let Some(mqtt) = &publish.mqtt {
        lines.push(format!("to {} (MQTT), {what}", mqtt.url));
    }
    for webhook in &publish.webhooks {
        lines.push(format!("to {} (webhook {}), {what}", webhook.url, webhook.name));
    }
    if let Some(nats) = &publish.nats {
        lines.push(format!("to {} (NATS), {what}", nats.url));
    }
    if let Some(office) = &publish.office {
        let edited = if office.edited_by.is_some() {
            "; which lines, zones and thresholds are in force, which whoever has the office's key edits from there"
        } else {
            ""
        };
        lines.push(format!(
            "to {} (head office), all that the ledger holds: crossings, visits, groups, conditions, uncounted time, runs; of \
             staff that somebody who works there passed, without a name{edited}",
            office.url
        ));
    }
    if let Some(mail) = &publish.mail {
        lines.push(format!("to {} by {} (mail), alerts: words and numbers", mail.to.join(", "), mail.url));
    }
    if lines.is_empty() {
        lines.push("nothing".to_owned());
    }
    lines
}
