//! `footfall eval`: scores for tracks and crossings against ground truth.

mod apart;
mod case;
mod crossing_cases;
mod crossings;
mod left_out;
mod mot;
mod mot_report;
mod parallel;

use crate::cli::EvalArgs;
use crate::cli::eval::Command;

/// Scores, and says what came of it.
pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<()> {
    match &args.command {
        Command::Mot(args) => mot::run(args),
        Command::Crossings(args) => crossings::run(args),
    }
}
