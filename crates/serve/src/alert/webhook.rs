//! Alerts by HTTP POST, signed as crossings are.

use super::record::Change;
use super::tell::{Teller, Trouble};
use crate::ServeError;
use crate::publish::{Verdict, Webhook, WebhookConfig};

/// An address that takes alerts.
pub(super) struct AlertHook(Webhook);

impl AlertHook {
    pub(super) fn new(config: &WebhookConfig) -> Result<Self, ServeError> {
        Webhook::new(config).map(Self)
    }
}

impl Teller for AlertHook {
    fn tell(&self, change: &Change) -> Result<(), Trouble> {
        let body = serde_json::json!({ "alerts": [change] }).to_string();
        match self.0.post_now(body.as_bytes()).map_err(Trouble::Passing)? {
            Verdict::Taken => Ok(()),
            Verdict::Refused(refusal) if refusal.certain => Err(Trouble::Final(refusal.reason.into())),
            Verdict::Refused(refusal) => Err(Trouble::Passing(refusal.reason.into())),
        }
    }
}
