//! What follows from the clips that somebody has counted.

mod findings;
mod page;
mod pdf;
mod words;

pub use findings::Outcome;
pub use page::html;
pub use pdf::pdf;
pub use words::{METHOD, report};
