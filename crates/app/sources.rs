//! Which sources a run has: those that the command line names, else those of the configuration.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use anyhow::bail;
use footfall_config::{Config, Kept, NamedSource, tell_apart, transport};
use footfall_count::{Line, PartLayout};

use crate::cli::{RunArgs, SourceArgs};

/// The sources of a run, in order.
pub(crate) fn resolve(args: &RunArgs, config: &Config) -> anyhow::Result<Vec<NamedSource>> {
    let mut sources: Vec<NamedSource> = if args.sources.is_empty() {
        config.source.list.iter().map(|entry| NamedSource::of_entry(entry, config)).collect()
    } else {
        args.sources.iter().map(|text| NamedSource::of_argument(text, config)).collect()
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
        override_by(source, &args.source_options);
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

/// A source by itself: `NAME=PLACE`, or a place; opened as `args` say.
pub(crate) fn named(text: &OsStr, args: &SourceArgs, config: &Config) -> anyhow::Result<NamedSource> {
    let mut source = NamedSource::of_argument(text, config);
    override_by(&mut source, args);
    source.options.validate()?;
    Ok(source)
}

fn override_by(source: &mut NamedSource, args: &SourceArgs) {
    let options = &mut source.options;
    options.transport = args.transport.unwrap_or(options.transport);
    options.camera_size = args.camera_size.map(|size| size.0).or(options.camera_size);
    options.camera_rate = args.camera_rate.or(options.camera_rate);
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Parser as _;
    use footfall_config::Config;

    use super::{lines_of, resolve};
    use crate::cli::{Cli, Command, RunArgs};

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
