//! How well passages of several cameras are taken together, where it is known whose they are.

mod plain;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use footfall_count::{
    Across, AcrossError, Direction, Elsewhere, Passing, Role, SiteCamera, SiteConfig, Ticket, VisitorConfig,
};
use footfall_eval::identity_f1;
use serde::{Deserialize, Serialize};

pub use plain::{apart, nearest};

/// A passage of one camera, as it stands in a file of JSON lines.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PassageRow {
    /// Rows of different scenes have nothing to do with each other.
    #[serde(default)]
    pub scene: u64,
    /// The camera's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// Which way.
    pub direction: Direction,
    /// When, in seconds by a clock that all cameras have in common.
    pub time: f64,
    /// When it was decided; a second later where it is not said.
    #[serde(default)]
    pub decided: Option<f64>,
    /// How they look.
    #[serde(default)]
    pub embedding: Option<Vec<f32>>,
    /// Or pictures of them, by their paths beside the file.
    #[serde(default)]
    pub crops: Vec<String>,
    /// Whose passage it is.
    #[serde(default)]
    pub person: Option<String>,
    /// Which passage of the scene it is: that of several cameras is one.
    #[serde(default)]
    pub event: Option<u64>,
}

/// What is said of a passage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PassageAnswer {
    /// Its scene.
    pub scene: u64,
    /// Its place in the file, from 1.
    pub row: usize,
    /// The row that is counted in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<usize>,
    /// What the other cameras make of it.
    pub site: Elsewhere,
    /// Whose number it is, where visitors are told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor: Option<u64>,
    /// Of somebody who leaves: the row of their coming.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<usize>,
}

/// How well a rule did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CamerasReport {
    /// The rule.
    pub rule: String,
    /// Passages of all cameras, and true ones.
    pub passages: usize,
    /// See [`passages`](Self::passages).
    pub events: usize,
    /// What is counted.
    pub counted: usize,
    /// Share of true passages that are counted more than once.
    pub twice: f64,
    /// Share that are not counted at all: taken for those of somebody else.
    pub lost: f64,
    /// Share of which a camera's passage is said to be that of somebody else.
    pub mixed: f64,
    /// IDF1 over all cameras, 0 to 1: each true passage is one identity.
    pub idf1: f64,
    /// The same where each person of a scene is one, from their coming to their leaving.
    pub idf1_people: Option<f64>,
    /// Share of those who leave, and whose coming was seen, whose stay is known; and of these, whose is right.
    pub stays_known: Option<f64>,
    /// See [`stays_known`](Self::stays_known).
    pub stays_right: Option<f64>,
}

/// Takes the passages of each scene together.
///
/// # Errors
/// Where a setting makes no sense.
pub fn together(
    rows: &[PassageRow],
    config: &SiteConfig,
    visitors: VisitorConfig,
) -> Result<Vec<PassageAnswer>, AcrossError> {
    let scenes: BTreeSet<u64> = rows.iter().map(|row| row.scene).collect();
    let mut answers = Vec::new();
    for scene in scenes {
        let own: Vec<usize> = (0..rows.len()).filter(|&row| rows[row].scene == scene).collect();
        answers.extend(one_scene(rows, &own, config, visitors)?);
    }
    answers.sort_by_key(|answer| answer.row);
    Ok(answers)
}

fn one_scene(
    rows: &[PassageRow],
    own: &[usize],
    config: &SiteConfig,
    visitors: VisitorConfig,
) -> Result<Vec<PassageAnswer>, AcrossError> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        names.entry(row.source.clone()).or_default().insert(row.line.clone());
    }
    let camera = |(name, lines): (String, BTreeSet<String>)| SiteCamera {
        name,
        lines: lines.into_iter().map(|line| (line, Role::Entrance)).collect(),
    };
    let cameras: Vec<SiteCamera> = names.into_iter().map(camera).collect();
    let mut across = Across::new(config.clone(), &cameras, visitors)?;
    let mut tickets: BTreeMap<Ticket, usize> = BTreeMap::new();
    for &index in own {
        let row = &rows[index];
        let seconds = |time: f64| Duration::try_from_secs_f64(time).unwrap_or_default();
        let camera = cameras.iter().position(|camera| camera.name == row.source).unwrap_or_default();
        let passing = Passing {
            line: row.line.as_str().into(),
            direction: row.direction,
            track: index as u64 + 1,
            frame: index as u64 + 1,
            time: seconds(row.time),
            decided: seconds(row.decided.unwrap_or(row.time + 1.0)),
            look: row.embedding.as_deref().map(Arc::from),
            is_staff: false,
            beside: Vec::new(),
        };
        tickets.insert(across.pass(camera, passing), index);
    }
    across.advance();
    let answer = |(_, ticket, answer): (usize, Ticket, footfall_count::Answer)| {
        let index = *tickets.get(&ticket)?;
        let place = |passage: &footfall_count::Passage| passage.track as usize;
        Some(PassageAnswer {
            scene: rows[index].scene,
            row: index + 1,
            same_as: answer.elsewhere.same_as.as_ref().map(place),
            visitor: answer.visitor.and_then(|visitor| visitor.number()),
            came: answer.elsewhere.stay.as_ref().map(|stay| place(&stay.came)),
            site: answer.elsewhere,
        })
    };
    Ok(across.take_answers().into_iter().filter_map(answer).collect())
}

impl CamerasReport {
    /// Judges which row is counted in the place of each. None where nothing is known of whose they are.
    #[must_use]
    pub fn of(rule: &str, rows: &[PassageRow], roots: &[usize]) -> Option<Self> {
        let mut events: BTreeMap<(u64, u64), Vec<usize>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            events.entry((row.scene, row.event?)).or_default().push(index);
        }
        let share = |is: &dyn Fn(&Vec<usize>) -> bool| {
            events.values().filter(|own| is(own)).count() as f64 / events.len().max(1) as f64
        };
        let counted = |own: &Vec<usize>| own.iter().filter(|&&row| roots[row] == row).count();
        let is_mixed = |own: &Vec<usize>| own.iter().any(|&row| rows[roots[row]].event != rows[row].event);
        let names =
            rows.iter().zip(roots).map(|(row, &root)| ((row.scene, row.event), (rows[root].scene, root)));
        Some(Self {
            rule: rule.to_owned(),
            passages: rows.len(),
            events: events.len(),
            counted: (0..rows.len()).filter(|&row| roots[row] == row).count(),
            twice: share(&|own| counted(own) > 1),
            lost: share(&|own| counted(own) == 0),
            mixed: share(&is_mixed),
            idf1: identity_f1(names),
            ..Self::default()
        })
    }

    /// The same of the rule itself, with people and their stays.
    #[must_use]
    pub fn of_answers(rows: &[PassageRow], answers: &[PassageAnswer]) -> Option<Self> {
        let root = |answer: &PassageAnswer| answer.same_as.unwrap_or(answer.row) - 1;
        let roots: Vec<usize> = answers.iter().map(root).collect();
        let report = Self::of("together", rows, &roots)?;
        let whose = |row: usize| (rows[row].scene, rows[row].person.clone());
        // Who leaves is who came, where that is known, and else nobody who was seen before.
        let number = |row: usize| {
            let of_root = &answers[roots[row]];
            (rows[row].scene, of_root.visitor.map_or(usize::MAX - roots[row], |number| number as usize))
        };
        let is_told = answers.iter().any(|answer| answer.visitor.is_some());
        let people = identity_f1((0..rows.len()).map(|row| (whose(row), number(row))));
        let came: BTreeSet<_> =
            (0..rows.len()).filter(|&row| rows[row].direction == Direction::In).map(whose).collect();
        let leaves = |answer: &&PassageAnswer| {
            let row = answer.row - 1;
            rows[row].direction == Direction::Out && answer.same_as.is_none() && came.contains(&whose(row))
        };
        let leaving: Vec<_> = answers.iter().filter(leaves).collect();
        let known: Vec<_> =
            leaving.iter().filter_map(|answer| Some((answer.row - 1, answer.came? - 1))).collect();
        let right = known.iter().filter(|(row, came)| whose(*row) == whose(*came)).count();
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        Some(Self {
            idf1_people: is_told.then_some(people),
            stays_known: share(known.len(), leaving.len()).filter(|_| !known.is_empty()),
            stays_right: share(right, known.len()),
            ..report
        })
    }
}

#[cfg(test)]
mod tests {
    use footfall_count::{Direction, SiteConfig, VisitorConfig};

    use super::{CamerasReport, PassageRow, apart, nearest, together};

    /// Two cameras, ten people a minute apart, each seen by both within a second, all alike to within a corner.
    fn rows() -> Vec<PassageRow> {
        let row = |person: u32, source: &str, later: f64| {
            let mut look = [0.1_f32; 10];
            look[person as usize] = 1.0;
            let length = look.iter().map(|v| v * v).sum::<f32>().sqrt();
            PassageRow {
                scene: 1,
                source: source.to_owned(),
                line: "door".to_owned(),
                direction: Direction::In,
                time: 60.0 * f64::from(person) + later,
                decided: None,
                embedding: Some(look.iter().map(|v| v / length).collect()),
                crops: Vec::new(),
                person: Some(person.to_string()),
                event: Some(person.into()),
            }
        };
        (0..10).flat_map(|person| [row(person, "a", 0.0), row(person, "b", 0.7)]).collect()
    }

    fn site() -> SiteConfig {
        SiteConfig { overlap: vec![vec!["a".to_owned(), "b".to_owned()]], ..SiteConfig::default() }
    }

    #[test]
    fn each_counts_once_together_and_twice_apart() {
        let rows = rows();
        let answers = together(&rows, &site(), VisitorConfig::default()).unwrap();
        let report = CamerasReport::of_answers(&rows, &answers).unwrap();
        assert_eq!((report.events, report.counted, report.twice, report.lost), (10, 10, 0.0, 0.0));
        assert_eq!((report.idf1, report.mixed), (1.0, 0.0));
        let each = CamerasReport::of("apart", &rows, &apart(&rows)).unwrap();
        assert_eq!((each.counted, each.twice, each.idf1), (20, 1.0, 0.5));
        let plain = CamerasReport::of("nearest", &rows, &nearest(&rows, &site(), 0.3)).unwrap();
        assert_eq!((plain.counted, plain.idf1), (10, 1.0));
    }

    #[test]
    fn one_who_is_taken_for_another_is_lost_and_mixed() {
        let rows = rows();
        let mut roots = apart(&rows);
        (roots[2], roots[3]) = (0, 0);
        let report = CamerasReport::of("wrong", &rows, &roots).unwrap();
        assert_eq!((report.lost, report.mixed, report.twice), (0.1, 0.1, 0.9));
    }
}
