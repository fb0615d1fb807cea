//! Why no count can be answered for.

use footfall_count::{Advice, Condition};
use serde::Serialize;
use utoipa::ToSchema;

/// Why no count of a source can be answered for, and what to do about it.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Uncountable {
    /// `low_rate`, `unfollowed`, `too_small` or `unclear`.
    because: &'static str,
    /// What is wrong, in words for people.
    why: &'static str,
    /// What would help.
    remedy: &'static str,
}

impl Uncountable {
    pub(crate) fn of(condition: Condition) -> Option<Self> {
        let Advice { why, remedy } = condition.advice()?;
        Some(Self { because: condition.as_str(), why, remedy })
    }
}
