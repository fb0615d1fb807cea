//! `footfall-bench`: the measurements alone, for hosts without OpenCV.

use std::error::Error as _;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use footfall_bench::BenchArgs;

#[derive(Debug, clap::Parser)]
#[command(version, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    args: BenchArgs,
}

/// Writes to stderr. Where it is closed nobody listens, which is no reason to end.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn main() -> ExitCode {
    let Err(error) = footfall_bench::run(&Cli::parse().args, None, &say) else { return ExitCode::SUCCESS };
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let all: Vec<String> =
        std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect();
    say(&format!("error: {}", all.join(": ")));
    ExitCode::FAILURE
}
