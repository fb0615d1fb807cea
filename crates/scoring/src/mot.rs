//! Tracks in a folder against ground truth in another.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use footfall_eval::{
    Benchmark, FrameRange, Scores, Selection, Sequence, TrackBox, TruthBox, check_frames, shift_into,
};
use footfall_formats::mot::{Layout, SeqInfo, TrackRow, Truth, read_tracks};
use footfall_formats::{read_any_truth, truth_in};

use crate::left_out::{LeftOut, apart};
use crate::mot_report::{Folder, MotReport};
use crate::{Asked, Tell, parallel};

/// Which files are scored, and by which rules.
#[derive(Clone, Debug)]
pub struct MotFiles<'a> {
    /// Ground truth: a folder of SEQUENCE/gt/gt.txt, or what else [`truth_in`] finds.
    pub gt: &'a Path,
    /// A folder of SEQUENCE.txt.
    pub tracks: &'a Path,
    /// A second one, scored on the same sequences.
    pub compare: Option<&'a Path>,
    /// Which frames are scored.
    pub frames: Selection,
    /// Which sequences; all where none is named.
    pub sequences: &'a [String],
    /// Whose rules to go by; where none are named, [`usual_benchmark`]'s.
    pub benchmark: Option<Benchmark>,
}

/// Scores every sequence that has a result in each folder of tracks.
///
/// # Errors
///
/// Where there is nothing to score, and for the first sequence that cannot be scored. [`Asked`] where a sequence is
/// named that is not there.
pub fn score_mot(files: &MotFiles<'_>, tell: Tell<'_>) -> anyhow::Result<MotReport> {
    let wanted = wanted(files)?;
    let folders = || [Some(files.tracks), files.compare].into_iter().flatten();
    let (names, missing): (Vec<String>, Vec<String>) =
        wanted.into_iter().partition(|name| folders().all(|folder| result_file(folder, name).is_file()));
    if names.is_empty() {
        bail!("no tracks to score: {} should have files like {}.txt", files.tracks.display(), missing[0]);
    }
    if !missing.is_empty() {
        tell(&format!("not scored, without a result file: {}", missing.join(", ")));
    }
    let tracks = score(files, files.tracks, &names, tell)?;
    let compared = files.compare.map(|folder| score(files, folder, &names, tell)).transpose()?;
    Ok(MotReport { tracks, compared, missing })
}

/// The sequences that are asked for, by rising name.
fn wanted(files: &MotFiles<'_>) -> anyhow::Result<Vec<String>> {
    let folder = files.gt;
    let reading = || format!("reading the ground truth's folder {}", folder.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(reading)? {
        let name = entry.with_context(reading)?.file_name();
        if truth_in(&folder.join(&name)).is_some() {
            names
                .push(name.into_string().map_err(|name| {
                    anyhow::anyhow!("{}: a sequence's name must be UTF-8", name.display())
                })?);
        }
    }
    names.sort();
    if names.is_empty() {
        bail!("no ground truth in {}: expected SEQUENCE/gt/gt.txt in it", folder.display());
    }
    if let Some(unknown) = files.sequences.iter().find(|name| !names.contains(name)) {
        return Err(
            Asked(format!("--sequence {unknown}: {} has {}", folder.display(), names.join(", "))).into()
        );
    }
    names.retain(|name| files.sequences.is_empty() || files.sequences.contains(name));
    Ok(names)
}

fn result_file(folder: &Path, sequence: &str) -> PathBuf {
    folder.join(format!("{sequence}.txt"))
}

fn score(files: &MotFiles<'_>, tracks: &Path, names: &[String], tell: Tell<'_>) -> anyhow::Result<Folder> {
    let scored = parallel::map(names.len(), |index| {
        let name = &names[index];
        let file = result_file(tracks, name);
        score_sequence(files, &file, name).with_context(|| format!("scoring {}", file.display()))
    });
    let mut sequences = Vec::new();
    for (name, scored) in names.iter().zip(scored) {
        let (scores, notes) = scored?;
        for note in notes {
            tell(&format!("{name}: {note}"));
        }
        sequences.push((name.clone(), scores));
    }
    let combined = Scores::combined(&sequences.iter().map(|(_, scores)| scores).collect::<Vec<_>>());
    Ok(Folder { sequences, combined })
}

/// A sequence's scores, and what people should know about them.
fn score_sequence(files: &MotFiles<'_>, tracks: &Path, name: &str) -> anyhow::Result<(Scores, Vec<String>)> {
    let folder = files.gt.join(name);
    let info = SeqInfo::of(&folder)?;
    let path = truth_in(&folder).unwrap_or_else(|| folder.join("gt/gt.txt"));
    let (truth, mut notes) = read_any_truth(&path, info.width.zip(info.height))?;
    let benchmark = files.benchmark.unwrap_or_else(|| usual_benchmark(has_classes(&truth), name));
    let rows = truth.rows.clone();
    let truth = boxes_of_truth(&truth);
    let mut tracks = boxes_of_tracks(&read_tracks(tracks)?);
    let last_truth = truth.iter().map(|row| row.frame).max();
    let last_track = tracks.iter().map(|row| row.frame).max();
    let length = info.length.or(last_truth).or(last_track).unwrap_or(0);
    let range = files.frames.of(length);
    if range.count() == 0 && files.frames != Selection::All {
        bail!("no frame to score: the sequence has {length}");
    }
    notes.extend(renumber(&mut tracks, range));
    if info.length.is_some() {
        check_frames(&truth, &tracks, length)?;
    } else {
        let beyond = tracks.iter().filter(|row| row.frame > length).count();
        if beyond > 0 {
            let end = "the last of the ground truth, are not scored";
            notes.push(format!("{beyond} boxes after frame {length}, {end}"));
        }
    }
    let sequence = Sequence::new(&truth, &tracks, range, benchmark)?;
    let left_out = LeftOut::of(&rows, range, benchmark);
    if sequence.truth_boxes() == 0 && !rows.is_empty() {
        bail!("{}", left_out.all());
    }
    notes.extend(left_out.note());
    notes.extend(apart(&truth, &tracks, range));
    Ok((Scores::of(&sequence), notes))
}

/// The rules that go with ground truth: with classes (nine columns in a file) those of MOT17, or of MOT20, which is known
/// by the sequence's name.
#[must_use]
pub fn usual_benchmark(has_classes: bool, name: &str) -> Benchmark {
    match has_classes {
        true if name.starts_with("MOT20") => Benchmark::Mot20,
        true => Benchmark::Mot17,
        false => Benchmark::Mot15,
    }
}

/// Whether a file has classes.
#[must_use]
pub fn has_classes(truth: &Truth) -> bool {
    truth.layout == Some(Layout::Mot16)
}

/// Shifts tracks that can only be numbered from 1 within `range`; says so if it does.
fn renumber(tracks: &mut [TrackBox], range: FrameRange) -> Option<String> {
    let last = shift_into(tracks, range)?;
    let FrameRange { first, last: end } = range;
    Some(format!(
        "no tracks in frames {first} to {end}; those in frames up to {last} are taken as counted from {first}"
    ))
}

/// Ground truth as it is scored.
#[must_use]
pub fn boxes_of_truth(truth: &Truth) -> Vec<TruthBox> {
    let boxes = truth.rows.iter().map(|row| TruthBox {
        frame: row.frame,
        id: row.id,
        bbox: row.bbox,
        considered: row.is_considered(),
        class: row.class,
    });
    boxes.collect()
}

/// Tracks as they are scored.
#[must_use]
pub fn boxes_of_tracks(rows: &[TrackRow]) -> Vec<TrackBox> {
    rows.iter().map(|row| TrackBox { frame: row.frame, id: row.id.0, bbox: row.bbox }).collect()
}
