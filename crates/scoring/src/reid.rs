//! How well an embedder tells people apart, for people and as JSON.

use std::fmt::Write as _;

use footfall_eval::reid::{PERCENTILES, Report, Rule, Verification};
use footfall_formats::Table;
use footfall_formats::crops::{CropSet, Naming};
use serde::Serialize;

/// What was judged on what, and how well it did.
#[derive(Serialize)]
pub struct ReidReport {
    #[serde(flatten)]
    about: About,
    #[serde(flatten)]
    report: Report,
}

#[derive(Serialize)]
struct About {
    set: String,
    /// How names tell cameras.
    naming: String,
    /// Pictures of Market-1501's folder `-1`, which count for nothing.
    junk: usize,
    embedder: JudgedEmbedder,
    /// Which percentiles of distances `same` and `different` hold.
    percentiles: [f64; 7],
}

/// The network that was judged.
#[derive(Clone, Debug, Serialize)]
pub struct JudgedEmbedder {
    /// Its file.
    pub file: String,
    /// Numbers of an embedding.
    pub dimension: usize,
    /// Size of a crop.
    pub input: String,
    /// What computes it.
    pub provider: String,
    /// The distance that it is calibrated to.
    pub max_cosine_distance: Option<f64>,
}

impl ReidReport {
    /// The report on `set`.
    #[must_use]
    pub fn new(set: &CropSet, embedder: JudgedEmbedder, report: Report) -> Self {
        let (naming, junk) = (set.naming().to_string(), set.junk());
        let set = set.path().display().to_string();
        Self { about: About { set, naming, junk, embedder, percentiles: PERCENTILES }, report }
    }

    /// For people, shares in per cent.
    #[must_use]
    pub fn table(&self) -> String {
        table(self)
    }
}

fn table(document: &ReidReport) -> String {
    let ReidReport { about, report } = document;
    let mut text = head(about, report);
    text += &ranking(about, report);
    text += &pairs(report);
    text += &distances(report);
    text += &thresholds(about, report);
    text
}

fn percent(value: f64) -> String {
    format!("{:.1}", 100.0 * value)
}

fn head(about: &About, report: &Report) -> String {
    let JudgedEmbedder { file, dimension, input, provider, .. } = &about.embedder;
    let names = match about.naming.as_str() {
        "none" => "names tell no camera".to_owned(),
        naming => format!("{} cameras, by names as in {naming}", report.cameras),
    };
    let beside = match report.distractors {
        0 => String::new(),
        count => format!(", among {count} distractors"),
    };
    format!(
        "{}: {} identities, {} crops{beside}; {names}\n{file}: {input} to {dimension} numbers, on {provider}\n",
        about.set, report.identities, report.crops
    )
}

fn ranking(about: &About, report: &Report) -> String {
    let mut text = String::new();
    if let Some(figures) = &report.ranking {
        let rule = match report.rule {
            Rule::CrossCamera => "all but the query's own camera's crops of the person (Market-1501's rule)",
            Rule::CrossView => "the other view alone (CUHK03's rule)",
            Rule::AllButQuery if about.naming == Naming::None.to_string() => "all other crops",
            Rule::AllButQuery => "all other crops (nobody is seen by two cameras)",
        };
        let _ = writeln!(text, "\nLooked up among {rule}, per cent:");
        let mut table = Table::default();
        table.row(["queries", "rank-1", "rank-5", "rank-10", "mAP", "mINP"]);
        table.row([
            figures.queries.to_string(),
            percent(figures.rank1),
            percent(figures.rank5),
            percent(figures.rank10),
            percent(figures.mean_average_precision),
            percent(figures.mean_inverse_negative_penalty),
        ]);
        text += &table.render();
        let left_out = report.crops - figures.queries;
        if left_out > 0 {
            let _ = writeln!(
                text,
                "{left_out} of {} crops have no right answer and are no queries",
                report.crops
            );
        }
    }
    if let Some(figures) = &report.centres {
        let _ = writeln!(
            text,
            "\nNearest of {} identities' centres, a crop left out of its own: {}% right of {} crops",
            figures.identities,
            percent(figures.accuracy),
            figures.crops
        );
    }
    text
}

/// The kinds of pairs that there are, with their names.
fn kinds(report: &Report) -> impl Iterator<Item = (&'static str, &Verification)> {
    // Without cameras there is only one kind.
    let within = if report.cameras == 0 { "all pairs" } else { "within a camera" };
    [("across cameras", &report.across), (within, &report.within)]
        .into_iter()
        .filter_map(|(name, figures)| Some((name, figures.as_ref()?)))
}

fn pairs(report: &Report) -> String {
    let mut table = Table::default();
    table.row([
        "",
        "same",
        "different",
        "equal error",
        "at 1% false",
        "distance",
        "at 0.1% false",
        "distance",
        "d'",
    ]);
    for (name, figures) in kinds(report) {
        table.row([
            name.to_owned(),
            figures.same_pairs.count.to_string(),
            figures.different_pairs.count.to_string(),
            percent(figures.eer),
            percent(figures.accepts),
            format!("{:.3}", figures.threshold),
            percent(figures.rare_accepts),
            format!("{:.3}", figures.rare_threshold),
            format!("{:.2}", figures.separation),
        ]);
    }
    format!("\nPairs, and the share of the same person's that is accepted, per cent:\n{}", table.render())
}

fn distances(report: &Report) -> String {
    let mut table = Table::default();
    table.row([String::new(), "person".to_owned()].into_iter().chain(PERCENTILES.map(|p| format!("{p}%"))));
    for (name, figures) in kinds(report) {
        for (person, values) in [("same", &figures.same), ("different", &figures.different)] {
            let cells = values.map(|value| format!("{value:.3}"));
            table.row([name.to_owned(), person.to_owned()].into_iter().chain(cells));
        }
    }
    format!("\nCosine distances, percentiles:\n{}", table.render())
}

fn thresholds(about: &About, report: &Report) -> String {
    let mut text = String::new();
    if let Some(distance) = report.max_cosine_distance() {
        let _ = writeln!(text, "\nmax_cosine_distance for a tracker, by these crops: {distance:.3}");
    }
    let asked = kinds(report).filter_map(|(name, figures)| Some((name, figures.asked?)));
    for (name, point) in asked {
        let _ = writeln!(
            text,
            "{}'s own, {:.3}: accepts {}% of the same person and {:.2}% of different people {name}",
            about.embedder.file,
            point.threshold,
            percent(point.accepts),
            100.0 * point.false_accepts
        );
    }
    text
}
