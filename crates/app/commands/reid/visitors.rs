//! `footfall reid visitors`.

use anyhow::ensure;
use footfall_config::models;
use footfall_count::Calibration;
use footfall_eval::reid::{EstimateReport, RecognitionReport, SpreadReport, StaffReport, VisitorReport};
use footfall_formats::{Table, crops::CropSet};
use indicatif::ProgressBar;
use serde::Serialize;

use super::embed::{Picture, Workers};
use super::eval::{crops, say_left_out};
use super::poor::Poor;
use crate::cli::reid::VisitorsArgs;
use crate::run::outputs::tell;

#[derive(Serialize)]
struct Document {
    set: String,
    embedder: String,
    calibration: Calibration,
    /// Share of crops that were made poor.
    poor: f64,
    /// What a calibration to this embedder is made of.
    spread: Option<SpreadReport>,
    /// By the counter's own rule.
    recognition: RecognitionReport,
    estimates: Vec<EstimateReport>,
    /// Where the nearest one within a distance is taken.
    reports: Vec<VisitorReport>,
    staff: Vec<StaffReport>,
}

/// Embeds the set, and measures what telling its people apart would cost a counter.
pub(super) fn run(args: &VisitorsArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    let (set, distractors) = CropSet::open(&args.set, args.cameras.naming())?.without_distractors()?;
    say_left_out(&set, distractors);
    let mut workers = Workers::open(&args.embedder, set.crops().len())?;
    let embeddings = workers.embed(set.crops().len(), bar, |number| {
        let crop = &set.crops()[number];
        let picture = Picture::decode(&set.read(crop)?, &set.full_path(crop))?;
        match Poor::of_number(number, args.poor) {
            Some(kind) => picture.poor(kind),
            None => Ok(picture),
        }
    })?;
    let crops = crops(&set, &embeddings)?;
    let is_clean = args.embedder.embedder.as_deref().is_some_and(models::is_embedder_name);
    let calibration = if is_clean { Calibration::Clean } else { Calibration::Research };
    let distances = &args.max_cosine_distance;
    let (recognition, reports) = RecognitionReport::of(&crops, &args.sizes, calibration, distances);
    ensure!(
        recognition.people > 1,
        "{}: fewer than two people were seen by two cameras (see --cameras): nobody comes again",
        args.set.display()
    );
    let each = args.sizes.iter().flat_map(|&size| args.returning.iter().map(move |&share| (size, share)));
    let estimates = each.filter_map(|(size, share)| EstimateReport::of(&crops, size, share, calibration));
    let staff = distances.iter().filter_map(|&distance| StaffReport::of(&crops, distance, args.staff));
    let document = Document {
        set: set.path().display().to_string(),
        embedder: workers.name,
        calibration,
        poor: args.poor,
        spread: SpreadReport::of(&crops),
        recognition,
        estimates: estimates.collect(),
        reports,
        staff: staff.collect(),
    };
    tell(&document, args.json.as_deref(), &table(&document))
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

fn table(document: &Document) -> String {
    let mut rule = Table::default();
    rule.row(["probability", "window", "new taken for old", "old taken for new", "for another"]);
    for window in &document.recognition.windows {
        for point in &window.points {
            rule.row([
                format!("{:.2}", point.probability),
                window.size.to_string(),
                percent(point.false_merges),
                percent(point.missed),
                percent(point.mistaken),
            ]);
        }
    }
    let mut estimates = Table::default();
    estimates.row(["comings", "again", "bias", "off by", "range holds", "its width", "decided off by"]);
    for report in &document.estimates {
        estimates.row([
            report.comings.to_string(),
            percent(report.returning),
            percent(report.bias),
            percent(report.error),
            percent(report.held),
            percent(report.width),
            percent(report.decided_bias),
        ]);
    }
    let Document { set, recognition, embedder, .. } = document;
    format!(
        "{set}: {} people, {embedder}; per cent\n\n{}\nDifferent visitors, estimated:\n\n{}\nThe nearest within a \
         distance:\n\n{}\n{}",
        recognition.people,
        rule.render(),
        estimates.render(),
        by_distance(&document.reports),
        staff(&document.staff)
    )
}

fn by_distance(reports: &[VisitorReport]) -> String {
    let mut table = Table::default();
    table.row(["distance", "window", "new taken for old", "old taken for new", "for another", ""]);
    for report in reports {
        for window in &report.windows {
            table.row([
                format!("{:.2}", report.max_cosine_distance),
                window.size.to_string(),
                percent(window.false_merges),
                percent(window.missed),
                window.mistaken.map_or_else(|| "-".to_owned(), percent),
                if window.from_pairs { "from pairs".to_owned() } else { String::new() },
            ]);
        }
    }
    table.render()
}

fn staff(reports: &[StaffReport]) -> String {
    let mut table = Table::default();
    table.row(["distance", "staff", "others taken for staff", "staff taken for others"]);
    for report in reports {
        table.row([
            format!("{:.2}", report.max_cosine_distance),
            report.size.to_string(),
            percent(report.false_staff),
            percent(report.missed),
        ]);
    }
    table.render()
}
