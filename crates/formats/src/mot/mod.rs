//! MOT text: a line a box, frames from 1, pixels from the picture's top left corner.
//!
//! Numbers are parted by commas; files of other programs have them parted by spaces, tabs or semicolons too.
//! Blank lines, CRLF, trailing separators, a byte order mark, lines that begin with `#`, and the columns' names
//! in the first line are tolerated; a number that is not finite or a frame 0 is not.

mod cadence;
mod detections;
mod people;
mod row;
mod scores;
mod seqinfo;
mod stream;
mod tracks;
mod truth;

pub use cadence::Cadence;
pub use detections::{MotDetections, Survey};
pub use people::{People, read_people};
pub use scores::{ScoreRange, Scores};
pub use seqinfo::SeqInfo;
pub use tracks::{TrackRow, TrackWriter, read_tracks};
pub use truth::{Layout, Truth, TruthRow, read_truth};
