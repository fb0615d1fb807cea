//! Writes containers byte by byte, with whatever is to be wrong or rare in them. Each frame is a JPEG.
#![allow(dead_code, reason = "each test binary uses a part")]

mod iso;
mod matroska;

pub(crate) use iso::{Iso, Trak, part};
pub(crate) use matroska::{Matroska, element};
