//! Preset `best`: ByteTrack's two associations, with a camera that may move, a detector whose
//! scale may be any, and appearance where there is some.
//!
//! In the order of a step: `scale` (of the detector's confidence), `motion` (Kalman filter),
//! `camera` (motion of all together), `affinity` (how alike two boxes are) and `feature` (how alike
//! two people look), `matching` (assignment), `occlusion` (who stands in front of whom) and `track`
//! (lifecycle); `engine` puts them together.
//! `past` follows a track that was just confirmed back to where it was before, and `need` says beforehand which
//! detections need an embedding.

mod affinity;
mod camera;
mod config;
mod engine;
mod feature;
mod looks;
mod matching;
mod motion;
mod need;
mod occlusion;
mod parts;
mod past;
mod scale;
mod settings;
mod track;

pub use config::BestConfig;
pub(crate) use engine::Best;
pub(crate) use feature::Feature;
