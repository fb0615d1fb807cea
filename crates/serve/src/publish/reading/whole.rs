//! What the head office is told of.

use super::Reading;
use crate::pages::Part;
use crate::told::{About, Batch, SourceState, State, VERSION};
use crate::{Claim, Health, PortError};

impl Reading {
    /// Everything behind the place `after`, at most `limit` entries.
    pub(in crate::publish) async fn page(&self, after: u64, limit: usize) -> Result<Batch, PortError> {
        let position = self.position;
        self.ask(move |book, name| {
            // Somebody may have put another ledger into the place of this one.
            if book.claim(name)? != (Claim::Ours { position }) {
                return Err("the ledger is another one than before".into());
            }
            book.page(after, limit)
        })
        .await
    }

    /// Where the entries of the ledger of this identity are.
    pub(in crate::publish) async fn part(&self, ledger: String) -> Result<Option<Part>, PortError> {
        self.ask(move |book, _| book.part(&ledger)).await
    }

    /// The identity of the ledger that is written.
    pub(in crate::publish) async fn identity(&self) -> Result<String, PortError> {
        self.ask(|book, _| book.identity()).await
    }

    /// All that belongs to the ledger and is no entry.
    pub(in crate::publish) async fn about(&self) -> Result<About, PortError> {
        self.ask(|book, _| book.about()).await
    }

    /// How the shop is doing, whose last word of what is no entry had the number `told`.
    pub(in crate::publish) async fn state(&self, program: &str, told: u64) -> Result<State, PortError> {
        let position = self.position;
        let (ledger, head, zone, part) = self
            .ask(|book, _| {
                let ledger = book.identity()?;
                let part = book.part(&ledger)?;
                Ok((ledger, book.head()?, book.zone().iana_name().map(ToOwned::to_owned), part))
            })
            .await?;
        let sources = self.live.sources().iter().map(|source| {
            let state = source.state();
            let health = match state.status.health {
                Health::Starting => "starting",
                Health::Good => "good",
                Health::Poor => "poor",
                Health::Lost => "lost",
                Health::Ended => "ended",
            };
            SourceState { name: state.name, health: health.to_owned(), problems: state.status.problems }
        });
        let base = part.map_or(0, |part| part.base);
        Ok(State {
            version: VERSION,
            ledger,
            base,
            // Of what was written before this ledger was put back nothing is said here.
            confirmed: position.clamp(base, base.max(head)),
            head: base.max(head),
            told,
            zone,
            program: program.to_owned(),
            sources: sources.collect(),
        })
    }
}
