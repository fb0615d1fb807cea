//! Webhooks: crossings by HTTP POST, signed so that the receiver knows whom they are from.

use std::time::Duration;

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use tokio::task::spawn_blocking;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::config::WebhookConfig;
use super::message::Message;
use super::reading::Reading;
use super::receiver::{Receiver, Sent, Verdict};
use super::tls;
use crate::hex::hex;
use crate::{Entry, PortError, ServeError};
use footfall_private::Secret;

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// An address that takes crossings and alerts.
#[derive(Clone)]
pub(crate) struct Webhook {
    url: String,
    secret: Secret,
    agent: Agent,
}

impl Webhook {
    pub(crate) fn new(config: &WebhookConfig) -> Result<Self, ServeError> {
        config.check()?;
        let roots = tls::trusted().into_iter().map(|der| Certificate::from_der(&der).to_owned());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(tls::provider())
            .root_certs(RootCerts::from(roots))
            .build();
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("footfall/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build();
        Ok(Self { url: config.url.reveal().to_owned(), secret: config.secret.clone(), agent: agent.into() })
    }

    /// Posts these in one request; it takes all of them or none.
    async fn post(&self, entries: &[Entry]) -> Result<Verdict, PortError> {
        let (hook, body) = (self.clone(), body(entries));
        spawn_blocking(move || hook.post_now(&body)).await?
    }

    /// Posts `body`, signed, and waits for the answer.
    pub(crate) fn post_now(&self, body: &[u8]) -> Result<Verdict, PortError> {
        let signature = signature(&self.secret.reveal()?, Timestamp::now(), body)?;
        verdict(post(&self.agent, &self.url, &signature, body)?)
    }
}

impl Receiver for Webhook {
    async fn connect(&mut self, _: &Reading) -> Result<bool, PortError> {
        Ok(false)
    }

    /// What is refused as a whole is halved until it is known which of them it is. Where not even the first
    /// is taken, the others are not tried: it may be about none of them.
    async fn send(&mut self, entries: &[Entry]) -> Sent {
        let mut sent = Sent::default();
        let mut open = vec![entries];
        while let Some(some) = open.pop() {
            match self.post(some).await {
                Ok(Verdict::Refused(_)) if some.len() > 1 => {
                    let (first, second) = some.split_at(some.len() / 2);
                    open.extend([second, first]);
                }
                Ok(verdict) => {
                    let is_hopeless = verdict != Verdict::Taken && !sent.verdicts.contains(&Verdict::Taken);
                    sent.verdicts.extend(vec![verdict; some.len()]);
                    if is_hopeless {
                        break;
                    }
                }
                Err(error) => {
                    sent.lost = Some(error.into());
                    break;
                }
            }
        }
        sent
    }
}

/// What an answer says of the request's content. What passes by itself is an error, and tried again.
fn verdict(status: StatusCode) -> Result<Verdict, PortError> {
    let answered = format!("the receiver answered {status}");
    match status.as_u16() {
        200..300 => Ok(Verdict::Taken),
        // Too slow, too early, too often.
        408 | 425 | 429 => Err(answered.into()),
        // Malformed, too large, unknown, not to be processed.
        400 | 413 | 415 | 422 | 431 => Ok(Verdict::refused(true, answered)),
        400..500 => Ok(Verdict::refused(false, answered)),
        _ => Err(answered.into()),
    }
}

/// `{"crossings":[...]}`, in order.
fn body(entries: &[Entry]) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Crossings<'a> {
        crossings: Vec<Message<'a>>,
    }
    let crossings = entries.iter().map(Message::new).collect();
    // Plain members of our own: this cannot fail.
    serde_json::to_vec(&Crossings { crossings }).unwrap_or_default()
}

fn post(agent: &Agent, url: &str, signature: &str, body: &[u8]) -> Result<StatusCode, PortError> {
    let request = agent
        .post(url)
        .header("Content-Type", "application/json")
        .header("Footfall-Signature", signature)
        .send(body);
    // An address may hold a key: it is not repeated in what is logged.
    Ok(request.map_err(|error| format!("the receiver cannot be reached: {error}"))?.status())
}

/// `t=SECONDS,v1=HEX`: the HMAC-SHA256 of `SECONDS.BODY`. With the time in it, an old request that was
/// listened to cannot be sent again for ever.
fn signature(secret: &str, at: Timestamp, body: &[u8]) -> Result<String, PortError> {
    let seconds = at.as_second();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    Ok(format!("t={seconds},v1={}", hex(&mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    #[test]
    fn the_signature_is_what_others_compute() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac key
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(
            super::signature("key", at, b"{}").unwrap(),
            "t=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
        );
    }
}
