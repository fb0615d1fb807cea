//! Where in a frame people are looked for, and who decides it.

use std::sync::Arc;

use footfall_count::Layout;
use footfall_track::{Bbox, Detection};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Frame;

/// A part of the picture that the detector is run on by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Left side, in whole pixels of the picture.
    pub left: usize,
    /// Top side, in whole pixels of the picture.
    pub top: usize,
    /// Width in whole pixels, at least 1.
    pub width: usize,
    /// Height in whole pixels, at least 1.
    pub height: usize,
    /// Pixels of the network's input for one of the picture, as is wished: a network of one size has a scale of
    /// its own.
    pub scale: f64,
}

impl Window {
    /// The window as a box, in pixels of the picture.
    #[must_use]
    pub fn bbox(&self) -> Bbox {
        Bbox::new(self.left as f64, self.top as f64, self.width as f64, self.height as f64)
    }
}

/// Where a source's pictures are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Windows {
    /// At the whole picture; near lines and zones where people would be too small in it for the network.
    #[default]
    Auto,
    /// At the whole picture, always.
    Whole,
    /// Near lines and zones, always: it costs less where they need only a part.
    Near,
    /// At these areas: `[left, top, width, height]` in pixels.
    At(Vec<[usize; 4]>),
}

/// How [`Windows`] are written: a word, or areas.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Written {
    Word(String),
    Areas(Vec<[usize; 4]>),
}

impl<'de> Deserialize<'de> for Windows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "\"auto\", \"whole\", \"near\", or areas as [[left, top, width, height]]";
        match Written::deserialize(deserializer) {
            Ok(Written::Word(word)) if word == "auto" => Ok(Self::Auto),
            Ok(Written::Word(word)) if word == "whole" => Ok(Self::Whole),
            Ok(Written::Word(word)) if word == "near" => Ok(Self::Near),
            Ok(Written::Areas(areas)) if !areas.is_empty() && areas.iter().all(|[.., w, h]| w * h > 0) => {
                Ok(Self::At(areas))
            }
            _ => Err(D::Error::custom(format!("windows are {expected}"))),
        }
    }
}

impl Serialize for Windows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self {
            Self::Auto => Written::Word("auto".to_owned()),
            Self::Whole => Written::Word("whole".to_owned()),
            Self::Near => Written::Word("near".to_owned()),
            Self::At(areas) => Written::Areas(areas.clone()),
        };
        written.serialize(serializer)
    }
}

/// What is looked at in one frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Where people are looked for; empty: in the whole picture, at the network's usual size.
    pub windows: Arc<[Window]>,
    /// Those of `windows` that stay from frame to frame, at the beginning of it: others are looked into now and then.
    pub steady: usize,
    /// Whether the networks may rest: nothing moves. They do where nobody is followed.
    pub rests: bool,
}

impl Look {
    /// The windows that stay from frame to frame.
    #[must_use]
    pub fn steady(&self) -> &[Window] {
        &self.windows[..self.steady.min(self.windows.len())]
    }
}

/// What a detector found in the windows of a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Everyone who was seen as a whole, as far as the picture goes.
    pub people: Vec<Detection>,
    /// Boxes that a window's edge cuts, and that no other window shows as a whole: nobody knows where these people
    /// end.
    pub cut: Vec<Detection>,
}

/// What came of a frame: from this, [`Sight`] learns.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The frame's number.
    pub frame: u64,
    /// Who was found in it, but for those who have stood in one place for a while.
    pub found: Found,
    /// Whether anybody is followed after it, seen in it or not.
    pub followed: bool,
    /// Lines, zones and masks in pixels, where they are others than in the frame before.
    pub layout: Option<Arc<Layout>>,
}

/// Decides where people are looked for in the frames of one source.
pub trait Sight: Send {
    /// What to look at in `frame`; asked in the order of frames.
    fn look(&mut self, frame: &Frame) -> Look;

    /// Learns from a frame that was looked at, in the order of frames. Of a recording this is told of the frame
    /// [`BEHIND`] frames before the one that is looked at next, whoever was faster; of a live source, of what there
    /// is.
    fn learn(&mut self, sighting: Sighting);
}

/// How many frames the decision where to look lies behind what was seen, in a recording: so that it depends on the
/// frames alone, and workers never wait for it.
pub const BEHIND: u64 = 32;
