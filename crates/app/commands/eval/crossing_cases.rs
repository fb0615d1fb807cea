//! What is compared with what: each sequence's true and counted passages, on one clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use footfall_config::usage;
use footfall_count::{Config, Crossing, Line};
use footfall_eval::counting::{Passage, true_crossings};
use footfall_eval::{Benchmark, FrameRange};
use footfall_formats::jsonl::{
    CrossingReader, CrossingRow, CrossingWriter, TrueCrossings, TrueSequence, read_true_crossings,
};
use footfall_formats::mot::SeqInfo;
use footfall_formats::mot::{Truth as GroundTruth, read_truth};

use super::apart::apart;
use super::case::Case;
use super::left_out::LeftOut;
use super::mot::truth_boxes;
use crate::cli::eval::CrossingsArgs;

/// The truth about one sequence.
struct Truth {
    name: String,
    /// Frames a second, where it is known.
    frame_rate: Option<f64>,
    /// The lines that were watched, where that is known.
    lines: Option<BTreeSet<String>>,
    rows: Vec<CrossingRow>,
}

/// All sequences of the ground truth that were counted. The others are named on stderr.
pub(super) fn cases(args: &CrossingsArgs, crossings: &Path) -> anyhow::Result<Vec<Case>> {
    let mut truths = truths(args)?;
    if let Some(name) = &args.sequence {
        truths.retain(|truth| &truth.name == name);
        if truths.is_empty() {
            return Err(usage(anyhow::anyhow!("--sequence {name}: the ground truth has no such sequence")));
        }
    }
    let mut counted = counted(&truths, crossings)?;
    let (found, missing): (Vec<Truth>, Vec<Truth>) =
        truths.into_iter().partition(|truth| counted.contains_key(&truth.name));
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(|truth| truth.name.as_str()).collect();
        eprintln!("not scored, without counted crossings: {}", names.join(", "));
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
            case(args, &truth, &rows)
        })
        .collect()
}

/// The crossings of the ground-truth tracks that `--from-gt` names, written where `--write-gt` says.
fn derived(args: &CrossingsArgs) -> anyhow::Result<Truth> {
    let path: &PathBuf = args
        .from_gt
        .as_ref()
        .and_then(Option::as_ref)
        .or(args.gt.as_ref())
        .ok_or_else(|| usage(anyhow::anyhow!("--from-gt needs a gt.txt: after it, or in --gt")))?;
    // SEQUENCE/gt/gt.txt, beside which SEQUENCE/seqinfo.ini stands.
    let sequence = path.parent().and_then(Path::parent);
    let frame_rate = match args.fps {
        Some(rate) => rate,
        None => sequence.map(SeqInfo::of).transpose()?.and_then(|info| info.frame_rate).ok_or_else(|| {
            usage(anyhow::anyhow!(
                "{}: no seqinfo.ini says how many frames a second it has; give --fps",
                path.display()
            ))
        })?,
    };
    let name = sequence
        .and_then(Path::file_name)
        .map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
    let truth = read_truth(path)?;
    warn_of_left_out(&name, &truth);
    let truth = truth_boxes(&truth);
    let config = Config { dead_band: args.dead_band, ..Config::plain() };
    let crossings = true_crossings(&truth, &args.lines, frame_rate, config).map_err(usage)?;
    let row = |crossing: &Crossing| CrossingRow::new(crossing, args.lines[crossing.line].name(), &name);
    let rows: Vec<CrossingRow> = crossings.iter().map(row).collect();
    let lines = args.lines.iter().map(|line: &Line| line.name().to_owned()).collect();
    Ok(Truth { name: name.into_owned(), frame_rate: Some(frame_rate), lines: Some(lines), rows })
}

/// Says what of the ground truth has no part in the crossings, where that may be a mistake.
fn warn_of_left_out(name: &str, truth: &GroundTruth) {
    let range = FrameRange { first: 1, last: u64::MAX - 1 };
    let left_out = LeftOut::of(&truth.rows, range, Benchmark::Mot17);
    if left_out.is_all() {
        eprintln!("{name}: {}", left_out.all());
    } else if let Some(note) = left_out.note() {
        eprintln!("{name}: {note}");
    }
}

/// Writes the derived crossings.
pub(super) fn write_derived(args: &CrossingsArgs, to: &Path) -> anyhow::Result<()> {
    let mut writer = CrossingWriter::create(to)?;
    for row in &derived(args)?.rows {
        writer.write(row)?;
    }
    Ok(writer.finish()?)
}

fn truths(args: &CrossingsArgs) -> anyhow::Result<Vec<Truth>> {
    if args.from_gt.is_some() {
        return Ok(vec![derived(args)?]);
    }
    let path = args.gt.as_ref().context("--gt is needed")?;
    Ok(match read_true_crossings(path)? {
        TrueCrossings::Sequences(sequences) => sequences.into_iter().map(Truth::from).collect(),
        TrueCrossings::Rows(rows) => {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let mut by_source: BTreeMap<String, Vec<CrossingRow>> = BTreeMap::new();
            for row in rows {
                by_source.entry(row.source.clone().unwrap_or_else(|| stem.clone())).or_default().push(row);
            }
            if by_source.is_empty() {
                by_source.insert(stem, Vec::new());
            }
            let truth = |(name, rows)| Truth { name, frame_rate: args.fps, lines: None, rows };
            by_source.into_iter().map(truth).collect()
        }
    })
}

impl From<TrueSequence> for Truth {
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
            coming: None,
            staff: None,
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
fn counted(truths: &[Truth], path: &Path) -> anyhow::Result<BTreeMap<String, Vec<CrossingRow>>> {
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
        eprintln!("not scored, {count} crossings of {source}: the ground truth has no such sequence");
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

fn case(args: &CrossingsArgs, truth: &Truth, counted: &[CrossingRow]) -> anyhow::Result<Case> {
    let frame_rate = args.fps.or(truth.frame_rate);
    let passage = |row: &CrossingRow| -> anyhow::Result<Passage> {
        let by_frame = frame_rate.map(|rate| row.frame as f64 / rate);
        let time = by_frame.or(row.time).ok_or_else(|| {
            usage(anyhow::anyhow!("frame {} of {} has no time; give --fps", row.frame, truth.name))
        })?;
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
        eprintln!("{}: not scored, on lines without ground truth: {}", truth.name, unknown.join(", "));
    }
    for note in apart(&case, truth.lines.is_some(), args.tolerance) {
        eprintln!("{}: {note}", truth.name);
    }
    Ok(case)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_source_names_its_sequence() {
        for source in ["S-02", "clips/S-02.avi", "mot17/S-02/det/det.txt", "S-02/img1"] {
            assert!(names(source, "S-02"), "{source}");
        }
        for source in ["", "S-021.avi", "clips/other.avi", "rtsp://host/S"] {
            assert!(!names(source, "S-02"), "{source}");
        }
    }
}
