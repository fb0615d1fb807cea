//! Real files through the real OpenCV, made by the tests themselves.

// clippy.toml allows this in functions marked #[test]; the helpers beside them are tests as well. Sizes are i32 in OpenCV.
#![allow(clippy::unwrap_used, clippy::cast_possible_wrap)]

mod clips;
mod covers;
mod folders;
mod mux;
mod overlays;
mod recordings;
mod refusals;
mod sinks;
mod streams;
mod times;
mod turned;
