//! Times as files and interfaces have them.

use jiff::ZonedDateTime;
use serde::Serializer;

/// Writes the clock on the wall and its distance from UTC, `2026-11-24T10:00:00+01:00`: for `#[serde(serialize_with)]`.
///
/// # Errors
/// When the serializer fails.
pub fn with_offset<S: Serializer>(time: &ZonedDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%S%:z"))
}
