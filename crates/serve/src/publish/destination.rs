//! Who is to be told, and where they are: for whoever wants to know beforehand whether they can be.

use footfall_private::Secret;

use super::config::{MqttConfig, NatsConfig, OfficeConfig, PublishConfig, endpoint, endpoint_of_mail};

/// Somebody who is told of crossings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// As the log and the page call them.
    pub name: String,
    /// Host and port; or what is missing.
    pub place: Result<(String, u16), String>,
}

impl PublishConfig {
    /// Each of them, if their secret is there.
    #[must_use]
    pub fn destinations(&self) -> Vec<Destination> {
        let broker =
            |name: &str, place: Result<(String, u16, bool), crate::ServeError>, secret: Option<&Secret>| {
                let place = place.map(|(host, port, _)| (host, port)).map_err(|error| error.to_string());
                Destination { name: name.to_owned(), place: with(secret, place) }
            };
        let mqtt = self.mqtt.iter().map(|mqtt| {
            let place = endpoint("publish.mqtt.url", &mqtt.url, MqttConfig::SCHEMES);
            broker("mqtt", place, mqtt.password.as_ref())
        });
        let nats = self.nats.iter().map(|nats| {
            let place = endpoint("publish.nats.url", &nats.url, NatsConfig::SCHEMES);
            broker("nats", place, nats.password.as_ref())
        });
        let office = self.office.iter().map(|office| {
            let place = endpoint("publish.office.url", &office.url, OfficeConfig::SCHEMES);
            broker("office", place, office.key.as_ref().or(office.password.as_ref()))
        });
        let webhooks = self.webhooks.iter().map(|hook| {
            let uri = hook.url.reveal().parse::<axum::http::Uri>().ok();
            let place = uri.as_ref().and_then(|uri| {
                let port = if uri.scheme_str() == Some("https") { 443 } else { 80 };
                Some((uri.host()?.trim_matches(['[', ']']).to_owned(), uri.port_u16().unwrap_or(port)))
            });
            let place = place.ok_or_else(|| "its url is no address".to_owned());
            Destination { name: format!("webhook {}", hook.name), place: with(Some(&hook.secret), place) }
        });
        let mail = self.mail.iter().map(|mail| {
            let place = endpoint_of_mail(&mail.url);
            broker("mail", place, mail.password.as_ref())
        });
        mqtt.chain(nats).chain(office).chain(webhooks).chain(mail).collect()
    }
}

/// The place, unless the secret is missing.
fn with<T>(secret: Option<&Secret>, place: Result<T, String>) -> Result<T, String> {
    secret.map_or(Ok(()), |secret| secret.reveal().map(drop)).and(place)
}

#[cfg(test)]
mod tests {
    use super::PublishConfig;

    #[test]
    fn each_has_a_place_and_a_missing_secret_is_told() {
        let config: PublishConfig = serde_json::from_value(serde_json::json!({
            "mqtt": { "url": "mqtt://broker" },
            "nats": { "url": "nats://[::1]:4333" },
            "webhook": [
                { "name": "till", "url": "http://till:8080/a", "secret": { "env": "NO_SUCH_SECRET" } },
                { "name": "office", "url": "https://office/a", "secret": "s" },
            ],
            "mail": { "url": "smtps://post", "from": "a@b.c", "to": ["d@e.f"] },
        }))
        .unwrap();
        let found: Vec<_> = config.destinations().into_iter().map(|one| (one.name, one.place)).collect();
        assert_eq!(found[0], ("mqtt".into(), Ok(("broker".into(), 1883))));
        assert_eq!(found[1], ("nats".into(), Ok(("::1".into(), 4333))));
        assert!(found[2].1.as_ref().unwrap_err().contains("NO_SUCH_SECRET"), "{found:?}");
        assert_eq!(found[3], ("webhook office".into(), Ok(("office".into(), 443))));
        assert_eq!(found[4], ("mail".into(), Ok(("post".into(), 465))));
    }
}
