//! Scores files against files: tracks and crossings against ground truth, embeddings of a set of crops against each
//! other. Gives them as tables for people, as JSON and as CSV.
//!
//! [`footfall_eval`] computes; here is what it is computed of: which sequences there are, what of them is left out, and
//! what people should know about that.

mod apart;
pub mod cameras;
mod case;
mod crossing_cases;
mod crossings;
mod left_out;
mod mot;
mod mot_report;
mod parallel;
mod reid;

pub use crossing_cases::{CrossingFiles, Truth};
pub use crossings::{CrossingReport, score_crossings};
pub use mot::{MotFiles, boxes_of_tracks, boxes_of_truth, has_classes, score_mot, usual_benchmark};
pub use mot_report::MotReport;
pub use reid::{JudgedEmbedder, ReidReport};

use std::fmt;

/// What people should know about what is scored: given as it is found.
pub type Tell<'a> = &'a dyn Fn(&str);

/// Something was asked for that the files do not have: the words are wrong, rather than the files.
#[derive(Debug)]
pub struct Asked(pub String);

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Asked {}
