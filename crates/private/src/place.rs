//! Where something is: an address, which may hold a password, or a path.

use std::ffi::OsStr;
use std::fmt;

use serde::Deserialize;

use crate::shown;

/// An address or a path, as somebody has written it. As text (`{}`) it has no secrets.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Place(String);

impl Place {
    /// All of it, with its secrets.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Place {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&shown(OsStr::new(&self.0)))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Place(...)")
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_is_shown_without_its_secrets() {
        let place: Place = serde_json::from_value("rtsp://me:hunter2@cam/1".into()).unwrap();
        assert_eq!(place.reveal(), "rtsp://me:hunter2@cam/1");
        assert_eq!(place.to_string(), "rtsp://***@cam/1");
        assert!(!format!("{place:?}").contains("cam"));
    }
}
