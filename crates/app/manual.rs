//! `footfall manual`: man pages and completions, from the command line's own definition. For packages.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _, ValueEnum as _, ValueHint};
use clap_complete::Shell;

use crate::cli::Cli;

/// Write man pages and completions for shells, for a package
///
/// Into the folders man and completions of the one that is named.
#[derive(Debug, Args)]
pub(crate) struct ManualArgs {
    /// Where to
    #[arg(value_hint = ValueHint::DirPath)]
    folder: PathBuf,
}

/// Writes them.
pub(crate) fn run(args: &ManualArgs) -> anyhow::Result<()> {
    let (man, completions) = (args.folder.join("man"), args.folder.join("completions"));
    for folder in [&man, &completions] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let refused = |folder: &PathBuf| format!("cannot write into {}", folder.display());
    clap_mangen::generate_to(Cli::command(), &man).with_context(|| refused(&man))?;
    for shell in Shell::value_variants() {
        clap_complete::generate_to(*shell, &mut Cli::command(), "footfall", &completions)
            .with_context(|| refused(&completions))?;
    }
    Ok(())
}
