//! `footfall archive`: recordings that many machines count.

mod settings;
mod told;

use std::io::Write as _;
use std::path::Path;

use footfall_archive::{Archive, ArchiveConfig, ArchiveError, Form};
use footfall_config::usage;
use footfall_formats::PartialFile;

use crate::cli::ArchiveArgs;
use crate::cli::archive::{
    Command, ExportArgs, ExportFormat, RetryArgs, StatusArgs, SubmitArgs, WhichArchive,
};
use crate::say::say;
use crate::{logging, progress};

/// What is read where nothing else is named.
const HERE: &str = "archive.toml";

/// Does what was asked for.
pub(crate) fn run(args: &ArchiveArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    match &args.command {
        Command::Submit(args) => submit(args),
        Command::Status(args) => status(args),
        Command::Retry(args) => retry(args),
        Command::Export(args) => export(args),
    }
}

fn submit(args: &SubmitArgs) -> anyhow::Result<()> {
    let settings = settings::of(args)?;
    let mut archive = open(&args.which)?;
    let mut hear = |words: &str| say(&format!("{words}\n"));
    let done = archive.submit(&args.place, args.name.as_deref(), &settings, &mut hear).map_err(told)?;
    say(&told::submitted(&done, &settings.digest));
    Ok(())
}

fn status(args: &StatusArgs) -> anyhow::Result<()> {
    let status = open(&args.which)?.status().map_err(told)?;
    let text = if args.json { serde_json::to_string_pretty(&status)? + "\n" } else { told::status(&status) };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    let (alarms, dead) = (status.kept.alarms.len(), status.kept.dead);
    if alarms > 0 || dead > 0 {
        anyhow::bail!("{alarms} alarms, and {dead} recordings that were given up");
    }
    Ok(())
}

fn retry(args: &RetryArgs) -> anyhow::Result<()> {
    let mut archive = open(&args.which)?;
    let mut hear = |words: &str| say(&format!("{words}\n"));
    if args.all {
        let count = archive.requeue(&mut hear).map_err(told)?;
        say(&format!("the queue was filled anew with {count} jobs\n"));
    } else {
        let count = archive.retry(&args.names, &mut hear).map_err(told)?;
        say(&format!("{count} recordings are tried again\n"));
    }
    Ok(())
}

fn export(args: &ExportArgs) -> anyhow::Result<()> {
    let mut archive = open(&args.which)?;
    let form = match args.format {
        ExportFormat::Jsonl => Form::Jsonl,
        ExportFormat::Csv => Form::Csv,
    };
    let mut file = PartialFile::create(&args.to)?;
    let mut write = |text: &str| file.put(text.as_bytes()).map_err(std::io::Error::other);
    let exported = archive.export(form, args.partial, &mut write).map_err(told)?;
    file.finish()?;
    let missing = exported.missing;
    let missing = if missing > 0 { format!(", {missing} are not counted") } else { String::new() };
    say(&format!("{} recordings{missing}\n", exported.recordings));
    Ok(())
}

fn open(which: &WhichArchive) -> anyhow::Result<Archive> {
    Archive::open(load(which)?).map_err(told)
}

/// The settings of an archive.
pub(super) fn load(which: &WhichArchive) -> anyhow::Result<ArchiveConfig> {
    let here = Path::new(HERE);
    let path = which.archive.as_deref().or_else(|| here.exists().then_some(here));
    ArchiveConfig::load(path).map_err(usage)
}

/// The archive's refusal, as the exit code tells it.
pub(super) fn told(error: ArchiveError) -> anyhow::Error {
    use footfall_office::OfficeError;
    match error {
        ArchiveError::Refused(_) | ArchiveError::Engine(OfficeError::Setting { .. }) => usage(error),
        ArchiveError::Engine(OfficeError::Page(error)) => footfall_site::refused(error),
        error => error.into(),
    }
}
