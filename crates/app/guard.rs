//! No output destroys an input: looked at before any command begins, for all of their options.

mod named;
mod role;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use footfall_config::{Config, NamedSource, Outputs, usage};
use footfall_scratch::{is_inside, is_same, is_within};
use footfall_vision::cache;

use role::Role;

/// A file that a command was given.
#[derive(Clone, Debug)]
struct Given {
    /// `--crossings`, `SOURCE`, or `ledger.file of shop.toml`.
    by: String,
    path: PathBuf,
    role: Role,
}

/// Refuses a command line that would write one of its files over another.
pub(crate) fn check(command: &Command, matches: &ArgMatches) -> anyhow::Result<()> {
    let (mut path, mut command, mut matches) = (Vec::new(), command, matches);
    let mut given = Vec::new();
    while let Some((name, inner)) = matches.subcommand() {
        let Some(next) = command.find_subcommand(name) else { break };
        (command, matches) = (next, inner);
        path.push(name.to_owned());
        given.extend(of_command(&path, command, matches));
    }
    let config =
        given.iter().find(|one| one.by == "--config" || one.by == "CONFIG").map(|one| one.path.clone());
    if let Some(config) = config {
        given.extend(named::in_file(&config));
    }
    given.extend(unnamed());
    refuse_clashes(&given).map_err(usage)
}

/// Refuses files of a run, in which names of sources are filled in, that would be written over one another, over
/// a source, or over what the configuration names.
pub(crate) fn check_run(
    config: &Config,
    sources: &[NamedSource],
    files: &[Outputs],
    trace: Option<&Path>,
) -> anyhow::Result<()> {
    let mut given = named::of(config, "");
    given.extend(sources.iter().flat_map(of_source));
    given.extend(unnamed());
    let shared = files.iter().take(1).flat_map(named::shared);
    given.extend(files.iter().flat_map(named::of_each).chain(shared));
    given.extend(trace.map(|path| Given { by: "--trace".into(), path: path.to_owned(), role: Role::Writes }));
    refuse_clashes(&given)
}

/// Refuses `path` where it is what `source` names.
pub(crate) fn check_source(source: &NamedSource, by: &str, path: &Path) -> anyhow::Result<()> {
    let output = Given { by: by.to_owned(), path: path.to_owned(), role: Role::Writes };
    let given: Vec<_> = of_source(source).into_iter().chain([output]).collect();
    refuse_clashes(&given)
}

fn of_source(source: &NamedSource) -> Vec<Given> {
    let by = format!("source {}", source.name);
    let places = places(&source.address.get(), Role::Source).into_iter();
    places.map(|path| Given { by: by.clone(), path, role: Role::Source }).collect()
}

/// What is used and written without being named: the networks and libraries that set-up keeps, and stdout where it
/// is a file (`>> FILE`).
fn unnamed() -> Vec<Given> {
    let kept = ["models", "onnxruntime", "onnxruntime-gpu"].map(|name| Some(cache::folder()?.join(name)));
    let kept = kept.into_iter().flatten();
    let cache = kept.map(|path| Given { by: "the cache".into(), path, role: Role::Holds });
    let stdout =
        cfg!(unix).then(|| Given { by: "stdout".into(), path: "/dev/stdout".into(), role: Role::Writes });
    cache.chain(stdout).collect()
}

fn refuse_clashes(given: &[Given]) -> anyhow::Result<()> {
    for (index, one) in given.iter().enumerate() {
        for other in &given[..index] {
            clash(other, one).or_else(|| clash(one, other)).map_or(Ok(()), Err)?;
        }
    }
    Ok(())
}

/// The files that options of one command name.
fn of_command(path: &[String], command: &Command, matches: &ArgMatches) -> Vec<Given> {
    let mut given = Vec::new();
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        let Some(role) = role::of(path, id) else { continue };
        let by = argument.get_long().map_or_else(|| id.to_uppercase(), |long| format!("--{long}"));
        for value in matches.get_raw(id).into_iter().flatten().filter(|value| *value != "-") {
            for place in places(value, role) {
                given.push(Given { by: by.clone(), path: place, role });
            }
        }
    }
    given
}

/// What a value names: a source may be NAME=PLACE, and a ledger has files beside it.
fn places(value: &OsStr, role: Role) -> Vec<PathBuf> {
    let whole = PathBuf::from(value);
    match role {
        Role::Source => {
            let place =
                value.to_str().and_then(|text| text.split_once('=')).map(|(_, place)| OsStr::new(place));
            [Some(value), place].into_iter().flatten().filter_map(footfall_video::local_file).collect()
        }
        Role::Ledger => ledger_files(&whole),
        _ => vec![whole],
    }
}

/// A ledger's own files; those of one that is a link lie beside the file itself.
fn ledger_files(ledger: &Path) -> Vec<PathBuf> {
    let real = ledger.canonicalize();
    let ledger = real.as_deref().unwrap_or(ledger);
    let beside = |ending: &str| {
        let mut name = ledger.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    [ledger.to_owned()].into_iter().chain(["-wal", "-shm", "-journal", ".lock"].map(beside)).collect()
}

/// Why `output` must not be written, if it would destroy what `other` names.
fn clash(output: &Given, other: &Given) -> Option<anyhow::Error> {
    if !output.role.destroys() {
        return None;
    }
    let path = output.path.display();
    if other.role.destroys() {
        return is_same(&output.path, &other.path).then(|| {
            anyhow::anyhow!(
                "{path} was named for {} and for {}: give each a file of its own",
                other.by,
                output.by
            )
        });
    }
    let is_lost = match other.role {
        Role::Holds => is_within(&output.path, &other.path),
        _ => is_same(&output.path, &other.path) || is_inside(&output.path, &other.path),
    };
    is_lost.then(|| {
        anyhow::anyhow!(
            "{path} was named for {}, which would destroy what {} names: name another file",
            output.by,
            other.by
        )
    })
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;
    use std::path::PathBuf;

    use clap::{Command, CommandFactory as _, ValueHint};

    use super::role;
    use crate::cli::Cli;

    /// Every option of every command that names a file, as (command, id).
    fn file_options(path: &[String], command: &Command, found: &mut Vec<(Vec<String>, String)>) {
        for argument in command.get_arguments() {
            let is_path = argument.get_value_parser().type_id() == TypeId::of::<PathBuf>();
            let hint = argument.get_value_hint();
            if is_path || matches!(hint, ValueHint::FilePath | ValueHint::DirPath | ValueHint::AnyPath) {
                found.push((path.to_vec(), argument.get_id().as_str().to_owned()));
            }
        }
        for inner in command.get_subcommands() {
            let path = [path, &[inner.get_name().to_owned()]].concat();
            file_options(&path, inner, found);
        }
    }

    #[test]
    fn it_is_known_of_every_file_whether_it_is_read_or_written() {
        let mut found = Vec::new();
        file_options(&[], &Cli::command(), &mut found);
        assert!(found.len() > 50, "{found:?}");
        for (path, id) in found {
            assert!(role::of(&path, &id).is_some(), "say in guard/role.rs what {path:?} does with {id}");
        }
    }
}
