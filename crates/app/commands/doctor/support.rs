//! What somebody who is asked for help needs to know, in one file: shown before it is written.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::{fs, io, process};

use anyhow::Context as _;
use footfall_config::{Config, usage};
use footfall_formats::PartialFile;
use footfall_ledger::Reader;
use serde_json::{Value, json};

use super::Finding;
use crate::commands::version::Version;
use crate::say::say;

/// How many lines of the service's log go along, and how many runs of the ledger.
const LOG_LINES: &str = "200";
const RUNS: usize = 10;

/// All of it, but for what the file is called.
pub(super) fn gather(config: &anyhow::Result<Config>, findings: &[Finding]) -> anyhow::Result<String> {
    let configuration = match config {
        Ok(config) => config.shown(),
        Err(error) => json!({ "cannot be used": format!("{error:#}") }),
    };
    let ledger = config.as_ref().ok().and_then(|config| config.ledger.file.as_deref()).map(ledger);
    let all = json!({
        "version": Version::find(),
        "machine": machine(),
        "findings": findings,
        "configuration": configuration,
        "ledger": ledger,
        "service": said("systemctl", &["show", "footfall", "--property=ActiveState,SubState,Result,NRestarts,ExecMainStatus,StatusText"]),
        "log": said("journalctl", &["--unit=footfall", "--lines", LOG_LINES, "--no-pager", "--output=short-iso"]),
    });
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

/// Shows `text`, and writes it if that is wanted: by `--yes`, or by whoever sits there.
pub(super) fn offer(text: &str, file: &Path, is_wanted: bool) -> anyhow::Result<()> {
    io::stdout().write_all(text.as_bytes())?;
    say(&format!(
        "This is all that {} will have: no pictures, no passwords, no tokens. Addresses of cameras and names of \
         sources are in it: read it before you pass it on.\n",
        file.display()
    ));
    if !is_wanted && !confirmed(file)? {
        say("nothing was written\n");
        return Ok(());
    }
    let mut written = PartialFile::create_private(file)?;
    written.put(text.as_bytes())?;
    written.finish()?;
    say(&format!("wrote {}\n", file.display()));
    Ok(())
}

fn confirmed(file: &Path) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(usage(anyhow::anyhow!(
            "nobody is there to say whether {} may be written: look through what is above, then add --yes",
            file.display()
        )));
    }
    say("Write it? [y/N] ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("cannot read the answer")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// The system, the processor, the memory.
fn machine() -> Value {
    let field = |file: &str, key: &str, mark: char| -> Option<String> {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(mark)?.1.trim().trim_matches('"').to_owned())
    };
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    json!({
        "system": field("/etc/os-release", "PRETTY_NAME", '='),
        "kernel": kernel.as_deref().map(str::trim),
        "processor": field("/proc/cpuinfo", "model name", ':'),
        "cores": std::thread::available_parallelism().ok().map(std::num::NonZero::get),
        "memory": field("/proc/meminfo", "MemTotal", ':'),
        "memory available": field("/proc/meminfo", "MemAvailable", ':'),
    })
}

/// How far it has come, and its latest runs.
fn ledger(path: &Path) -> Value {
    let about = || -> anyhow::Result<Value> {
        let bytes = path.metadata()?.len();
        let reader = Reader::open(path)?;
        let (last, runs) = (reader.last()?.0, reader.runs()?);
        let latest = &runs[runs.len().saturating_sub(RUNS)..];
        Ok(json!({ "bytes": bytes, "last entry": last, "runs": runs.len(), "latest runs": latest }))
    };
    about().unwrap_or_else(|error| json!({ "cannot be read": format!("{error:#}") }))
}

/// The lines that a command of the system says; none where there is no such command.
fn said(command: &str, words: &[&str]) -> Option<Vec<String>> {
    let output = process::Command::new(command).args(words).stdin(process::Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.lines().map(ToOwned::to_owned).collect())
}
