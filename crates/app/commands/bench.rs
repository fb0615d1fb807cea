//! `footfall bench`: how fast the networks run on a device.

use footfall_bench::BenchArgs;
use footfall_config::models;

use crate::say::say;
use crate::{logging, progress};

/// Measures, and writes the result.
pub(crate) fn run(args: &BenchArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let told = |text: &str| say(&format!("{text}\n"));
    Ok(footfall_bench::run(args, Some(models::EMBEDDER), &told)?)
}
