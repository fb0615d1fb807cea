//! From minutes and answers to the true counts of each line.

use std::collections::{BTreeMap, BTreeSet};

use footfall_audit::{Answer, Cell, Estimate, HourType, agreement, estimate};
use footfall_evidence::{EvidenceError, Folder, Minute};
use serde::Serialize;

/// What an audit came to.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The first minute and the one after the last, since 1970-01-01T00:00Z; nothing where there are none.
    pub period: Option<(i64, i64)>,
    /// Minutes that were watched.
    pub minutes: usize,
    /// Those of them that were drawn.
    pub drawn: usize,
    /// Those of the drawn ones that have no clip.
    pub lost: usize,
    /// Those of the drawn ones that somebody has looked at.
    pub looked_at: usize,
    /// Who has.
    pub auditors: BTreeSet<String>,
    /// Krippendorff's alpha of those who counted the same clips.
    pub agreement: Option<f64>,
    /// What was found at each line, in each direction.
    pub findings: Vec<Finding>,
    /// How often each reason was given for a difference.
    pub reasons: BTreeMap<String, u64>,
}

/// What was found at a line in a direction.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Of which source.
    pub source: String,
    /// At which line.
    pub line: String,
    /// `in` or `out`.
    pub direction: &'static str,
    /// Minutes that were looked at.
    pub looked_at: usize,
    /// Crossings that the program counted in all minutes.
    pub counted: u64,
    /// Nothing while too few minutes were looked at.
    pub truly: Option<Estimate>,
    /// The same by type of hour, where enough minutes of it were looked at.
    pub hours: BTreeMap<&'static str, Estimate>,
}

impl Outcome {
    /// Of the minutes from `from` to before `to`, in minutes since 1970-01-01T00:00Z.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn of(folder: &Folder, from: i64, to: i64) -> Result<Self, EvidenceError> {
        let mut minutes = folder.minutes()?;
        minutes.retain(|minute| (from..to).contains(&minute.minute));
        let mut given: BTreeMap<String, Vec<footfall_evidence::Answer>> = BTreeMap::new();
        for answer in folder.answers()? {
            given.entry(answer.clip.clone()).or_default().push(answer);
        }
        let is_drawn = |minute: &&Minute| minute.drawn;
        let is_lost = |minute: &&Minute| minute.drawn && minute.clip.is_none();
        let looked_at = |minute: &&Minute| minute.clip.as_ref().is_some_and(|clip| given.contains_key(clip));
        let answers = || minutes.iter().filter_map(|minute| given.get(minute.clip.as_ref()?)).flatten();
        let mut reasons = BTreeMap::new();
        for difference in answers().flat_map(|answer| &answer.differences) {
            *reasons.entry(difference.reason.clone()).or_default() += 1;
        }
        let first = minutes.iter().map(|minute| minute.minute).min();
        let last = minutes.iter().map(|minute| minute.minute).max();
        Ok(Self {
            period: first.zip(last).map(|(first, last)| (first, last + 1)),
            minutes: minutes.len(),
            drawn: minutes.iter().filter(is_drawn).count(),
            lost: minutes.iter().filter(is_lost).count(),
            looked_at: minutes.iter().filter(looked_at).count(),
            auditors: answers().map(|answer| answer.auditor.clone()).collect(),
            agreement: agreement(&shared(&given)),
            findings: findings(&minutes, &given),
            reasons,
        })
    }
}

/// The answers to each line and direction of each clip.
fn shared(given: &BTreeMap<String, Vec<footfall_evidence::Answer>>) -> Vec<Vec<f64>> {
    let mut items = Vec::new();
    for answers in given.values() {
        let lines: BTreeSet<&str> =
            answers.iter().flat_map(|answer| &answer.lines).map(|line| line.line.as_str()).collect();
        for line in lines {
            for direction in DIRECTIONS {
                items.push(answers.iter().filter_map(|answer| seen(answer, line, direction)).collect());
            }
        }
    }
    items
}

const DIRECTIONS: [&str; 2] = ["in", "out"];

fn seen(answer: &footfall_evidence::Answer, line: &str, direction: &str) -> Option<f64> {
    let line = answer.lines.iter().find(|own| own.line == line)?;
    Some(f64::from(if direction == "in" { line.r#in } else { line.out }))
}

fn counted(minute: &Minute, line: &str, direction: &str) -> u64 {
    let own = minute.lines.iter().find(|own| own.line == line);
    own.map_or(0, |own| if direction == "in" { own.r#in } else { own.out })
}

fn findings(minutes: &[Minute], given: &BTreeMap<String, Vec<footfall_evidence::Answer>>) -> Vec<Finding> {
    let places: BTreeSet<(&str, &str)> = minutes
        .iter()
        .flat_map(|minute| minute.lines.iter().map(|line| (minute.source.as_str(), line.line.as_str())))
        .collect();
    let mut findings = Vec::new();
    for (source, line) in places {
        let own: Vec<&Minute> = minutes.iter().filter(|minute| minute.source == source).collect();
        for direction in DIRECTIONS {
            let (cells, answers) = sample(&own, given, line, direction);
            let of_hour = |hour: HourType| {
                let cells: Vec<_> = cells.iter().filter(|cell| cell.stratum.hour == hour).copied().collect();
                let answers: Vec<_> =
                    answers.iter().filter(|answer| answer.stratum.hour == hour).copied().collect();
                Some((hour.as_str(), estimate(&cells, &answers)?))
            };
            findings.push(Finding {
                source: source.to_owned(),
                line: line.to_owned(),
                direction,
                looked_at: answers.len(),
                counted: cells.iter().map(|cell| cell.counted).sum(),
                truly: estimate(&cells, &answers),
                hours: HourType::ALL.into_iter().filter_map(of_hour).collect(),
            });
        }
    }
    findings
}

/// All minutes by their kind, and those that somebody looked at: with several auditors, the mean of their answers.
fn sample(
    minutes: &[&Minute],
    given: &BTreeMap<String, Vec<footfall_evidence::Answer>>,
    line: &str,
    direction: &str,
) -> (Vec<Cell>, Vec<Answer>) {
    let (mut cells, mut answers) = (Vec::<Cell>::new(), Vec::new());
    for minute in minutes {
        let Minute { stratum, probability, .. } = **minute;
        let counted = counted(minute, line, direction);
        let is_same = |cell: &&mut Cell| cell.stratum == stratum && cell.probability == probability;
        match cells.iter_mut().find(is_same) {
            Some(cell) => (cell.minutes, cell.counted) = (cell.minutes + 1, cell.counted + counted),
            None => cells.push(Cell { stratum, probability, minutes: 1, counted }),
        }
        let theirs = minute.clip.as_ref().and_then(|clip| given.get(clip));
        let seen: Vec<f64> =
            theirs.into_iter().flatten().filter_map(|answer| seen(answer, line, direction)).collect();
        if !seen.is_empty() && probability > 0.0 {
            let seen = seen.iter().sum::<f64>() / seen.len() as f64;
            answers.push(Answer { stratum, probability, counted, seen });
        }
    }
    (cells, answers)
}

#[cfg(test)]
pub(super) mod tests {
    use footfall_audit::{Crowding, HourType, Light, Stratum};
    use footfall_evidence::{Answer, Difference, EvidenceConfig, Folder, LineAnswer, LineCount, Minute};

    use super::Outcome;

    /// 400 minutes with two people in each, of whom the program counts one in every fourth; each tenth was drawn, and
    /// two auditors have looked at all of these.
    pub(crate) fn audited(path: &std::path::Path) -> Folder {
        let config = EvidenceConfig { folder: Some(path.to_owned().into()), ..EvidenceConfig::default() };
        let folder = Folder::open(&config).unwrap().unwrap();
        let stratum = Stratum { hour: HourType::Midday, crowding: Crowding::Few, light: Light::Bright };
        for minute in 0..400 {
            let drawn = minute % 10 == 0;
            let clip = drawn.then(|| format!("front-{minute}-m"));
            let r#in = if minute % 20 < 5 { 1 } else { 2 };
            let lines = vec![LineCount { line: "door".into(), r#in, out: 0 }];
            let source = "front".to_owned();
            folder
                .add_minute(&Minute {
                    minute,
                    source,
                    stratum,
                    probability: 0.1,
                    drawn,
                    clip: clip.clone(),
                    lines,
                })
                .unwrap();
            for auditor in ["ada", "bob"] {
                let Some(clip) = clip.clone() else { continue };
                let lines = vec![LineAnswer { line: "door".into(), r#in: 2, out: 0 }];
                let missed =
                    Difference { line: "door".into(), direction: "in".into(), reason: "missed".into() };
                let differences = if r#in == 1 { vec![missed] } else { Vec::new() };
                let auditor = auditor.to_owned();
                folder.answer(&Answer { clip, auditor, at: 0, lines, differences }).unwrap();
            }
        }
        folder
    }

    #[test]
    fn answers_correct_what_was_counted_and_only_of_the_period() {
        let place = tempfile::tempdir().unwrap();
        let folder = audited(place.path());
        let outcome = Outcome::of(&folder, 0, i64::MAX).unwrap();
        assert_eq!((outcome.minutes, outcome.drawn, outcome.looked_at), (400, 40, 40));
        assert_eq!(outcome.agreement, Some(1.0));
        assert_eq!(outcome.reasons["missed"], 40);
        let [inwards, outwards] = &outcome.findings[..] else { panic!() };
        let truly = inwards.truly.unwrap();
        assert_eq!(
            (inwards.counted, truly.corrected.round() as u64),
            (700, 900),
            "half of those drawn lack one"
        );
        assert!(truly.low > 750.0 && truly.high < 1050.0);
        assert_eq!(inwards.hours["midday"], truly);
        assert_eq!(outwards.truly.unwrap().corrected, 0.0);
        let half = Outcome::of(&folder, 200, 400).unwrap();
        assert_eq!((half.minutes, half.period), (200, Some((200, 400))));
        let few = Outcome::of(&folder, 0, 30).unwrap();
        assert!(few.findings[0].truly.is_none());
    }
}
