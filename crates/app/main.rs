//! `footfall`: the command line, the configuration and the wiring. No logic of its own.

mod bench;
mod check;
mod cli;
mod config;
mod count;
mod counts;
mod demo;
mod doctor;
mod eval;
mod exit;
mod guard;
mod harvest;
mod in_force;
mod init;
mod installed;
mod interrupt;
mod lanes;
mod ledger;
mod logging;
mod manual;
mod models;
mod networks;
mod outputs;
mod progress;
mod quiet;
mod rate;
mod record;
mod refusal;
mod reid;
mod reload;
mod replay;
mod report;
mod run;
mod sales;
mod say;
mod serve;
mod service;
mod session;
mod sources;
mod staff;
mod table;
mod token;
mod track;
mod version;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    quiet::restart_without_ffmpeg_chatter();
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(std::env::args_os());
    let matches = matches.unwrap_or_else(|error| refusal::end(&error));
    let cli = Cli::from_arg_matches(&matches);
    let cli = cli.unwrap_or_else(|error| refusal::end(&error.format(&mut command)));
    logging::set_format(cli.log_format);
    if let Err(error) = guard::check(&command, &matches) {
        return exit::code(Err(error));
    }
    let result = match cli.command {
        Command::Run(args) => run::run(&args, cli.verbose),
        Command::Init(args) => init::run(&args, cli.verbose),
        Command::Demo(args) => demo::run(&args, cli.verbose),
        Command::Check(args) => check::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Track(args) => track::run(&args, cli.verbose),
        Command::Replay(args) => replay::run(&args, cli.verbose),
        Command::Count(args) => count::run(&args, cli.verbose),
        Command::Report(args) => counts::run(&args),
        Command::Ledger(args) => ledger::run(&args, cli.verbose),
        Command::Sales(args) => sales::run(&args),
        Command::Serve(args) => serve::run(&args, cli.verbose),
        Command::Token(args) => token::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Staff(args) => staff::run(&args, cli.verbose),
        Command::Harvest(args) => harvest::run(&args, cli.verbose),
        Command::Bench(args) => bench::run(&args, cli.verbose),
        Command::Reid(args) => reid::run(&args, cli.verbose),
        Command::Version(args) => version::run(&args),
        Command::Manual(args) => manual::run(&args),
    };
    exit::code(result)
}
