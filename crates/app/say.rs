//! Words for people.

use std::io::Write as _;

/// Writes to stderr. Where it is closed nobody listens, which is no reason to end.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
