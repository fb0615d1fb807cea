//! Matroska and `WebM` (RFC 9559, RFC 8794).

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

use super::ebml::{Element, content, element, elements, float, number, size, within};
use super::{Container, Patch, Stream, beyond, video_of};
use crate::orientation::Orientation;

const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114d_9b74;
const SEEK: u32 = 0x4dbb;
const SEEK_ID: u32 = 0x53ab;
const SEEK_POSITION: u32 = 0x53ac;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const TRACK_UID: u32 = 0x73c5;
const TRACK_TYPE: u32 = 0x83;
const VIDEO: u32 = 0xe0;
const PROJECTION: u32 = 0x7670;
const PROJECTION_TYPE: u32 = 0x7671;
const YAW: u32 = 0x7673;
const PITCH: u32 = 0x7674;
const ROLL: u32 = 0x7675;
const TAGS: u32 = 0x1254_c367;
const TAG: u32 = 0x7373;
const TARGETS: u32 = 0x63c0;
const TAG_TRACK: u32 = 0x63c5;
const SIMPLE_TAG: u32 = 0x67c8;
const TAG_NAME: u32 = 0x45a3;
const TAG_STRING: u32 = 0x4487;
const CLUSTER: u32 = 0x1f43_b675;
const BLOCK_GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const SIMPLE_BLOCK: u32 = 0xa3;
/// The kind of a track of subtitles.
const SUBTITLES: u8 = 0x11;

/// After so many blocks a stream that has shown one picture is taken to be a picture.
const BLOCKS: usize = 500;

/// A track of pictures.
struct Track {
    /// Where the last byte of its kind is.
    kind_at: u64,
    number: u64,
    uid: u64,
    orientation: Orientation,
    /// How many of its blocks were met, of those that were looked at.
    blocks: usize,
}

impl Stream for Track {
    fn is_still(&self) -> bool {
        self.blocks < 2
    }
}

pub(super) fn examine(file: &mut (impl Read + Seek), length: u64) -> io::Result<Container> {
    let mut container = Container::default();
    let head = elements(file, 0, length)?;
    let Some(segment) = head.iter().find(|element| element.id == SEGMENT) else { return Ok(container) };
    container.missing = segment.size.and_then(|size| beyond(segment.body.saturating_add(size), length));
    let end = segment.end(length);
    let parts = first_parts(file, segment, end)?;
    let part = |id| parts.iter().find(|part| part.id == id);
    let Some(tracks) = part(TRACKS) else { return Ok(container) };
    let (mut videos, has_sound) = tracks_of(file, tracks, end)?;
    container.sound_only = videos.is_empty() && has_sound;
    if videos.len() > 1
        && let Some(cluster) = part(CLUSTER)
    {
        count_blocks(file, &mut videos, cluster.start, end)?;
    }
    let chosen = video_of(&videos);
    let Some(video) = videos.get(chosen) else { return Ok(container) };
    container.orientation = video.orientation;
    if video.orientation == Orientation::UPRIGHT {
        container.orientation = turned_by_tag(file, segment, &parts, video.uid, end)?.unwrap_or_default();
    }
    // A reader gives up a cluster with blocks of a track that it does not know: so it stays one, of another kind.
    container.without_stills = videos[..chosen]
        .iter()
        .map(|track| Patch { position: track.kind_at, bytes: vec![SUBTITLES] })
        .collect();
    Ok(container)
}

/// What stands in the segment up to its first cluster.
fn first_parts(file: &mut (impl Read + Seek), segment: &Element, end: u64) -> io::Result<Vec<Element>> {
    let (mut parts, mut position) = (Vec::new(), segment.body);
    while position < end
        && let Some(next) = element(file, position)?
    {
        parts.push(next);
        if next.id == CLUSTER || next.size.is_none() {
            break;
        }
        position = next.end(u64::MAX);
    }
    Ok(parts)
}

/// The tracks of pictures, and whether there is one of sound.
fn tracks_of(file: &mut (impl Read + Seek), tracks: &Element, end: u64) -> io::Result<(Vec<Track>, bool)> {
    let (mut videos, mut has_sound) = (Vec::new(), false);
    for entry in within(file, tracks, end)?.iter().filter(|entry| entry.id == TRACK) {
        let orientation = Orientation::UPRIGHT;
        let mut track = Track { kind_at: 0, number: 0, uid: 0, orientation, blocks: 0 };
        let mut kind = 0;
        for part in within(file, entry, end)? {
            match part.id {
                TRACK_NUMBER => track.number = number(file, &part)?,
                TRACK_UID => track.uid = number(file, &part)?,
                TRACK_TYPE => {
                    kind = number(file, &part)?;
                    track.kind_at = part.end(end).saturating_sub(1);
                }
                VIDEO => track.orientation = projected(file, &part, end)?,
                _ => (),
            }
        }
        match kind {
            1 => videos.push(track),
            2 => has_sound = true,
            _ => (),
        }
    }
    Ok((videos, has_sound))
}

/// How a flat picture is projected: turned about the vertical by half a turn it is mirrored, and then it rolls
/// counter-clockwise.
fn projected(file: &mut (impl Read + Seek), video: &Element, end: u64) -> io::Result<Orientation> {
    let parts = within(file, video, end)?;
    let Some(projection) = parts.iter().find(|part| part.id == PROJECTION) else {
        return Ok(Orientation::UPRIGHT);
    };
    let (mut kind, mut yaw, mut pitch, mut roll) = (0, 0.0, 0.0, 0.0);
    for part in within(file, projection, end)? {
        match part.id {
            PROJECTION_TYPE => kind = number(file, &part)?,
            YAW => yaw = float(file, &part)?,
            PITCH => pitch = float(file, &part)?,
            ROLL => roll = float(file, &part)?,
            _ => (),
        }
    }
    let is_flat = kind == 0 && pitch == 0.0 && (yaw == 0.0 || yaw.abs() == 180.0);
    Ok(Orientation::turned(-roll, yaw != 0.0).filter(|_| is_flat).unwrap_or_default())
}

/// The clockwise turn that older programs have written as a tag `ROTATE` of the track.
fn turned_by_tag(
    file: &mut (impl Read + Seek),
    segment: &Element,
    parts: &[Element],
    uid: u64,
    end: u64,
) -> io::Result<Option<Orientation>> {
    let tags = match parts.iter().find(|part| part.id == TAGS) {
        Some(tags) => Some(*tags),
        None => sought(file, segment, parts, end)?,
    };
    let Some(tags) = tags.filter(|tags| tags.id == TAGS) else { return Ok(None) };
    for tag in within(file, &tags, end)?.iter().filter(|tag| tag.id == TAG) {
        let (mut is_of_track, mut turn) = (false, None);
        for part in within(file, tag, end)? {
            match part.id {
                TARGETS => {
                    for target in within(file, &part, end)? {
                        is_of_track |= target.id == TAG_TRACK && number(file, &target)? == uid;
                    }
                }
                SIMPLE_TAG => turn = turn.or(rotate(file, &part, end)?),
                _ => (),
            }
        }
        if is_of_track && turn.is_some() {
            return Ok(turn.and_then(|degrees| Orientation::turned(degrees, false)));
        }
    }
    Ok(None)
}

fn rotate(file: &mut (impl Read + Seek), tag: &Element, end: u64) -> io::Result<Option<f64>> {
    let (mut is_rotate, mut degrees) = (false, None);
    for part in within(file, tag, end)? {
        let text = content(file, &part)?;
        let text = String::from_utf8_lossy(&text);
        let text = text.trim_end_matches('\0');
        match part.id {
            TAG_NAME => is_rotate = text.eq_ignore_ascii_case("rotate"),
            TAG_STRING => degrees = text.trim().parse().ok(),
            _ => (),
        }
    }
    Ok(degrees.filter(|_| is_rotate))
}

/// The tags behind the clusters, where the table at the beginning says that there are some.
fn sought(
    file: &mut (impl Read + Seek),
    segment: &Element,
    parts: &[Element],
    end: u64,
) -> io::Result<Option<Element>> {
    for head in parts.iter().filter(|part| part.id == SEEK_HEAD) {
        for seek in within(file, head, end)?.iter().filter(|seek| seek.id == SEEK) {
            let (mut id, mut position) = (0, 0);
            for part in within(file, seek, end)? {
                match part.id {
                    SEEK_ID => id = number(file, &part)?,
                    SEEK_POSITION => position = number(file, &part)?,
                    _ => (),
                }
            }
            if id == u64::from(TAGS) {
                return element(file, segment.body.saturating_add(position));
            }
        }
    }
    Ok(None)
}

/// Counts the tracks' blocks from the cluster at `position` on, until one of the first and one that moves
/// are told apart or enough were seen.
fn count_blocks(
    file: &mut (impl Read + Seek),
    videos: &mut [Track],
    mut position: u64,
    end: u64,
) -> io::Result<()> {
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let mut left = BLOCKS;
    while left > 0
        && position < end
        && let Some(next) = element(file, position)?
    {
        position = match next.id {
            // Their parts are met one by one.
            CLUSTER | BLOCK_GROUP => next.body,
            BLOCK | SIMPLE_BLOCK => {
                if let Some((Some(track), _)) = size(file, next.body)? {
                    *seen.entry(track).or_default() += 1;
                }
                left -= 1;
                next.end(u64::MAX)
            }
            _ if next.size.is_none() => break,
            _ => next.end(u64::MAX),
        };
        if videos.iter().all(|track| seen.get(&track.number).is_some_and(|&count| count > 1)) {
            break;
        }
    }
    for track in videos {
        track.blocks = seen.get(&track.number).copied().unwrap_or(0);
    }
    Ok(())
}
