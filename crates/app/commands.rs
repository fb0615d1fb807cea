//! What the program does: a file a subcommand, named after it.

mod archive;
mod audit;
mod bench;
mod check;
mod count;
mod demo;
mod doctor;
mod eval;
mod harvest;
mod init;
mod ledger;
mod manual;
mod model;
mod office;
mod privacy;
mod reid;
mod replay;
mod report;
mod run;
mod sales;
mod serve;
mod staff;
mod token;
mod track;
mod version;
mod worker;

use crate::cli::{Cli, Command};

/// Does what the command line asks for.
pub(crate) fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Run(args) => run::run(&args, cli.verbose),
        Command::Init(args) => init::run(&args, cli.verbose),
        Command::Demo(args) => demo::run(&args, cli.verbose),
        Command::Check(args) => check::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Track(args) => track::run(&args, cli.verbose),
        Command::Replay(args) => replay::run(&args, cli.verbose),
        Command::Count(args) => count::run(&args, cli.verbose),
        Command::Report(args) => report::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Ledger(args) => ledger::run(&args, cli.verbose),
        Command::Sales(args) => sales::run(&args),
        Command::Serve(args) => serve::run(&args, cli.verbose),
        Command::Office(args) => office::run(&args, cli.verbose),
        Command::Archive(args) => archive::run(&args, cli.verbose),
        Command::Worker(args) => worker::run(&args, cli.verbose),
        Command::Token(args) => token::run(&args),
        Command::Privacy(args) => privacy::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Staff(args) => staff::run(&args, cli.verbose),
        Command::Harvest(args) => harvest::run(&args, cli.verbose),
        Command::Bench(args) => bench::run(&args, cli.verbose),
        Command::Model(args) => model::run(&args, cli.verbose),
        Command::Reid(args) => reid::run(&args, cli.verbose),
        Command::Version(args) => version::run(&args),
        Command::Manual(args) => manual::run(&args),
    }
}
