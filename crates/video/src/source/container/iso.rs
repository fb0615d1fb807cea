//! ISO/IEC 14496-12 and `QuickTime`: mp4, m4v, mov, 3gp.

use std::io::{self, Read, Seek};

use super::{Container, Patch, Stream, beyond, bytes, fill, video_of};
use crate::orientation::Orientation;

/// One box: a 32-bit size (1: a 64-bit one follows; 0: up to the end), four letters, and what it holds.
#[derive(Clone, Copy)]
struct Part {
    kind: [u8; 4],
    start: u64,
    body: u64,
    /// Where it ends by its size, which may be beyond the file's end.
    end: u64,
}

/// The boxes that follow one another from `position` to `end`, up to the first that is none.
fn parts(file: &mut (impl Read + Seek), mut position: u64, end: u64) -> io::Result<Vec<Part>> {
    let mut parts = Vec::new();
    while position < end
        && let Some(head) = bytes::<8>(file, position)?
    {
        let kind = [head[4], head[5], head[6], head[7]];
        // Names of tags begin with a sign of copyright.
        if !kind.iter().all(|&b| b == b' ' || b == 0xa9 || b == b'-' || b.is_ascii_alphanumeric()) {
            break;
        }
        let (size, body) = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            0 => (end - position, position + 8),
            1 => match bytes::<8>(file, position + 8)? {
                Some(size) => (u64::from_be_bytes(size), position + 16),
                None => break,
            },
            size => (u64::from(size), position + 8),
        };
        let Some(next) = position.checked_add(size).filter(|&next| next >= body) else { break };
        parts.push(Part { kind, start: position, body, end: next });
        position = next;
    }
    Ok(parts)
}

/// A track of pictures.
struct Track {
    start: u64,
    matrix: [f64; 4],
    /// Pictures that the index lists; of a fragmented file 0, mostly.
    pictures: u32,
    /// Whether the file goes on in fragments, which list pictures of their own.
    has_fragments: bool,
    /// Whether an edit list starts after the first frame: what lies before is counted, but not shown.
    leaves_frames_out: bool,
}

impl Stream for Track {
    fn is_still(&self) -> bool {
        self.pictures == 1 || (self.pictures == 0 && !self.has_fragments)
    }
}

/// The index, box by box.
#[derive(Default)]
struct Index {
    matrix: Option<[f64; 4]>,
    tracks: Vec<Track>,
    /// Where tags with a cover picture begin.
    covers: Vec<u64>,
    has_sound: bool,
}

pub(super) fn examine(file: &mut (impl Read + Seek), length: u64) -> io::Result<Container> {
    let outermost = parts(file, 0, length)?;
    let has = |kind: &[u8; 4]| outermost.iter().any(|part| &part.kind == kind);
    // A fragmented file lists its frames in the fragments, not in one place.
    let has_fragments = has(b"moof");
    let mut container = Container { counts_frames: !has_fragments, ..Container::default() };
    container.missing = outermost.last().and_then(|last| beyond(last.end, length));
    let Some(moov) = outermost.iter().find(|part| &part.kind == b"moov") else { return Ok(container) };
    let Index { matrix, tracks, covers, has_sound } =
        index(file, Part { end: moov.end.min(length), ..*moov }, has_fragments)?;
    container.sound_only = tracks.is_empty() && has_sound;
    let chosen = video_of(&tracks);
    let Some(video) = tracks.get(chosen) else { return Ok(container) };
    container.counts_frames &= !video.leaves_frames_out;
    let shown = product(video.matrix, matrix.unwrap_or(IDENTITY));
    container.orientation = Orientation::of_matrix(shown).unwrap_or_default();
    let stills = tracks[..chosen].iter().map(|track| track.start);
    let stills = stills.chain(covers.into_iter().filter(|&start| start < video.start));
    // A box of another name than those that a reader knows is passed over.
    container.without_stills =
        stills.map(|start| Patch { position: start + 4, bytes: b"free".to_vec() }).collect();
    container.without_stills.sort_unstable_by_key(|patch| patch.position);
    Ok(container)
}

fn index(file: &mut (impl Read + Seek), moov: Part, has_fragments: bool) -> io::Result<Index> {
    let mut index = Index::default();
    for part in parts(file, moov.body, moov.end)? {
        match &part.kind {
            b"mvhd" => index.matrix = matrix(file, part, [36, 48])?,
            b"trak" => match track(file, part, has_fragments)? {
                (Some(b"vide"), Some(track)) => index.tracks.push(track),
                (kind, _) => index.has_sound |= kind == Some(b"soun"),
            },
            b"udta" | b"meta" if has_cover(file, part)? => index.covers.push(part.start),
            _ => (),
        }
    }
    Ok(index)
}

/// A track's kind, and what is to be known of one of pictures.
fn track(
    file: &mut (impl Read + Seek),
    trak: Part,
    has_fragments: bool,
) -> io::Result<(Option<&'static [u8; 4]>, Option<Track>)> {
    let (mut kind, mut shown, mut pictures, mut leaves_frames_out) = (None, IDENTITY, 0, false);
    let mut open = parts(file, trak.body, trak.end)?;
    while let Some(part) = open.pop() {
        match &part.kind {
            b"mdia" | b"minf" | b"stbl" | b"edts" => open.extend(parts(file, part.body, part.end)?),
            b"tkhd" => shown = matrix(file, part, [40, 52])?.unwrap_or(IDENTITY),
            b"elst" => leaves_frames_out = starts_late(file, part)?,
            // A handler of data, in QuickTime's `minf`, is of another type.
            b"hdlr" => match bytes::<12>(file, part.body)?.as_ref().map(|head| &head[8..]) {
                Some(b"vide") => kind = Some(b"vide"),
                Some(b"soun") => kind = Some(b"soun"),
                _ => (),
            },
            // Both have the number after version, flags and a size.
            b"stsz" | b"stz2" => {
                pictures = bytes::<4>(file, part.body + 8)?.map_or(0, u32::from_be_bytes);
            }
            _ => (),
        }
    }
    let (start, matrix) = (trak.start, shown);
    Ok((kind, Some(Track { start, matrix, pictures, has_fragments, leaves_frames_out })))
}

const IDENTITY: [f64; 4] = [1.0, 0.0, 0.0, 1.0];

/// The matrix of a header, `[a, b, c, d]` of its rows (a b u) (c d v) (x y w): it begins at one of `offsets`, by the
/// header's version.
fn matrix(file: &mut (impl Read + Seek), header: Part, offsets: [u64; 2]) -> io::Result<Option<[f64; 4]>> {
    let Some([version]) = bytes::<1>(file, header.body)? else { return Ok(None) };
    let begin = header.body + offsets[usize::from(version == 1)];
    let Some(cells) = bytes::<20>(file, begin)? else { return Ok(None) };
    let cell = |at: usize| {
        let fixed = i32::from_be_bytes([cells[at], cells[at + 1], cells[at + 2], cells[at + 3]]);
        f64::from(fixed) / 65_536.0
    };
    Ok(Some([cell(0), cell(4), cell(12), cell(16)]))
}

/// First the one, then the other.
fn product([a, b, c, d]: [f64; 4], [e, f, g, h]: [f64; 4]) -> [f64; 4] {
    [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h]
}

/// Whether the first edit starts after the track's first frame; -1 is a pause.
///
/// `elst`: version and flags, number of entries, then the first entry's duration and start.
fn starts_late(file: &mut (impl Read + Seek), list: Part) -> io::Result<bool> {
    let Some([version]) = bytes::<1>(file, list.body)? else { return Ok(true) };
    let start = if version == 0 {
        bytes::<4>(file, list.body + 12)?.map(|start| i64::from(i32::from_be_bytes(start)))
    } else {
        bytes::<8>(file, list.body + 16)?.map(i64::from_be_bytes)
    };
    Ok(start.is_none_or(|start| start > 0))
}

/// Whether tags have a cover picture: `covr` in `ilst` in `meta`, which has or has not a version before what it
/// holds.
fn has_cover(file: &mut (impl Read + Seek), part: Part) -> io::Result<bool> {
    for child in parts(file, part.body, part.end)?.into_iter().chain(versioned(file, part)?) {
        match &child.kind {
            b"covr" => return Ok(true),
            b"meta" | b"ilst" if has_cover(file, child)? => return Ok(true),
            _ => (),
        }
    }
    Ok(false)
}

fn versioned(file: &mut (impl Read + Seek), part: Part) -> io::Result<Vec<Part>> {
    let mut version = [0xff; 4];
    if &part.kind != b"meta" || !fill(file, part.body, &mut version)? || version != [0; 4] {
        return Ok(Vec::new());
    }
    parts(file, part.body + 4, part.end)
}
