//! A recorded run: what the tracker was given, bit for bit, in little space.
//!
//! # Format, version 1
//!
//! All numbers are little-endian. The file begins with the eight bytes `FFREC\0\0\x01`, the last of which is
//! the version. Blocks follow, each
//!
//! | bytes | what |
//! |---|---|
//! | 1 | kind: `H` the head, `F` frames, `E` the end |
//! | 4 | length of the content |
//! | 4 | length of what follows |
//! | | the content as one Zstandard frame with its checksum |
//!
//! The first block is the head, a JSON object ([`RecordingHead`]). The content of a block of frames is
//!
//! | what | of each |
//! |---|---|
//! | number of frames | 4 bytes |
//! | frame: number, time in nanoseconds, number of detections | 8, 8, 4 bytes |
//! | detection: x, y, width, height | four times 8 bytes, floating-point |
//! | detection: confidence | 4 bytes, floating-point |
//! | detection: length of the embedding, or 0 | 2 bytes |
//! | embedding, where there is one | 4 bytes a number, floating-point |
//!
//! where each row is a column: all frames' numbers, then all their times, and so on; and within a column
//! the values' first bytes come first, then their second bytes, up to the last, which compresses better.
//!
//! The last block is the end: the number of frames, 8 bytes. A file without it was cut short, and is good
//! up to its last whole block: a block holds five seconds of footage at most.

mod block;
mod frames;
mod reader;
mod writer;

use serde::{Deserialize, Serialize};

pub use reader::RecordingReader;
pub use writer::RecordingWriter;

/// What a recording says of the run that it was made in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingHead {
    /// The version of the program that made it.
    pub version: String,
    /// The source's name.
    pub source: String,
    /// Whether the source was live: what is open at its end is then not decided.
    pub live: bool,
    /// When the source's time was zero, as text in RFC 3339, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Width and height of its frames in pixels.
    pub size: [usize; 2],
    /// Frames a second, where the source said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// Cosine distance up to which the embedder's vectors are one person's, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_cosine_distance: Option<f64>,
    /// The settings of the stages after detection, as the program has them.
    pub settings: serde_json::Value,
}

/// The first bytes of a file; the last of them is the version.
const MAGIC: [u8; 8] = *b"FFREC\0\0\x01";

const EXPECTED: &str = "a recording made by `footfall run --record`";
