//! `footfall reid eval`.

use std::collections::BTreeSet;

use anyhow::{bail, ensure};
use footfall_eval::reid::{Crops, Report, Rule};
use footfall_formats::crops::{CropSet, Naming};
use footfall_scoring::{JudgedEmbedder, ReidReport};
use footfall_track::Embeddings;
use indicatif::ProgressBar;

use super::embed::{Picture, Workers};
use crate::cli::reid::EvalArgs;
use crate::run::outputs::tell;

/// Embeds the set, judges, and says what came of it.
pub(super) fn run(args: &EvalArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    let set = CropSet::open(&args.set, args.cameras.naming())?;
    check(&set)?;
    say_left_out(&set, 0);
    let mut workers = Workers::open(&args.embedder, set.crops().len())?;
    let embeddings = embed(&set, &mut workers, bar)?;
    let crops = crops(&set, &embeddings)?;
    let marks = set.crops().iter().map(|crop| set.is_distractor(crop)).collect();
    let crops = crops.with_distractors(marks);
    let report = Report::of(&crops, rule(set.naming(), &crops), workers.first().max_cosine_distance());
    if report.ranking.is_none() && report.within.is_none() && report.across.is_none() {
        bail!("{}: nothing can be judged: no query has a right answer", args.set.display());
    }
    let report = ReidReport::new(&set, judged(&workers), report);
    tell(&report, args.json.as_deref(), &report.table())
}

fn judged(workers: &Workers) -> JudgedEmbedder {
    let embedder = workers.first();
    JudgedEmbedder {
        file: workers.name.clone(),
        dimension: embedder.dimension(),
        input: embedder.crop_size().to_string(),
        provider: embedder.providers().to_string(),
        max_cosine_distance: embedder.max_cosine_distance(),
    }
}

/// Refuses, before any work, a set in which there is nothing to tell apart.
pub(super) fn check(set: &CropSet) -> anyhow::Result<()> {
    let path = set.path().display();
    let people: Vec<u32> =
        set.crops().iter().filter(|crop| !set.is_distractor(crop)).map(|crop| crop.identity).collect();
    let identities: BTreeSet<u32> = people.iter().copied().collect();
    let Some(&first) = identities.first() else {
        bail!(
            "{path} has Market-1501's distractors and junk alone, in the folders 0000 and -1: nobody to look for"
        );
    };
    ensure!(
        identities.len() > 1,
        "{path} has crops of one identity only ({}): at least two are needed to tell people apart",
        set.identities()[first as usize]
    );
    ensure!(
        people.len() > identities.len(),
        "{path}: no identity has two crops, so no query has a right answer: at least one needs two"
    );
    Ok(())
}

/// Says which pictures were passed over, where any were.
pub(super) fn say_left_out(set: &CropSet, distractors: usize) {
    for (count, folder, what) in [(set.junk(), "-1", "junk"), (distractors, "0000", "no person")] {
        if count > 0 {
            tracing::warn!(
                "{}: {count} pictures in the folder {folder} are left out, by Market-1501's names {what}",
                set.path().display()
            );
        }
    }
}

/// A unit vector for each crop of the set.
pub(super) fn embed(set: &CropSet, workers: &mut Workers, bar: &ProgressBar) -> anyhow::Result<Embeddings> {
    workers.embed(set.crops().len(), bar, |number| {
        let crop = &set.crops()[number];
        Picture::decode(&set.read(crop)?, &set.full_path(crop))
    })
}

/// The set as it is judged.
pub(super) fn crops(set: &CropSet, embeddings: &Embeddings) -> anyhow::Result<Crops> {
    let values: Vec<f32> =
        (0..embeddings.len()).filter_map(|index| embeddings.get(index)).flatten().copied().collect();
    let identities = set.crops().iter().map(|crop| crop.identity).collect();
    let cameras = set.crops().iter().map(|crop| crop.camera).collect();
    Ok(Crops::new(&values, embeddings.dimension(), identities, cameras)?)
}

/// The rule of the benchmark whose names the set has, as far as it leaves any query an answer.
pub(super) fn rule(naming: Naming, crops: &Crops) -> Rule {
    let rule = match naming {
        Naming::Market1501 => Rule::CrossCamera,
        Naming::Cuhk03 => Rule::CrossView,
        Naming::None => Rule::AllButQuery,
    };
    if rule.leaves_answers(crops) { rule } else { Rule::AllButQuery }
}
