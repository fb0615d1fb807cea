//! `footfall eval`: scores for tracks and crossings against ground truth.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use footfall_config::usage;
use footfall_scoring::{Asked, CrossingFiles, MotFiles, Truth, score_crossings, score_mot};

use crate::cli::EvalArgs;
use crate::cli::eval::{Command, CrossingsArgs, MotArgs};
use crate::run::outputs::save;

/// Scores, and says what came of it.
pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<()> {
    let scored = match &args.command {
        Command::Mot(args) => mot(args),
        Command::Crossings(args) => crossings(args),
    };
    scored.map_err(|error| if error.is::<Asked>() { usage(error) } else { error })
}

fn tell(note: &str) {
    eprintln!("{note}");
}

fn mot(args: &MotArgs) -> anyhow::Result<()> {
    let files = MotFiles {
        gt: &args.gt,
        tracks: &args.tracks,
        compare: args.compare.as_deref(),
        frames: args.frames,
        sequences: &args.sequences,
        benchmark: args.benchmark.benchmark(),
    };
    let report = score_mot(&files, &tell)?;
    if let Some(path) = &args.json {
        save(path, &report.json()?)?;
    }
    if let Some(path) = &args.csv {
        save(path, &report.csv())?;
    }
    print(&report.table(), [&args.json, &args.csv])
}

fn crossings(args: &CrossingsArgs) -> anyhow::Result<()> {
    let files = CrossingFiles {
        truth: truth(args)?,
        tolerance: args.tolerance,
        fps: args.fps,
        sequence: args.sequence.as_deref(),
    };
    if let Some(to) = &args.write_gt {
        files.write_derived(to, &tell)?;
    }
    let Some(counted) = &args.crossings else { return Ok(()) };
    let report = score_crossings(&files, counted, &tell)?;
    if let Some(path) = &args.json {
        save(path, &(serde_json::to_string_pretty(&report)? + "\n"))?;
    }
    print(&report.table(), [&args.json, &args.write_gt])
}

fn truth(args: &CrossingsArgs) -> anyhow::Result<Truth<'_>> {
    let Some(own) = &args.from_gt else {
        return Ok(Truth::Crossings(args.gt.as_deref().context("--gt is needed")?));
    };
    let boxes: Option<&Path> = own.as_deref().or(args.gt.as_deref());
    let missing = || usage(anyhow::anyhow!("--from-gt needs a gt.txt: after it, or in --gt"));
    Ok(Truth::Tracks { boxes: boxes.ok_or_else(missing)?, lines: &args.lines, dead_band: args.dead_band })
}

/// The table, on standard output, unless something else goes there.
fn print(table: &str, others: [&Option<PathBuf>; 2]) -> anyhow::Result<()> {
    if !others.into_iter().flatten().any(|path| path.as_os_str() == "-") {
        std::io::stdout().lock().write_all(table.as_bytes())?;
    }
    Ok(())
}
