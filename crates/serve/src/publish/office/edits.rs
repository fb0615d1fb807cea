//! What the office wants set otherwise here: who says so, whether it is new, whether it can be used, what came of it.

use std::sync::Arc;

use jiff::Timestamp;
use nkeys::KeyPair;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use super::Reading;
use super::place::{now, put};
use crate::hex::hex;
use crate::told::{Answer, Distrusted, Edit, Sealed, SettingsTold, VERSION};
use crate::{Live, PortError, Setup};

/// So many messages that were not the office's are remembered.
const MOST: usize = 5;

/// Takes edits of lines and thresholds from the office.
pub(super) struct Edits {
    shop: String,
    from: KeyPair,
    setup: Arc<dyn Setup>,
    live: Live,
}

/// What is remembered of edits over a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Taken {
    last: Option<Last>,
    distrusted: Vec<Distrusted>,
}

/// The last edit that was the office's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Last {
    /// SHA-256 of what was signed.
    sha256: String,
    /// What it was made from,
    based_on: String,
    /// and what was in force after it.
    after: String,
    answer: Answer,
}

impl Edits {
    /// Those that the owner of the public key `from` signs for this shop.
    pub(super) fn new(shop: &str, from: &str, setup: Arc<dyn Setup>, live: Live) -> Result<Self, PortError> {
        let from = KeyPair::from_public_key(from)?;
        Ok(Self { shop: shop.to_owned(), from, setup, live })
    }

    /// What is in force, and what has come of edits.
    pub(super) async fn told(&self, taken: &Taken) -> Result<SettingsTold, PortError> {
        let (setup, sources) = (self.setup.clone(), self.sources());
        let settings = spawn_blocking(move || now(setup.as_ref(), &sources)).await??;
        let answer = taken.last.as_ref().map(|last| last.answer.clone());
        Ok(SettingsTold { digest: settings.digest(), settings, answer, distrusted: taken.distrusted.clone() })
    }

    /// Takes in a message; whether it says anything that was not known.
    pub(super) async fn take(
        &self,
        ledger: &str,
        message: &[u8],
        reading: &Reading,
    ) -> Result<bool, PortError> {
        let mut taken = super::news::memory(reading).await?.edits;
        match self.read(ledger, message, &taken) {
            Read::Known => return Ok(false),
            Read::Distrusted(reason) => {
                tracing::warn!(
                    "a message that sets lines or thresholds is not taken for the office's: {reason}"
                );
                taken.distrust(reason);
            }
            Read::New { edit, sha256 } => {
                let (setup, sources, last) = (self.setup.clone(), self.sources(), taken.last.clone());
                let done = spawn_blocking(move || {
                    let (number, based_on) = (edit.number, edit.based_on.clone());
                    let outcome = follow(setup.as_ref(), &sources, &edit, last.as_ref());
                    let after = now(setup.as_ref(), &sources).map(|settings| settings.digest());
                    let (taken, words) = match outcome {
                        Ok(reservation) => (true, reservation.unwrap_or_default()),
                        Err(reason) => (false, reason),
                    };
                    let at = Timestamp::now().to_string();
                    let after = after.unwrap_or_default();
                    Last { sha256, based_on, after, answer: Answer { number, taken, words, at } }
                });
                let last = done.await?;
                let Answer { number, taken: is_in_force, words, .. } = &last.answer;
                let outcome = if *is_in_force { "is in force" } else { "is refused" };
                tracing::info!(target: "footfall::notice", "edit {number} of the office's {outcome}: {words}");
                taken.last = Some(last);
            }
        }
        super::news::keep_edits(reading, taken).await?;
        Ok(true)
    }

    /// What a message is, before anything is done.
    fn read(&self, ledger: &str, message: &[u8], taken: &Taken) -> Read {
        let sealed: Sealed = match serde_json::from_slice(message) {
            Ok(sealed) => sealed,
            Err(error) => return Read::Distrusted(format!("it is no signed edit: {error}")),
        };
        let sha256 = hex(&Sha256::digest(&sealed.edit));
        let edit = match sealed.open(&self.from) {
            Ok(edit) => edit,
            Err(reason) => return Read::Distrusted(reason),
        };
        if edit.shop != self.shop || edit.ledger != ledger {
            return Read::Distrusted(format!("it is for {}, ledger {}", edit.shop, edit.ledger));
        }
        match &taken.last {
            Some(last) if last.sha256 == sha256 => Read::Known,
            Some(last) if edit.number <= last.answer.number => Read::Distrusted(format!(
                "it has the number {}, and number {} was here already",
                edit.number, last.answer.number
            )),
            _ => Read::New { edit: Box::new(edit), sha256 },
        }
    }

    fn sources(&self) -> Vec<(String, String)> {
        self.live.sources().iter().map(|source| (source.id.clone(), source.state().name)).collect()
    }
}

enum Read {
    /// The last edit once more.
    Known,
    /// Not the office's, or an old one.
    Distrusted(String),
    New {
        edit: Box<Edit>,
        sha256: String,
    },
}

impl Taken {
    fn distrust(&mut self, reason: String) {
        self.distrusted.push(Distrusted { at: Timestamp::now().to_string(), reason });
        let surplus = self.distrusted.len().saturating_sub(MOST);
        self.distrusted.drain(..surplus);
    }
}

/// Puts in force what the office wants, unless it was made from something else than what is here now.
fn follow(
    setup: &dyn Setup,
    sources: &[(String, String)],
    edit: &Edit,
    last: Option<&Last>,
) -> Result<Option<String>, String> {
    if edit.version > VERSION {
        return Err(format!(
            "it is of version {}, which this program does not know: update it",
            edit.version
        ));
    }
    let here = now(setup, sources).map_err(|error| error.to_string())?;
    // It was put in force, and that could not be written down.
    if here == edit.settings {
        return Ok(None);
    }
    let digest = here.digest();
    // The office may have made it before it knew of its own last edit: that is nobody's doing here.
    let follows = |last: &Last| last.answer.taken && last.after == digest && last.based_on == edit.based_on;
    if edit.based_on != digest && !last.is_some_and(follows) {
        return Err("outdated: lines or thresholds were changed at the shop meanwhile; begin again from what is in force \
                    there now"
            .to_owned());
    }
    put(setup, sources, &here, &edit.settings).map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "edits_tests.rs"]
mod tests;
