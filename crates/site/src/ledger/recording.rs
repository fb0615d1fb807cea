//! A recording as the ledger knows it: by its content, and by when it was taken.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use footfall_ledger::Digest;
use footfall_ledger::jiff::{SignedDuration, Timestamp};
use footfall_pipeline::SourceInfo;

/// What the file system tells of a recording.
pub(crate) struct Found {
    /// The same for a copy, under any name.
    pub(crate) content: Digest,
    /// When its first frame was taken, as far as the file's time tells.
    pub(crate) start: Timestamp,
}

/// Files up to this size are read whole; of longer ones [`SAMPLES`] pieces, evenly spread with the first
/// and the last byte among them: two videos of one length that are equal in all of these are one video.
const WHOLE: u64 = 64 << 20;
const SAMPLES: u64 = 64;
const PIECE: u64 = 256 << 10;

/// Looks at the file or folder at `location`; what is on no file system is known by its address. With `name`,
/// one recording counted under two names is two.
///
/// A file is taken to have been written to its end when its last frame was: it began its length earlier. A
/// folder began with its oldest picture.
pub(crate) fn examine(location: &Path, info: &SourceInfo, name: Option<&str>) -> anyhow::Result<Found> {
    let name = name.unwrap_or_default().as_bytes();
    let (content, start) = match fs::metadata(location) {
        Ok(about) if about.is_dir() => {
            folder(location).with_context(|| format!("cannot read {}", location.display()))?
        }
        Ok(about) => {
            let content =
                file(location, &about).with_context(|| format!("cannot read {}", location.display()))?;
            (content, began(&about, info))
        }
        Err(_) => (Digest::of([info.name.as_bytes()]), Timestamp::now()),
    };
    Ok(Found { content: Digest::of([content.as_bytes().as_slice(), name]), start })
}

fn file(path: &Path, about: &Metadata) -> io::Result<Digest> {
    if about.len() <= WHOLE {
        return Ok(Digest::of([fs::read(path)?.as_slice()]));
    }
    let mut file = File::open(path)?;
    let mut sampled = about.len().to_le_bytes().to_vec();
    for index in 0..SAMPLES {
        file.seek(SeekFrom::Start((about.len() - PIECE) / (SAMPLES - 1) * index))?;
        file.by_ref().take(PIECE).read_to_end(&mut sampled)?;
    }
    file.seek(SeekFrom::End(-(PIECE.cast_signed())))?;
    file.read_to_end(&mut sampled)?;
    Ok(Digest::of([sampled.as_slice()]))
}

/// Names, sizes and first bytes of a folder's files, in the order of their names, and the oldest one's time.
fn folder(path: &Path) -> io::Result<(Digest, Timestamp)> {
    const START: u64 = 4 << 10;
    let pictures = path.join("img1");
    let path = if pictures.is_dir() { pictures } else { path.to_owned() };
    let entries = fs::read_dir(&path)?.map(|entry| Ok(entry?.path()));
    let mut files: Vec<PathBuf> = entries.collect::<io::Result<_>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    let mut parts = Vec::new();
    let mut oldest: Option<Timestamp> = None;
    for file in &files {
        let about = fs::metadata(file)?;
        oldest = changed(&about).into_iter().chain(oldest).min();
        parts.push(file.file_name().unwrap_or_default().as_encoded_bytes().to_vec());
        parts.push(about.len().to_le_bytes().to_vec());
        let mut start = Vec::new();
        File::open(file)?.take(START).read_to_end(&mut start)?;
        parts.push(start);
    }
    Ok((Digest::of(parts.iter().map(Vec::as_slice)), oldest.unwrap_or_else(Timestamp::now)))
}

fn began(about: &Metadata, info: &SourceInfo) -> Timestamp {
    let ended = changed(about).unwrap_or_else(Timestamp::now);
    let length = info.length.filter(|length| is_believed(*length, about.len()));
    if let (None, Some(length)) = (length, info.length) {
        tracing::warn!(
            "{} says that it is {:#} long, for which it is too small: when it was finished is taken for when it began; \
             --start-time says it rightly",
            info.name,
            SignedDuration::try_from(length).unwrap_or_default()
        );
    }
    let length = length.and_then(|length| SignedDuration::try_from(length).ok()).unwrap_or_default();
    ended.checked_sub(length).unwrap_or(ended)
}

/// Whether a video of so many bytes may be so long. One wrong time in it makes it hours longer.
fn is_believed(length: Duration, bytes: u64) -> bool {
    /// Of a picture in which nothing moves, once a second.
    const LEAST: f64 = 100.0;
    length <= Duration::from_mins(10) || length.as_secs_f64() * LEAST <= bytes as f64
}

fn changed(about: &Metadata) -> Option<Timestamp> {
    Timestamp::try_from(about.modified().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use footfall_pipeline::{Kind, SourceInfo};

    use super::{WHOLE, examine};

    fn info() -> SourceInfo {
        SourceInfo {
            name: "clip".into(),
            kind: Kind::Recorded,
            width: 1,
            height: 1,
            frame_rate: Some(10.0),
            frames: Some(600),
            length: Some(Duration::from_mins(1)),
        }
    }

    #[test]
    fn a_copy_is_the_same_and_a_change_anywhere_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        let content = |path| examine(path, &info(), None).unwrap().content;
        for length in [1000, WHOLE as usize + 12_345] {
            let mut bytes = vec![7u8; length];
            fs::write(&a, &bytes).unwrap();
            fs::write(&b, &bytes).unwrap();
            assert_eq!(content(&a), content(&b));
            assert_ne!(content(&a), examine(&a, &info(), Some("left")).unwrap().content);
            for place in [0, length - 1] {
                bytes[place] = 8;
                fs::write(&b, &bytes).unwrap();
                assert_ne!(content(&a), content(&b), "{length} {place}");
                bytes[place] = 7;
            }
        }
    }

    #[test]
    fn a_file_began_its_length_before_it_was_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "x").unwrap();
        let when = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_060);
        fs::File::options().write(true).open(&path).unwrap().set_modified(when).unwrap();
        assert_eq!(examine(&path, &info(), None).unwrap().start.as_second(), 1_000_000_000);
        assert_eq!(examine(folder.path(), &info(), None).unwrap().start.as_second(), 1_000_000_060);
        let spoilt = SourceInfo { length: Some(Duration::from_hours(10)), ..info() };
        assert_eq!(examine(&path, &spoilt, None).unwrap().start.as_second(), 1_000_000_060, "one byte");
        let whole = fs::File::create(&path).unwrap();
        whole.set_len(4_000_000).unwrap();
        whole.set_modified(when).unwrap();
        assert_eq!(examine(&path, &spoilt, None).unwrap().start.as_second(), 1_000_000_060 - 36_000);
    }
}
