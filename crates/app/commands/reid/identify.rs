//! `footfall reid identify`.

use std::collections::BTreeSet;

use footfall_eval::reid::Centres;
use footfall_formats::{Table, crops::CropSet};
use indicatif::ProgressBar;
use serde::Serialize;

use super::curve::strict_threshold;
use super::embed::{Picture, Workers};
use super::eval::{crops, embed, say_left_out};
use crate::cli::reid::IdentifyArgs;
use crate::run::outputs::tell;

#[derive(Serialize)]
struct Document {
    gallery: String,
    identities: usize,
    embedder: String,
    threshold: f64,
    crops: Vec<Answer>,
}

/// Who is on one crop.
#[derive(Serialize)]
struct Answer {
    crop: String,
    /// The nearest identity, where it is near enough.
    identity: Option<String>,
    nearest: Vec<Candidate>,
}

#[derive(Serialize)]
struct Candidate {
    identity: String,
    distance: f64,
}

/// Looks every crop up, and answers.
pub(super) fn run(args: &IdentifyArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    let (gallery, distractors) = CropSet::open(&args.gallery, None)?.without_distractors()?;
    say_left_out(&gallery, distractors);
    let pictures = args.crops.iter().map(|path| Picture::open(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut workers = Workers::open(&args.embedder, gallery.crops().len())?;
    let known = embed(&gallery, &mut workers, bar)?;
    let centres = Centres::of(&crops(&gallery, &known)?);
    let embeddings = workers.embed(pictures.len(), bar, |number| Ok(pictures[number].clone()))?;
    let threshold = args.threshold.unwrap_or_else(|| strict_threshold(workers.first()));
    let answer = |(index, path): (usize, &std::path::PathBuf)| {
        let matches = centres.nearest(embeddings.get(index).unwrap_or_default());
        let named = |identity: u32| gallery.identities()[identity as usize].clone();
        let nearest = matches.first().filter(|nearest| nearest.distance <= threshold);
        Answer {
            crop: path.display().to_string(),
            identity: nearest.map(|nearest| named(nearest.identity)),
            nearest: (matches.iter().take(args.top.into()))
                .map(|found| Candidate { identity: named(found.identity), distance: found.distance.max(0.0) })
                .collect(),
        }
    };
    let document = Document {
        gallery: args.gallery.display().to_string(),
        identities: gallery.crops().iter().map(|crop| crop.identity).collect::<BTreeSet<_>>().len(),
        embedder: workers.name.clone(),
        threshold,
        crops: args.crops.iter().enumerate().map(answer).collect(),
    };
    tell(&document, args.json.as_deref(), &table(&document))
}

fn table(document: &Document) -> String {
    let mut table = Table::default();
    table.row(["crop", "is", "nearest", "distance"]);
    for answer in &document.crops {
        let identity = answer.identity.as_deref().unwrap_or("unknown");
        for (place, candidate) in answer.nearest.iter().enumerate() {
            let [crop, is] = if place == 0 { [&answer.crop, identity] } else { ["", ""] };
            table.row([crop, is, &candidate.identity, &format!("{:.4}", candidate.distance)]);
        }
    }
    let Document { identities, gallery, threshold, .. } = document;
    format!("{}\n{identities} identities in {gallery}; unknown beyond {threshold:.3}\n", table.render())
}
