//! Who may do what: tokens, sessions, where a request comes from, and how many there may be.

mod guard;
mod headers;
mod origin;
mod rate;
mod session;
mod token;

pub(crate) use guard::{Caller, check_token, cookie, guard, remember};
pub(crate) use headers::harden;
pub(crate) use rate::{Buckets, Rate};
pub(crate) use session::{Session, Sessions};
pub use token::{Role, TokenConfig, new_token};

use std::time::Instant;

use crate::Config;

/// What the guard knows.
pub(crate) struct Access {
    tokens: Vec<TokenConfig>,
    pub(crate) sessions: Sessions,
    /// Requests of each address.
    requests: Buckets,
    /// Wrong tokens of each address.
    wrong: Buckets,
    /// Whether cookies are for TLS alone.
    pub(crate) tls: bool,
}

impl Access {
    pub(crate) fn new(config: &Config) -> Self {
        let limits = &config.limits;
        let requests = f64::from(limits.requests_per_second);
        let wrong = f64::from(limits.wrong_tokens_per_minute.max(1));
        Self {
            tokens: config.tokens.clone(),
            sessions: Sessions::default(),
            requests: Buckets::new(Rate { each_second: requests, at_once: 10.0 * requests }),
            wrong: Buckets::new(Rate { each_second: wrong / 60.0, at_once: wrong }),
            tls: config.tls.is_some(),
        }
    }

    /// Without tokens, whoever reaches the loopback address may do everything.
    pub(crate) fn is_open(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Who bears this token. All hashes are compared, each in constant time.
    pub(crate) fn bearer(&self, token: &str) -> Option<Session> {
        let hash = token::hash(token);
        let mut found = None;
        for config in &self.tokens {
            if config.is(&hash) {
                found = Some(Session { name: config.name.clone(), role: config.role });
            }
        }
        found
    }

    /// Notes a wrong token of `address`; how long it must wait if there were too many.
    pub(crate) fn wrong_token(&self, address: std::net::IpAddr) -> Option<std::time::Duration> {
        self.wrong.take(address, Instant::now())
    }

    /// How long `address` must wait before another token of it is looked at.
    pub(crate) fn locked(&self, address: std::net::IpAddr) -> Option<std::time::Duration> {
        self.wrong.wait(address, Instant::now())
    }
}
