//! `footfall reid calibrate`: the distances of an embedder, from crops of known people, into the file beside it.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use footfall_config::{models, usage};
use footfall_eval::reid::{Crops, Report, Verification, VisitorReport};
use footfall_formats::{PartialFile, crops::CropSet};
use footfall_vision::beside;
use indicatif::ProgressBar;
use serde::Serialize;
use toml_edit::{Array, DocumentMut, value};

use super::embed::Workers;
use super::eval::{check, crops, embed, rule, say_left_out};
use crate::cli::reid::CalibrateArgs;
use crate::run::outputs::tell;

/// With fewer pairs of different people, one in a thousand of them is less than one.
const ENOUGH: u64 = 1000;
/// A new visitor may be taken for one of so many others, in this share of cases.
const OTHERS: usize = 10;
const MISTAKES: f64 = 0.01;
/// Distances are told and tried in steps of this.
const STEP: f64 = 0.005;

/// What was measured, as it is written.
#[derive(Serialize)]
struct Distances {
    embedder: String,
    set: String,
    identities: u64,
    /// Pairs of different people, and of one person.
    different: u64,
    same: u64,
    max_cosine_distance: f64,
    /// The share of one person's pairs that are nearer.
    accepts: f64,
    same_person: [f64; 2],
    join_distance: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    visitor_distance: Option<f64>,
}

/// Measures, writes and tells.
pub(super) fn run(args: &CalibrateArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    let network = args.embedder.embedder.as_deref().filter(|path| !models::is_embedder_name(path));
    let network = network.ok_or_else(|| {
        usage(anyhow!(
            "name a network of your own with --embedder FILE: those that come with the program are calibrated"
        ))
    })?;
    let path = beside(network);
    // What is wrong with it shall be known before the work.
    let mut document = read(&path)?;
    let (set, distractors) = CropSet::open(&args.set, args.cameras.naming())?.without_distractors()?;
    check(&set)?;
    say_left_out(&set, distractors);
    let mut workers = Workers::open(&args.embedder, set.crops().len())?;
    let embeddings = embed(&set, &mut workers, bar)?;
    let crops = crops(&set, &embeddings)?;
    let report = Report::of(&crops, rule(set.naming(), &crops), None);
    let Some(pairs) = report.within.as_ref().or(report.across.as_ref()) else {
        bail!("{}: there are no pairs both of one person and of different people", args.set.display());
    };
    let distances = measured(&workers.name, &set, &report, pairs, visitor_distance(&crops));
    tell(&distances, args.json.as_deref(), &distances.in_words(&path, args.dry_run))?;
    if args.dry_run {
        return Ok(());
    }
    distances.put(&mut document);
    let mut file = PartialFile::create(&path)?;
    file.put(document.to_string().as_bytes())?;
    Ok(file.finish()?)
}

/// The file as it is, or nothing.
fn read(path: &Path) -> anyhow::Result<DocumentMut> {
    match fs::read_to_string(path) {
        Ok(text) => text.parse().with_context(|| format!("{} is no TOML", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(DocumentMut::new()),
        Err(error) => Err(anyhow!(error).context(format!("cannot read {}", path.display()))),
    }
}

fn measured(
    name: &str,
    set: &CropSet,
    report: &Report,
    pairs: &Verification,
    visitor_distance: Option<f64>,
) -> Distances {
    let max_cosine_distance = rounded_down(pairs.rare_threshold);
    // As far as the usual embedder's, which was tuned by what it does to counts.
    let join = footfall_count::Config::default().max_cosine_distance;
    let own = f64::from(footfall_track::Config::default().max_cosine_distance);
    Distances {
        embedder: name.to_owned(),
        set: set.path().display().to_string(),
        identities: report.identities,
        different: pairs.different_pairs.count,
        same: pairs.same_pairs.count,
        max_cosine_distance,
        accepts: pairs.rare_accepts,
        same_person: [pairs.probability.midpoint, pairs.probability.scale]
            .map(|number| (1e4 * number).round() / 1e4),
        join_distance: rounded_down((max_cosine_distance * join / own).min(2.0)),
        visitor_distance,
    }
}

/// The largest distance, in steps, at which few enough new visitors are taken for somebody else; `None` where
/// nobody is seen by two cameras.
fn visitor_distance(crops: &Crops) -> Option<f64> {
    let mistakes = |step: u32| {
        let report = VisitorReport::of(crops, f64::from(step) * STEP, &[OTHERS]);
        (report.people > 1).then(|| report.windows.first().map(|window| window.false_merges)).flatten()
    };
    mistakes(0)?;
    // The farther, the more mistakes: the last step that has few is found by halves.
    let (mut few, mut many) = (0, (2.0 / STEP) as u32);
    while many - few > 1 {
        let middle = u32::midpoint(few, many);
        if mistakes(middle)? <= MISTAKES { few = middle } else { many = middle }
    }
    Some(rounded_down(f64::from(few) * STEP))
}

/// Thousandths, never more than was measured.
fn rounded_down(distance: f64) -> f64 {
    (1e3 * distance.max(0.0) + 1e-9).floor() / 1e3
}

impl Distances {
    fn put(&self, document: &mut DocumentMut) {
        document["max_cosine_distance"] = value(self.max_cosine_distance);
        document["same_person"] = value(self.same_person.into_iter().collect::<Array>());
        document["join_distance"] = value(self.join_distance);
        if let Some(distance) = self.visitor_distance {
            document["visitor_distance"] = value(distance);
            document["staff_distance"] = value(distance);
        }
    }

    fn in_words(&self, path: &Path, dry_run: bool) -> String {
        let mut document = DocumentMut::new();
        self.put(&mut document);
        let Self { embedder, set, identities, different, same, accepts, .. } = self;
        let mut text = format!(
            "{embedder} on {set}: {identities} people, {same} pairs of one person, {different} of different people\n\n{document}\n"
        );
        let _ = writeln!(
            text,
            "{:.1}% of one person's pairs are within max_cosine_distance, and 0.1% of different people's",
            100.0 * accepts
        );
        if *different < ENOUGH {
            let _ = writeln!(
                text,
                "Too few people to be sure: 0.1% of {different} pairs is less than one. More people make it surer."
            );
        }
        if self.visitor_distance.is_none() {
            text += "Nobody is seen by two cameras (see --cameras), so the distances of visitors and staff stay as they are.\n";
        }
        let done = if dry_run { "not written to" } else { "every command reads these distances from" };
        let _ = writeln!(text, "{done} {}", path.display());
        text
    }
}
