//! `footfall bench embed|detect`: calls a second against the size of a batch, how long a call takes, what the
//! network really ran on, and how close that is to what the device could do at most.
//!
//! Nothing of this needs OpenCV: the program `footfall-bench` has these two commands alone, for hosts that
//! have a GPU and nothing else.

mod args;
mod cards;
mod detect;
mod embed;
mod error;
mod measure;
mod parity;
mod peak;
mod picture;
mod report;

pub use args::{BenchArgs, BenchCommand};
pub use error::Error;
pub use report::Report;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// A network in memory: its name, and the ONNX file.
pub type BuiltIn<'a> = (&'a str, &'a [u8]);

/// Measures, and writes a table to stdout, or JSON where that is asked for; `embedder` is measured where the
/// arguments name none. `say` is told what goes on meanwhile.
///
/// # Errors
/// When the device cannot be had, a network cannot be used, or the output cannot be written.
pub fn run(args: &BenchArgs, embedder: Option<BuiltIn<'_>>, say: &dyn Fn(&str)) -> Result<(), Error> {
    let (report, common) = match &args.command {
        BenchCommand::Embed(args) => (embed::measure(args, embedder, say)?, &args.common),
        BenchCommand::Detect(args) => (detect::measure(args, say)?, &args.common),
    };
    match common.host.json.as_deref() {
        Some(path) if path == Path::new("-") => print(&report.json()?),
        Some(path) => {
            let written = |source| Error::Write { path: path.to_path_buf(), source };
            fs::write(path, report.json()?).map_err(written)?;
            print(&report.table())
        }
        None => print(&report.table()),
    }
}

fn print(text: &str) -> Result<(), Error> {
    io::stdout().write_all(text.as_bytes()).map_err(|source| Error::Write { path: "stdout".into(), source })
}
