//! The folder that clips are kept in.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use footfall_scratch::{Privacy, ScratchFile};

use crate::{Answer, Clip, EvidenceConfig, EvidenceError, Minute, Seal, rows};

/// Clips, minutes and answers: `clips/ID.clip`, `minutes/SOURCE.jsonl`, `answers.jsonl`. Nobody but the owner of the
/// process may read them.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    seal: Option<Seal>,
    /// Seconds and bytes.
    lasts: i64,
    most: u64,
}

/// A clip that is kept, by its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub id: String,
    /// Its beginning, in seconds since 1970-01-01T00:00Z.
    pub begins: i64,
    /// Its size.
    pub bytes: u64,
}

const DAY: i64 = 86_400;
const ENDING: &str = "clip";

impl Folder {
    /// The configured one, made where it is not there; nothing where none is configured.
    ///
    /// # Errors
    /// When a setting cannot be used, or the folder cannot be made.
    pub fn open(config: &EvidenceConfig) -> Result<Option<Self>, EvidenceError> {
        let Some(path) = config.folder.as_deref() else { return Ok(None) };
        config.check()?;
        for part in ["clips", "minutes"] {
            make(&path.join(part))?;
        }
        Ok(Some(Self {
            path: path.to_owned(),
            seal: config.seal()?,
            lasts: i64::from(config.days) * DAY,
            most: u64::from(config.megabytes) * 1_000_000,
        }))
    }

    /// Keeps a clip, and makes room: what began before `now` less the days that clips last is removed, and of the others
    /// the oldest, until all fit.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, clip: &Clip, now: i64) -> Result<(), EvidenceError> {
        let path = self.clip(&clip.head.id, clip.head.begins / 1000);
        let failed = |source| EvidenceError::File { what: "write", path: path.clone(), source };
        let bytes = clip.encode(self.seal.as_ref()).ok_or_else(|| failed(ErrorKind::InvalidData.into()))?;
        let file = ScratchFile::beside(&path, true, Privacy::Private).map_err(failed)?;
        file.as_file().write_all(&bytes).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(failed)?;
        self.make_room(now)
    }

    /// Removes what has expired, and the oldest that do not fit.
    ///
    /// # Errors
    /// When the folder cannot be read, or a clip cannot be removed.
    pub fn make_room(&self, now: i64) -> Result<(), EvidenceError> {
        let kept = self.clips()?;
        let mut size: u64 = kept.iter().map(|clip| clip.bytes).sum();
        for clip in kept {
            if clip.begins >= now - self.lasts && size <= self.most {
                break;
            }
            let path = self.clip(&clip.id, clip.begins);
            match fs::remove_file(&path) {
                Err(source) if source.kind() != ErrorKind::NotFound => {
                    return Err(EvidenceError::File { what: "remove", path, source });
                }
                _ => size -= clip.bytes,
            }
        }
        Ok(())
    }

    /// All clips that are kept, from the oldest.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn clips(&self) -> Result<Vec<Kept>, EvidenceError> {
        let path = self.path.join("clips");
        let failed = |source| EvidenceError::File { what: "read", path: path.clone(), source };
        let mut kept = Vec::new();
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let parts = Path::new(&name).file_stem().and_then(|stem| stem.to_str()?.split_once('_'));
            let is_clip = Path::new(&name).extension().is_some_and(|ending| ending == ENDING);
            if let Some((begins, id)) = parts
                && is_clip
                && let Ok(begins) = begins.parse()
                && let Ok(about) = entry.metadata()
            {
                kept.push(Kept { id: id.to_owned(), begins, bytes: about.len() });
            }
        }
        kept.sort_by(|a, b| (a.begins, &a.id).cmp(&(b.begins, &b.id)));
        Ok(kept)
    }

    /// The clip of this name.
    ///
    /// # Errors
    /// When there is none, it is sealed with another key, or damaged.
    pub fn read(&self, id: &str) -> Result<Clip, EvidenceError> {
        let kept = self.clips()?.into_iter().find(|kept| kept.id == id);
        let kept = kept.ok_or_else(|| EvidenceError::Missing { id: id.to_owned() })?;
        let path = self.clip(&kept.id, kept.begins);
        let bytes = fs::read(&path).map_err(|source| EvidenceError::File { what: "read", path, source })?;
        Clip::decode(id, &bytes, self.seal.as_ref())
    }

    /// Adds a minute that is over.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add_minute(&self, minute: &Minute) -> Result<(), EvidenceError> {
        let name: String =
            minute.source.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        rows::add(&self.path.join("minutes").join(format!("{name}.jsonl")), minute)
    }

    /// All minutes of all sources; of one that was counted again, the last.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn minutes(&self) -> Result<Vec<Minute>, EvidenceError> {
        let path = self.path.join("minutes");
        let failed = |source| EvidenceError::File { what: "read", path: path.clone(), source };
        let mut all = std::collections::BTreeMap::new();
        for entry in fs::read_dir(&path).map_err(failed)? {
            for minute in rows::read::<Minute>(&entry.map_err(failed)?.path())? {
                all.insert((minute.source.clone(), minute.minute), minute);
            }
        }
        Ok(all.into_values().collect())
    }

    /// Adds an answer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn answer(&self, answer: &Answer) -> Result<(), EvidenceError> {
        rows::add(&self.path.join("answers.jsonl"), answer)
    }

    /// All answers: of each auditor the last one to each clip.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn answers(&self) -> Result<Vec<Answer>, EvidenceError> {
        let mut last = std::collections::BTreeMap::new();
        for answer in rows::read::<Answer>(&self.path.join("answers.jsonl"))? {
            last.insert((answer.clip.clone(), answer.auditor.clone()), answer);
        }
        Ok(last.into_values().collect())
    }

    fn clip(&self, id: &str, begins: i64) -> PathBuf {
        self.path.join("clips").join(format!("{begins}_{id}.{ENDING}"))
    }
}

fn make(path: &Path) -> Result<(), EvidenceError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| EvidenceError::File { what: "make", path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::Folder;
    use crate::clip::tests::clip;
    use crate::{Answer, EvidenceConfig, EvidenceError};

    fn folder(path: &std::path::Path) -> Folder {
        let config = EvidenceConfig {
            folder: Some(path.to_owned().into()),
            days: 1,
            megabytes: 10,
            ..EvidenceConfig::default()
        };
        Folder::open(&config).unwrap().unwrap()
    }

    #[test]
    fn clips_expire_and_the_oldest_make_room() {
        let place = tempfile::tempdir().unwrap();
        let folder = folder(&place.path().join("evidence"));
        let day = 86_400;
        let names = || -> Vec<String> { folder.clips().unwrap().into_iter().map(|kept| kept.id).collect() };
        for (n, begins) in [(1, 0), (2, 100), (3, day)] {
            folder.keep(&clip(&format!("front-{n}-d"), begins * 1000, 4_000_000), begins).unwrap();
        }
        assert_eq!(names(), ["front-2-d", "front-3-d"], "three of four megabytes do not fit into ten");
        folder.make_room(day + 101).unwrap();
        assert_eq!(names(), ["front-3-d"], "after a day they are gone");
        assert_eq!(folder.read("front-3-d").unwrap(), clip("front-3-d", day * 1000, 4_000_000));
        assert!(matches!(folder.read("front-2-d"), Err(EvidenceError::Missing { .. })));
        assert!(matches!(folder.read("../answers"), Err(EvidenceError::Missing { .. })));
    }

    #[test]
    fn the_last_answer_of_each_auditor_counts_and_a_row_that_was_cut_off_does_not() {
        let place = tempfile::tempdir().unwrap();
        let folder = folder(place.path());
        let answer = |auditor: &str, at| Answer {
            clip: "front-1-m".into(),
            auditor: auditor.into(),
            at,
            lines: Vec::new(),
            differences: Vec::new(),
        };
        for (auditor, at) in [("ada", 1), ("bob", 2), ("ada", 3)] {
            folder.answer(&answer(auditor, at)).unwrap();
        }
        let path = place.path().join("answers.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}{{\"clip\":\"fro")).unwrap();
        assert_eq!(folder.answers().unwrap(), [answer("ada", 3), answer("bob", 2)]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = tempfile::tempdir().unwrap();
        let folder = folder(&place.path().join("evidence"));
        folder.keep(&clip("front-1-d", 0, 100), 0).unwrap();
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o077;
        let clips = place.path().join("evidence/clips");
        assert_eq!((mode(&clips), mode(&clips.join("0_front-1-d.clip"))), (0, 0));
    }
}
