//! What was refused once, sent again.

use super::{AHEAD, Delivery};
use crate::publish::receiver::{Lost, Receiver, Sent, Verdict};

impl Delivery {
    /// Sends one of those that are held once more, each in its turn: the receiver may take them now.
    pub(super) async fn retry(&mut self, receiver: &mut impl Receiver) -> Result<(), Lost> {
        let open: Vec<_> = (0..self.held.len()).filter(|&index| !self.held[index].closes).collect();
        let Some(&index) = open.get(self.turn % open.len().max(1)) else { return Ok(()) };
        self.turn = self.turn.wrapping_add(1);
        if self.send_held(receiver, index).await? == Some(Verdict::Taken) {
            let held = self.held.remove(index);
            self.judge(&held.entry, Verdict::Taken, false);
            self.again = true;
            self.recheck(receiver).await?;
        }
        Ok(())
    }

    /// The receiver has taken something: what it still refuses of those that are held is set aside.
    pub(super) async fn recheck(&mut self, receiver: &mut impl Receiver) -> Result<(), Lost> {
        while let Some(first) = self.held.first() {
            let verdict = if first.closes {
                Some(Verdict::Refused(first.refusal.clone()))
            } else {
                self.send_held(receiver, 0).await?
            };
            let Some(verdict) = verdict else { return Ok(()) };
            let held = self.held.remove(0);
            match verdict {
                Verdict::Taken => self.judge(&held.entry, Verdict::Taken, false),
                Verdict::Refused(refusal) => self.set_aside(&held.entry, refusal.reason),
            }
        }
        (self.ahead, self.turn, self.again) = (AHEAD, 0, false);
        Ok(())
    }

    /// Sends one of those that are held.
    async fn send_held(
        &mut self,
        receiver: &mut impl Receiver,
        index: usize,
    ) -> Result<Option<Verdict>, Lost> {
        let entry = &self.held[index].entry;
        let (sequence, sent) = (entry.sequence, receiver.send(std::slice::from_ref(entry)).await);
        let Sent { mut verdicts, lost } = sent;
        if !verdicts.is_empty() {
            self.suspects.remove(&sequence);
        }
        if let (None, Some(lost)) = (verdicts.first(), &lost)
            && let Some(reason) = self.strike(sequence, lost)
        {
            self.held[index].refusal.reason = reason;
            self.held[index].closes = true;
        }
        lost.map_or(Ok(verdicts.pop()), Err)
    }
}
