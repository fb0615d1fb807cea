//! `footfall staff enrol`: pictures of one person into a few looks.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use footfall_config::{Config, usage};
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::Image;
use footfall_site::Gallery;
use footfall_track::Bbox;
use footfall_video::{decode_picture, open_source};
use indicatif::ProgressBar;

use crate::cli::staff::EnrolArgs;
use crate::overrides;
use crate::run::networks::OpenNetworks;
use crate::say::say;

/// Fewer pictures do not show somebody from more than one side.
const LEAST: usize = 5;
/// Looks that are kept of somebody, at most.
const LOOKS: usize = 10;
/// Of footage every so many frames is looked at: people take time to turn.
const STRIDE: u64 = 5;
/// A detection is somebody from this confidence on.
const CONFIDENCE: f32 = 0.5;

pub(super) fn run(args: &EnrolArgs, bar: &ProgressBar) -> anyhow::Result<()> {
    if args.networks.no_embedder {
        return Err(usage(anyhow!("staff are known by how they look: enrol without --no-embedder")));
    }
    let config = overrides::for_harvest(None, &args.networks)?;
    let embedder = footfall_site::embedder_digest(&config)?.unwrap_or_default();
    let path = &args.file.gallery;
    let mut gallery = Gallery::open(path, &embedder)?;
    let mut networks = OpenNetworks::open(&config)?;
    let vectors = if args.from.is_dir() {
        of_folder(&args.from, &mut networks)?
    } else {
        of_footage(&args.from, &config, &mut networks, bar)?
    };
    bar.finish_and_clear();
    if vectors.len() < LEAST {
        return Err(usage(anyhow!(
            "{} shows {} clearly in {} pictures, and {LEAST} are needed: add some, from all sides",
            args.from.display(),
            args.name,
            vectors.len()
        )));
    }
    check_one_person(&vectors, networks.max_cosine_distance, args)?;
    let size = vectors.len().div_ceil(LOOKS);
    let looks = vectors.chunks(size).map(mean).collect();
    let expires = gallery.enrol(&args.name, looks, (Timestamp::now(), args.expires), args.outfit)?;
    gallery.write(path)?;
    say(&format!(
        "{} is enrolled in {} by {} pictures, until {}\n",
        args.name,
        path.display(),
        vectors.len(),
        expires.strftime("%Y-%m-%d")
    ));
    Ok(())
}

/// An embedding of each picture of a folder.
fn of_folder(folder: &Path, networks: &mut OpenNetworks) -> anyhow::Result<Vec<Vec<f32>>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut paths = read().with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let is_picture = |path: &PathBuf| {
        let extension = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        extension.is_some_and(|e| ["jpg", "jpeg", "png", "bmp", "webp"].iter().any(|known| e == *known))
    };
    paths.retain(is_picture);
    paths.sort();
    let mut vectors = Vec::new();
    for path in paths {
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let image = decode_picture(&bytes, &path.to_string_lossy())?;
        let whole = Bbox::new(0.0, 0.0, image.width() as f64, image.height() as f64);
        vectors.extend(embed(networks, &image, whole)?);
    }
    Ok(vectors)
}

/// An embedding of every few frames in which there is one person, and no other.
fn of_footage(
    place: &Path,
    config: &Config,
    networks: &mut OpenNetworks,
    bar: &ProgressBar,
) -> anyhow::Result<Vec<Vec<f32>>> {
    let mut source = open_source(place, &config.source.options)?;
    let (mut vectors, mut crowded) = (Vec::new(), 0_u64);
    while let Some(frame) = source.next_frame().map_err(anyhow::Error::from_boxed)? {
        bar.set_position(frame.number);
        if frame.number % STRIDE != 1 {
            continue;
        }
        let detector = networks.detectors.first_mut().context("no detector was opened")?;
        let mut seen = detector.detect(&frame.image).map_err(anyhow::Error::from_boxed)?;
        seen.retain(|detection| detection.confidence >= CONFIDENCE);
        match seen[..] {
            [one] => vectors.extend(embed(networks, &frame.image, one.bbox)?),
            [] => {}
            _ => crowded += 1,
        }
    }
    if crowded > 0 {
        tracing::warn!("{crowded} pictures were left out: they show several people");
    }
    Ok(vectors)
}

fn embed(networks: &mut OpenNetworks, image: &Image, bbox: Bbox) -> anyhow::Result<Option<Vec<f32>>> {
    let embedder = networks.embedders.first_mut().context("no embedder was opened")?;
    let embeddings = embedder.embed(image, &[bbox]).map_err(anyhow::Error::from_boxed)?;
    Ok(embeddings.get(0).map(<[f32]>::to_vec))
}

/// The mean, of unit length.
fn mean(vectors: &[Vec<f32>]) -> Vec<f32> {
    let dimension = vectors.first().map_or(0, Vec::len);
    let sum = |index: usize| vectors.iter().map(|vector| f64::from(vector[index])).sum::<f64>();
    let sums: Vec<f64> = (0..dimension).map(sum).collect();
    let norm = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    sums.into_iter().map(|sum| (sum / norm) as f32).collect()
}

/// Refuses pictures of several people: whoever of them is a customer would not be counted.
fn check_one_person(vectors: &[Vec<f32>], far: Option<f64>, args: &EnrolArgs) -> anyhow::Result<()> {
    let (centre, far) = (mean(vectors), far.unwrap_or(0.5));
    let distance = |vector: &Vec<f32>| {
        1.0 - vector.iter().zip(&centre).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
    };
    let others = vectors.iter().filter(|vector| distance(vector) > far).count();
    if 4 * others <= vectors.len() {
        return Ok(());
    }
    Err(usage(anyhow!(
        "{others} of {} pictures in {} do not look like the others: take pictures of {} alone, in one set of \
         clothes",
        vectors.len(),
        args.from.display(),
        args.name
    )))
}
