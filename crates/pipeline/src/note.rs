//! What there is to tell about a source beside its frames.

use footfall_count::{HealthChange, Uncounted};

/// Something to tell about a source.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A condition is raised, or is over.
    Health(HealthChange),
    /// A time is over in which people may have passed uncounted.
    Uncounted(Uncounted),
}
