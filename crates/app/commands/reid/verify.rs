//! `footfall reid verify`.

use footfall_eval::reid::cosine_distance;
use indicatif::ProgressBar;
use serde::Serialize;

use super::curve::Reading;
use super::embed::{Picture, Workers};
use crate::cli::reid::VerifyArgs;
use crate::run::outputs::tell;

/// The answer.
#[derive(Serialize)]
struct Answer {
    a: String,
    b: String,
    same: bool,
    distance: f64,
    threshold: f64,
    probability: f64,
    /// Whether the probability was measured for this embedder.
    calibrated: bool,
    embedder: String,
}

/// Compares, and answers.
pub(super) fn run(args: &VerifyArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    let paths = [&args.a, &args.b];
    let pictures = [Picture::open(paths[0])?, Picture::open(paths[1])?];
    let mut workers = Workers::open(&args.embedder, pictures.len())?;
    let embeddings = workers.embed(pictures.len(), bar, |number| Ok(pictures[number].clone()))?;
    let row = |index| embeddings.get(index).unwrap_or_default();
    // Rounding may lead a little below 0.
    let distance = cosine_distance(row(0), row(1)).max(0.0);
    let reading = Reading::of(workers.first(), args.threshold);
    let answer = Answer {
        a: args.a.display().to_string(),
        b: args.b.display().to_string(),
        same: reading.is_same(distance),
        distance,
        threshold: reading.threshold,
        probability: reading.probability(distance),
        calibrated: reading.calibrated,
        embedder: workers.name.clone(),
    };
    tell(&answer, args.json.as_deref(), &answer.for_people())
}

impl Answer {
    fn for_people(&self) -> String {
        let verdict = if self.same { "the same person" } else { "different people" };
        let note = if self.calibrated { "" } else { " (not calibrated: see --help)" };
        format!(
            "{verdict}\ncosine distance  {:.4} (the same up to {:.3})\nprobability      {:.1}% of the same person{note}\n",
            self.distance,
            self.threshold,
            100.0 * self.probability
        )
    }
}
