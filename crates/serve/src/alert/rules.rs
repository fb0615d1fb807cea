//! The alerts that are told now: whoever changes settings changes them, and what has begun goes on.

use std::sync::{Arc, Mutex, PoisonError};

use super::config::AlertConfig;

/// The alerts that are told, to be changed while they are. Clones are of the same.
#[derive(Clone, Debug, Default)]
pub struct AlertRules(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    alerts: Arc<[AlertConfig]>,
    /// Whether this program tells alerts, if any.
    is_ours: bool,
}

impl AlertRules {
    /// From now on these are told, by this program. One that goes on under its name has begun when it had.
    pub fn set(&self, alerts: &[AlertConfig]) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *told.alerts != *alerts {
            told.alerts = alerts.into();
        }
        told.is_ours = true;
    }

    /// Those that are told.
    #[must_use]
    pub fn get(&self) -> Arc<[AlertConfig]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).alerts.clone()
    }

    /// Whether this program tells alerts, if not now then perhaps later.
    pub(crate) fn is_ours(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_ours
    }

    /// Whether `receiver` is told of the alert called `name`.
    pub(crate) fn tells(&self, name: &str, receiver: &str) -> bool {
        self.get().iter().any(|alert| alert.name == name && alert.tells(receiver))
    }
}
