//! `footfall eval mot`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use footfall_config::usage;
use footfall_eval::{
    Benchmark, FrameRange, Scores, Selection, Sequence, TrackBox, TruthBox, check_frames, shift_into,
};
use footfall_formats::mot::{Layout, SeqInfo, Truth, read_tracks};
use footfall_formats::{read_any_truth, truth_in};

use super::left_out::{LeftOut, apart};
use super::mot_report::{self, Folder, MotReport};
use super::parallel;
use crate::cli::eval::MotArgs;

pub(super) fn run(args: &MotArgs) -> anyhow::Result<()> {
    let wanted = wanted(args)?;
    let folders: Vec<&Path> =
        [Some(&args.tracks), args.compare.as_ref()].into_iter().flatten().map(PathBuf::as_path).collect();
    let (names, missing): (Vec<String>, Vec<String>) =
        wanted.into_iter().partition(|name| folders.iter().all(|folder| result_file(folder, name).is_file()));
    if names.is_empty() {
        bail!("no tracks to score: {} should have files like {}.txt", args.tracks.display(), missing[0]);
    }
    if !missing.is_empty() {
        eprintln!("not scored, without a result file: {}", missing.join(", "));
    }
    let tracks = score(args, &args.tracks, &names)?;
    let compared = args.compare.as_ref().map(|folder| score(args, folder, &names)).transpose()?;
    mot_report::write(args, &MotReport { tracks, compared, missing })
}

/// The sequences that are asked for, by rising name.
fn wanted(args: &MotArgs) -> anyhow::Result<Vec<String>> {
    let folder = &args.gt;
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
    if let Some(unknown) = args.sequences.iter().find(|name| !names.contains(name)) {
        return Err(usage(anyhow::anyhow!(
            "--sequence {unknown}: {} has {}",
            folder.display(),
            names.join(", ")
        )));
    }
    names.retain(|name| args.sequences.is_empty() || args.sequences.contains(name));
    Ok(names)
}

fn result_file(folder: &Path, sequence: &str) -> PathBuf {
    folder.join(format!("{sequence}.txt"))
}

fn score(args: &MotArgs, tracks: &Path, names: &[String]) -> anyhow::Result<Folder> {
    let scored = parallel::map(names.len(), |index| {
        let name = &names[index];
        let file = result_file(tracks, name);
        score_sequence(args, &file, name).with_context(|| format!("scoring {}", file.display()))
    });
    let mut sequences = Vec::new();
    for (name, scored) in names.iter().zip(scored) {
        let (scores, notes) = scored?;
        for note in notes {
            eprintln!("{name}: {note}");
        }
        sequences.push((name.clone(), scores));
    }
    let combined = Scores::combined(&sequences.iter().map(|(_, scores)| scores).collect::<Vec<_>>());
    Ok(Folder { sequences, combined })
}

/// A sequence's scores, and what people should know about them.
fn score_sequence(args: &MotArgs, tracks: &Path, name: &str) -> anyhow::Result<(Scores, Vec<String>)> {
    let folder = args.gt.join(name);
    let info = SeqInfo::of(&folder)?;
    let path = truth_in(&folder).unwrap_or_else(|| folder.join("gt/gt.txt"));
    let (truth, mut notes) = read_any_truth(&path, info.width.zip(info.height))?;
    let benchmark = args.benchmark.benchmark().unwrap_or_else(|| benchmark(&truth, name));
    let rows = truth.rows.clone();
    let truth = truth_boxes(&truth);
    let mut tracks = track_boxes(tracks)?;
    let last_truth = truth.iter().map(|row| row.frame).max();
    let last_track = tracks.iter().map(|row| row.frame).max();
    let length = info.length.or(last_truth).or(last_track).unwrap_or(0);
    let range = args.frames.of(length);
    if range.count() == 0 && args.frames != Selection::All {
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

fn benchmark(truth: &Truth, name: &str) -> Benchmark {
    match truth.layout {
        Some(Layout::Mot16) if name.starts_with("MOT20") => Benchmark::Mot20,
        Some(Layout::Mot16) => Benchmark::Mot17,
        Some(Layout::Mot15) | None => Benchmark::Mot15,
    }
}

/// Shifts tracks that can only be numbered from 1 within `range`; says so if it does.
fn renumber(tracks: &mut [TrackBox], range: FrameRange) -> Option<String> {
    let last = shift_into(tracks, range)?;
    let FrameRange { first, last: end } = range;
    Some(format!(
        "no tracks in frames {first} to {end}; those in frames up to {last} are taken as counted from {first}"
    ))
}

pub(super) fn truth_boxes(truth: &Truth) -> Vec<TruthBox> {
    let boxes = truth.rows.iter().map(|row| TruthBox {
        frame: row.frame,
        id: row.id,
        bbox: row.bbox,
        considered: row.is_considered(),
        class: row.class,
    });
    boxes.collect()
}

fn track_boxes(path: &Path) -> anyhow::Result<Vec<TrackBox>> {
    let rows = read_tracks(path)?;
    Ok(rows.iter().map(|row| TrackBox { frame: row.frame, id: row.id.0, bbox: row.bbox }).collect())
}
