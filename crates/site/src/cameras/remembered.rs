//! The file in which visitors outlast a restart.

use std::fs;
use std::io::ErrorKind;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context as _;
use footfall_count::{Calibration, VisitorsMemory};
use footfall_evidence::Seal;
use footfall_formats::PartialFile;
use footfall_private::LocalPath;
use serde::{Deserialize, Serialize};

/// The version of the file.
const VERSION: u32 = 1;
/// What it is sealed under.
const NAME: &str = "footfall visitors";

/// Where visitors are kept between two runs, and for how long.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    path: LocalPath,
    seal: Seal,
    /// Whose looks they are: the embedder's SHA-256.
    embedder: String,
    calibration: Calibration,
    window: Duration,
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    embedder: String,
    calibration: Calibration,
    /// Seconds since 1970.
    saved: u64,
    visitors: VisitorsMemory,
}

impl Remembered {
    pub(super) fn new(
        (path, seal): (LocalPath, Seal),
        embedder: String,
        calibration: Calibration,
        window: Duration,
    ) -> Self {
        Self { path, seal, embedder, calibration, window }
    }

    pub(super) fn path(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// What was known at `now`, since 1970, from the run before. What cannot be used is told, and is no reason not to
    /// count; what is too old is removed.
    pub(super) fn read(&self, now: Duration) -> Option<VisitorsMemory> {
        let anew = "visitors are counted anew";
        let path = self.path();
        let sealed = match fs::read(&*self.path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!("the visitors in {path} cannot be read: {error}; {anew}");
                return None;
            }
        };
        let Some(plain) = self.seal.open(&sealed, NAME) else {
            tracing::warn!("{path} is damaged, or sealed with another key than remember.key; {anew}");
            return None;
        };
        let Ok(document) = serde_json::from_slice::<Document>(&plain) else {
            tracing::warn!("{path} was written by another version of this program; {anew}");
            return None;
        };
        if document.version != VERSION {
            tracing::warn!(
                "{path} has version {}, and this program knows {VERSION}; {anew}",
                document.version
            );
            return None;
        }
        if document.embedder != self.embedder || document.calibration != self.calibration {
            tracing::warn!("{path} is of another embedder, which sees people otherwise; {anew}");
            return None;
        }
        if now.saturating_sub(Duration::from_secs(document.saved)) > self.window {
            match fs::remove_file(&*self.path) {
                Ok(()) => tracing::info!("{path} was older than the window, and was removed; {anew}"),
                Err(error) => {
                    tracing::warn!("{path} is older than the window, and cannot be removed: {error}");
                }
            }
            return None;
        }
        Some(document.visitors)
    }

    /// Writes down what is known at `now`, in place of what was. What another key has sealed stays as long as it is worth
    /// anything: the right key may come back.
    ///
    /// # Errors
    /// When the file cannot be written, or is to stay.
    pub(super) fn write(&self, visitors: VisitorsMemory, now: Duration) -> anyhow::Result<()> {
        anyhow::ensure!(
            !self.is_of_another_key(now),
            "{} is sealed with another key than remember.key, or damaged: give the key that it was written with, or remove \
             it. Once it is older than counter.visitors.window it is replaced",
            self.path()
        );
        let (embedder, calibration) = (self.embedder.clone(), self.calibration);
        let document = Document { version: VERSION, embedder, calibration, saved: now.as_secs(), visitors };
        let sealed = self.seal.close(&serde_json::to_vec(&document)?, NAME);
        let sealed = sealed.with_context(|| format!("cannot encrypt the visitors for {}", self.path()))?;
        let mut file = PartialFile::create_private(&*self.path)?;
        file.put(&sealed)?;
        Ok(file.finish()?)
    }

    /// Whether there is a file that this key does not open, and that was written within the window.
    fn is_of_another_key(&self, now: Duration) -> bool {
        let (Ok(sealed), Ok(about)) = (fs::read(&*self.path), fs::metadata(&*self.path)) else {
            return false;
        };
        let written = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let is_recent = written.is_none_or(|written| now.saturating_sub(written) <= self.window);
        is_recent && self.seal.open(&sealed, NAME).is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use footfall_count::{Calibration, VisitorConfig, Visitors};
    use footfall_evidence::Seal;

    use super::Remembered;

    const HOUR: Duration = Duration::from_hours(1);

    /// Since 1970.
    fn now() -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
    }

    fn visitors(now: Duration) -> (VisitorConfig, Visitors) {
        let config = VisitorConfig { window: 1.0, ..VisitorConfig::default() };
        let mut visitors = Visitors::new(config);
        visitors.come(1, Some(&[0.6, 0.8]), now, |_| false);
        (config, visitors)
    }

    fn remembered(path: &Path, key: &str, embedder: &str) -> Remembered {
        let seal = Seal::new(&key.repeat(32)).unwrap();
        let path = serde_json::from_value(path.to_str().unwrap().into()).unwrap();
        Remembered::new((path, seal), embedder.to_owned(), Calibration::Research, HOUR)
    }

    #[test]
    fn only_the_key_the_embedder_and_the_window_open_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visitors.sealed");
        let file = remembered(&path, "1f", "one");
        let now = now();
        assert!(file.read(now).is_none(), "there is none");
        let (config, visitors) = visitors(now);
        file.write(visitors.memory(), now).unwrap();
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(8).any(|part| part == b"members\""), "encrypted");
        let memory = file.read(now + HOUR / 2).unwrap();
        assert_eq!(Visitors::recall(config, memory, now + HOUR / 2).unwrap().len(), 1);
        assert!(remembered(&path, "2e", "one").read(now).is_none());
        assert!(remembered(&path, "1f", "other").read(now).is_none());
        for harm in [bytes[..20].to_vec(), [&bytes[..], b"x"].concat()] {
            fs::write(&path, harm).unwrap();
            assert!(file.read(now).is_none());
        }
        fs::write(&path, &bytes).unwrap();
        assert!(file.read(now + 2 * HOUR).is_none() && !path.exists(), "too old, and removed");
    }

    #[test]
    fn what_another_key_has_sealed_stays_for_the_window() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visitors.sealed");
        let (right, wrong, now) = (remembered(&path, "1f", "one"), remembered(&path, "2e", "one"), now());
        let (_, visitors) = visitors(now);
        right.write(visitors.memory(), now).unwrap();
        let error = wrong.write(visitors.memory(), now).unwrap_err().to_string();
        assert!(error.contains("another key") && error.contains("remove it"), "{error}");
        assert!(right.read(now).is_some(), "the right key has come back");
        wrong.write(visitors.memory(), now + 2 * HOUR).unwrap();
        assert!(right.read(now).is_none() && wrong.read(now).is_some(), "it was worth nothing any more");
    }
}
