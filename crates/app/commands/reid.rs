//! `footfall reid`: how well an embedder tells people apart, and who is who.

mod calibrate;
mod cameras;
mod curve;
mod embed;
mod eval;
mod identify;
mod poor;
mod verify;
mod visitors;

use crate::cli::ReidArgs;
use crate::cli::reid::Command;
use crate::{logging, progress};

/// Does what was asked for.
pub(crate) fn run(args: &ReidArgs, verbose: u8) -> anyhow::Result<()> {
    let bar = progress::bar();
    logging::start(verbose, &bar, None)?;
    footfall_video::quiet();
    match &args.command {
        Command::Eval(args) => eval::run(args, &bar),
        Command::Calibrate(args) => calibrate::run(args, &bar),
        Command::Verify(args) => verify::run(args, &bar),
        Command::Identify(args) => identify::run(args, &bar),
        Command::Visitors(args) => visitors::run(args, &bar),
        Command::Cameras(args) => cameras::run(args, &bar),
    }
}
