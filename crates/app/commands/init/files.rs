//! The files that a new source has.

use std::path::Path;

use anyhow::bail;
use footfall_config::NamedSource;
use footfall_count::{Proposal, View};

use super::login::Login;
use super::places::Places;
use super::template::{Made, configuration, of_source};
use crate::guard;
use crate::say::say;

/// What is written.
pub(super) struct Files {
    places: Places,
    pub(super) login: Option<Login>,
    /// The source is added to a configuration that is there.
    is_added: bool,
}

impl Files {
    /// At these places; user and password lie beside the pictures.
    pub(super) fn of(source: &NamedSource, places: Places, is_added: bool) -> Self {
        let login = Login::of(source, &places.plain.with_extension("login"));
        Self { places, login, is_added }
    }

    /// The picture as it is.
    pub(super) fn plain(&self) -> &Path {
        &self.places.plain
    }

    /// The picture with the line drawn.
    pub(super) fn drawn(&self) -> &Path {
        &self.places.drawn
    }

    /// Refuses to replace what is there, unless that is wanted.
    ///
    /// # Errors
    /// The first file that would be replaced, or that is the source itself.
    pub(super) fn check(&self, source: &NamedSource, force: bool) -> anyhow::Result<()> {
        for path in self.all() {
            guard::check_source(source, "--output", path)?;
            let is_changed = self.is_added && path == self.places.output;
            if path.exists() && !force && !is_changed && !self.places.is_template(path) {
                bail!("{} is there already: --force replaces it, --output names another", path.display());
            }
        }
        Ok(())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Path> {
        let login = self.login.iter().map(|login| &*login.path);
        [self.plain(), self.drawn()].into_iter().chain(login).chain([&*self.places.output])
    }

    /// The text of a new configuration, or of the source alone where there is one.
    pub(super) fn text(
        &self,
        source: &NamedSource,
        proposal: &Proposal,
        view: Option<View>,
        size: [usize; 2],
    ) -> String {
        let login = self.login.as_ref().map(|login| self.places.named(&login.path));
        let made = Made {
            source,
            proposal,
            view,
            size,
            picture: &self.places.named(&self.places.plain),
            login: login.as_deref(),
            ledger: &self.places.named(&self.places.ledger),
        };
        if self.is_added { of_source(&made) } else { configuration(&made) }
    }

    /// Says what was written, and what comes next.
    pub(super) fn tell(&self, is_live: bool) {
        for path in self.all() {
            let what = if path == self.places.drawn {
                "the line as proposed"
            } else if path == self.places.plain {
                "the picture at set-up"
            } else if path != self.places.output {
                "user and password, for whom the folder belongs to alone"
            } else if self.is_added {
                "the configuration, with one source more"
            } else {
                "the configuration"
            };
            say(&format!("  {}  {what}\n", path.display()));
        }
        say(&self.places.next(is_live));
    }
}
