//! `FILE.toml`, written out as a start.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::bail;
use footfall_formats::PartialFile;
use footfall_vision::beside;

use super::Document;
use crate::say::say;

/// Keys that only describe what their file fixes, or that are told in other words than they are written.
const LEFT_OUT: [&str; 3] = ["size", "max_cosine_distance", "same_person"];

/// The file's place, where there is none yet.
///
/// # Errors
/// When there is one: it may hold what somebody found out.
pub(super) fn free_place(network: &Path) -> anyhow::Result<PathBuf> {
    let path = beside(network);
    if path.exists() {
        bail!("{} is there already: change it, or remove it first", path.display());
    }
    Ok(path)
}

/// Everything that is known, each with how it is known.
pub(super) fn write(path: &Path, document: &Document) -> anyhow::Result<()> {
    let mut text = format!("# How Footfall reads {}. docs/networks.md has every key.\n", document.file);
    for fact in document.facts.iter().filter(|fact| !LEFT_OUT.contains(&fact.key)) {
        let guess = if fact.guess { "GUESS, please check: " } else { "" };
        let _ = writeln!(text, "{} = {}  # {guess}{}", fact.key, in_toml(&fact.value), fact.why);
    }
    let mut file = PartialFile::create(path)?;
    file.put(text.as_bytes())?;
    file.finish()?;
    say(&format!("wrote {}\n", path.display()));
    Ok(())
}

/// A value as TOML has it: a number, a list of numbers, or a text.
pub(super) fn in_toml(value: &str) -> String {
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok_and(f64::is_finite);
    if is_number(value) {
        value.to_owned()
    } else if value.split(',').all(is_number) {
        format!("[{value}]")
    } else {
        toml::Value::String(value.to_owned()).to_string()
    }
}
