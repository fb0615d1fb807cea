//! The configuration that a source is added to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use footfall_config::{Config, usage};

/// A configuration that is there.
pub(super) struct Present {
    path: PathBuf,
    text: String,
    config: Config,
}

impl Present {
    /// # Errors
    /// When it cannot be read, or is none.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read {}, to which the source is to be added", path.display()))
            .map_err(usage)?;
        let config = Config::parse(&text).with_context(|| path.display().to_string()).map_err(usage)?;
        Ok(Self { path: path.to_owned(), text, config })
    }

    /// The names of its sources.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.config.source.list.iter().map(|source| source.name.clone()).collect()
    }

    /// Its text with `source` behind everything else.
    ///
    /// # Errors
    /// When the two do not go together: settings in `[source]` are of sources that the command line names.
    pub(super) fn with(&self, source: &str) -> anyhow::Result<String> {
        let text = format!("{}\n\n{source}", self.text.trim_end());
        let told = || {
            format!(
                "a source cannot be added to {}: settings that stand in [source] there belong into each [[source]]",
                self.path.display()
            )
        };
        Config::parse(&text).with_context(told).map_err(usage)?;
        Ok(text)
    }
}
