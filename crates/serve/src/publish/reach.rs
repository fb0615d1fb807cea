//! Whether those who are to be told can be reached: asked before anybody counts, without telling them anything.

use std::io::ErrorKind;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use super::config::{MqttConfig, NatsConfig, PublishConfig, endpoint};
use crate::secret::Secret;

/// How long each of them may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Somebody who is to be told, and how they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// As the log and the page call them.
    pub name: String,
    /// Where they answer; or why they could not be told anything now.
    pub found: Result<String, String>,
}

impl PublishConfig {
    /// Tries to connect to each of them. Whether they would take a password and what is sent is not tried.
    #[must_use]
    pub fn reach(&self) -> Vec<Reached> {
        let mqtt = self.mqtt.iter().map(|mqtt| {
            let place = endpoint("publish.mqtt.url", &mqtt.url, MqttConfig::SCHEMES)
                .map(|(host, port, _)| (host, port));
            reached("mqtt", place.map_err(|error| error.to_string()), mqtt.password.as_ref())
        });
        let nats = self.nats.iter().map(|nats| {
            let place = endpoint("publish.nats.url", &nats.url, NatsConfig::SCHEMES)
                .map(|(host, port, _)| (host, port));
            reached("nats", place.map_err(|error| error.to_string()), nats.password.as_ref())
        });
        let webhooks = self.webhooks.iter().map(|hook| {
            let uri = hook.url.reveal().parse::<axum::http::Uri>().ok();
            let place = uri.as_ref().and_then(|uri| {
                let port = if uri.scheme_str() == Some("https") { 443 } else { 80 };
                Some((uri.host()?.trim_matches(['[', ']']).to_owned(), uri.port_u16().unwrap_or(port)))
            });
            let place = place.ok_or_else(|| "its url is no address".to_owned());
            reached(&format!("webhook {}", hook.name), place, Some(&hook.secret))
        });
        mqtt.chain(nats).chain(webhooks).collect()
    }
}

fn reached(name: &str, place: Result<(String, u16), String>, secret: Option<&Secret>) -> Reached {
    let found = secret.map_or(Ok(()), |secret| secret.reveal().map(drop)).and(place);
    Reached { name: name.to_owned(), found: found.and_then(|(host, port)| connect(&host, port)) }
}

fn connect(host: &str, port: u16) -> Result<String, String> {
    let Ok(addresses) = (host, port).to_socket_addrs() else {
        return Err(format!("there is no machine {host}: the name is not known here"));
    };
    let mut why = format!("{host}:{port} does not answer");
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Ok(format!("{host}:{port} answers")),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                why = format!("nothing listens at {host}:{port}");
            }
            Err(_) => {}
        }
    }
    Err(why)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::{PublishConfig, Reached};

    #[test]
    fn each_is_tried_and_its_secret_is_looked_for() {
        let broker = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = broker.local_addr().unwrap().port();
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config: PublishConfig = serde_json::from_value(serde_json::json!({
            "mqtt": { "url": format!("mqtt://127.0.0.1:{port}") },
            "nats": { "url": format!("nats://127.0.0.1:{gone}") },
            "webhook": [
                { "name": "till", "url": format!("http://127.0.0.1:{port}/a"), "secret": { "env": "NO_SUCH_SECRET" } },
                { "name": "office", "url": "https://no-such-host.invalid/a", "secret": "s" },
            ],
        }))
        .unwrap();
        let found: Vec<_> = config.reach().into_iter().map(|Reached { name, found }| (name, found)).collect();
        assert_eq!(found[0], ("mqtt".into(), Ok(format!("127.0.0.1:{port} answers"))));
        assert_eq!(found[1], ("nats".into(), Err(format!("nothing listens at 127.0.0.1:{gone}"))));
        assert!(found[2].1.as_ref().unwrap_err().contains("NO_SUCH_SECRET"), "{found:?}");
        assert!(found[3].1.as_ref().unwrap_err().contains("no machine no-such-host.invalid"), "{found:?}");
    }
}
