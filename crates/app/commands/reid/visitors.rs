//! `footfall reid visitors`.

use anyhow::ensure;
use footfall_eval::reid::{StaffReport, VisitorReport};
use footfall_formats::{Table, crops::CropSet};
use indicatif::ProgressBar;
use serde::Serialize;

use super::embed::Workers;
use super::eval::{crops, embed, say_left_out};
use crate::cli::reid::VisitorsArgs;
use crate::run::outputs::tell;

#[derive(Serialize)]
struct Document {
    set: String,
    embedder: String,
    reports: Vec<VisitorReport>,
    staff: Vec<StaffReport>,
}

/// Embeds the set, and measures what telling its people apart would cost a counter.
pub(super) fn run(args: &VisitorsArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    let (set, distractors) = CropSet::open(&args.set, args.cameras.naming())?.without_distractors()?;
    say_left_out(&set, distractors);
    let mut workers = Workers::open(&args.embedder, set.crops().len())?;
    let embeddings = embed(&set, &mut workers, bar)?;
    let crops = crops(&set, &embeddings)?;
    let mut distances = args.max_cosine_distance.clone();
    if distances.is_empty() {
        distances.push(footfall_count::VisitorConfig::default().max_cosine_distance);
    }
    let of = |&distance: &f64| VisitorReport::of(&crops, distance, &args.sizes);
    let reports: Vec<_> = distances.iter().map(of).collect();
    ensure!(
        reports.iter().all(|report| report.people > 1),
        "{}: fewer than two people were seen by two cameras (see --cameras): nobody comes again",
        args.set.display()
    );
    let staff = distances.iter().filter_map(|&distance| StaffReport::of(&crops, distance, args.staff));
    let (staff, set) = (staff.collect(), set.path().display().to_string());
    let document = Document { set, embedder: workers.name, reports, staff };
    tell(&document, args.json.as_deref(), &table(&document))
}

fn table(document: &Document) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let mut table = Table::default();
    table.row(["distance", "window", "new taken for old", "old taken for new", "for another", ""]);
    for report in &document.reports {
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
    let mut staff = Table::default();
    staff.row(["distance", "staff", "others taken for staff", "staff taken for others"]);
    for report in &document.staff {
        staff.row([
            format!("{:.2}", report.max_cosine_distance),
            report.size.to_string(),
            percent(report.false_staff),
            percent(report.missed),
        ]);
    }
    let people = document.reports.first().map_or(0, |report| report.people);
    format!(
        "{}: {people} people, {}; per cent\n\n{}\n{}",
        document.set,
        document.embedder,
        table.render(),
        staff.render()
    )
}
