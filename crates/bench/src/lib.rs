//! `footfall bench embed|detect`: calls a second against the size of a batch, how long a call takes, what the
//! network really ran on, and how close that is to what the device could do at most; and `footfall bench cameras`:
//! how many cameras the device carries.
//!
//! Nothing of this needs OpenCV: the program `footfall-bench` has these commands alone, for hosts that have a GPU
//! and nothing else.

mod args;
mod cameras;
mod cards;
mod detect;
mod embed;
mod error;
mod measure;
mod network;
mod parity;
mod peak;
mod picture;
mod report;
mod summary;

pub use args::{BenchArgs, BenchCommand};
pub use cameras::{CamerasArgs, FrameSize};
pub use error::Error;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use footfall_scratch::is_same;
use serde::Serialize;

use crate::args::HostArgs;

/// A network in memory: its name, and the ONNX file.
pub type BuiltIn<'a> = (&'a str, &'a [u8]);

/// Measures, and writes a table to stdout, or JSON where that is asked for; `embedder` is measured where the
/// arguments name none. `say` is told what goes on meanwhile.
///
/// # Errors
/// When the device cannot be had, a network cannot be used, or the output cannot be written.
pub fn run(args: &BenchArgs, embedder: Option<BuiltIn<'_>>, say: &dyn Fn(&str)) -> Result<(), Error> {
    spare_inputs(&args.command)?;
    match &args.command {
        BenchCommand::Embed(args) => {
            let report = embed::measure(args, embedder, say)?;
            give(&report, &report.table(), &args.common.host)
        }
        BenchCommand::Detect(args) => {
            let report = detect::measure(args, say)?;
            give(&report, &report.table(), &args.common.host)
        }
        BenchCommand::Cameras(args) => {
            let report = cameras::measure(args, embedder, say)?;
            give(&report, &report.table(), &args.host)
        }
        BenchCommand::Summary(args) => print(&summary::of(&args.results)?),
    }
}

/// Refuses a result over what is read.
fn spare_inputs(command: &BenchCommand) -> Result<(), Error> {
    let (host, read) = match command {
        BenchCommand::Embed(args) => (&args.common.host, vec![&args.embedder, &args.common.reference]),
        BenchCommand::Detect(args) => (&args.common.host, vec![&args.detector, &args.common.reference]),
        BenchCommand::Cameras(args) => (&args.host, vec![&args.detector, &args.embedder]),
        BenchCommand::Summary(_) => return Ok(()),
    };
    let Some(json) = &host.json else { return Ok(()) };
    let mut read = read.into_iter().chain([&host.runtime]).flatten().chain(&host.pictures);
    if read.any(|path| is_same(path, json)) {
        return Err(Error::Overwrites { path: json.clone() });
    }
    Ok(())
}

/// Writes the table to stdout, and JSON where that is asked for.
fn give(report: &impl Serialize, table: &str, host: &HostArgs) -> Result<(), Error> {
    let Some(path) = host.json.as_deref() else { return print(table) };
    let json = serde_json::to_string_pretty(report)? + "\n";
    if path == Path::new("-") {
        return print(&json);
    }
    fs::write(path, json).map_err(|source| Error::Write { path: path.to_path_buf(), source })?;
    print(table)
}

fn print(text: &str) -> Result<(), Error> {
    io::stdout().write_all(text.as_bytes()).map_err(|source| Error::Write { path: "stdout".into(), source })
}
