//! `footfall manual`: man pages and completions, from the command line's own definition. For packages.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{CommandFactory as _, ValueEnum as _};
use clap_complete::Shell;

use crate::cli::{Cli, ManualArgs};

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
