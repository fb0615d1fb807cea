//! Preset `deepsort`: DeepSORT (Wojke, Bewley and Paulus, 2017) with time in seconds.
//!
//! In the order of a step: `kalman` (motion), `gating`, `cascade` (appearance), `overlap`, and
//! `track` (lifecycle); `engine` puts them together.

mod cascade;
mod config;
mod engine;
mod frame;
mod gating;
mod kalman;
mod overlap;
mod track;

pub use config::DeepSortConfig;
pub(crate) use engine::DeepSort;
