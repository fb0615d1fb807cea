//! Staff who are enrolled on the page.

use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard, PoisonError};

use footfall_ledger::jiff::Timestamp;
use footfall_serve::SetupError;

use super::save::invalid;
use super::settings;
use super::setup::RunSetup;
use crate::gallery::Gallery;

impl RunSetup {
    pub(super) fn enrol(
        &self,
        path: &Path,
        name: &str,
        looks: &[Arc<[f32]>],
        days: u16,
    ) -> Result<(), SetupError> {
        let is_like = |a: &[f32], b: &[f32]| {
            let product: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            a.len() == b.len() && 1.0 - product <= self.max_distances.1
        };
        let Some(first) = looks.first() else { return Err(invalid("choose crossings of theirs")) };
        if !looks.iter().all(|look| is_like(first, look)) {
            return Err(invalid(
                "these crossings do not look like one person in one set of clothes: choose again",
            ));
        }
        let looks = looks.iter().map(|look| look.to_vec()).collect();
        self.employ(path, |gallery| {
            let failed = |error: anyhow::Error| SetupError::Save { source: error.into() };
            // What somebody wears today is one more way to know them by.
            gallery.enrol(name, looks, (Timestamp::now(), days), true).map_err(failed).map(drop)
        })
    }

    /// Changes who is enrolled, and brings that to all that is counted.
    pub(super) fn employ(
        &self,
        path: &Path,
        change: impl FnOnce(&mut Gallery) -> Result<(), SetupError>,
    ) -> Result<(), SetupError> {
        let failed = |error: anyhow::Error| SetupError::Save { source: error.into() };
        let Some(embedder) = &self.embedder else {
            return Err(invalid(
                "staff are known by how they look, and no embedder runs: take out no_embedder",
            ));
        };
        let place = match self.gallery().clone() {
            Some(place) => place,
            None => settings::gallery(path)?,
        };
        let mut gallery = Gallery::open(&place, embedder).map_err(|error| invalid(format!("{error:#}")))?;
        change(&mut gallery)?;
        gallery.write(&place).map_err(failed)?;
        *self.gallery() = Some(place);
        self.sites.iter().for_each(|site| site.employ(&gallery, self.max_distances.0));
        Ok(())
    }

    pub(super) fn gallery(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.gallery.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
