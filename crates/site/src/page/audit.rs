//! The page's clips, out of the folder of evidence.

use std::sync::{Arc, Mutex, PoisonError};

use footfall_audit::Plan;
use footfall_evidence::{
    Answer, Clip, Difference, EvidenceConfig, EvidenceError, Folder, Head, Kept, Kind, LineAnswer, Minute,
};
use footfall_ledger::jiff::Timestamp;
use footfall_serve::{
    Audit, ClipLine, ClipRevealed, ClipShown, ClipToSee, CrossingRevealed, DoubtfulClip, LineSeen, PortError,
    WhyOtherwise,
};
use serde_json::{Value, json};

use crate::audit::{Outcome, report};

/// Drawn minutes, in the order in which they are to be seen.
pub struct Clips {
    folder: Folder,
    plan: Plan,
    /// The clip that was read last: its pictures are asked for one after the other.
    last: Mutex<Option<Arc<Clip>>>,
    /// Held while an answer is kept, so that the first one stands.
    answering: Mutex<()>,
}

impl Clips {
    /// Those of the configured folder; nothing where none is.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be opened.
    pub fn open(config: &EvidenceConfig) -> Result<Option<Arc<dyn Audit>>, EvidenceError> {
        let Some(folder) = Folder::open(config)? else { return Ok(None) };
        let (last, answering) = (Mutex::new(None), Mutex::new(()));
        Ok(Some(Arc::new(Self { folder, plan: config.plan(), last, answering })))
    }

    fn read(&self, id: &str) -> Result<Option<Arc<Clip>>, EvidenceError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clip) = last.as_ref().filter(|clip| clip.head.id == id) {
            return Ok(Some(clip.clone()));
        }
        match self.folder.read(id) {
            Ok(clip) => Ok(Some(last.insert(Arc::new(clip)).clone())),
            Err(EvidenceError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn answer_of(&self, auditor: &str, id: &str) -> Result<Option<Answer>, EvidenceError> {
        let is_theirs = |answer: &Answer| answer.clip == id && answer.auditor == auditor;
        Ok(self.folder.answers()?.into_iter().find(is_theirs))
    }

    /// What the program counted in a clip: of a drawn minute what was written down of it.
    fn counted(&self, clip: &Clip) -> Result<Vec<LineSeen>, EvidenceError> {
        let is_its = |minute: &Minute| minute.clip.as_deref() == Some(&clip.head.id);
        let minute = match clip.head.kind {
            Kind::Minute => self.folder.minutes()?.into_iter().find(is_its),
            Kind::Doubtful => None,
        };
        let of_minute = |line: &str| {
            let count = minute.as_ref()?.lines.iter().find(|count| count.line == line)?;
            Some((count.r#in as u32, count.out as u32))
        };
        let of_clip = |line: &str| {
            let in_direction = |direction: &str| {
                let own = clip.head.decisions.iter().filter(|d| d.line == line && d.direction == direction);
                own.count() as u32
            };
            (in_direction("in"), in_direction("out"))
        };
        let lines = clip.head.lines.iter().map(|line| {
            let (r#in, out) = of_minute(&line.name).unwrap_or_else(|| of_clip(&line.name));
            LineSeen { line: line.name.clone(), r#in, out }
        });
        Ok(lines.collect())
    }

    /// What the program saw and counted in a clip.
    fn reveal(&self, clip: &Clip) -> Result<ClipRevealed, EvidenceError> {
        let crossing = |decision: &footfall_evidence::Decision| CrossingRevealed {
            time: decision.time,
            line: decision.line.clone(),
            direction: decision.direction.clone(),
            confidence: decision.confidence,
            reasons: decision.reasons.clone(),
        };
        let Head { moments, decisions, .. } = &clip.head;
        Ok(ClipRevealed {
            lines: self.counted(clip)?,
            people: moments.iter().map(|m| m.people.iter().map(|seen| seen.bbox).collect()).collect(),
            crossings: decisions.iter().map(crossing).collect(),
        })
    }
}

impl Audit for Clips {
    fn clips(&self, auditor: &str) -> Result<Vec<ClipToSee>, PortError> {
        let answers = self.folder.answers()?;
        let kept = self.folder.clips()?;
        let mut clips = Vec::new();
        for minute in self.folder.minutes()? {
            let Some(id) = minute.clip.filter(|id| kept.iter().any(|kept| kept.id == *id)) else { continue };
            let answered = answers.iter().any(|answer| answer.clip == id && answer.auditor == auditor);
            let rank = self.plan.rank(&minute.source, minute.minute, minute.probability);
            clips.push((rank, ClipToSee { id, source: minute.source, answered }));
        }
        // Whoever stops anywhere in this order has seen a sample like the whole one.
        clips.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(clips.into_iter().map(|(_, clip)| clip).collect())
    }

    fn clip(&self, id: &str) -> Result<Option<ClipShown>, PortError> {
        let Some(clip) = self.read(id)? else { return Ok(None) };
        let head = &clip.head;
        let line = |line: &footfall_evidence::DrawnLine| ClipLine {
            name: line.name.clone(),
            points: line.points.clone(),
        };
        Ok(Some(ClipShown {
            id: head.id.clone(),
            source: head.source.clone(),
            begins: Timestamp::from_millisecond(head.begins)?.to_string(),
            size: head.size,
            times: head.moments.iter().map(|moment| moment.time).collect(),
            lines: head.lines.iter().map(line).collect(),
        }))
    }

    fn picture(&self, id: &str, number: usize) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.read(id)?.and_then(|clip| clip.pictures.get(number).cloned()))
    }

    fn answer(
        &self,
        auditor: &str,
        id: &str,
        lines: Vec<LineSeen>,
    ) -> Result<Option<ClipRevealed>, PortError> {
        let Some(clip) = self.read(id)? else { return Ok(None) };
        let _one_at_a_time = self.answering.lock().unwrap_or_else(PoisonError::into_inner);
        if self.answer_of(auditor, id)?.is_none() {
            let line = |LineSeen { line, r#in, out }| LineAnswer { line, r#in, out };
            self.folder.answer(&Answer {
                clip: id.to_owned(),
                auditor: auditor.to_owned(),
                at: Timestamp::now().as_second(),
                lines: lines.into_iter().map(line).collect(),
                differences: Vec::new(),
            })?;
        }
        Ok(Some(self.reveal(&clip)?))
    }

    fn explain(&self, auditor: &str, id: &str, why: Vec<WhyOtherwise>) -> Result<bool, PortError> {
        let _one_at_a_time = self.answering.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(answer) = self.answer_of(auditor, id)? else { return Ok(false) };
        let difference = |WhyOtherwise { line, direction, reason }| Difference { line, direction, reason };
        self.folder.answer(&Answer { differences: why.into_iter().map(difference).collect(), ..answer })?;
        Ok(true)
    }

    fn doubtful(&self) -> Result<Vec<DoubtfulClip>, PortError> {
        let mut kept = self.folder.clips()?;
        kept.retain(|kept| Kind::Doubtful.is_of(&kept.id));
        kept.sort_by(|a, b| (b.begins, &b.id).cmp(&(a.begins, &a.id)));
        let shown = |kept: Kept| {
            let begins = Timestamp::from_second(kept.begins)?.to_string();
            Ok(DoubtfulClip { id: kept.id, begins })
        };
        kept.into_iter().map(shown).collect()
    }

    fn seen(&self, id: &str) -> Result<Option<ClipRevealed>, PortError> {
        // Of a drawn minute nobody is to know this before they have counted.
        let clip = self.read(id)?.filter(|clip| clip.head.kind == Kind::Doubtful);
        Ok(clip.map(|clip| self.reveal(&clip)).transpose()?)
    }

    fn result(&self) -> Result<Value, PortError> {
        let outcome = Outcome::of(&self.folder, 0, i64::MAX)?;
        let text = if outcome.looked_at == 0 { String::new() } else { report(&outcome) };
        Ok(json!({ "text": text, "outcome": outcome }))
    }
}
