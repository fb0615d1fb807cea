//! Who may do what: tokens, sessions, where a request comes from, and how many there may be.

mod forwarded;
mod guard;
mod headers;
mod host;
mod lease;
mod network;
mod origin;
mod rate;
mod session;
mod token;

pub(crate) use forwarded::Origin;
pub use guard::Caller;
pub(crate) use guard::{check_token, cookie, guard, remember};
pub(crate) use headers::harden;
pub use network::Network;
pub(crate) use network::client_of;
pub(crate) use session::Session;
pub use token::{Role, TokenConfig, new_token};

use std::net::IpAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::server::Guests;
use crate::{Config, ServeError};
use forwarded::Proxies;
use rate::{Buckets, Rate};
use session::Sessions;

/// What the guard knows.
pub(crate) struct Access {
    tokens: RwLock<Arc<[TokenConfig]>>,
    sessions: Sessions,
    /// Rises when a token or a session comes to its end.
    ended: watch::Sender<u64>,
    proxies: Proxies,
    /// Whether somebody was told of a proxy that is not trusted.
    told_of_proxy: AtomicBool,
    /// Requests of each client that has shown no token.
    strangers: Buckets<IpAddr>,
    /// Requests of each client by the name of its token: whoever has one does not wait for strangers.
    holders: Buckets<(IpAddr, String)>,
    /// Wrong tokens of each client.
    wrong: Buckets<IpAddr>,
    /// Answers that each client is getting through proxies, whose connections are not its own.
    guests: Guests,
    /// How many of them each may get at once.
    most: u32,
    /// Whether connections are encrypted here.
    tls: bool,
}

/// What a request was let in for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Credential {
    /// There were no tokens.
    Open,
    /// The token of this hash.
    Token(String),
    /// The session whose cookie has this hash.
    Cookie(String),
}

/// Changes the tokens of a server that runs.
#[derive(Clone)]
pub struct Tokens(pub(crate) Arc<Access>);

impl Tokens {
    /// Accepts the tokens of `config` from now on, and no others: whatever was begun with one that is gone ends.
    ///
    /// # Errors
    /// When the configuration is refused ([`Config::check`]); then the tokens from before are accepted.
    pub fn replace(&self, config: &Config) -> Result<(), ServeError> {
        config.check()?;
        let access = &self.0;
        let mut tokens = access.tokens.write().unwrap_or_else(PoisonError::into_inner);
        if tokens[..] != config.tokens[..] {
            *tokens = config.tokens.clone().into();
            drop(tokens);
            access.ended.send_modify(|changes| *changes += 1);
        }
        Ok(())
    }
}

impl Access {
    pub(crate) fn new(config: &Config) -> Self {
        let limits = &config.limits;
        let requests = f64::from(limits.requests_per_second);
        let wrong = f64::from(limits.wrong_tokens_per_minute.max(1));
        let requests = Rate { each_second: requests, at_once: 10.0 * requests };
        Self {
            tokens: RwLock::new(config.tokens.clone().into()),
            sessions: Sessions::default(),
            ended: watch::Sender::new(0),
            proxies: Proxies::new(&config.trusted_proxies),
            told_of_proxy: AtomicBool::new(false),
            strangers: Buckets::new(requests),
            holders: Buckets::new(requests),
            wrong: Buckets::new(Rate { each_second: wrong / 60.0, at_once: wrong }),
            guests: Guests::default(),
            most: limits.connections_per_address,
            tls: config.tls.is_some(),
        }
    }

    /// Without tokens, whoever reaches the loopback address may do everything.
    pub(crate) fn is_open(&self) -> bool {
        self.tokens().is_empty()
    }

    /// Whether a proxy has this address that many clients come through.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.has(address)
    }

    /// Whether the browser's connection is encrypted, here or at a proxy.
    pub(crate) fn is_encrypted(&self, origin: &Origin) -> bool {
        self.tls || origin.https
    }

    /// Begins a session with this token, which is a right one; gives the cookie's value.
    pub(crate) fn begin(&self, token: &str) -> Result<String, getrandom::Error> {
        self.sessions.start(token::hash(token))
    }

    /// Ends the session of this cookie, and what it is still getting.
    pub(crate) fn end(&self, cookie: &str) {
        self.sessions.end(&token::hash(cookie));
        self.ended.send_modify(|changes| *changes += 1);
    }

    fn tokens(&self) -> Arc<[TokenConfig]> {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whoever this is good for now. All hashes are compared, each in constant time.
    fn holder(&self, credential: &Credential) -> Option<Session> {
        let tokens = self.tokens();
        let hash = match credential {
            Credential::Open => {
                return tokens.is_empty().then(|| Session { name: "local".into(), role: Role::Change });
            }
            Credential::Token(hash) => hash.clone(),
            Credential::Cookie(cookie) => self.sessions.find(cookie)?,
        };
        let mut found = None;
        for config in &tokens[..] {
            if config.is(&hash) {
                found = Some(Session { name: config.name.clone(), role: config.role });
            }
        }
        found
    }

    /// Waits until this is good for nobody any more.
    async fn end_of(&self, credential: &Credential) {
        let mut ended = self.ended.subscribe();
        while self.holder(credential).is_some() {
            if ended.changed().await.is_err() {
                return;
            }
        }
    }

    /// Notes a wrong token of `client`; how long it must wait if there were too many.
    fn wrong_token(&self, client: IpAddr) -> Option<Duration> {
        self.wrong.take(client_of(client), Instant::now())
    }

    /// Notes a request of `client` by whoever it is; how long it must wait if there were too many.
    fn request(&self, client: IpAddr, holder: Option<&Session>) -> Option<Duration> {
        let (client, now) = (client_of(client), Instant::now());
        match holder {
            Some(session) => self.holders.take((client, session.name.clone()), now),
            None => self.strangers.take(client, now),
        }
    }
}
