//! Words for people.

use std::io::Write as _;

use footfall_site::NOTICE;

use crate::logging;

/// Writes to stderr; with structured logs, as an event. Where it is closed nobody listens, which is no
/// reason to end.
pub(crate) fn say(text: &str) {
    if logging::is_json() {
        logging::ensure();
        tracing::info!(target: NOTICE, "{}", console::strip_ansi_codes(text).trim());
    } else {
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}
