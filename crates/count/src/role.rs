//! What a line's counts are for.

use serde::{Deserialize, Serialize};

/// Whether those who pass a line come into the place, or only go about in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A way in and out: it is in the totals, and says who is inside.
    #[default]
    Entrance,
    /// Within the place, as before the tills: counted for itself alone.
    Inner,
}

impl Role {
    /// Its name in configurations, in the interface and in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entrance => "entrance",
            Self::Inner => "inner",
        }
    }

    /// Whether it is what a line is that says nothing.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
