//! `footfall`: the command line, the configuration and the wiring. No logic of its own.

mod cli;
mod commands;
mod environment;
mod exit;
mod guard;
mod installed;
mod interrupt;
mod logging;
mod overrides;
mod parent;
mod plan;
mod progress;
mod rate;
mod refusal;
mod run;
mod say;
mod service;
mod sources;
mod telemetry;
mod times;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::Cli;

fn main() -> ExitCode {
    environment::restart_with_usual();
    parent::end_with_it();
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(std::env::args_os());
    let matches = matches.unwrap_or_else(|error| refusal::end(&error));
    let cli = Cli::from_arg_matches(&matches);
    let cli = cli.unwrap_or_else(|error| refusal::end(&error.format(&mut command)));
    logging::set_format(cli.log_format);
    if let Err(error) = guard::check(&command, &matches) {
        return exit::code(Err(error));
    }
    exit::code(commands::run(cli))
}
