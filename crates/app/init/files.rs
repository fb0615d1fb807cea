//! The files that a new source has.

use std::path::{Path, PathBuf};

use anyhow::bail;
use footfall_count::View;

use super::login::Login;
use super::propose::Proposal;
use super::template::{Made, configuration, of_source};
use crate::guard;
use crate::say::say;
use crate::sources::NamedSource;

/// What is written.
pub(super) struct Files<'a> {
    /// The picture as it is, and with the line drawn.
    pub(super) plain: PathBuf,
    pub(super) drawn: PathBuf,
    pub(super) login: Option<Login>,
    configuration: &'a Path,
    /// The source is added to a configuration that is there.
    is_added: bool,
}

impl<'a> Files<'a> {
    /// Beside the configuration, under the source's name.
    pub(super) fn of(source: &NamedSource, configuration: &'a Path, is_added: bool) -> Self {
        let (folder, stem) = (configuration.parent().unwrap_or(Path::new("")), source.file_stem());
        Self {
            plain: folder.join(format!("{stem}.jpg")),
            drawn: folder.join(format!("{stem}-line.jpg")),
            login: Login::of(source, folder, &stem),
            configuration,
            is_added,
        }
    }

    /// Refuses to replace what is there, unless that is wanted.
    ///
    /// # Errors
    /// The first file that would be replaced, or that is the source itself.
    pub(super) fn check(&self, source: &NamedSource, force: bool) -> anyhow::Result<()> {
        for path in self.all() {
            guard::check_source(source, "--output", path)?;
            let is_changed = self.is_added && path == self.configuration;
            if path.exists() && !force && !is_changed {
                bail!("{} is there already: --force replaces it, --output names another", path.display());
            }
        }
        Ok(())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Path> {
        let pictures = [&*self.plain, &*self.drawn].into_iter();
        pictures.chain(self.login.iter().map(|login| &*login.path)).chain([self.configuration])
    }

    /// The text of a new configuration, or of the source alone where there is one.
    pub(super) fn text(
        &self,
        source: &NamedSource,
        proposal: &Proposal,
        view: Option<View>,
        size: [usize; 2],
    ) -> String {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let login = self.login.as_ref().map(|login| name(&login.path));
        let made = Made {
            source,
            proposal,
            view,
            size,
            picture: &name(&self.plain),
            login: login.as_deref(),
            ledger: &format!("{}.db", source.file_stem()),
        };
        if self.is_added { of_source(&made) } else { configuration(&made) }
    }

    /// Says what was written, and what comes next.
    pub(super) fn tell(&self) {
        for path in self.all() {
            let what = if path == self.drawn {
                "the line as proposed"
            } else if path == self.plain {
                "the picture at set-up"
            } else if path == self.configuration {
                if self.is_added { "the configuration, with one source more" } else { "the configuration" }
            } else {
                "user and password, which only you can read"
            };
            say(&format!("  {}  {what}\n", path.display()));
        }
        let (drawn, configuration) = (self.drawn.display(), self.configuration.display());
        say(&format!("next: look at {drawn}, then footfall run --config {configuration}\n"));
    }
}
