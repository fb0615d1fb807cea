//! The file that staff are enrolled in: how they look, as the embedder sees it, and until when.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use footfall_config::usage;
use footfall_count::{Employee, Staff};
use footfall_formats::PartialFile;
use footfall_ledger::jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Of the file's form.
const VERSION: u32 = 1;

/// Everyone who is enrolled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gallery {
    version: u32,
    /// SHA-256 of the embedder's file: another one sees people otherwise.
    embedder: String,
    people: Vec<Enrolled>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrolled {
    name: String,
    /// When they were enrolled.
    since: Timestamp,
    expires: Timestamp,
    /// Means of embeddings, each of unit length. There are no pictures in the file.
    looks: Vec<Vec<f32>>,
}

impl Gallery {
    fn new(embedder: String) -> Self {
        Self { version: VERSION, embedder, people: Vec::new() }
    }

    /// The gallery at `path`.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or is no gallery.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let place = path.display();
        let text = std::fs::read_to_string(path).with_context(|| {
            format!("cannot read the staff gallery {place}: `footfall staff enrol NAME --from DIR` makes one")
        })?;
        let gallery: Self =
            serde_json::from_str(&text).with_context(|| format!("{place} is no staff gallery"))?;
        if gallery.version == VERSION {
            return Ok(gallery);
        }
        Err(anyhow!(
            "the staff gallery {place} has version {}, and this program knows {VERSION}: update Footfall, or \
             enrol anew",
            gallery.version
        ))
    }

    /// Refuses looks of another embedder than the one with this SHA-256.
    ///
    /// # Errors
    ///
    /// Where another embedder has made it.
    pub fn check(&self, path: &Path, embedder: &str) -> anyhow::Result<()> {
        if self.embedder == embedder {
            return Ok(());
        }
        Err(usage(anyhow!(
            "the staff gallery {} was made with another embedder, which sees people otherwise: enrol them anew, \
             or run that embedder with --embedder",
            path.display()
        )))
    }

    /// Writes it to `path`, for the owner of the file alone.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut file = PartialFile::create_private(path)?;
        file.put(serde_json::to_string(self)?.as_bytes())?;
        file.put(b"\n")?;
        Ok(file.finish()?)
    }

    /// Who is enrolled, since when and until when.
    #[must_use]
    pub fn enrolled(self) -> Vec<(String, Timestamp, Timestamp)> {
        self.people.into_iter().map(|person| (person.name, person.since, person.expires)).collect()
    }

    /// The gallery at `path`, or where there is none an empty one for the embedder with this SHA-256.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read) and [`check`](Self::check).
    pub fn open(path: &Path, embedder: &str) -> anyhow::Result<Self> {
        let gallery = if path.exists() { Self::read(path)? } else { Self::new(embedder.to_owned()) };
        gallery.check(path, embedder)?;
        Ok(gallery)
    }

    /// Enrols somebody by these looks, or anew; for so many days from `now` on.
    ///
    /// # Errors
    ///
    /// Where the name is taken.
    pub fn enrol(
        &mut self,
        name: &str,
        looks: Vec<Vec<f32>>,
        now: Timestamp,
        days: u16,
    ) -> anyhow::Result<Timestamp> {
        let expires = now.checked_add(SignedDuration::from_hours(24 * i64::from(days)))?;
        self.people.retain(|person| person.name != name);
        self.people.push(Enrolled { name: name.to_owned(), since: now, expires, looks });
        self.people.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(expires)
    }

    /// Forgets somebody; says whether there was such a person.
    pub fn forget(&mut self, name: &str) -> bool {
        let before = self.people.len();
        self.people.retain(|person| person.name != name);
        self.people.len() < before
    }

    /// Those who are known at a source whose time was zero at `start`.
    #[must_use]
    pub fn staff(&self, start: Timestamp, max_cosine_distance: f64) -> Staff {
        let employee = |person: &Enrolled| {
            let left: SignedDuration = person.expires.duration_since(start);
            let expires = Duration::try_from(left).unwrap_or_default();
            Employee { name: person.name.as_str().into(), looks: person.looks.clone(), expires }
        };
        Staff::new(self.people.iter().map(employee).collect(), max_cosine_distance)
    }

    /// Says who is not known any more.
    pub fn warn_of_expired(&self, now: Timestamp) {
        for person in self.people.iter().filter(|person| person.expires <= now) {
            tracing::warn!(
                "{} is counted again: their enrolment as staff expired on {}. Enrol them anew",
                person.name,
                person.expires.strftime("%Y-%m-%d")
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Enrolled, Gallery};

    #[test]
    fn what_was_written_is_read_and_expiry_is_in_the_sources_time() {
        let at = |text: &str| text.parse().unwrap();
        let mut gallery = Gallery::new("abc".into());
        gallery.people.push(Enrolled {
            name: "Anna".into(),
            since: at("2026-03-01T00:00:00Z"),
            expires: at("2026-03-31T00:00:00Z"),
            looks: vec![vec![0.6, 0.8]],
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("staff.json");
        gallery.write(&path).unwrap();
        assert_eq!(Gallery::read(&path).unwrap(), gallery);
        let knows = |start: &str, seconds| {
            let staff = gallery.staff(at(start), 0.1);
            staff.recognise(&[0.6, 0.8], Duration::from_secs(seconds)).is_some()
        };
        assert!(knows("2026-03-30T23:59:00Z", 59) && !knows("2026-03-30T23:59:00Z", 60));
        assert!(!knows("2026-04-01T00:00:00Z", 0));
        gallery.check(&path, "abc").unwrap();
        let error = gallery.check(&path, "def").unwrap_err().to_string();
        assert!(error.contains("another embedder") && error.contains("staff.json"), "{error}");
        std::fs::write(&path, "{}").unwrap();
        assert!(format!("{:#}", Gallery::read(&path).unwrap_err()).contains("no staff gallery"));
    }
}
