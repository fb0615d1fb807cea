//! What the broker keeps of us: told when it changes, taken back when its line is gone.

use std::collections::{BTreeMap, BTreeSet};

use super::Publication;
use super::link::Link;
use crate::PortError;
use crate::publish::reading::{Reading, Standing};
use crate::publish::receiver::{Lost, Sent, Verdict};

/// After the connection was closed at one message alone so often, that message is the reason.
const STRIKES: u8 = 3;

/// What the broker keeps of us, as far as we know.
#[derive(Debug, Default)]
pub(super) struct Retained {
    /// What counts depended on when they were told last.
    standing: Option<Standing>,
    /// What was told over this connection.
    told: BTreeMap<String, Vec<u8>>,
    /// Topics under which something may be kept, also from before this program was started: those that were
    /// written down. `None` before they were read.
    known: Option<BTreeSet<String>>,
    /// What was alone on its way when the connection was closed, and how often.
    suspect: Option<(String, u8)>,
    /// Whether messages go one by one, to find which one the connection is closed at.
    careful: bool,
    /// Topics that the broker does not take.
    refused: BTreeSet<String>,
}

impl Retained {
    /// The connection is a new one: the broker may have lost everything.
    pub(super) fn forget(&mut self) {
        self.told.clear();
        self.standing = None;
    }

    /// Whether anything has changed that counts depend on.
    pub(super) fn is_news(&self, standing: &Standing) -> bool {
        self.standing.as_ref() != Some(standing)
    }

    /// Everything that follows from `standing` was told.
    pub(super) fn told(&mut self, standing: Standing) {
        self.standing = Some(standing);
    }

    /// Brings the broker to `wanted`, by topic. What is kept under other topics of ours is taken back;
    /// `legacy` are those that a program might have left that did not write them down.
    pub(super) async fn bring(
        &mut self,
        link: &mut Link,
        reading: &Reading,
        wanted: BTreeMap<String, Vec<u8>>,
        status: &str,
        legacy: impl FnOnce() -> BTreeSet<String>,
    ) -> Result<(), PortError> {
        let names: BTreeSet<String> = wanted.keys().cloned().chain([status.to_owned()]).collect();
        let mut known = match &self.known {
            Some(known) => known.clone(),
            None => match reading.memory().await? {
                Some(text) => serde_json::from_str(&text)?,
                None => legacy(),
            },
        };
        // Written down before it is sent: whatever happens, nothing is kept there that nobody knows of.
        if !names.is_subset(&known) || self.known.is_none() {
            known.extend(names.iter().cloned());
            reading.remember(serde_json::to_string(&known)?).await?;
            self.known = Some(known.clone());
        }
        let gone = known.difference(&names).map(|topic| Publication::retained(topic, Vec::new()));
        let is_new = |topic: &String, payload: &Vec<u8>| self.told.get(topic) != Some(payload);
        let changed = wanted.into_iter().filter(|(topic, payload)| is_new(topic, payload));
        let changed = changed.map(|(topic, payload)| Publication::retained(topic, payload));
        let publications: Vec<_> = gone.chain(changed).filter(|p| !self.refused.contains(&p.topic)).collect();
        self.publish(link, &publications).await.map_err(|lost| lost.error)?;
        if known.len() > names.len() {
            reading.remember(serde_json::to_string(&names)?).await?;
            self.known = Some(names);
        }
        Ok(())
    }

    async fn publish(&mut self, link: &mut Link, publications: &[Publication]) -> Result<(), Lost> {
        let size = if self.careful { 1 } else { publications.len().max(1) };
        for some in publications.chunks(size) {
            let Sent { verdicts, lost } = link.publish(some).await;
            let known = verdicts.len();
            for (publication, verdict) in some.iter().zip(verdicts) {
                if let Verdict::Refused(refusal) = verdict {
                    self.refuse(publication, &refusal.reason);
                }
                self.told.insert(publication.topic.clone(), publication.payload.clone());
            }
            if let Some(lost) = lost {
                self.careful = true;
                if let ([publication], true) = (&some[known.min(some.len())..], lost.closed) {
                    self.blame(publication, &lost);
                }
                return Err(lost);
            }
        }
        self.careful = false;
        Ok(())
    }

    /// The connection was closed while this alone was on its way.
    fn blame(&mut self, publication: &Publication, lost: &Lost) {
        let times =
            self.suspect.take().filter(|(topic, _)| *topic == publication.topic).map_or(0, |(_, n)| n);
        self.suspect = Some((publication.topic.clone(), times + 1));
        if times + 1 >= STRIKES {
            self.refuse(
                publication,
                &format!("the connection is closed whenever it is sent ({})", lost.error),
            );
        }
    }

    /// Leaves a topic alone from now on.
    fn refuse(&mut self, publication: &Publication, reason: &str) {
        if self.refused.insert(publication.topic.clone()) {
            tracing::warn!(
                "the broker does not take {}: {reason}; it is left out until the program is started again",
                publication.topic
            );
        }
    }
}
