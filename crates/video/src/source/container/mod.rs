//! What a video file's own structure says: whether its end is missing, which way up its pictures are, and
//! which of its streams are no more than a picture.

mod ebml;
mod iso;
mod matroska;
mod riff;

use std::io::{self, Read, Seek, SeekFrom};

use crate::orientation::Orientation;

/// What the headers tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Container {
    /// Whether its number of frames is written down, not estimated from duration and rate.
    pub(crate) counts_frames: bool,
    /// Where the end is missing: the file's size, and the size its headers imply, at least.
    pub(crate) missing: Option<(u64, u64)>,
    /// How its pictures are set upright.
    pub(crate) orientation: Orientation,
    /// What hides the still pictures, a cover mostly, that stand before the video: OpenCV takes what it finds first.
    pub(crate) without_stills: Vec<Patch>,
    /// Whether there is sound in it, and no video but a cover.
    pub(crate) sound_only: bool,
}

/// Bytes that take the place of others in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    /// Where they begin.
    pub(crate) position: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Container {
    /// Reads the headers of ISO media (mp4, mov), AVI and Matroska (mkv, webm); any other file is `None`.
    pub(crate) fn examine(file: &mut (impl Read + Seek)) -> io::Result<Option<Self>> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut head = [0; 12];
        if !fill(file, 0, &mut head)? {
            return Ok(None);
        }
        match (&head[..4], &head[4..8], &head[8..]) {
            (b"RIFF", _, b"AVI ") => riff::examine(file, length).map(Some),
            (b"\x1a\x45\xdf\xa3", ..) => matroska::examine(file, length).map(Some),
            (_, b"ftyp" | b"moov" | b"mdat" | b"free" | b"skip" | b"wide", _) => {
                iso::examine(file, length).map(Some)
            }
            // MP3 with a tag, FLAC: what FFmpeg calls video in them is the cover.
            (b"fLaC" | [b'I', b'D', b'3', _], ..) => Ok(Some(Self { sound_only: true, ..Self::default() })),
            _ => Ok(None),
        }
    }
}

/// Fills `buffer` from `position`; false where the file has less.
fn fill(file: &mut (impl Read + Seek), position: u64, buffer: &mut [u8]) -> io::Result<bool> {
    file.seek(SeekFrom::Start(position))?;
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// `N` bytes from `position`, where the file has them.
fn bytes<const N: usize>(file: &mut (impl Read + Seek), position: u64) -> io::Result<Option<[u8; N]>> {
    let mut buffer = [0; N];
    Ok(fill(file, position, &mut buffer)?.then_some(buffer))
}

fn beyond(end: u64, length: u64) -> Option<(u64, u64)> {
    (end > length).then_some((length, end))
}

/// A stream of pictures, as far as the choice among several goes.
trait Stream {
    /// Whether it is known to have one picture at most.
    fn is_still(&self) -> bool;
}

/// Which of a file's streams of pictures is the video: the first that moves, else the first.
fn video_of(streams: &[impl Stream]) -> usize {
    streams.iter().position(|stream| !stream.is_still()).unwrap_or(0)
}
