//! Re-identification: how well embeddings of crops tell people apart.
//!
//! Pure functions of unit vectors, identities and cameras. [`Report`] holds everything; its parts are
//! [`Ranking`] (CMC, mAP, mINP), [`Verification`] (same person or not, by a threshold on distance) and
//! [`Identification`] (the nearest identity's centre). [`VisitorReport`] says what telling visitors apart costs. Distances are cosine distances, `1 - a.b`: 0 for
//! the same direction, 2 for the opposite.
//!
//! No more than a block of rows of the distance matrix is in memory at a time.

mod centres;
mod crops;
mod distances;
mod estimates;
mod logistic;
mod ranking;
mod recognition;
mod report;
mod spectrum;
mod spread;
mod staff;
#[cfg(test)]
mod testing;
mod trials;
mod verification;
mod visitors;

pub use centres::{Centres, Identification, Match};
pub use crops::{Crops, CropsError};
pub use distances::cosine_distance;
pub use estimates::EstimateReport;
pub use logistic::Logistic;
pub use ranking::{Ranking, Rule};
pub use recognition::{Equal, Point, RecognitionReport, RecognitionWindow};
pub use report::Report;
pub use spread::SpreadReport;
pub use staff::StaffReport;
pub use verification::{OperatingPoint, PERCENTILES, Pairs, ROC_RATES, Verification};
pub use visitors::{VisitorReport, Window};
