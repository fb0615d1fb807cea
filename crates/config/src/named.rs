//! Sources by name: those of the configuration, and places that somebody names.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;

use anyhow::bail;
use footfall_count::{Anchor, Config as CounterConfig, ConfigError, Counter, Layout};
use footfall_pipeline::Windows;
use footfall_private::{LocalPath, shown};
use footfall_video::{Address, SourceOptions, Transport};

use crate::{Config, SourceEntry};

/// One source of a run.
#[derive(Clone, Debug)]
pub struct NamedSource {
    /// What crossings and reports call it: the given name, else its path or address without secrets.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// How it is opened.
    pub options: SourceOptions,
    /// Which point of a person passes its lines, where it has a setting of its own.
    pub anchor: Option<Anchor>,
    /// Its lines, zones and masks.
    pub layout: Layout,
    /// Where in its pictures people are looked for, where it has a setting of its own.
    pub windows: Option<Windows>,
    /// Where what is drawn over it on the page is kept.
    pub kept: Kept,
    /// The picture from set-up.
    pub reference: Option<LocalPath>,
    /// Whether another source's name makes the same file's name.
    pub is_alike: bool,
}

/// Where what is drawn over a source is kept, so that it is there again at the next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the configuration file: in its own `[[source]]`, or for the whole file where that names none and the
    /// command line this one alone.
    InFile,
    /// Nowhere: the command line draws over it, or it has no place of its own in the file.
    Nowhere,
}

impl NamedSource {
    /// The counter's settings with those that are the source's own.
    #[must_use]
    pub fn counting(&self, config: CounterConfig) -> CounterConfig {
        CounterConfig { anchor: self.anchor.unwrap_or(config.anchor), ..config }
    }

    /// The counter of its lines and zones. What is in percent it takes as that of the source's picture.
    ///
    /// # Errors
    ///
    /// Where a line or a zone, or a setting, makes no sense.
    pub fn counter(&self, config: CounterConfig) -> Result<Counter, ConfigError> {
        Counter::over(self.layout.clone(), self.counting(config))
    }

    /// A source of the file's.
    #[must_use]
    pub fn of_entry(entry: &SourceEntry, config: &Config) -> Self {
        Self {
            name: entry.name.clone(),
            address: Address::new(entry.url.reveal()),
            options: entry.options.clone(),
            anchor: entry.anchor,
            layout: entry.layout.over(&config.layout()),
            windows: entry.windows.clone(),
            kept: Kept::InFile,
            reference: entry.reference.clone(),
            is_alike: false,
        }
    }

    /// A source that the command line names: `NAME=PLACE`, a place, or the name of one in the configuration.
    #[must_use]
    pub fn of_argument(text: &OsStr, config: &Config) -> Self {
        if let Some(entry) = config.source.list.iter().find(|entry| OsStr::new(&entry.name) == text) {
            return Self::of_entry(entry, config);
        }
        let (name, location) = split(text);
        Self {
            name: name.unwrap_or_else(|| shown(&location)),
            address: Address::new(location),
            options: config.source.options.clone(),
            anchor: None,
            layout: config.layout(),
            windows: None,
            kept: Kept::Nowhere,
            reference: None,
            is_alike: false,
        }
    }

    /// The name as part of a file's name: a path's own without folders and ending, and nothing that file
    /// systems dislike.
    pub fn file_stem(&self) -> String {
        let name = match self.name.split_once("://") {
            Some((_, rest)) => rest,
            None if self.name == self.address.to_string() => {
                Path::new(&self.name).file_stem().and_then(OsStr::to_str).unwrap_or(&self.name)
            }
            None => &self.name,
        };
        let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let stem = name.chars().map(plain).collect::<String>();
        let stem = stem.trim_matches(['-', '.']);
        if self.is_alike {
            let hash = footfall_serve::names::hash(&self.name);
            return if stem.is_empty() { hash } else { format!("{stem}-{hash}") };
        }
        stem.to_owned()
    }
}

/// A source's name without the folders that it is in: they are nobody's business on the page.
#[must_use]
pub fn shown_name(name: &str) -> String {
    if name.contains("://") {
        return name.to_owned();
    }
    Path::new(name).file_name().map_or_else(|| name.to_owned(), |n| n.to_string_lossy().into_owned())
}

/// The transport of all RTSP sources.
///
/// # Errors
///
/// Where some ask for TCP and some for UDP.
pub fn transport(sources: &[NamedSource]) -> anyhow::Result<Transport> {
    let is_rtsp = |source: &&NamedSource| source.address.to_string().starts_with("rtsp");
    let mut wished = sources.iter().filter(is_rtsp).map(|source| source.options.transport);
    let first = wished.next().unwrap_or_default();
    if wished.any(|other| other != first) {
        bail!(
            "some RTSP sources ask for tcp and some for udp: in one process all use the same. Run a second \
             process for the others"
        );
    }
    Ok(first)
}

/// `NAME=PLACE` by its parts. What is a file's name as a whole is that.
fn split(text: &OsStr) -> (Option<String>, OsString) {
    let parts = text.to_str().and_then(|text| text.split_once('='));
    match parts {
        Some((name, place)) if is_name(name) && !place.is_empty() && !Path::new(text).exists() => {
            (Some(name.to_owned()), place.into())
        }
        _ => (None, text.to_owned()),
    }
}

fn is_name(text: &str) -> bool {
    let usual = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
    !text.trim().is_empty() && text.chars().all(usual)
}

/// Each source needs a name of its own, also as it is shown to others. Where the names of files would fall
/// together, a hash of the name tells them apart.
///
/// # Errors
///
/// Where two have one name.
pub fn tell_apart(sources: &mut [NamedSource]) -> anyhow::Result<()> {
    let (mut stems, mut shown) = (BTreeMap::<_, u32>::new(), BTreeSet::new());
    for source in &*sources {
        if !shown.insert(shown_name(&source.name)) {
            bail!(
                "two sources are called \"{}\": give each a name of its own, as in front={}",
                shown_name(&source.name),
                source.address
            );
        }
        *stems.entry(source.file_stem()).or_default() += 1;
    }
    for source in sources {
        let stem = source.file_stem();
        source.is_alike = stem.is_empty() || (stems[&stem] > 1 && stem != source.name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::split;

    #[test]
    fn a_name_stands_before_the_place() {
        let parts = |text: &str| {
            let (name, place) = split(OsStr::new(text));
            (name, place.into_string().unwrap())
        };
        assert_eq!(parts("front=rtsp://a/b?c=d"), (Some("front".into()), "rtsp://a/b?c=d".into()));
        assert_eq!(parts("rtsp://a/b?c=d"), (None, "rtsp://a/b?c=d".into()));
        assert_eq!(parts("a/b=c.mp4"), (None, "a/b=c.mp4".into()));
        assert_eq!(parts("0"), (None, "0".into()));
    }
}
