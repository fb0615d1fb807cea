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
/// Sets of clothes in which one person is known, at most: the latest ones.
const OUTFITS: usize = 5;

/// Everyone who is enrolled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gallery {
    version: u32,
    /// SHA-256 of the embedder's file: another one sees people otherwise.
    embedder: String,
    people: Vec<Enrolled>,
}

/// One of them, in one set of clothes; under one name there may be several.
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
    pub fn enrolled(&self) -> Vec<(String, Timestamp, Timestamp)> {
        self.outfits().into_iter().map(|(name, since, expires, _)| (name, since, expires)).collect()
    }

    /// Who is enrolled, since when, until when, and in how many sets of clothes.
    #[must_use]
    pub fn outfits(&self) -> Vec<(String, Timestamp, Timestamp, usize)> {
        let mut all: Vec<(String, Timestamp, Timestamp, usize)> = Vec::new();
        for Enrolled { name, since, expires, .. } in &self.people {
            match all.last_mut().filter(|(before, ..)| before == name) {
                Some(before) => {
                    *before = (name.clone(), before.1.min(*since), before.2.max(*expires), before.3 + 1);
                }
                None => all.push((name.clone(), *since, *expires, 1)),
            }
        }
        all
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

    /// Enrols somebody by these looks, for so many days from `now` on: in place of what they were known by, or
    /// in one more set of clothes.
    ///
    /// # Errors
    ///
    /// Where the name is taken.
    pub fn enrol(
        &mut self,
        name: &str,
        looks: Vec<Vec<f32>>,
        (now, days): (Timestamp, u16),
        is_another: bool,
    ) -> anyhow::Result<Timestamp> {
        let expires = now.checked_add(SignedDuration::from_hours(24 * i64::from(days)))?;
        self.people.retain(|person| person.name != name || is_another && person.expires > now);
        self.people.push(Enrolled { name: name.to_owned(), since: now, expires, looks });
        // In the order of their enrolment, under each name.
        self.people.sort_by(|a, b| (&a.name, a.since).cmp(&(&b.name, b.since)));
        let mut surplus =
            self.people.iter().filter(|person| person.name == name).count().saturating_sub(OUTFITS);
        self.people.retain(|person| {
            let is_surplus = surplus > 0 && person.name == name;
            surplus -= usize::from(is_surplus);
            !is_surplus
        });
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
        for (name, _, expires) in self.enrolled().into_iter().filter(|(.., expires)| *expires <= now) {
            tracing::warn!(
                "{name} is counted again: their enrolment as staff expired on {}. Enrol them anew",
                expires.strftime("%Y-%m-%d")
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

    #[test]
    fn somebody_is_known_in_every_set_of_clothes_until_each_expires() {
        let at = |text: &str| text.parse().unwrap();
        let mut gallery = Gallery::new("abc".into());
        let (first, later) = (at("2026-03-01T00:00:00Z"), at("2026-03-20T00:00:00Z"));
        gallery.enrol("Anna", vec![vec![1.0, 0.0]], (first, 30), true).unwrap();
        gallery.enrol("Ben", vec![vec![-1.0, 0.0]], (first, 30), true).unwrap();
        gallery.enrol("Anna", vec![vec![0.0, 1.0]], (later, 30), true).unwrap();
        let knows = |gallery: &Gallery, day: &str, look: [f32; 2]| {
            let staff = gallery.staff(at(day), 0.1);
            staff.recognise(&look, Duration::ZERO).map(ToString::to_string)
        };
        let anna = Some("Anna".to_owned());
        assert_eq!(knows(&gallery, "2026-03-25T00:00:00Z", [1.0, 0.0]), anna);
        assert_eq!(knows(&gallery, "2026-03-25T00:00:00Z", [0.0, 1.0]), anna);
        assert_eq!(knows(&gallery, "2026-04-05T00:00:00Z", [1.0, 0.0]), None, "these clothes have expired");
        assert_eq!(knows(&gallery, "2026-04-05T00:00:00Z", [0.0, 1.0]), anna);
        let told: Vec<_> =
            gallery.outfits().into_iter().map(|(name, since, _, count)| (name, since, count)).collect();
        assert_eq!(told, [("Anna".to_owned(), first, 2), ("Ben".to_owned(), first, 1)]);
        for _ in 0..9 {
            gallery.enrol("Anna", vec![vec![0.6, 0.8]], (later, 30), true).unwrap();
        }
        assert_eq!(gallery.outfits()[0].3, super::OUTFITS);
        gallery.enrol("Anna", vec![vec![0.6, 0.8]], (later, 30), false).unwrap();
        assert_eq!((gallery.outfits()[0].3, gallery.people.len()), (1, 2));
        assert!(gallery.forget("Anna") && !gallery.forget("Anna"));
    }
}
