//! What a video file's own structure says about its length: whether its end is missing.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

/// What the outermost headers tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Container {
    /// Whether its number of frames is written down, not estimated from duration and rate.
    pub(crate) counts_frames: bool,
    /// Where the end is missing: the file's size, and the size its headers imply, at least.
    pub(crate) missing: Option<(u64, u64)>,
}

impl Container {
    /// Reads the headers of ISO media (mp4, mov), AVI and Matroska (mkv, webm); any other file is
    /// `None`.
    pub(crate) fn examine(file: &mut File) -> io::Result<Option<Self>> {
        let length = file.metadata()?.len();
        let mut head = [0; 12];
        if !fill(file, 0, &mut head)? {
            return Ok(None);
        }
        let container = match (&head[..4], &head[4..8], &head[8..]) {
            (b"RIFF", _, b"AVI ") => Self { counts_frames: true, missing: end_of_riff(file, length)? },
            (b"\x1a\x45\xdf\xa3", ..) => {
                Self { counts_frames: false, missing: end_of_matroska(file, length)? }
            }
            (_, b"ftyp" | b"moov" | b"mdat" | b"free" | b"skip" | b"wide", _) => iso(file, length)?,
            _ => return Ok(None),
        };
        Ok(Some(container))
    }
}

/// Fills `buffer` from `position`; false where the file has less.
fn fill(file: &mut File, position: u64, buffer: &mut [u8]) -> io::Result<bool> {
    file.seek(SeekFrom::Start(position))?;
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn beyond(end: u64, length: u64) -> Option<(u64, u64)> {
    (end > length).then_some((length, end))
}

/// ISO/IEC 14496-12: a row of boxes, each a 32-bit size (1: a 64-bit one follows; 0: up to the end)
/// and four letters.
fn iso(file: &mut File, length: u64) -> io::Result<Container> {
    let mut container = Container { counts_frames: true, missing: None };
    let (mut position, mut head) = (0, [0; 16]);
    while fill(file, position, &mut head[..8])? {
        let kind = [head[4], head[5], head[6], head[7]];
        if !kind.iter().all(|&b| b == b' ' || b.is_ascii_alphanumeric()) {
            break;
        }
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            0 => break,
            1 if fill(file, position, &mut head)? => {
                head[8..].iter().fold(0, |size, &byte| size << 8 | u64::from(byte))
            }
            size => u64::from(size),
        };
        if size < 8 {
            break;
        }
        // A fragmented file lists its frames in the fragments, not in one place.
        container.counts_frames &= match &kind {
            b"moof" => false,
            b"moov" => !leaves_frames_out(file, position, size)?,
            _ => true,
        };
        position = position.saturating_add(size);
        container.missing = beyond(position, length);
    }
    Ok(container)
}

/// Whether an index has an edit list that starts after a track's first frame: what lies before is
/// counted, but not shown.
fn leaves_frames_out(file: &mut File, position: u64, size: u64) -> io::Result<bool> {
    const LARGEST_INDEX: u64 = 64 << 20;
    let mut index = vec![0; size.min(LARGEST_INDEX) as usize];
    if size > LARGEST_INDEX || !fill(file, position, &mut index)? {
        return Ok(true);
    }
    let number = |at: usize, width: usize| {
        index.get(at..at + width).map(|bytes| bytes.iter().fold(0, |n, &byte| n << 8 | u64::from(byte)))
    };
    // `elst`: version and flags, number of entries, then the first entry's duration and start.
    let starts_late = |at: usize| match index.get(at + 4) {
        Some(0) => number(at + 16, 4).filter(|&start| start != u64::from(u32::MAX)),
        _ => number(at + 20, 8).filter(|&start| start != u64::MAX),
    };
    Ok((0..index.len().saturating_sub(4))
        .filter(|&at| index[at..].starts_with(b"elst"))
        .any(|at| starts_late(at).is_none_or(|start| start > 0)))
}

/// RIFF: chunks of four letters and a 32-bit size without these eight bytes (a file beyond 1 GiB
/// has several). A size of 0 or of all ones was never filled in.
fn end_of_riff(file: &mut File, length: u64) -> io::Result<Option<(u64, u64)>> {
    let (mut position, mut head) = (0, [0; 8]);
    while fill(file, position, &mut head)? && head.starts_with(b"RIFF") {
        let size = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        if size == 0 || size == u64::from(u32::MAX) {
            break;
        }
        position += 8 + size + size % 2;
    }
    // The last chunk's padding byte is often left away.
    Ok(beyond(position.saturating_sub(1), length))
}

/// EBML: a header element, then the segment that holds all else, each an identifier of four bytes
/// and a size of variable width.
fn end_of_matroska(file: &mut File, length: u64) -> io::Result<Option<(u64, u64)>> {
    let Some((size, width)) = ebml_size(file, 4)? else { return Ok(None) };
    let segment = (4 + width).saturating_add(size);
    let mut identifier = [0; 4];
    if !fill(file, segment, &mut identifier)? || &identifier != b"\x18\x53\x80\x67" {
        return Ok(None);
    }
    let Some((size, width)) = ebml_size(file, segment + 4)? else { return Ok(None) };
    Ok(beyond((segment + 4 + width).saturating_add(size), length))
}

/// An EBML size and its own width in bytes; `None` where it is missing or "unknown" (all ones).
fn ebml_size(file: &mut File, position: u64) -> io::Result<Option<(u64, u64)>> {
    let mut bytes = [0; 8];
    if !fill(file, position, &mut bytes)? || bytes[0] == 0 {
        return Ok(None);
    }
    let width = u64::from(bytes[0].leading_zeros()) + 1;
    let bits = 7 * width;
    let size = (u64::from_be_bytes(bytes) >> (64 - 8 * width)) & ((1 << bits) - 1);
    Ok((size != (1 << bits) - 1).then_some((size, width)))
}
