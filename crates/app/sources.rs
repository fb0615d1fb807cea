//! Which sources a run has: those that the command line names, else those of the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;

use anyhow::bail;
use footfall_count::{Anchor, Config as CounterConfig, ConfigError, Counter, Layout, Line, PartLayout};
use footfall_private::{LocalPath, shown};
use footfall_video::{Address, SourceOptions, Transport};

use crate::cli::{RunArgs, SourceArgs};
use crate::config::{Config, SourceEntry};

/// One source of a run.
#[derive(Clone, Debug)]
pub(crate) struct NamedSource {
    /// What crossings and reports call it: the given name, else its path or address without secrets.
    pub(crate) name: String,
    pub(crate) address: Address,
    pub(crate) options: SourceOptions,
    /// Which point of a person passes its lines, where it has a setting of its own.
    pub(crate) anchor: Option<Anchor>,
    pub(crate) layout: Layout,
    /// Where what is drawn over it on the page is kept.
    pub(crate) kept: Kept,
    /// The picture from set-up.
    pub(crate) reference: Option<LocalPath>,
    /// Whether another source's name makes the same file's name.
    pub(crate) is_alike: bool,
}

/// Where what is drawn over a source is kept, so that it is there again at the next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In the configuration file: in its own `[[source]]`, or for the whole file where that names none and the
    /// command line this one alone.
    InFile,
    /// Nowhere: the command line draws over it, or it has no place of its own in the file.
    Nowhere,
}

impl NamedSource {
    /// The counter's settings with those that are the source's own.
    pub(crate) fn counting(&self, config: CounterConfig) -> CounterConfig {
        CounterConfig { anchor: self.anchor.unwrap_or(config.anchor), ..config }
    }

    /// The counter of its lines and zones. What is in percent it takes as that of the source's picture.
    pub(crate) fn counter(&self, config: CounterConfig) -> Result<Counter, ConfigError> {
        Counter::over(self.layout.clone(), self.counting(config))
    }
}

/// A source's name without the folders that it is in: they are nobody's business on the page.
pub(crate) fn shown_name(name: &str) -> String {
    if name.contains("://") {
        return name.to_owned();
    }
    Path::new(name).file_name().map_or_else(|| name.to_owned(), |n| n.to_string_lossy().into_owned())
}

/// The sources of a run, in order.
pub(crate) fn resolve(args: &RunArgs, config: &Config) -> anyhow::Result<Vec<NamedSource>> {
    let mut sources: Vec<NamedSource> = if args.sources.is_empty() {
        config.source.list.iter().map(|entry| of_entry(entry, config)).collect()
    } else {
        args.sources.iter().map(|text| of_argument(text, config)).collect()
    };
    if sources.is_empty() {
        bail!(
            "no source: name a video, a camera's number or an address, or a configuration that has [[source]]"
        );
    }
    // The file's own sources would have it too.
    if let ([only], true) = (&mut sources[..], config.source.list.is_empty()) {
        only.kept = Kept::InFile;
    }
    let names: BTreeSet<String> = sources.iter().map(|source| source.name.clone()).collect();
    for source in &mut sources {
        source.override_by(&args.source_options);
        source.options.validate()?;
        source.anchor = args.anchor.or(source.anchor);
        let mut given = args.layout();
        given.lines = given.lines.map(|lines| lines_of(&lines, &source.name, &names)).transpose()?;
        if given != PartLayout::default() {
            source.kept = Kept::Nowhere;
        }
        source.layout = given.over(&source.layout);
        source.layout.check()?;
    }
    tell_apart(&mut sources)?;
    transport(&sources)?;
    Ok(sources)
}

/// The transport of all RTSP sources.
pub(crate) fn transport(sources: &[NamedSource]) -> anyhow::Result<Transport> {
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

fn of_entry(entry: &SourceEntry, config: &Config) -> NamedSource {
    NamedSource {
        name: entry.name.clone(),
        address: Address::new(entry.url.reveal()),
        options: entry.options.clone(),
        anchor: entry.anchor,
        layout: entry.layout.over(&config.layout()),
        kept: Kept::InFile,
        reference: entry.reference.clone(),
        is_alike: false,
    }
}

/// A source by itself: `NAME=PLACE`, or a place; opened as `args` say.
pub(crate) fn named(text: &OsStr, args: &SourceArgs, config: &Config) -> anyhow::Result<NamedSource> {
    let mut source = of_argument(text, config);
    source.override_by(args);
    source.options.validate()?;
    Ok(source)
}

/// A source that the command line names: `NAME=PLACE`, a place, or the name of one in the configuration.
fn of_argument(text: &OsStr, config: &Config) -> NamedSource {
    if let Some(entry) = config.source.list.iter().find(|entry| OsStr::new(&entry.name) == text) {
        return of_entry(entry, config);
    }
    let (name, location) = split(text);
    NamedSource {
        name: name.unwrap_or_else(|| shown(&location)),
        address: Address::new(location),
        options: config.source.options.clone(),
        anchor: None,
        layout: config.layout(),
        kept: Kept::Nowhere,
        reference: None,
        is_alike: false,
    }
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

/// The lines of the command line that are meant for a source: `--line SOURCE/NAME:...` is for that one,
/// others are for all.
fn lines_of(lines: &[Line], source: &str, names: &BTreeSet<String>) -> anyhow::Result<Vec<Line>> {
    let mut own = Vec::new();
    for line in lines {
        match line.name().split_once('/').filter(|(owner, _)| names.contains(*owner)) {
            Some((owner, name)) if owner == source => own.push(line.renamed(name)?),
            Some(_) => (),
            None => own.push(line.clone()),
        }
    }
    Ok(own)
}

/// Each source needs a name of its own, also as it is shown to others. Where the names of files would fall
/// together, a hash of the name tells them apart.
fn tell_apart(sources: &mut [NamedSource]) -> anyhow::Result<()> {
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

impl NamedSource {
    fn override_by(&mut self, args: &SourceArgs) {
        self.options.transport = args.transport.unwrap_or(self.options.transport);
        self.options.camera_size = args.camera_size.map(|size| size.0).or(self.options.camera_size);
        self.options.camera_rate = args.camera_rate.or(self.options.camera_rate);
    }

    /// The name as part of a file's name: a path's own without folders and ending, and nothing that file
    /// systems dislike.
    pub(crate) fn file_stem(&self) -> String {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ffi::OsStr;

    use clap::Parser as _;

    use super::{lines_of, resolve, split};
    use crate::cli::{Cli, Command, RunArgs};
    use crate::config::Config;

    fn args(words: &[&str]) -> RunArgs {
        match Cli::try_parse_from([&["footfall", "run"], words].concat()).unwrap().command {
            Command::Run(args) => *args,
            other => panic!("{other:?}"),
        }
    }

    fn names(words: &[&str], config: &str) -> Result<Vec<(String, String)>, String> {
        let sources = resolve(&args(words), &Config::parse(config).unwrap());
        let named = |sources: Vec<super::NamedSource>| {
            sources.iter().map(|source| (source.name.clone(), source.file_stem())).collect()
        };
        sources.map(named).map_err(|error| error.to_string())
    }

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

    #[test]
    fn the_command_line_names_sources_or_chooses_among_those_of_the_file() {
        let file = "[[source]]\nname='front'\nurl='rtsp://x:y@cam/1'\n[[source]]\nname='back'\nurl='1'\n";
        let name = |name: &str, stem: &str| (name.to_owned(), stem.to_owned());
        assert_eq!(names(&[], file).unwrap(), [name("front", "front"), name("back", "back")]);
        assert_eq!(names(&["back"], file).unwrap(), [name("back", "back")]);
        assert_eq!(
            names(&["side door=a.mp4", "clips/b.mp4", "rtsp://u:p@h/s"], file).unwrap(),
            [name("side door", "side-door"), name("clips/b.mp4", "b"), name("rtsp://***@h/s", "h-s")]
        );
        assert!(names(&[], "").unwrap_err().contains("no source"));
        assert!(names(&["a.mp4", "b/a.mp4"], "").unwrap_err().contains("front=b/a.mp4"));
        let mixed = "[[source]]\nname='a'\nurl='rtsp://a/1'\ntransport='udp'\n\
                     [[source]]\nname='b'\nurl='rtsp://b/1'\n";
        assert!(names(&[], mixed).unwrap_err().contains("second"));
    }

    #[test]
    fn sources_whose_names_make_one_file_name_are_told_apart() {
        let file = |named: &[&str]| -> String {
            let entry = |(index, name): (usize, &&str)| format!("[[source]]\nname='{name}'\nurl='{index}'\n");
            named.iter().enumerate().map(entry).collect()
        };
        let stems = |named: &[&str]| -> Vec<String> {
            let sources = names(&[], &file(named)).unwrap();
            sources.into_iter().map(|(_, stem)| stem).collect()
        };
        let alike = stems(&["Ebene +1", "Ebene -1", "🚪", "🛗", "Ebene--1", "Tür"]);
        assert_eq!(alike.iter().collect::<BTreeSet<_>>().len(), 6, "{alike:?}");
        assert!(alike.iter().all(|stem| !stem.is_empty() && !stem.contains(['/', ' ', '+'])), "{alike:?}");
        assert_eq!((&*alike[4], &*alike[5]), ("Ebene--1", "Tür"), "these are plain");
        assert!(names(&[], &file(&["a", "b/a"])).unwrap_err().contains("two sources are called \"a\""));
    }

    #[test]
    fn a_line_is_for_all_or_for_the_source_before_the_slash() {
        let all: BTreeSet<String> = ["front".to_owned(), "back".to_owned()].into();
        let lines = ["front/door:0,0,1,1", "gate:0,0,2,2", "a/b:0,0,3,3"].map(|text| text.parse().unwrap());
        let of = |source| {
            let own = lines_of(&lines, source, &all).unwrap();
            own.iter().map(|line| line.name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of("front"), ["door", "gate", "a/b"]);
        assert_eq!(of("back"), ["gate", "a/b"]);
    }
}
