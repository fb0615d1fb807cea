//! Sessions of browsers: made from a token, held in memory, known by a cookie, and over with the token.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Role, token};

/// Whoever is behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// The token's name.
    pub(crate) name: String,
    /// What it allows.
    pub(crate) role: Role,
}

/// How long a session lasts that nobody uses.
pub(super) const LASTS: Duration = Duration::from_hours(30 * 24);
/// Of more sessions than this the least recently used is forgotten.
const MOST: usize = 1000;

struct Kept {
    /// Only the hash: whoever reads this memory cannot take the session over.
    hash: String,
    /// The hash of the token that it was begun with: what that allows now is what the session allows.
    token: String,
    used: Instant,
}

/// All sessions, the most recently used last.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<VecDeque<Kept>>);

impl Sessions {
    /// Starts a session with the token of this hash; gives the cookie's value.
    pub(super) fn start(&self, token: String) -> Result<String, getrandom::Error> {
        let secret = token::random()?;
        let mut kept = self.kept();
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Kept { hash: token::hash(&secret), token, used: Instant::now() });
        Ok(secret)
    }

    /// The hash of the token behind the cookie of this hash, if its session has not ended.
    pub(super) fn find(&self, cookie: &str) -> Option<String> {
        let mut kept = self.kept();
        let index = Self::place(&kept, cookie)?;
        let mut found = kept.remove(index)?;
        if found.used.elapsed() > LASTS {
            return None;
        }
        found.used = Instant::now();
        let token = found.token.clone();
        kept.push_back(found);
        Some(token)
    }

    /// Ends the session of the cookie of this hash.
    pub(super) fn end(&self, cookie: &str) {
        let mut kept = self.kept();
        if let Some(index) = Self::place(&kept, cookie) {
            kept.remove(index);
        }
    }

    /// A secret of 256 bits is looked up by its hash, so the time that takes tells nothing of use.
    fn place(kept: &VecDeque<Kept>, cookie: &str) -> Option<usize> {
        kept.iter().position(|k| k.hash == cookie)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_and_the_oldest_make_room() {
        let sessions = Sessions::default();
        let start = |token: &str| token::hash(&sessions.start(token.into()).unwrap());
        let (first, second) = (start("first"), start("second"));
        assert_eq!(sessions.find(&first).as_deref(), Some("first"));
        for _ in 0..MOST - 1 {
            start("other");
        }
        assert!(sessions.find(&second).is_none(), "the least recently used");
        assert!(sessions.find(&first).is_some());
        sessions.end(&first);
        assert!(sessions.find(&first).is_none() && sessions.find("").is_none());
    }
}
