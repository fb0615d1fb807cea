//! `footfall reid cameras`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use footfall_config::{Config, models, usage};
use footfall_count::{Calibration, SiteConfig};
use footfall_formats::{PartialFile, Table};
use footfall_scoring::cameras::{CamerasReport, PassageAnswer, PassageRow, apart, nearest, together};
use indicatif::ProgressBar;
use serde::Serialize;

use super::embed::{Picture, Workers};
use crate::cli::reid::CamerasArgs;
use crate::run::outputs::tell;

#[derive(Serialize)]
struct Document {
    file: String,
    scenes: usize,
    passages: usize,
    counted: usize,
    reports: Vec<CamerasReport>,
}

/// Takes the passages of a file together, and says how well, where it knows whose they are.
pub(super) fn run(args: &CamerasArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    let mut config = Config::load(args.config.as_deref())?;
    let mut rows = read(&args.passages)?;
    embed(&mut rows, args, bar)?;
    if args.embedder.embedder.as_deref().is_some_and(models::is_embedder_name) {
        config.counter.visitors.calibration = Calibration::Clean;
    }
    let site = site(config.site, &rows);
    let answers = together(&rows, &site, config.counter.visitors).map_err(usage)?;
    if let Some(path) = &args.answers {
        write(path, &answers)?;
    }
    let mut reports: Vec<CamerasReport> = CamerasReport::of_answers(&rows, &answers).into_iter().collect();
    if !reports.is_empty() {
        reports.extend(CamerasReport::of("apart", &rows, &apart(&rows)));
        for &distance in &args.max_cosine_distance {
            let roots = nearest(&rows, &site, distance);
            reports.extend(CamerasReport::of(&format!("nearest within {distance}"), &rows, &roots));
        }
    }
    let scenes: std::collections::BTreeSet<u64> = rows.iter().map(|row| row.scene).collect();
    let document = Document {
        file: args.passages.display().to_string(),
        scenes: scenes.len(),
        passages: rows.len(),
        counted: answers.iter().filter(|answer| answer.same_as.is_none()).count(),
        reports,
    };
    tell(&document, args.json.as_deref(), &table(&document))
}

/// Without groups of its own, all cameras see the same passages.
fn site(config: SiteConfig, rows: &[PassageRow]) -> SiteConfig {
    if !config.is_off() {
        return config;
    }
    let sources: std::collections::BTreeSet<String> = rows.iter().map(|row| row.source.clone()).collect();
    SiteConfig { overlap: vec![sources.into_iter().collect()], ..config }
}

fn read(path: &Path) -> anyhow::Result<Vec<PassageRow>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(number, line): (usize, &str)| {
        let wrong = || format!("{}, line {}: no passage of a camera", path.display(), number + 1);
        let row: PassageRow = serde_json::from_str(line).with_context(wrong)?;
        let is_time = |time: f64| (0.0..1e10).contains(&time);
        ensure!(
            is_time(row.time) && row.decided.is_none_or(is_time),
            "{}, line {}: a time is no number of seconds from 0 on",
            path.display(),
            number + 1
        );
        Ok(row)
    };
    let rows: Vec<PassageRow> = lines.map(row).collect::<anyhow::Result<_>>()?;
    if rows.is_empty() {
        bail!("{} has no passages", path.display());
    }
    Ok(rows)
}

/// Makes an embedding for each that has pictures: the mean of theirs, each picture once however often it comes.
fn embed(rows: &mut [PassageRow], args: &CamerasArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for crop in rows.iter().filter(|row| row.embedding.is_none()).flat_map(|row| &row.crops) {
        let next = numbers.len();
        numbers.entry(crop.clone()).or_insert(next);
    }
    if numbers.is_empty() {
        return Ok(());
    }
    let mut paths = vec![String::new(); numbers.len()];
    for (path, &number) in &numbers {
        paths[number].clone_from(path);
    }
    let folder = args.passages.parent().unwrap_or(Path::new(""));
    let mut workers = Workers::open(&args.embedder, paths.len())?;
    let embeddings = workers.embed(paths.len(), bar, |number| Picture::open(&folder.join(&paths[number])))?;
    for row in rows.iter_mut().filter(|row| row.embedding.is_none() && !row.crops.is_empty()) {
        let own = row.crops.iter().filter_map(|crop| embeddings.get(numbers[crop]));
        let mut sum: Vec<f32> = Vec::new();
        for embedding in own {
            sum.resize(embedding.len(), 0.0);
            sum.iter_mut().zip(embedding).for_each(|(sum, value)| *sum += value);
        }
        let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
        row.embedding = (length > 0.0).then(|| sum.iter().map(|value| value / length).collect());
    }
    Ok(())
}

fn write(path: &Path, answers: &[PassageAnswer]) -> anyhow::Result<()> {
    let mut file = PartialFile::create(path)?;
    for answer in answers {
        file.put(serde_json::to_string(answer)?.as_bytes())?;
        file.put(b"\n")?;
    }
    Ok(file.finish()?)
}

fn table(document: &Document) -> String {
    let percent = |share: f64| format!("{:.2}", 100.0 * share);
    let perhaps = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), percent);
    let mut table = Table::default();
    table.row(["rule", "counted", "twice", "lost", "mixed", "IDF1", "IDF1, people", "stays known", "right"]);
    for report in &document.reports {
        table.row([
            report.rule.clone(),
            report.counted.to_string(),
            percent(report.twice),
            percent(report.lost),
            percent(report.mixed),
            percent(report.idf1),
            perhaps(report.idf1_people),
            perhaps(report.stays_known),
            perhaps(report.stays_right),
        ]);
    }
    let Document { file, scenes, passages, counted, reports } = document;
    let events = reports.first().map_or_else(String::new, |report| format!(", {} true ones", report.events));
    let judged = if reports.is_empty() { String::new() } else { format!("\n{}", table.render()) };
    format!("{file}: {passages} passages in {scenes} scenes{events}; {counted} counted; per cent\n{judged}")
}
