//! What a user may say about staff.

use footfall_private::LocalPath;
use serde::Deserialize;

/// What a user may say about staff.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StaffConfig {
    /// The file of `footfall staff enrol`; without one everybody is counted.
    pub gallery: Option<LocalPath>,
    /// Greatest cosine distance, 0 to 2, from a look that was enrolled.
    pub max_cosine_distance: f64,
}

impl Default for StaffConfig {
    fn default() -> Self {
        Self { gallery: None, max_cosine_distance: 0.2 }
    }
}

impl StaffConfig {
    /// Whether everybody is counted.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.gallery.is_none()
    }
}
