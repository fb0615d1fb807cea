//! Sessions of browsers: made from a token, held in memory, known by a cookie.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Role;
use super::token;

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
    session: Session,
    used: Instant,
}

/// All sessions, the most recently used last.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<VecDeque<Kept>>);

impl Sessions {
    /// Starts a session; gives the cookie's value.
    pub(crate) fn start(&self, session: Session) -> Result<String, getrandom::Error> {
        let secret = token::random()?;
        let mut kept = self.kept();
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Kept { hash: token::hash(&secret), session, used: Instant::now() });
        Ok(secret)
    }

    /// The session of this cookie, if it has not ended.
    pub(crate) fn find(&self, secret: &str) -> Option<Session> {
        let mut kept = self.kept();
        let index = Self::place(&kept, secret)?;
        let mut found = kept.remove(index)?;
        if found.used.elapsed() > LASTS {
            return None;
        }
        found.used = Instant::now();
        let session = found.session.clone();
        kept.push_back(found);
        Some(session)
    }

    /// Ends a session.
    pub(crate) fn end(&self, secret: &str) {
        let mut kept = self.kept();
        if let Some(index) = Self::place(&kept, secret) {
            kept.remove(index);
        }
    }

    /// A secret of 256 bits is looked up by its hash, so the time that takes tells nothing of use.
    fn place(kept: &VecDeque<Kept>, secret: &str) -> Option<usize> {
        let hash = token::hash(secret);
        kept.iter().position(|k| k.hash == hash)
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
        let session = |name: &str| Session { name: name.into(), role: Role::Read };
        let first = sessions.start(session("first")).unwrap();
        let second = sessions.start(session("second")).unwrap();
        assert_eq!(sessions.find(&first).unwrap().name, "first");
        for _ in 0..MOST - 1 {
            sessions.start(session("other")).unwrap();
        }
        assert!(sessions.find(&second).is_none(), "the least recently used");
        assert!(sessions.find(&first).is_some());
        sessions.end(&first);
        assert!(sessions.find(&first).is_none() && sessions.find("").is_none());
    }
}
