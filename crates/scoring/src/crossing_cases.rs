//! What is compared with what: each sequence's true and counted passages, on one clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::bail;
use footfall_count::{Config, Crossing, Line};
use footfall_eval::counting::{Passage, true_crossings};
use footfall_eval::{Benchmark, FrameRange};
use footfall_formats::jsonl::{
    CrossingReader, CrossingRow, CrossingWriter, TrueCrossings, TrueSequence, read_true_crossings,
};
use footfall_formats::mot::SeqInfo;
use footfall_formats::mot::{Truth as GroundTruth, read_truth};

use crate::apart::apart;
use crate::case::Case;
use crate::left_out::LeftOut;
use crate::mot::boxes_of_truth;
use crate::{Asked, Tell};

/// Where the true crossings are, or what they are derived from.
#[derive(Clone, Debug)]
pub struct CrossingFiles<'a> {
    /// Whence.
    pub truth: Truth<'a>,
    /// How far a counted crossing may be from the true one, in seconds.
    pub tolerance: f64,
    /// Frames a second: what frame numbers mean in time, where the files do not say.
    pub fps: Option<f64>,
    /// The sequence that the crossings belong to, where the ground truth has several.
    pub sequence: Option<&'a str>,
}

/// Whence the true crossings come.
#[derive(Clone, Copy, Debug)]
pub enum Truth<'a> {
    /// JSON lines, or one JSON object of sequences.
    Crossings(&'a Path),
    /// From the tracks in this gt.txt, by the counter's own rule with `lines` and a `dead_band` in heights of the
    /// person.
    Tracks {
        /// The ground truth's boxes.
        boxes: &'a Path,
        /// Over the picture, in pixels.
        lines: &'a [Line],
        /// In heights of the person.
        dead_band: f64,
    },
}

/// The truth about one sequence.
struct Sequence {
    name: String,
    /// Frames a second, where it is known.
    frame_rate: Option<f64>,
    /// The lines that were watched, where that is known.
    lines: Option<BTreeSet<String>>,
    rows: Vec<CrossingRow>,
}

/// All sequences of the ground truth that were counted. The others are told.
pub(crate) fn cases(
    files: &CrossingFiles<'_>,
    crossings: &Path,
    tell: Tell<'_>,
) -> anyhow::Result<Vec<Case>> {
    let mut truths = truths(files, tell)?;
    if let Some(name) = files.sequence {
        truths.retain(|truth| truth.name == name);
        if truths.is_empty() {
            return Err(Asked(format!("--sequence {name}: the ground truth has no such sequence")).into());
        }
    }
    let mut counted = counted(&truths, crossings, tell)?;
    let (found, missing): (Vec<Sequence>, Vec<Sequence>) =
        truths.into_iter().partition(|truth| counted.contains_key(&truth.name));
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(|truth| truth.name.as_str()).collect();
        tell(&format!("not scored, without counted crossings: {}", names.join(", ")));
    }
    if found.is_empty() {
        bail!(
            "{}: its crossings belong to no sequence of the ground truth; --sequence says which",
            crossings.display()
        );
    }
    found
        .into_iter()
        .map(|truth| {
            let rows = counted.remove(&truth.name).unwrap_or_default();
            case(files, &truth, &rows, tell)
        })
        .collect()
}

impl CrossingFiles<'_> {
    /// Writes the crossings that are derived from tracks as JSON lines.
    ///
    /// # Errors
    ///
    /// Where the ground truth cannot be read, or nothing be written. [`Asked`] where the frame rate is not known.
    pub fn write_derived(&self, to: &Path, tell: Tell<'_>) -> anyhow::Result<()> {
        let mut writer = CrossingWriter::create(to)?;
        for row in truths(self, tell)?.iter().flat_map(|sequence| &sequence.rows) {
            writer.write(row)?;
        }
        Ok(writer.finish()?)
    }
}

/// The crossings of ground-truth tracks.
fn derived(
    fps: Option<f64>,
    boxes: &Path,
    lines: &[Line],
    dead_band: f64,
    tell: Tell<'_>,
) -> anyhow::Result<Sequence> {
    // SEQUENCE/gt/gt.txt, beside which SEQUENCE/seqinfo.ini stands.
    let sequence = boxes.parent().and_then(Path::parent);
    let frame_rate = match fps {
        Some(rate) => rate,
        None => sequence.map(SeqInfo::of).transpose()?.and_then(|info| info.frame_rate).ok_or_else(|| {
            Asked(format!(
                "{}: no seqinfo.ini says how many frames a second it has; give --fps",
                boxes.display()
            ))
        })?,
    };
    let name = sequence
        .and_then(Path::file_name)
        .map_or_else(|| boxes.to_string_lossy(), |name| name.to_string_lossy());
    let truth = read_truth(boxes)?;
    warn_of_left_out(&name, &truth, tell);
    let truth = boxes_of_truth(&truth);
    let config = Config { dead_band, ..Config::plain() };
    let crossings =
        true_crossings(&truth, lines, frame_rate, config).map_err(|error| Asked(error.to_string()))?;
    let row = |crossing: &Crossing| CrossingRow::new(crossing, lines[crossing.line].name(), &name);
    let rows: Vec<CrossingRow> = crossings.iter().map(row).collect();
    let lines = lines.iter().map(|line| line.name().to_owned()).collect();
    Ok(Sequence { name: name.into_owned(), frame_rate: Some(frame_rate), lines: Some(lines), rows })
}

/// Says what of the ground truth has no part in the crossings, where that may be a mistake.
fn warn_of_left_out(name: &str, truth: &GroundTruth, tell: Tell<'_>) {
    let range = FrameRange { first: 1, last: u64::MAX - 1 };
    let left_out = LeftOut::of(&truth.rows, range, Benchmark::Mot17);
    if left_out.is_all() {
        tell(&format!("{name}: {}", left_out.all()));
    } else if let Some(note) = left_out.note() {
        tell(&format!("{name}: {note}"));
    }
}

fn truths(files: &CrossingFiles<'_>, tell: Tell<'_>) -> anyhow::Result<Vec<Sequence>> {
    let path = match files.truth {
        Truth::Tracks { boxes, lines, dead_band } => {
            return Ok(vec![derived(files.fps, boxes, lines, dead_band, tell)?]);
        }
        Truth::Crossings(path) => path,
    };
    Ok(match read_true_crossings(path)? {
        TrueCrossings::Sequences(sequences) => sequences.into_iter().map(Sequence::from).collect(),
        TrueCrossings::Rows(rows) => {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let mut by_source: BTreeMap<String, Vec<CrossingRow>> = BTreeMap::new();
            for row in rows {
                by_source.entry(row.source.clone().unwrap_or_else(|| stem.clone())).or_default().push(row);
            }
            if by_source.is_empty() {
                by_source.insert(stem, Vec::new());
            }
            let truth = |(name, rows)| Sequence { name, frame_rate: files.fps, lines: None, rows };
            by_source.into_iter().map(truth).collect()
        }
    })
}

impl From<TrueSequence> for Sequence {
    fn from(sequence: TrueSequence) -> Self {
        let lines: BTreeSet<String> = sequence.lines.into_iter().map(|line| line.name).collect();
        let rows = sequence.events.into_iter().map(|event| CrossingRow {
            frame: event.frame,
            time: None,
            source: None,
            line: event.line,
            direction: event.direction,
            track: event.gt_id,
            point: None,
            decided: None,
            confidence: None,
            reasons: Vec::new(),
            visitor: None,
            again: None,
            coming: None,
            staff: None,
            same_as: None,
            site: None,
        });
        Self {
            name: sequence.name,
            frame_rate: Some(sequence.fps),
            lines: (!lines.is_empty()).then_some(lines),
            rows: rows.collect(),
        }
    }
}

/// Counted rows by sequence; one that was counted without a crossing has an empty list.
fn counted(
    truths: &[Sequence],
    path: &Path,
    tell: Tell<'_>,
) -> anyhow::Result<BTreeMap<String, Vec<CrossingRow>>> {
    let read = |path: &Path| CrossingReader::open(path)?.collect::<Result<Vec<_>, _>>();
    let mut counted = BTreeMap::new();
    if path.is_dir() {
        for truth in truths {
            let file = path.join(format!("{}.jsonl", truth.name));
            if file.is_file() {
                counted.insert(truth.name.clone(), read(&file)?);
            }
        }
        return Ok(counted);
    }
    let rows = read(path)?;
    if let [only] = truths {
        counted.insert(only.name.clone(), rows);
        return Ok(counted);
    }
    let file = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut unknown: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        let source = row.source.as_deref().or(file.as_deref()).unwrap_or_default();
        match truths.iter().find(|truth| names(source, &truth.name)) {
            Some(truth) => counted.entry(truth.name.clone()).or_default().push(row),
            None => *unknown.entry(source.to_owned()).or_default() += 1,
        }
    }
    for (source, count) in unknown {
        tell(&format!("not scored, {count} crossings of {source}: the ground truth has no such sequence"));
    }
    Ok(counted)
}

/// Whether a source's path speaks of a sequence: `PETS09-S2L1.avi`, `mot17/MOT17-02/det/det.txt`.
fn names(source: &str, sequence: &str) -> bool {
    source == sequence
        || Path::new(source).components().any(|part| {
            let part = Path::new(part.as_os_str());
            part.as_os_str() == sequence || part.file_stem().is_some_and(|stem| stem == sequence)
        })
}

fn case(
    files: &CrossingFiles<'_>,
    truth: &Sequence,
    counted: &[CrossingRow],
    tell: Tell<'_>,
) -> anyhow::Result<Case> {
    let frame_rate = files.fps.or(truth.frame_rate);
    let passage = |row: &CrossingRow| -> anyhow::Result<Passage> {
        let by_frame = frame_rate.map(|rate| row.frame as f64 / rate);
        let time = by_frame
            .or(row.time)
            .ok_or_else(|| Asked(format!("frame {} of {} has no time; give --fps", row.frame, truth.name)))?;
        Ok(Passage { time, direction: row.direction })
    };
    let mut case = Case { name: truth.name.clone(), ..Case::default() };
    for line in truth.lines.iter().flatten() {
        case.lines.entry(line.clone()).or_default();
    }
    for row in &truth.rows {
        case.lines.entry(row.line.clone()).or_default().truth.push(passage(row)?);
    }
    let mut unknown = BTreeSet::new();
    for row in counted {
        if truth.lines.is_some() && !case.lines.contains_key(&row.line) {
            unknown.insert(row.line.as_str());
            continue;
        }
        case.lines.entry(row.line.clone()).or_default().counted.push(passage(row)?);
    }
    if !unknown.is_empty() {
        let unknown: Vec<_> = unknown.into_iter().collect();
        tell(&format!("{}: not scored, on lines without ground truth: {}", truth.name, unknown.join(", ")));
    }
    for note in apart(&case, truth.lines.is_some(), files.tolerance) {
        tell(&format!("{}: {note}", truth.name));
    }
    Ok(case)
}

#[cfg(test)]
mod tests;
