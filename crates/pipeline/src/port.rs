//! The four ports: what the pipeline asks of the world outside.

use std::time::Duration;

use footfall_count::Seen;
use footfall_track::{Bbox, Detection, Embeddings};

use crate::{Found, Frame, Image, Note, Scene, Window};

/// An adapter's own error, with its source kept.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Whether frames wait for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file or a folder: every frame is processed, however long it takes.
    Recorded,
    /// A camera or a stream: the newest frame is processed, older ones are dropped and counted.
    Live,
}

/// What a source knows before its first frame is processed.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceInfo {
    /// How people call it: a path, an address without its password, `camera 0`.
    pub name: String,
    /// Recorded or live.
    pub kind: Kind,
    /// Width of its frames in pixels.
    pub width: usize,
    /// Height of its frames in pixels.
    pub height: usize,
    /// Frames a second, where the source says so.
    pub frame_rate: Option<f64>,
    /// How many frames there will be, as far as the container tells; it may be wrong.
    pub frames: Option<u64>,
    /// How long it is, pauses and all, as far as the container tells; it may be wrong.
    pub length: Option<Duration>,
}

/// Gives frames, one after the other.
pub trait Source: Send {
    /// What is known about the source.
    fn info(&self) -> &SourceInfo;

    /// Width and height of its frames before they are scaled to the size that `info` tells; `None` where
    /// they are not.
    fn native_size(&self) -> Option<[usize; 2]> {
        None
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// When reading fails, the frame cannot be used, or the frame's size differs from `info`'s. A
    /// recording that ends before its container says so ends with an error too, after its last frame.
    fn next_frame(&mut self) -> Result<Option<Frame>, BoxError>;

    /// The next frame, or what there is to tell before it; `None` at the end. The pipeline asks this.
    ///
    /// # Errors
    /// As [`Source::next_frame`].
    fn next_item(&mut self) -> Result<Option<Item>, BoxError> {
        Ok(self.next_frame()?.map(Item::Frame))
    }
}

/// What a source gives.
#[derive(Clone, Debug)]
pub enum Item {
    /// A picture.
    Frame(Frame),
    /// Something about the source.
    Note(Note),
    /// Nothing yet, but the source is looked after: somebody tries to reach it.
    Alive,
}

/// Judges whether pictures, and what is seen in them, are fit for counting.
pub trait Inspector: Send {
    /// Looks at a frame that was processed; what is there to tell, in the order of its times.
    fn inspect(&mut self, scene: &Scene) -> Vec<Note>;

    /// After the last frame: what was still going on then.
    fn finish(&mut self) -> Vec<Note>;
}

/// Finds people in a picture.
pub trait Detector: Send {
    /// Everyone in the picture, in an order that depends on the picture alone. Boxes are in the
    /// picture's pixels.
    ///
    /// # Errors
    /// When the network cannot be run.
    fn detect(&mut self, image: &Image) -> Result<Vec<Detection>, BoxError>;

    /// How many times as large pictures of this size are for the network, where that is known.
    fn scale(&self, _width: usize, _height: usize) -> Option<f64> {
        None
    }

    /// Everyone in some windows of the picture, in an order that depends on the picture and the windows alone; in the
    /// whole picture where there is no window. Boxes are in the picture's pixels.
    ///
    /// # Errors
    /// As [`Detector::detect`].
    fn look(&mut self, image: &Image, windows: &[Window]) -> Result<Found, BoxError> {
        let _ = windows;
        Ok(Found { people: self.detect(image)?, cut: Vec::new() })
    }
}

/// Maps people's crops to appearance vectors.
pub trait Embedder: Send {
    /// One entry for each box, in their order; a box without a pixel in the picture has none.
    ///
    /// # Errors
    /// When the network cannot be run.
    fn embed(&mut self, image: &Image, boxes: &[Bbox]) -> Result<Embeddings, BoxError>;

    /// [`Embedder::embed`] for each of several pictures, in as few runs of the network as it takes.
    ///
    /// # Errors
    /// As [`Embedder::embed`].
    fn embed_all(&mut self, pictures: &[(&Image, &[Bbox])]) -> Result<Vec<Embeddings>, BoxError> {
        pictures.iter().map(|(image, boxes)| self.embed(image, boxes)).collect()
    }
}

/// What a sink has to say when it has taken a scene, for those behind it.
#[derive(Debug, Default)]
pub struct Admission {
    /// What it kept back earlier and gives now, in order, each once.
    pub late: Vec<Seen>,
    /// What there is to tell about the source.
    pub notes: Vec<Note>,
}

/// Takes finished scenes, in the order of their frames.
pub trait Sink: Send {
    /// What it writes, for error messages and statistics: `video out.mp4`.
    fn name(&self) -> String;

    /// Takes one scene.
    ///
    /// # Errors
    /// When the output cannot be written. The sink is then dropped, and the run ends.
    fn write(&mut self, scene: &Scene) -> Result<(), BoxError>;

    /// As [`Sink::write`], before the sinks behind this one see the scene. A sink that nobody may overtake
    /// takes out of it what it cannot let pass yet, and gives that back later.
    ///
    /// # Errors
    /// As [`Sink::write`].
    fn admit(&mut self, scene: &mut Scene) -> Result<Admission, BoxError> {
        self.write(scene)?;
        Ok(Admission::default())
    }

    /// After the last scene: gives what was kept back, once it may pass. This may take a while.
    ///
    /// # Errors
    /// When it will never pass: what was kept back is lost then.
    fn settle(&mut self) -> Result<Admission, BoxError> {
        Ok(Admission::default())
    }

    /// Takes something that there is to tell about the source: its health, uncounted time. Most
    /// sinks have no use for it.
    ///
    /// # Errors
    /// As [`Sink::write`].
    fn note(&mut self, note: &Note) -> Result<(), BoxError> {
        let _ = note;
        Ok(())
    }

    /// Takes what was decided apart from a scene: after the last one of a live source, since nobody knew that it was
    /// the last; or in scenes before, from which it was [kept back](Sink::admit). Only sinks of crossings and visits
    /// have a use for it.
    ///
    /// # Errors
    /// As [`Sink::write`].
    fn rest(&mut self, rest: &Seen) -> Result<(), BoxError> {
        let _ = rest;
        Ok(())
    }

    /// As [`Sink::rest`], before the sinks behind this one see what was decided: a sink that keeps something back takes it
    /// out, and gives it when it is asked to [`settle`](Sink::settle).
    ///
    /// # Errors
    /// As [`Sink::write`].
    fn sift(&mut self, rest: &mut Seen) -> Result<(), BoxError> {
        self.rest(rest)
    }

    /// Completes the output after the last scene: only now does it appear under its final name.
    /// Also called after an interruption or another stage's failure, with what was written so far.
    ///
    /// # Errors
    /// When the output cannot be completed.
    fn finish(self: Box<Self>) -> Result<(), BoxError>;
}
