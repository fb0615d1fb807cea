//! `footfall demo`: counts people in the sample clip.

use clap::{CommandFactory as _, FromArgMatches as _};
use footfall_vision::cache;

use crate::cli::{Cli, Command, DemoArgs};
use crate::{guard, refusal};

/// Who passes it from left to right is `in`.
const LINE: &str = "door:50%,100%,50%,0%";

/// Runs over the clip.
pub(crate) fn run(args: &DemoArgs, verbose: u8) -> anyhow::Result<()> {
    let clip = cache::folder().map(|folder| folder.join("clips/vtest.avi"));
    let Some(clip) = clip.filter(|clip| clip.is_file()) else {
        anyhow::bail!(
            "the sample clip is not there: packages of Footfall have it, and from source scripts/setup fetches it"
        );
    };
    let words = ["footfall".into(), "run".into(), clip.into_os_string(), "--line".into(), LINE.into()];
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(words.into_iter().chain(args.options.iter().cloned()));
    let matches = matches.unwrap_or_else(|error| refusal::end(&error));
    let cli =
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| refusal::end(&error.format(&mut command)));
    guard::check(&command, &matches)?;
    match cli.command {
        Command::Run(args) => super::run::run(&args, verbose.max(cli.verbose)),
        _ => anyhow::bail!("the demo takes options of `footfall run` alone"),
    }
}
